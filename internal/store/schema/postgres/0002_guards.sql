-- +goose Up

-- What the database refuses whoever asks, a hurried administrator included:
-- money and what money rests on is written once.

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: correct it with another row', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON minimums
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON currency_values
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON prices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON segments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A price goes only together with a plan that nobody ever used.
-- +goose StatementBegin
CREATE FUNCTION refuse_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id) THEN
        RAISE EXCEPTION 'prices is append-only: correct it with another row';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER with_its_plan BEFORE DELETE ON prices
    FOR EACH ROW EXECUTE FUNCTION refuse_price_change();

-- A segment changes once: from open to closed.
-- +goose StatementBegin
CREATE FUNCTION refuse_segment_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed segments := OLD;
BEGIN
    closed.ends_at := NEW.ends_at;
    IF OLD.ends_at <> 9223372036854775807 OR NEW.ends_at = 9223372036854775807 OR NEW IS DISTINCT FROM closed THEN
        RAISE EXCEPTION 'segments is append-only: an open segment can be closed, once';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER closed_once BEFORE UPDATE ON segments
    FOR EACH ROW EXECUTE FUNCTION refuse_segment_change();

-- The postings of a transaction are written by one statement, and sum to zero.
-- +goose StatementBegin
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unbalanced BIGINT;
BEGIN
    SELECT transaction_id INTO unbalanced FROM added GROUP BY transaction_id HAVING SUM(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of transaction % do not sum to zero', unbalanced;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced();

-- The provider always has a default currency once it has one.
-- +goose StatementBegin
CREATE FUNCTION refuse_no_default() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_default AND NOT EXISTS (SELECT 1 FROM currencies WHERE is_default) THEN
        RAISE EXCEPTION 'there must be a default currency';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER one_default AFTER UPDATE OR DELETE ON currencies
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_no_default();
