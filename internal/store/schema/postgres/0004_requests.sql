-- +goose Up

-- Requests that callers named with a key, and how they were answered. They are
-- written with what they did, and deleted after some days.
CREATE TABLE requests (
    user_id    BIGINT           NOT NULL REFERENCES users (id),
    method     TEXT COLLATE "C" NOT NULL,
    path       TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    hash       BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL,
    status     BIGINT           NOT NULL,
    location   TEXT             NOT NULL,
    body       TEXT             NOT NULL,
    PRIMARY KEY (user_id, method, path, key)
);
CREATE INDEX requests_by_age ON requests (created_at);
