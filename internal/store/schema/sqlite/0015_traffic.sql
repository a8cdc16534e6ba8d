-- +goose Up

-- What a plan includes in a month, and what a GiB beyond it costs or does.
ALTER TABLE plans ADD COLUMN transfer_gib INTEGER NOT NULL DEFAULT 0 CHECK (transfer_gib >= 0);
ALTER TABLE plans ADD COLUMN throttle_mbit INTEGER NOT NULL DEFAULT 0 CHECK (throttle_mbit >= 0);
ALTER TABLE prices ADD COLUMN traffic INTEGER NOT NULL DEFAULT 0 CHECK (traffic >= 0);
ALTER TABLE statement_lines ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0);

-- Bytes that were counted. beyond is what of bytes_out was to be paid for.
CREATE TABLE traffic (
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    month       INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL CHECK (bytes_in >= 0),
    bytes_out   INTEGER NOT NULL CHECK (bytes_out >= 0),
    beyond      INTEGER NOT NULL CHECK (beyond BETWEEN 0 AND bytes_out),
    PRIMARY KEY (instance_id, month)
) STRICT, WITHOUT ROWID;

-- Bytes beyond an allowance that wait to be charged.
CREATE TABLE traffic_due (
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    price_id    INTEGER NOT NULL REFERENCES prices (id),
    bytes       INTEGER NOT NULL CHECK (bytes > 0),
    PRIMARY KEY (instance_id, price_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_charges (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    price_id    INTEGER NOT NULL REFERENCES prices (id),
    charged_at  INTEGER NOT NULL,
    bytes       INTEGER NOT NULL CHECK (bytes > 0),
    amount      INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;
CREATE INDEX traffic_charges_by_account ON traffic_charges (account_id, charged_at);
CREATE INDEX traffic_charges_by_instance ON traffic_charges (instance_id, charged_at);

-- Instances whose port is limited, because they have sent what their plan
-- includes.
CREATE TABLE throttles (
    instance_id INTEGER NOT NULL PRIMARY KEY REFERENCES instances (id),
    mbit        INTEGER NOT NULL CHECK (mbit > 0)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER traffic_charges_update BEFORE UPDATE ON traffic_charges
BEGIN SELECT RAISE(ABORT, 'traffic_charges is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER traffic_charges_delete BEFORE DELETE ON traffic_charges
BEGIN SELECT RAISE(ABORT, 'traffic_charges is append-only: correct it with another row'); END;
-- +goose StatementEnd
