package main

import (
	"os"
	"runtime/debug"
)

// The collector lets the heap grow to five times what is alive, which for a
// panel is some ten MiB, before it goes over it: pages take two thirds of the
// time then. Near softLimit bytes it works as hard as it must.
const (
	heapGrowth = 400       // percent
	softLimit  = 160 << 20 // bytes
)

// tuneMemory leaves alone what the environment says.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}
