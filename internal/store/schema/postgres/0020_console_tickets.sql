-- +goose Up

-- Tickets that let somebody into a console once. A row goes with its use, or
-- some time after it has expired.
CREATE TABLE console_tickets (
    hash        BYTEA            NOT NULL PRIMARY KEY,
    holder      TEXT COLLATE "C" NOT NULL,
    instance_id BIGINT           NOT NULL REFERENCES instances (id),
    kind        TEXT COLLATE "C" NOT NULL,
    expires_at  BIGINT           NOT NULL
);
CREATE INDEX console_tickets_by_expiry ON console_tickets (expires_at);
