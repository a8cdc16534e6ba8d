-- +goose Up

-- Several versions of one image may follow each other, so only those that are
-- offered have a name to themselves.
ALTER TABLE images DROP CONSTRAINT images_family_version_key;
ALTER TABLE images
    ADD COLUMN kind           TEXT COLLATE "C" NOT NULL DEFAULT 'system',
    ADD COLUMN account_id     BIGINT           REFERENCES accounts (id),
    ADD COLUMN arch           TEXT COLLATE "C" NOT NULL DEFAULT 'x86_64',
    ADD COLUMN description    TEXT             NOT NULL DEFAULT '',
    ADD COLUMN digest         TEXT             NOT NULL DEFAULT '',
    ADD COLUMN bytes          BIGINT           NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    ADD COLUMN virtual_gib    BIGINT           NOT NULL DEFAULT 0 CHECK (virtual_gib >= 0),
    ADD COLUMN min_memory_mib BIGINT           NOT NULL DEFAULT 0 CHECK (min_memory_mib >= 0),
    ADD COLUMN state          TEXT COLLATE "C" NOT NULL DEFAULT 'ready',
    ADD COLUMN source         TEXT             NOT NULL DEFAULT '',
    ADD COLUMN failure        TEXT             NOT NULL DEFAULT '',
    ADD COLUMN labels         TEXT             NOT NULL DEFAULT 'null',
    ADD COLUMN created_at     BIGINT           NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX images_offered ON images (family, version, arch) WHERE kind = 'system' AND state NOT IN ('failed', 'retired');
CREATE INDEX images_by_account ON images (account_id, id);

-- How far the file of an image has come on its way to a hypervisor.
CREATE TABLE image_replicas (
    image_id      BIGINT NOT NULL REFERENCES images (id),
    hypervisor_id BIGINT NOT NULL REFERENCES hypervisors (id) ON DELETE CASCADE,
    state         TEXT   NOT NULL,
    bytes         BIGINT NOT NULL CHECK (bytes >= 0),
    verified_at   BIGINT NOT NULL,
    error         TEXT   NOT NULL,
    PRIMARY KEY (image_id, hypervisor_id)
);
CREATE INDEX image_replicas_by_hypervisor ON image_replicas (hypervisor_id);

ALTER TABLE tasks ADD COLUMN image_id BIGINT REFERENCES images (id);
ALTER TABLE instances ADD COLUMN rescue_image_id BIGINT REFERENCES images (id);
