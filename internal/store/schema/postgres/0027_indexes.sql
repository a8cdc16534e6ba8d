-- +goose Up

-- Nothing looks for rows by these.
DROP INDEX tasks_by_mail;
DROP INDEX tenures_by_instance;
DROP INDEX tenures_by_account;
