// Package worker decides when: when an account has come to a threshold or a
// month's end, when usage is posted, when tasks run, when hypervisors are looked
// at. What is done then is package panel's.
//
// A Worker either runs by the clock, in loops of its own, or is taken step by
// step by somebody who has a clock of their own: accrue simulate, the demo's
// history, tests. Both do the same things by the same code. Any number of
// workers, in any number of processes, may run on one database; a worker that
// was off for days brings everything to where it would be without the pause.
package worker
