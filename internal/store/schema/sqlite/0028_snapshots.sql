-- +goose Up

-- Snapshots: what they are beside an image, and what they cost. SQLite takes a
-- bound off a column only by making its table anew; what refers to its rows finds
-- them again at the end.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE segments_before AS SELECT * FROM segments;
CREATE TABLE statement_lines_before AS SELECT * FROM statement_lines;
CREATE TABLE prices_before AS SELECT * FROM prices;
DROP TABLE segments;
DROP TABLE statement_lines;
DROP TABLE prices;

-- A price without a plan is that of a GiB of a snapshot.
CREATE TABLE prices (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id INTEGER REFERENCES plans (id) ON DELETE CASCADE,
    mode    INTEGER NOT NULL CHECK (mode BETWEEN 1 AND 3),
    hourly  INTEGER NOT NULL CHECK (hourly >= 0),
    monthly INTEGER NOT NULL CHECK (monthly >= 0),
    made_at INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    traffic INTEGER NOT NULL DEFAULT 0 CHECK (traffic >= 0)
) STRICT;
CREATE INDEX prices_by_plan ON prices (plan_id, id);
INSERT INTO prices (id, plan_id, mode, hourly, monthly, made_at, actor, traffic)
SELECT id, plan_id, mode, hourly, monthly, made_at, actor, traffic FROM prices_before;
DROP TABLE prices_before;

CREATE TABLE snapshots (
    image_id      INTEGER NOT NULL PRIMARY KEY REFERENCES images (id),
    uid           TEXT    NOT NULL UNIQUE,
    instance_id   INTEGER NOT NULL REFERENCES instances (id),
    hypervisor_id INTEGER REFERENCES hypervisors (id),
    price_id      INTEGER REFERENCES prices (id),
    protected     INTEGER NOT NULL CHECK (protected IN (0, 1)),
    deleted_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX snapshots_by_instance ON snapshots (instance_id);
CREATE INDEX snapshots_by_hypervisor ON snapshots (hypervisor_id);

-- A segment is of an instance or of a snapshot. The amounts of a snapshot's are
-- those of all of it: its price, times its GiB.
CREATE TABLE segments (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    instance_id   INTEGER REFERENCES instances (id),
    snapshot_id   INTEGER REFERENCES snapshots (image_id),
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
    CONSTRAINT segments_order CHECK (ends_at >= starts_at),
    CONSTRAINT segments_subject CHECK ((instance_id IS NULL) <> (snapshot_id IS NULL))
) STRICT;
INSERT INTO segments (id, account_id, instance_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at,
    carry_seconds, carry_capped, carry_cap)
SELECT id, account_id, instance_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at,
    carry_seconds, carry_capped, carry_cap FROM segments_before;
DROP TABLE segments_before;
CREATE UNIQUE INDEX segments_one_open ON segments (instance_id) WHERE ends_at = 9223372036854775807;
CREATE UNIQUE INDEX segments_one_open_snapshot ON segments (snapshot_id)
    WHERE snapshot_id IS NOT NULL AND ends_at = 9223372036854775807;
CREATE INDEX segments_open ON segments (account_id, instance_id, price_id, mode, hourly, monthly,
    percent, starts_at, ends_at, carry_seconds, carry_capped, carry_cap)
    WHERE ends_at = 9223372036854775807;
CREATE INDEX segments_by_account ON segments (account_id, ends_at);
CREATE INDEX segments_by_instance ON segments (instance_id, ends_at);
CREATE INDEX segments_by_snapshot ON segments (snapshot_id, ends_at) WHERE snapshot_id IS NOT NULL;
CREATE INDEX segments_by_price ON segments (price_id);

CREATE TABLE statement_lines (
    account_id  INTEGER NOT NULL,
    month       INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    instance_id INTEGER REFERENCES instances (id),
    snapshot_id INTEGER REFERENCES snapshots (image_id),
    price_id    INTEGER NOT NULL REFERENCES prices (id),
    percent     INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    kind        TEXT    NOT NULL,
    seconds     INTEGER NOT NULL CHECK (seconds >= 0),
    amount      INTEGER NOT NULL,
    capped      INTEGER NOT NULL CHECK (capped IN (0, 1)),
    bytes       INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    PRIMARY KEY (account_id, month, line),
    FOREIGN KEY (account_id, month) REFERENCES statements (account_id, month),
    CONSTRAINT statement_lines_subject CHECK ((instance_id IS NULL) <> (snapshot_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO statement_lines (account_id, month, line, instance_id, price_id, percent, kind, seconds, amount, capped, bytes)
SELECT account_id, month, line, instance_id, price_id, percent, kind, seconds, amount, capped, bytes FROM statement_lines_before;
DROP TABLE statement_lines_before;

-- What was refused before is refused again.

-- +goose StatementBegin
CREATE TRIGGER statement_lines_update BEFORE UPDATE ON statement_lines
BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statement_lines_delete BEFORE DELETE ON statement_lines
BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER prices_update BEFORE UPDATE ON prices
BEGIN SELECT RAISE(ABORT, 'prices is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- A price goes only together with a plan that nobody ever used.
-- +goose StatementBegin
CREATE TRIGGER prices_delete BEFORE DELETE ON prices
    WHEN OLD.plan_id IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id)
BEGIN SELECT RAISE(ABORT, 'prices is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER segments_delete BEFORE DELETE ON segments
BEGIN SELECT RAISE(ABORT, 'segments is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- A segment changes once: from open to closed.
-- +goose StatementBegin
CREATE TRIGGER segments_update BEFORE UPDATE ON segments
    WHEN OLD.ends_at <> 9223372036854775807 OR NEW.ends_at = 9223372036854775807 OR
       (NEW.id, NEW.account_id, NEW.instance_id, NEW.snapshot_id, NEW.price_id, NEW.mode, NEW.hourly, NEW.monthly,
        NEW.percent, NEW.starts_at, NEW.carry_seconds, NEW.carry_capped, NEW.carry_cap)
       IS NOT
       (OLD.id, OLD.account_id, OLD.instance_id, OLD.snapshot_id, OLD.price_id, OLD.mode, OLD.hourly, OLD.monthly,
        OLD.percent, OLD.starts_at, OLD.carry_seconds, OLD.carry_capped, OLD.carry_cap)
BEGIN SELECT RAISE(ABORT, 'segments is append-only: an open segment can be closed, once'); END;
-- +goose StatementEnd
