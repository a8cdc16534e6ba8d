// Package store is panel.Store on SQL: one text of each query, run unchanged on
// SQLite and PostgreSQL.
//
// Each file is a noun of the panel's. What differs between the engines is in
// sqlite.go, postgres.go, move_*.go and schema; in a query it stands in a comment that
// SQLite passes over and PostgreSQL does not: /*pg: FOR NO KEY UPDATE */.
//
// A transaction in which a statement failed is never committed. That is how
// PostgreSQL is, so it is how the store is. Refusals that the port promises, such
// as ErrExists of an insert or ErrNoRoom, are not failures: a transaction may go
// on after them.
package store
