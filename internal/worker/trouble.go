package worker

import (
	"fmt"
	"runtime/debug"
	"time"
)

// report logs what went wrong, unless it did because work was told to give up.
func (w *Worker) report(s shift, doing string, err error, args ...any) {
	if s.work.Err() == nil {
		w.log.Error("worker: "+doing, append(args, "error", err)...)
	}
}

// trouble reports what went wrong with a whole loop, most likely the database,
// and waits a little before the loop goes on.
func (w *Worker) trouble(s shift, doing string, err error, args ...any) {
	w.report(s, doing, err, args...)
	s.pause(time.Second)
}

// guard turns a panic into an error, so that one account or one task that
// nothing can be done about does not end the program for all others.
func guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do()
}
