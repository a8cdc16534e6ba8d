// Package fleet holds the rules of machines: what an instance needs and a
// hypervisor has, where a new instance goes, which state an instance is in,
// and which commands it accepts in that state.
//
// It is pure. It reads no clock, opens nothing and knows no money; callers hand
// it facts and it answers with decisions. Which words mean what is written down
// in docs/glossary.md.
package fleet
