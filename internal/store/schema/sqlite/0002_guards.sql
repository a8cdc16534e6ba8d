-- +goose Up

-- What the database refuses whoever asks, a hurried administrator included:
-- money and what money rests on is written once.

-- +goose StatementBegin
CREATE TRIGGER transactions_update BEFORE UPDATE ON transactions
BEGIN SELECT RAISE(ABORT, 'transactions is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER transactions_delete BEFORE DELETE ON transactions
BEGIN SELECT RAISE(ABORT, 'transactions is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER postings_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER postings_delete BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'postings is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER minimums_update BEFORE UPDATE ON minimums
BEGIN SELECT RAISE(ABORT, 'minimums is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER minimums_delete BEFORE DELETE ON minimums
BEGIN SELECT RAISE(ABORT, 'minimums is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statements_update BEFORE UPDATE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statements_delete BEFORE DELETE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statement_lines_update BEFORE UPDATE ON statement_lines
BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statement_lines_delete BEFORE DELETE ON statement_lines
BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER currency_values_update BEFORE UPDATE ON currency_values
BEGIN SELECT RAISE(ABORT, 'currency_values is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER currency_values_delete BEFORE DELETE ON currency_values
BEGIN SELECT RAISE(ABORT, 'currency_values is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER prices_update BEFORE UPDATE ON prices
BEGIN SELECT RAISE(ABORT, 'prices is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- A price goes only together with a plan that nobody ever used.
-- +goose StatementBegin
CREATE TRIGGER prices_delete BEFORE DELETE ON prices
    WHEN EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id)
BEGIN SELECT RAISE(ABORT, 'prices is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER segments_delete BEFORE DELETE ON segments
BEGIN SELECT RAISE(ABORT, 'segments is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- A segment changes once: from open to closed.
-- +goose StatementBegin
CREATE TRIGGER segments_update BEFORE UPDATE ON segments
    WHEN OLD.ends_at <> 9223372036854775807 OR NEW.ends_at = 9223372036854775807 OR
       (NEW.id, NEW.account_id, NEW.instance_id, NEW.price_id, NEW.mode, NEW.hourly, NEW.monthly,
        NEW.percent, NEW.starts_at, NEW.carry_seconds, NEW.carry_capped, NEW.carry_cap)
       IS NOT
       (OLD.id, OLD.account_id, OLD.instance_id, OLD.price_id, OLD.mode, OLD.hourly, OLD.monthly,
        OLD.percent, OLD.starts_at, OLD.carry_seconds, OLD.carry_capped, OLD.carry_cap)
BEGIN SELECT RAISE(ABORT, 'segments is append-only: an open segment can be closed, once'); END;
-- +goose StatementEnd

-- That postings sum to zero is checked before they are written: a trigger of
-- SQLite sees one row at a time. What it can refuse is a posting that joins a
-- transaction later, because there is one writer, who writes one at a time.
-- +goose StatementBegin
CREATE TRIGGER postings_late BEFORE INSERT ON postings
    WHEN NEW.transaction_id <> (SELECT MAX(id) FROM transactions)
BEGIN SELECT RAISE(ABORT, 'postings are written with their transaction'); END;
-- +goose StatementEnd
