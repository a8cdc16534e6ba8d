-- +goose Up

-- What came of trying a hypervisor with a machine, as JSON text.
ALTER TABLE hypervisors ADD COLUMN trial TEXT NOT NULL DEFAULT '{}';
