// Package sim is the outside world in memory: hypervisors that are not there,
// for tests, the demo and accrue simulate.
//
// A World behaves as hypervisors do, towards the panel and towards time. Its
// machines outlive the panel that made them: given a file, they are still
// running after the panel was killed, and several panels see the same ones.
// What it does takes as long as it would, or no time at all, and it fails on
// demand in the ways hypervisors fail. How long things take depends on the seed,
// the machine and the instant alone, never on the order of calls.
//
// It knows no capacity: who may be placed where is not a hypervisor's business.
package sim
