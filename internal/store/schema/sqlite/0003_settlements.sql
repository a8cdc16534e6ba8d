-- +goose Up

-- A settlement in bulk is one row for a batch of accounts, however many
-- instances they have: both sides of its transaction, which has no postings. total
-- is the revenue. usage is JSON text: for each account that was settled with
-- the batch, what it was charged and what it had been charged in all by then,
-- such as {"17":[41666,1250000]}. late names the others, such as ",19,23,".
CREATE TABLE settlements (
    transaction_id INTEGER PRIMARY KEY REFERENCES transactions (id),
    batch          INTEGER NOT NULL,
    settled_at     INTEGER NOT NULL,
    total          INTEGER NOT NULL CHECK (total > 0),
    late           TEXT    NOT NULL,
    usage          TEXT    NOT NULL,
    UNIQUE (batch, settled_at)
) STRICT;

-- Nothing looks for transactions by these any more.
DROP INDEX transactions_by_month;

-- A posting to an account says what had been credited and used in all after it,
-- so that a balance needs no sum over history.
-- +goose StatementBegin
DROP TRIGGER postings_update;
-- +goose StatementEnd
ALTER TABLE postings ADD COLUMN credited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postings ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
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

-- +goose StatementBegin
CREATE TRIGGER postings_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settlements_update BEFORE UPDATE ON settlements
BEGIN SELECT RAISE(ABORT, 'settlements is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settlements_delete BEFORE DELETE ON settlements
BEGIN SELECT RAISE(ABORT, 'settlements is append-only: correct it with another row'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settlements_late BEFORE INSERT ON settlements
    WHEN NEW.transaction_id <> (SELECT MAX(id) FROM transactions)
BEGIN SELECT RAISE(ABORT, 'settlements are written with their transaction'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settlements_total BEFORE INSERT ON settlements
    WHEN NEW.total <> (SELECT SUM(e.value ->> 0) FROM json_each(NEW.usage) AS e)
BEGIN SELECT RAISE(ABORT, 'the usage of a settlement does not sum to its total'); END;
-- +goose StatementEnd
