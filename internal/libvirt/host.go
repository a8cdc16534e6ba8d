package libvirt

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// Hypervisors connects to hypervisors that run libvirt. It keeps a connection to
// each that was asked for, and makes it anew when it is gone. It is safe for use
// by several goroutines.
type Hypervisors struct {
	mu    sync.Mutex
	hosts map[int64]*host
}

// New returns a Hypervisors without any connection.
func New() *Hypervisors { return &Hypervisors{hosts: map[int64]*host{}} }

// Driver returns the hypervisor's driver, without speaking to it yet.
func (h *Hypervisors) Driver(hypervisor panel.Hypervisor) (panel.Driver, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.hosts[hypervisor.ID]
	if known != nil && known.serves(hypervisor) {
		return known, nil
	}
	fresh, err := newHost(hypervisor)
	if err != nil {
		return nil, fmt.Errorf("hypervisor %s: %w", hypervisor.Name, err)
	}
	if known != nil {
		known.close()
	}
	h.hosts[hypervisor.ID] = fresh
	return fresh, nil
}

// Close closes every connection.
func (h *Hypervisors) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, known := range h.hosts {
		known.close()
	}
	clear(h.hosts)
	return nil
}

// host is the driver of one hypervisor.
type host struct {
	name     string
	settings panel.Hypervisor
	endpoint endpoint
	ways     transport

	alive context.Context // ends when the host is closed
	stop  context.CancelFunc

	locks   locks   // of machines and images, by name
	flights flights // of what goes on when its caller has gone
	reboots reboots

	mu   sync.Mutex
	link *link // nil until somebody asks
}

// link is a connection, and what was found out on it.
type link struct {
	*rpc.Conn

	mu     sync.Mutex
	pool   *rpc.Pool
	base   string          // where its volumes are
	works  map[string]bool // whether something was found to work here
	epochs map[rpc.UUID]epoch
}

func newHost(settings panel.Hypervisor) (*host, error) {
	e, err := newEndpoint(settings)
	if err != nil {
		return nil, err
	}
	ways, err := e.transport()
	if err != nil {
		return nil, err
	}
	h := &host{name: settings.Name, settings: settings, endpoint: e, ways: ways}
	h.alive, h.stop = context.WithCancel(context.Background())
	return h, nil
}

// serves says whether the host is reached and used as the hypervisor says now.
func (h *host) serves(now panel.Hypervisor) bool {
	was := h.settings
	return was.Name == now.Name && was.Endpoint == now.Endpoint && was.HostKey == now.HostKey &&
		was.KeyFile == now.KeyFile && was.Storage == now.Storage && was.Accel == now.Accel
}

func (h *host) close() {
	h.stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link != nil {
		h.link.Close()
	}
	h.ways.Close()
}

// connect returns the connection for commands, making it if there is none that
// lives.
func (h *host) connect(ctx context.Context) (*link, error) {
	release, err := h.locks.acquire(ctx, "connection")
	if err != nil {
		return nil, err
	}
	defer release()
	h.mu.Lock()
	present := h.link
	h.mu.Unlock()
	if present != nil && present.Err() == nil {
		return present, nil
	}
	conn, err := h.dial(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &link{Conn: conn, works: map[string]bool{}, epochs: map[rpc.UUID]epoch{}}
	if err := conn.OnEvent(ctx, rpc.EventReboot, h.reboots.seen); err != nil {
		conn.Close()
		return nil, notDone(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.link = fresh
	if h.alive.Err() != nil {
		conn.Close()
	}
	return fresh, nil
}

// dial makes another connection to libvirt.
func (h *host) dial(ctx context.Context) (*rpc.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	nc, err := h.ways.libvirt(ctx)
	if err != nil {
		return nil, notDone(err)
	}
	conn := rpc.NewConn(nc)
	if err := conn.Connect(ctx); err != nil {
		conn.Close()
		return nil, notDone(err)
	}
	return conn, nil
}

// notDone says of an error on the way to a hypervisor that nothing was asked of
// it yet, unless it says more itself.
func notDone(err error) error {
	if known := (*fault)(nil); errors.As(err, &known) {
		return err
	}
	return &fault{panel.Unreachable, err}
}

// ask runs what a method of the port asks of the hypervisor, and says in an
// error what was asked of whom.
func (h *host) ask(ctx context.Context, operation string, do func(context.Context, *link) error) error {
	l, err := h.connect(ctx)
	if err == nil {
		err = do(ctx, l)
	}
	if err == nil {
		return nil
	}
	return &panel.DriverError{Kind: kindOf(err), Operation: operation, Hypervisor: h.name, Err: err}
}

// change is ask for one machine, which nobody else changes in the meantime.
func (h *host) change(ctx context.Context, operation, uid string, do func(context.Context, *link) error) error {
	return h.ask(ctx, operation, func(ctx context.Context, l *link) error {
		release, err := h.locks.acquire(ctx, uid)
		if err != nil {
			return err
		}
		defer release()
		return do(ctx, l)
	})
}
