-- +goose Up

-- Requests that callers named with a key, and how they were answered. They are
-- written with what they did, and deleted after some days.
CREATE TABLE requests (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    method     TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    location   TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (user_id, method, path, key)
) STRICT;
CREATE INDEX requests_by_age ON requests (created_at);
