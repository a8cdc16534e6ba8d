-- +goose Up

-- Tickets that let somebody into a console once. A row goes with its use, or
-- some time after it has expired.
CREATE TABLE console_tickets (
    hash        BLOB    NOT NULL PRIMARY KEY,
    holder      TEXT    NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    kind        TEXT    NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX console_tickets_by_expiry ON console_tickets (expires_at);
