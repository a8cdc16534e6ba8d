-- +goose Up

CREATE TABLE ssh_keys (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    name        TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    public_key  TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    labels      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (account_id, name),
    UNIQUE (account_id, fingerprint)
) STRICT;

-- What a guest is told when it first boots. It stands apart because it is large,
-- secret, and read only to make a machine.
CREATE TABLE seeds (
    instance_id   INTEGER NOT NULL PRIMARY KEY REFERENCES instances (id),
    ssh_keys      TEXT    NOT NULL,
    user_data     TEXT    NOT NULL,
    password_hash TEXT    NOT NULL
) STRICT;

ALTER TABLE instances ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
ALTER TABLE instances ADD COLUMN protect_delete INTEGER NOT NULL DEFAULT 0 CHECK (protect_delete IN (0, 1));
ALTER TABLE instances ADD COLUMN protect_rebuild INTEGER NOT NULL DEFAULT 0 CHECK (protect_rebuild IN (0, 1));
ALTER TABLE instances ADD COLUMN generation INTEGER NOT NULL DEFAULT 0 CHECK (generation >= 0);
