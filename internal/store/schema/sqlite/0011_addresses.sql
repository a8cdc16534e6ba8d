-- +goose Up

-- The addresses that instances are given. A pool is cut into pieces with numbers;
-- a piece that is free has no row. No number below free_from is free.
CREATE TABLE address_pools (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    prefix     TEXT    NOT NULL,
    bits       INTEGER NOT NULL CHECK (bits IN (32, 64, 128)),
    first      TEXT    NOT NULL,
    last       TEXT    NOT NULL,
    gateway    TEXT    NOT NULL,
    dns        TEXT    NOT NULL,
    network    TEXT    NOT NULL,
    quarantine INTEGER NOT NULL CHECK (quarantine >= 0),
    enabled    INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    free_from  INTEGER NOT NULL
) STRICT;

CREATE TABLE pool_locations (
    pool_id     INTEGER NOT NULL REFERENCES address_pools (id) ON DELETE CASCADE,
    location_id INTEGER NOT NULL REFERENCES locations (id) ON DELETE CASCADE,
    PRIMARY KEY (pool_id, location_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_locations_by_location ON pool_locations (location_id);

CREATE TABLE pool_hypervisors (
    pool_id       INTEGER NOT NULL REFERENCES address_pools (id) ON DELETE CASCADE,
    hypervisor_id INTEGER NOT NULL REFERENCES hypervisors (id) ON DELETE CASCADE,
    PRIMARY KEY (pool_id, hypervisor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_hypervisors_by_hypervisor ON pool_hypervisors (hypervisor_id);

CREATE TABLE addresses (
    pool_id      INTEGER NOT NULL REFERENCES address_pools (id),
    number       INTEGER NOT NULL CHECK (number >= 0),
    address      TEXT    NOT NULL UNIQUE,
    state        TEXT    NOT NULL,
    instance_id  INTEGER REFERENCES instances (id),
    reverse_name TEXT    NOT NULL,
    until        INTEGER NOT NULL,
    note         TEXT    NOT NULL,
    PRIMARY KEY (pool_id, number),
    CHECK ((state = 'assigned') = (instance_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_instance ON addresses (instance_id);
CREATE INDEX addresses_quarantined ON addresses (pool_id, until) WHERE state = 'quarantined';

-- Who had which piece from when to when.
CREATE TABLE tenures (
    id          INTEGER PRIMARY KEY,
    prefix      TEXT    NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    starts_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    CHECK (ends_at >= starts_at)
) STRICT;
CREATE UNIQUE INDEX tenures_one_at_a_time ON tenures (prefix) WHERE ends_at = 9223372036854775807;
CREATE INDEX tenures_by_prefix ON tenures (prefix, id);
CREATE INDEX tenures_by_instance ON tenures (instance_id);
CREATE INDEX tenures_by_account ON tenures (account_id);
