-- +goose Up

-- Snapshots: what they are beside an image, and what they cost.

-- A price without a plan is that of a GiB of a snapshot.
ALTER TABLE prices ALTER COLUMN plan_id DROP NOT NULL;

CREATE TABLE snapshots (
    image_id      BIGINT           NOT NULL PRIMARY KEY REFERENCES images (id),
    uid           TEXT COLLATE "C" NOT NULL UNIQUE,
    instance_id   BIGINT           NOT NULL REFERENCES instances (id),
    hypervisor_id BIGINT           REFERENCES hypervisors (id),
    price_id      BIGINT           REFERENCES prices (id),
    protected     BOOLEAN          NOT NULL,
    deleted_at    BIGINT           NOT NULL
);
CREATE INDEX snapshots_by_instance ON snapshots (instance_id);
CREATE INDEX snapshots_by_hypervisor ON snapshots (hypervisor_id);

-- A segment is of an instance or of a snapshot. The amounts of a snapshot's are
-- those of all of it: its price, times its GiB.
ALTER TABLE segments
    ALTER COLUMN instance_id DROP NOT NULL,
    ADD COLUMN snapshot_id BIGINT REFERENCES snapshots (image_id),
    ADD CONSTRAINT segments_subject CHECK ((instance_id IS NULL) <> (snapshot_id IS NULL));
CREATE UNIQUE INDEX segments_one_open_snapshot ON segments (snapshot_id)
    WHERE snapshot_id IS NOT NULL AND ends_at = 9223372036854775807;
CREATE INDEX segments_by_snapshot ON segments (snapshot_id, ends_at) WHERE snapshot_id IS NOT NULL;

ALTER TABLE statement_lines
    ALTER COLUMN instance_id DROP NOT NULL,
    ADD COLUMN snapshot_id BIGINT REFERENCES snapshots (image_id),
    ADD CONSTRAINT statement_lines_subject CHECK ((instance_id IS NULL) <> (snapshot_id IS NULL));

-- A price goes only together with a plan that nobody ever used.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.plan_id IS NULL OR EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id) THEN
        RAISE EXCEPTION 'prices is append-only: correct it with another row';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
