-- +goose Up

-- What looks at hypervisors have shown and people should know: alarms, and
-- machines that are where they should not be. There is one of a kind about a
-- machine, or with an empty uid about the hypervisor, until it is gone.
CREATE TABLE findings (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL,
    hypervisor_id INTEGER NOT NULL REFERENCES hypervisors (id) ON DELETE CASCADE,
    instance_id   INTEGER REFERENCES instances (id),
    uid           TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    found_at      INTEGER NOT NULL,
    gone_at       INTEGER NOT NULL,
    resolved_at   INTEGER NOT NULL,
    resolved_by   TEXT    NOT NULL,
    note          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX findings_present ON findings (hypervisor_id, kind, uid) WHERE gone_at = 0;
CREATE INDEX findings_by_hypervisor ON findings (hypervisor_id, id);

-- What is remembered of machines between two looks, where there is anything.
CREATE TABLE sightings (
    instance_id INTEGER NOT NULL PRIMARY KEY REFERENCES instances (id),
    missed      INTEGER NOT NULL CHECK (missed >= 0),
    missed_at   INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    restarts    TEXT    NOT NULL,
    given_up    INTEGER NOT NULL CHECK (given_up IN (0, 1))
) STRICT;
