-- +goose Up

-- Several versions of one image may follow each other, so only those that are
-- offered have a name to themselves. SQLite takes a bound off a table only by
-- making it anew; what refers to its rows finds them again at the end.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE images_before AS SELECT id, family, version, min_disk_gib, visible FROM images;
DROP TABLE images;
CREATE TABLE images (
    id             INTEGER PRIMARY KEY,
    kind           TEXT    NOT NULL,
    account_id     INTEGER REFERENCES accounts (id),
    family         TEXT    NOT NULL,
    version        TEXT    NOT NULL,
    arch           TEXT    NOT NULL,
    description    TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    bytes          INTEGER NOT NULL CHECK (bytes >= 0),
    virtual_gib    INTEGER NOT NULL CHECK (virtual_gib >= 0),
    min_disk_gib   INTEGER NOT NULL CHECK (min_disk_gib >= 0),
    min_memory_mib INTEGER NOT NULL CHECK (min_memory_mib >= 0),
    state          TEXT    NOT NULL,
    visible        INTEGER NOT NULL CHECK (visible IN (0, 1)),
    source         TEXT    NOT NULL,
    failure        TEXT    NOT NULL,
    labels         TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;
INSERT INTO images (id, kind, family, version, arch, description, digest, bytes, virtual_gib, min_disk_gib, min_memory_mib,
    state, visible, source, failure, labels, created_at)
SELECT id, 'system', family, version, 'x86_64', '', '', 0, 0, min_disk_gib, 0, 'ready', visible, '', '', 'null', 0 FROM images_before;
DROP TABLE images_before;
CREATE UNIQUE INDEX images_offered ON images (family, version, arch) WHERE kind = 'system' AND state NOT IN ('failed', 'retired');
CREATE INDEX images_by_account ON images (account_id, id);

-- How far the file of an image has come on its way to a hypervisor.
CREATE TABLE image_replicas (
    image_id      INTEGER NOT NULL REFERENCES images (id),
    hypervisor_id INTEGER NOT NULL REFERENCES hypervisors (id) ON DELETE CASCADE,
    state         TEXT    NOT NULL,
    bytes         INTEGER NOT NULL CHECK (bytes >= 0),
    verified_at   INTEGER NOT NULL,
    error         TEXT    NOT NULL,
    PRIMARY KEY (image_id, hypervisor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_replicas_by_hypervisor ON image_replicas (hypervisor_id);

ALTER TABLE tasks ADD COLUMN image_id INTEGER REFERENCES images (id);
ALTER TABLE instances ADD COLUMN rescue_image_id INTEGER REFERENCES images (id);
