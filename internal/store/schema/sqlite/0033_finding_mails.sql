-- +goose Up

-- When administrators were told of a finding by mail; 0: not yet.
ALTER TABLE findings ADD COLUMN mailed_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX findings_by_mail ON findings (mailed_at, id);
