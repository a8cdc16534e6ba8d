-- +goose Up

-- Where a token may be used from, as ranges of addresses separated by spaces;
-- what its orders of a day may cost a day, 0 for no limit; and what those of the
-- day that begins at spent_on do.
ALTER TABLE tokens ADD COLUMN ranges        TEXT    NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN daily_credits INTEGER NOT NULL DEFAULT 0 CHECK (daily_credits >= 0);
ALTER TABLE tokens ADD COLUMN spent_on      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN spent         INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0);
