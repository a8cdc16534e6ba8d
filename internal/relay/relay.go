// Package relay carries an instance's screen or serial port to whoever has
// opened it, over a WebSocket.
package relay

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	buffer   = 32 << 10 // bytes on their way to the viewer
	message  = 64 << 10 // the longest message of a viewer
	write    = 20 * time.Second
	glance   = 2 * time.Second // between two looks whether a console may stay
	ping     = 20 * time.Second
	patience = 10 * time.Second // how long a viewer may take for a ping, and the panel for a look
)

// Console carries bytes between a viewer and a console until one of both ends, or
// the console may not stay.
type Console struct {
	Conn   *websocket.Conn
	Stream io.ReadWriteCloser
	Stays  func(context.Context) error
	Ending <-chan struct{} // closed when consoles have to end; nil: never
}

// ending is why a relay ends, for the viewer.
type ending struct {
	code   websocket.StatusCode
	reason string
}

var (
	streamEnded  = ending{websocket.StatusNormalClosure, "The console has ended."}
	viewerLeft   = ending{websocket.StatusNormalClosure, ""}
	mayNotStay   = ending{websocket.StatusPolicyViolation, "The console may not stay open."}
	panelStops   = ending{websocket.StatusGoingAway, "The panel is being restarted."}
	unresponsive = ending{websocket.StatusPolicyViolation, "The viewer does not answer."}
)

// Run carries bytes until the end.
func (r Console) Run(ctx context.Context) {
	r.Conn.SetReadLimit(message)
	ctx, cancel := context.WithCancel(ctx)
	ends := make(chan ending, 3)
	var group sync.WaitGroup
	for _, part := range []func(context.Context) ending{r.down, r.up, r.watch} {
		group.Go(func() { ends <- part(ctx) })
	}
	first := <-ends
	_ = r.Stream.Close()
	_ = r.Conn.Close(first.code, first.reason)
	cancel()
	group.Wait()
}

// down carries what the console shows. A viewer that does not take it in time
// is let go.
func (r Console) down(ctx context.Context) ending {
	bytes := make([]byte, buffer)
	for {
		n, err := r.Stream.Read(bytes)
		if n > 0 {
			bounded, cancel := context.WithTimeout(ctx, write)
			err := r.Conn.Write(bounded, websocket.MessageBinary, bytes[:n])
			cancel()
			if err != nil {
				return viewerLeft
			}
		}
		if err != nil {
			return streamEnded
		}
	}
}

// up carries what is typed.
func (r Console) up(ctx context.Context) ending {
	for {
		_, typed, err := r.Conn.Reader(ctx)
		if err != nil {
			return viewerLeft
		}
		if _, err := io.Copy(r.Stream, typed); err != nil {
			return streamEnded
		}
	}
}

// watch looks now and then whether the console may stay, and whether the viewer
// is still there.
func (r Console) watch(ctx context.Context) ending {
	looks, pings := time.NewTicker(glance), time.NewTicker(ping)
	defer looks.Stop()
	defer pings.Stop()
	for {
		select {
		case <-ctx.Done():
			return viewerLeft
		case <-r.Ending:
			return panelStops
		case <-looks.C:
			if within(ctx, r.Stays) != nil {
				return mayNotStay
			}
		case <-pings.C:
			if within(ctx, r.Conn.Ping) != nil {
				return unresponsive
			}
		}
	}
}

func within(ctx context.Context, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return do(bounded)
}

// maxViewers is how many consoles an account may have open in one process.
const maxViewers = 20

// Viewers counts the consoles that are open, by account. The zero Viewers has none.
type Viewers struct {
	mu   sync.Mutex
	open map[int64]int
}

// Enter counts a console of an account, and says whether it may be opened.
func (v *Viewers) Enter(account int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		v.open = map[int64]int{}
	}
	if v.open[account] >= maxViewers {
		return false
	}
	v.open[account]++
	return true
}

// Leave counts one less.
func (v *Viewers) Leave(account int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open[account]--; v.open[account] == 0 {
		delete(v.open, account)
	}
}
