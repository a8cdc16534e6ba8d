// Package metric turns the counters of machines into figures that people read:
// what a machine did per second, and how many bytes it sent.
//
// It is pure. Instants are whole seconds of Unix time. Counters belong to an
// epoch, within which they only grow; whatever else they do, a restart, a reset
// or a wrap gives neither a spike nor a negative figure. What is known of an
// instance is kept as blocks of points, at a resolution that falls with age.
package metric
