package bench

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// memoryWatch finds the most memory that the process has while something runs.
type memoryWatch struct {
	end  chan struct{}
	most chan int64
}

// watchMemory gives back what is not in use, and watches from then on.
func watchMemory() memoryWatch {
	debug.FreeOSMemory()
	w := memoryWatch{make(chan struct{}), make(chan int64)}
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		most := resident()
		for {
			select {
			case <-tick.C:
				most = max(most, resident())
			case <-w.end:
				w.most <- max(most, resident())
				return
			}
		}
	}()
	return w
}

// stop ends the watch and returns the most bytes there were.
func (w memoryWatch) stop() int64 {
	close(w.end)
	return <-w.most
}

// resident is how many bytes of memory the process has, as Linux tells; 0 where
// there is no such file.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
