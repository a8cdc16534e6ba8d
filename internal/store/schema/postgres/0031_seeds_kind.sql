-- +goose Up

-- An instance has several seeds: what the guest on its disk is told, what its
-- rescue system is told, and a password that the running guest is about to get.
CREATE TABLE seeds_before AS SELECT * FROM seeds;
DROP TABLE seeds;
CREATE TABLE seeds (
    instance_id   BIGINT NOT NULL REFERENCES instances (id),
    kind          TEXT   NOT NULL CHECK (kind IN ('disk', 'rescue', 'password')),
    ssh_keys      TEXT   NOT NULL,
    user_data     TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    PRIMARY KEY (instance_id, kind)
);
INSERT INTO seeds (instance_id, kind, ssh_keys, user_data, password_hash)
SELECT instance_id, 'disk', ssh_keys, user_data, password_hash FROM seeds_before;
DROP TABLE seeds_before;
