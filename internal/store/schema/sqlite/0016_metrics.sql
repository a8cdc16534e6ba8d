-- +goose Up

-- What looks at a hypervisor's machines showed. The oldest of a hypervisor is
-- where the next count begins; what came after it waits to be counted.
CREATE TABLE readings (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    hypervisor_id INTEGER NOT NULL REFERENCES hypervisors (id) ON DELETE CASCADE,
    read_at       INTEGER NOT NULL,
    samples       BLOB    NOT NULL
) STRICT;
CREATE INDEX readings_by_hypervisor ON readings (hypervisor_id, id);

-- What is known of an instance, a row for some hours: points that are step
-- seconds apart.
CREATE TABLE metric_blocks (
    instance_id INTEGER NOT NULL REFERENCES instances (id),
    step        INTEGER NOT NULL,
    starts_at   INTEGER NOT NULL,
    points      BLOB    NOT NULL,
    PRIMARY KEY (instance_id, step, starts_at)
) STRICT;
CREATE INDEX metric_blocks_by_age ON metric_blocks (step, starts_at);
