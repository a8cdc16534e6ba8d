-- +goose Up

-- What an instance of a plan may take of what machines share; 0 is no limit.
ALTER TABLE plans ADD COLUMN cpu_percent BIGINT NOT NULL DEFAULT 0 CHECK (cpu_percent BETWEEN 0 AND 100);
ALTER TABLE plans ADD COLUMN iops BIGINT NOT NULL DEFAULT 0 CHECK (iops >= 0);
ALTER TABLE plans ADD COLUMN disk_mib_per_s BIGINT NOT NULL DEFAULT 0 CHECK (disk_mib_per_s >= 0);
