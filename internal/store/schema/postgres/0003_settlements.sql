-- +goose Up

-- A settlement in bulk is one row for a batch of accounts, however many
-- instances they have: both sides of its transaction, which has no postings. total
-- is the revenue. usage is JSON text: for each account that was settled with
-- the batch, what it was charged and what it had been charged in all by then,
-- such as {"17":[41666,1250000]}. late names the others, such as ",19,23,".
CREATE TABLE settlements (
    transaction_id BIGINT           NOT NULL PRIMARY KEY REFERENCES transactions (id),
    batch          BIGINT           NOT NULL,
    settled_at     BIGINT           NOT NULL,
    total          BIGINT           NOT NULL CHECK (total > 0),
    late           TEXT COLLATE "C" NOT NULL,
    usage          TEXT COLLATE "C" NOT NULL,
    UNIQUE (batch, settled_at)
);

-- Nothing looks for transactions by these any more.
DROP INDEX transactions_by_month;

-- A posting to an account says what had been credited and used in all after it,
-- so that a balance needs no sum over history.
ALTER TABLE postings DISABLE TRIGGER append_only;
ALTER TABLE postings ADD COLUMN credited BIGINT NOT NULL DEFAULT 0, ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
UPDATE postings SET credited = totals.credited, used = totals.used
FROM (
    SELECT p.account_id, p.transaction_id,
        SUM(CASE WHEN t.kind <> 'usage' THEN p.amount ELSE 0 END) OVER w AS credited,
        -SUM(CASE WHEN t.kind = 'usage' THEN p.amount ELSE 0 END) OVER w AS used
    FROM postings p JOIN transactions t ON t.id = p.transaction_id
    WHERE p.account_id > 0
    WINDOW w AS (PARTITION BY p.account_id ORDER BY p.transaction_id)
) AS totals
WHERE totals.account_id = postings.account_id AND totals.transaction_id = postings.transaction_id;
ALTER TABLE postings ENABLE TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE FUNCTION refuse_wrong_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.total <> (SELECT SUM(CAST(e.value ->> 0 AS BIGINT)) FROM json_each(CAST(NEW.usage AS json)) AS e) THEN
        RAISE EXCEPTION 'the usage of settlement % does not sum to its total', NEW.transaction_id;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER totalled BEFORE INSERT ON settlements
    FOR EACH ROW EXECUTE FUNCTION refuse_wrong_total();
