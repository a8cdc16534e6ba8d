-- +goose Up

-- The same tables as in ../postgres, column by column. Amounts are microcredits,
-- instants Unix seconds, months counted from January of year 0; an instant that
-- never comes is 9223372036854775807. What is only ever read whole is JSON text.

CREATE TABLE settings (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    content TEXT    NOT NULL
) STRICT;

CREATE TABLE currencies (
    code       TEXT    NOT NULL PRIMARY KEY,
    prefix     TEXT    NOT NULL,
    suffix     TEXT    NOT NULL,
    decimals   INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 6),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX currencies_default ON currencies (is_default) WHERE is_default;

-- Without a reference: the history outlives its currency.
CREATE TABLE currency_values (
    id        INTEGER PRIMARY KEY,
    code      TEXT    NOT NULL,
    value     INTEGER NOT NULL CHECK (value > 0),
    starts_at INTEGER NOT NULL,
    actor     TEXT    NOT NULL
) STRICT;
CREATE INDEX currency_values_by_code ON currency_values (code, starts_at, id);

-- Accounts and people.

CREATE TABLE accounts (
    id              INTEGER PRIMARY KEY CHECK (id > 0),
    name            TEXT    NOT NULL,
    currency        TEXT    NOT NULL REFERENCES currencies (code),
    created_at      INTEGER NOT NULL,
    holds           INTEGER NOT NULL CHECK (holds BETWEEN 0 AND 255),
    credited        INTEGER NOT NULL,
    posted          INTEGER NOT NULL,
    charged         INTEGER NOT NULL,
    since           INTEGER NOT NULL,
    used_at         INTEGER NOT NULL,
    settled_at      INTEGER NOT NULL,
    taken_low       INTEGER NOT NULL CHECK (taken_low IN (0, 1)),
    taken_negative  INTEGER NOT NULL CHECK (taken_negative IN (0, 1)),
    taken_suspended INTEGER NOT NULL CHECK (taken_suspended IN (0, 1)),
    judged          INTEGER NOT NULL CHECK (judged IN (0, 1)),
    next_event_at   INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_due ON accounts (next_event_at, id);

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER REFERENCES accounts (id),
    email         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE INDEX users_by_account ON users (account_id);

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    agent      TEXT    NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    name       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE,
    hint       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_id);

-- Locations, hypervisors, and what is sold.

CREATE TABLE locations (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    slug            TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    city            TEXT    NOT NULL,
    country         TEXT    NOT NULL,
    visible         INTEGER NOT NULL CHECK (visible IN (0, 1)),
    position        INTEGER NOT NULL,
    last_hypervisor INTEGER NOT NULL -- a place in the round, kept when the hypervisor is gone
) STRICT;

CREATE TABLE hypervisors (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    location_id     INTEGER NOT NULL REFERENCES locations (id),
    position        INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    vcpus           INTEGER NOT NULL CHECK (vcpus >= 0),
    memory_mib      INTEGER NOT NULL CHECK (memory_mib >= 0),
    disk_gib        INTEGER NOT NULL CHECK (disk_gib >= 0),
    gpus            INTEGER NOT NULL CHECK (gpus >= 0),
    cpu_ratio       INTEGER NOT NULL CHECK (cpu_ratio >= 0),
    tags            TEXT    NOT NULL,
    enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    online          INTEGER NOT NULL CHECK (online IN (0, 1)),
    used_vcpus      INTEGER NOT NULL CHECK (used_vcpus >= 0),
    used_memory_mib INTEGER NOT NULL CHECK (used_memory_mib >= 0),
    used_disk_gib   INTEGER NOT NULL CHECK (used_disk_gib >= 0),
    used_gpus       INTEGER NOT NULL CHECK (used_gpus >= 0),
    instances       INTEGER NOT NULL CHECK (instances >= 0),
    driver          TEXT    NOT NULL,
    endpoint        TEXT    NOT NULL,
    seen_at         INTEGER NOT NULL,
    error           TEXT    NOT NULL,
    UNIQUE (location_id, name),
    CONSTRAINT hypervisors_room CHECK (
        used_vcpus <= vcpus * cpu_ratio / 1000 AND used_memory_mib <= memory_mib
        AND used_disk_gib <= disk_gib AND used_gpus <= gpus)
) STRICT;

CREATE TABLE plan_groups (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL UNIQUE,
    description TEXT    NOT NULL,
    visible     INTEGER NOT NULL CHECK (visible IN (0, 1)),
    position    INTEGER NOT NULL
) STRICT;

CREATE TABLE plans (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id        INTEGER NOT NULL REFERENCES plan_groups (id),
    name            TEXT    NOT NULL,
    vcpus           INTEGER NOT NULL CHECK (vcpus >= 0),
    memory_mib      INTEGER NOT NULL CHECK (memory_mib >= 0),
    disk_gib        INTEGER NOT NULL CHECK (disk_gib >= 0),
    gpus            INTEGER NOT NULL CHECK (gpus >= 0),
    tags            TEXT    NOT NULL,
    stopped_percent INTEGER NOT NULL CHECK (stopped_percent BETWEEN 0 AND 100),
    visible         INTEGER NOT NULL CHECK (visible IN (0, 1)),
    position        INTEGER NOT NULL,
    UNIQUE (group_id, name)
) STRICT;

CREATE TABLE plan_locations (
    plan_id     INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    location_id INTEGER NOT NULL REFERENCES locations (id),
    PRIMARY KEY (plan_id, location_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_locations_by_location ON plan_locations (location_id);

CREATE TABLE prices (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    mode    INTEGER NOT NULL CHECK (mode BETWEEN 1 AND 3),
    hourly  INTEGER NOT NULL CHECK (hourly >= 0),
    monthly INTEGER NOT NULL CHECK (monthly >= 0),
    made_at INTEGER NOT NULL,
    actor   TEXT    NOT NULL
) STRICT;
CREATE INDEX prices_by_plan ON prices (plan_id, id);

CREATE TABLE images (
    id           INTEGER PRIMARY KEY,
    family       TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    min_disk_gib INTEGER NOT NULL CHECK (min_disk_gib >= 0),
    visible      INTEGER NOT NULL CHECK (visible IN (0, 1)),
    UNIQUE (family, version)
) STRICT;

-- Instances and the room they take.

CREATE TABLE instances (
    id             INTEGER PRIMARY KEY,
    uid            TEXT    NOT NULL UNIQUE,
    account_id     INTEGER NOT NULL REFERENCES accounts (id),
    name           TEXT    NOT NULL,
    location_id    INTEGER NOT NULL REFERENCES locations (id),
    hypervisor_id  INTEGER REFERENCES hypervisors (id),
    plan_id        INTEGER NOT NULL REFERENCES plans (id),
    price_id       INTEGER NOT NULL REFERENCES prices (id),
    image_id       INTEGER REFERENCES images (id),
    client_ref     TEXT    NOT NULL,
    lifecycle      TEXT    NOT NULL,
    desired_power  TEXT    NOT NULL,
    observed       TEXT    NOT NULL,
    observed_at    INTEGER NOT NULL,
    holds          INTEGER NOT NULL CHECK (holds BETWEEN 0 AND 255),
    created_at     INTEGER NOT NULL,
    first_price_id INTEGER REFERENCES prices (id),
    activated_at   INTEGER NOT NULL,
    deleted_at     INTEGER NOT NULL,
    failure        TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX instances_live_name ON instances (account_id, name) WHERE lifecycle NOT IN ('deleting', 'deleted');
CREATE UNIQUE INDEX instances_client_ref ON instances (account_id, client_ref) WHERE client_ref <> '';
CREATE INDEX instances_by_account ON instances (account_id, id);
CREATE INDEX instances_by_hypervisor ON instances (hypervisor_id);
CREATE INDEX instances_by_location ON instances (location_id);
CREATE INDEX instances_by_plan ON instances (plan_id);
CREATE INDEX instances_by_price ON instances (price_id);

CREATE TABLE allocations (
    instance_id   INTEGER NOT NULL PRIMARY KEY REFERENCES instances (id),
    hypervisor_id INTEGER NOT NULL REFERENCES hypervisors (id),
    vcpus         INTEGER NOT NULL CHECK (vcpus >= 0),
    memory_mib    INTEGER NOT NULL CHECK (memory_mib >= 0),
    disk_gib      INTEGER NOT NULL CHECK (disk_gib >= 0),
    gpus          INTEGER NOT NULL CHECK (gpus >= 0)
) STRICT;
CREATE INDEX allocations_by_hypervisor ON allocations (hypervisor_id);

CREATE TABLE holds (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    instance_id INTEGER REFERENCES instances (id),
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 128),
    reason      TEXT    NOT NULL,
    placed_by   TEXT    NOT NULL,
    placed_at   INTEGER NOT NULL,
    lifted_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_by_account ON holds (account_id, id);

-- What is used. A segment has its price's amounts with it, so that nothing that
-- happens to a price, and no join, stands between a segment and its charge.

CREATE TABLE segments (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    instance_id   INTEGER NOT NULL REFERENCES instances (id),
    price_id      INTEGER NOT NULL REFERENCES prices (id),
    mode          INTEGER NOT NULL CHECK (mode BETWEEN 1 AND 3),
    hourly        INTEGER NOT NULL CHECK (hourly >= 0),
    monthly       INTEGER NOT NULL CHECK (monthly >= 0),
    percent       INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 100),
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    carry_seconds INTEGER NOT NULL CHECK (carry_seconds >= 0),
    carry_capped  INTEGER NOT NULL CHECK (carry_capped >= 0),
    carry_cap     INTEGER NOT NULL CHECK (carry_cap >= 0),
    CONSTRAINT segments_order CHECK (ends_at >= starts_at)
) STRICT;
CREATE UNIQUE INDEX segments_one_open ON segments (instance_id) WHERE ends_at = 9223372036854775807;
CREATE INDEX segments_open ON segments (account_id, instance_id, price_id, mode, hourly, monthly,
    percent, starts_at, ends_at, carry_seconds, carry_capped, carry_cap)
    WHERE ends_at = 9223372036854775807;
CREATE INDEX segments_by_account ON segments (account_id, ends_at);
CREATE INDEX segments_by_instance ON segments (instance_id, ends_at);
CREATE INDEX segments_by_price ON segments (price_id);

CREATE TABLE minimums (
    instance_id INTEGER NOT NULL PRIMARY KEY REFERENCES instances (id),
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    price_id    INTEGER NOT NULL REFERENCES prices (id),
    charged_at  INTEGER NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;
CREATE INDEX minimums_by_account ON minimums (account_id, charged_at);

CREATE TABLE statements (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    month      INTEGER NOT NULL,
    frozen_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, month)
) STRICT;

CREATE TABLE statement_lines (
    account_id  INTEGER NOT NULL,
    month       INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    price_id    INTEGER NOT NULL REFERENCES prices (id),
    percent     INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    kind        TEXT    NOT NULL,
    seconds     INTEGER NOT NULL CHECK (seconds >= 0),
    amount      INTEGER NOT NULL,
    capped      INTEGER NOT NULL CHECK (capped IN (0, 1)),
    PRIMARY KEY (account_id, month, line),
    FOREIGN KEY (account_id, month) REFERENCES statements (account_id, month)
) STRICT, WITHOUT ROWID;

-- Money.

CREATE TABLE transactions (
    id       INTEGER PRIMARY KEY,
    key      TEXT    NOT NULL UNIQUE CHECK (key <> ''),
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    month    INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    corrects INTEGER REFERENCES transactions (id),
    paid     TEXT    NOT NULL
) STRICT;
CREATE INDEX transactions_by_month ON transactions (kind, month, id);

CREATE TABLE postings (
    account_id     INTEGER NOT NULL CHECK (account_id <> 0),
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    amount         INTEGER NOT NULL,
    customer_id    INTEGER GENERATED ALWAYS AS (CASE WHEN account_id > 0 THEN account_id END) VIRTUAL REFERENCES accounts (id),
    PRIMARY KEY (account_id, transaction_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_transaction ON postings (transaction_id);

CREATE TABLE orders (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    reference  TEXT    NOT NULL UNIQUE,
    currency   TEXT    NOT NULL REFERENCES currencies (code),
    units      INTEGER NOT NULL CHECK (units >= 0),
    value      INTEGER NOT NULL CHECK (value > 0),
    credits    INTEGER NOT NULL CHECK (credits >= 0),
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    decided_by TEXT    NOT NULL,
    note       TEXT    NOT NULL
) STRICT;
CREATE INDEX orders_by_account ON orders (account_id, id);
CREATE INDEX orders_by_state ON orders (state, id);

-- What waits to happen, and what has happened.

CREATE TABLE mails (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER REFERENCES accounts (id),
    kind       TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    notice     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL CHECK (attempts >= 0),
    error      TEXT    NOT NULL
) STRICT;
CREATE INDEX mails_by_account ON mails (account_id, id);
CREATE INDEX mails_unsent ON mails (id) WHERE sent_at = 0;

CREATE TABLE tasks (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL,
    lane          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    account_id    INTEGER REFERENCES accounts (id),
    instance_id   INTEGER REFERENCES instances (id),
    hypervisor_id INTEGER REFERENCES hypervisors (id) ON DELETE SET NULL,
    mail_id       INTEGER REFERENCES mails (id),
    priority      INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    step          TEXT    NOT NULL,
    attempt       INTEGER NOT NULL CHECK (attempt >= 0),
    created_at    INTEGER NOT NULL,
    run_at        INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL,
    lease_owner   TEXT    NOT NULL,
    lease_until   INTEGER NOT NULL,
    fence         INTEGER NOT NULL,
    requested_by  TEXT    NOT NULL,
    error_code    TEXT    NOT NULL,
    error_public  TEXT    NOT NULL,
    error_detail  TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX tasks_key ON tasks (key) WHERE key <> '';
CREATE UNIQUE INDEX tasks_one_running ON tasks (instance_id) WHERE state = 'running';
CREATE INDEX tasks_open ON tasks (lane, priority DESC, run_at, id) WHERE state IN ('queued', 'waiting', 'running');
CREATE INDEX tasks_open_by_instance ON tasks (instance_id, id) WHERE state IN ('queued', 'waiting', 'running');
CREATE INDEX tasks_by_instance ON tasks (instance_id, id);
CREATE INDEX tasks_by_account ON tasks (account_id, id);
CREATE INDEX tasks_by_hypervisor ON tasks (hypervisor_id, state);
CREATE INDEX tasks_by_mail ON tasks (mail_id);

CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER REFERENCES accounts (id),
    instance_id INTEGER REFERENCES instances (id),
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_account ON events (account_id, id);
CREATE INDEX events_by_instance ON events (instance_id, id);

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE beats (
    worker     TEXT    NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;
