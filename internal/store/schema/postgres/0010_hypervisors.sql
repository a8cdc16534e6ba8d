-- +goose Up

-- How a hypervisor is reached and where its machines go, and what the last look
-- at it showed: which machine it is, its facts as JSON text, and what runs on it
-- that is not the panel's.
ALTER TABLE hypervisors ADD COLUMN host_key         TEXT   NOT NULL DEFAULT '';
ALTER TABLE hypervisors ADD COLUMN key_file         TEXT   NOT NULL DEFAULT '';
ALTER TABLE hypervisors ADD COLUMN network          TEXT   NOT NULL DEFAULT '';
ALTER TABLE hypervisors ADD COLUMN storage          TEXT   NOT NULL DEFAULT '';
ALTER TABLE hypervisors ADD COLUMN accel            TEXT   NOT NULL DEFAULT 'auto';
ALTER TABLE hypervisors ADD COLUMN host_uid         TEXT   NOT NULL DEFAULT '';
ALTER TABLE hypervisors ADD COLUMN taken_vcpus      BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hypervisors ADD COLUMN taken_memory_mib BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hypervisors ADD COLUMN taken_disk_gib   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hypervisors ADD COLUMN taken_gpus       BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hypervisors ADD COLUMN stock_at         BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hypervisors ADD COLUMN facts            TEXT   NOT NULL DEFAULT '{}';
ALTER TABLE hypervisors ADD COLUMN foreign_machines BIGINT NOT NULL DEFAULT 0;
