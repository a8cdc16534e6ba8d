// Package bench measures what billing costs, against the limit of the hardware
// in the same run.
//
// Every benchmark makes its own data, the same for the same seed, in a fresh
// SQLite file or a fresh schema of a PostgreSQL database, works on it through
// the same code as the server, proves that every law of `accrue verify` holds
// afterwards, and removes what it made.
package bench
