-- Keeps the lines of statements in a table for each month (PostgreSQL only). Run it
-- once, with the panels stopped and a backup taken:
--
--   psql --set ON_ERROR_STOP=1 --file partition-statements.sql postgres://accrue@db/accrue
--
-- Months are counted from January of year 0. There are partitions for every month
-- that has lines and for the two years to come; what is later goes to
-- statement_lines_rest until partitions are added.
BEGIN;

ALTER TABLE statement_lines RENAME TO statement_lines_whole;
CREATE TABLE statement_lines (LIKE statement_lines_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (month);

DO $$
DECLARE
    this BIGINT := EXTRACT(YEAR FROM now()) * 12 + EXTRACT(MONTH FROM now()) - 1;
    m BIGINT;
BEGIN
    FOR m IN SELECT DISTINCT month FROM statement_lines_whole UNION SELECT generate_series(this - 1, this + 24) ORDER BY 1 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF statement_lines FOR VALUES FROM (%s) TO (%s)', 'statement_lines_' || m, m, m + 1);
    END LOOP;
END $$;
CREATE TABLE statement_lines_rest PARTITION OF statement_lines DEFAULT;

INSERT INTO statement_lines SELECT * FROM statement_lines_whole;
DROP TABLE statement_lines_whole;

ALTER TABLE statement_lines
    ADD PRIMARY KEY (account_id, month, line),
    ADD FOREIGN KEY (account_id, month) REFERENCES statements (account_id, month),
    ADD FOREIGN KEY (instance_id) REFERENCES instances (id),
    ADD FOREIGN KEY (snapshot_id) REFERENCES snapshots (image_id),
    ADD FOREIGN KEY (price_id) REFERENCES prices (id);
DO $$
DECLARE
    guarded TEXT;
BEGIN
    FOR guarded IN SELECT 'statement_lines' UNION SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'statement_lines'::regclass LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', guarded);
    END LOOP;
END $$;

COMMIT;
