package rpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
)

// When a connection that says nothing is asked whether it lives, and when it is
// given up.
const (
	quiet = 5 * time.Second
	dead  = 15 * time.Second
)

// patience is how long a call may take whose caller does not say.
const patience = time.Minute

// maxAbandoned is how many calls that nobody waits for any more a connection may
// still owe an answer. libvirtd works on five calls of a client at once, so that
// a sixth would never be looked at.
const maxAbandoned = 4

// Conn is a connection to libvirt. Calls may be made from many goroutines, and
// answers come in any order. It ends when it breaks, when libvirt is silent for
// 15 seconds, or when it is closed, and is of no more use then.
type Conn struct {
	nc    net.Conn
	queue chan *call
	done  chan struct{}

	mu        sync.Mutex
	cause     error // why it ended
	serial    uint32
	pending   map[uint32]*call
	abandoned int
	events    map[int32]func(body []byte)
	stream    *Stream

	heard atomic.Int64 // when something came last, in Unix nanoseconds
}

// call is a message on its way, and perhaps its answer. Once the writer has it,
// it counts as sent.
type call struct {
	data   []byte
	answer chan answer // has room for the one that comes
}

type answer struct {
	body []byte
	file net.Conn
	err  error
}

var errClosed = errors.New("the connection was closed")

// NewConn speaks on nc, which it closes in the end.
func NewConn(nc net.Conn) *Conn {
	c := &Conn{
		nc:      nc,
		queue:   make(chan *call),
		done:    make(chan struct{}),
		pending: map[uint32]*call{},
		events:  map[int32]func([]byte){},
	}
	c.heard.Store(time.Now().UnixNano())
	go c.write()
	go c.read()
	go c.keepalive()
	return c
}

// Close ends the connection.
func (c *Conn) Close() error {
	c.end(errClosed)
	return nil
}

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err returns why the connection ended.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// end ends the connection the first time.
func (c *Conn) end(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return
	}
	c.cause = cause
	c.nc.Close()
	close(c.done)
}

// On has events of a procedure handed to handle, one after the other, by the
// goroutine that reads the connection: handle must not wait for anything.
func (c *Conn) On(procedure int32, handle func(body []byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events[procedure] = handle
}

// Call calls a procedure and reads its answer into ret, a pointer; nil where
// there is nothing to read. It waits for a minute at most.
func (c *Conn) Call(ctx context.Context, procedure int32, args, ret any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.CallLong(ctx, procedure, args, ret)
}

// CallLong is Call, and waits as long as its context does.
func (c *Conn) CallLong(ctx context.Context, procedure int32, args, ret any) error {
	got, err := c.call(ctx, procedure, args)
	if err != nil || ret == nil {
		return err
	}
	if err := unmarshal(got.body, ret); err != nil {
		return fmt.Errorf("the answer to procedure %d: %w", procedure, err)
	}
	return nil
}

func (c *Conn) call(ctx context.Context, procedure int32, args any) (answer, error) {
	var body []byte
	if args != nil {
		body = marshal(nil, reflect.ValueOf(args))
	}
	m, serial := c.register(procedure, body)
	if err := c.send(ctx, m); err != nil {
		c.forget(serial)
		return answer{}, err
	}
	select {
	case got := <-m.answer:
		return got, got.err
	case <-ctx.Done():
		c.abandon(serial)
		return answer{}, &Lost{Sent: true, Err: ctx.Err()}
	case <-c.done:
	}
	select {
	case got := <-m.answer: // it came just before the end
		return got, got.err
	default:
		return answer{}, &Lost{Sent: true, Err: c.Err()}
	}
}

// register makes a call that waits for its answer.
func (c *Conn) register(procedure int32, body []byte) (*call, uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	m := &call{
		data:   frame(header{program: programRemote, version: version, procedure: procedure, kind: kindCall, serial: c.serial}, body),
		answer: make(chan answer, 1),
	}
	c.pending[c.serial] = m
	return m, c.serial
}

func (c *Conn) forget(serial uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, serial)
}

// abandon stops waiting for an answer that may still come.
func (c *Conn) abandon(serial uint32) {
	c.mu.Lock()
	m := c.pending[serial]
	if m != nil {
		c.pending[serial] = nil
		c.abandoned++
	}
	full := c.abandoned >= maxAbandoned
	c.mu.Unlock()
	if full {
		c.end(fmt.Errorf("%d calls were not answered in time", maxAbandoned))
	}
}

// send hands a message to the writer.
func (c *Conn) send(ctx context.Context, m *call) error {
	if err := ctx.Err(); err != nil {
		return &Lost{Sent: false, Err: err}
	}
	select {
	case c.queue <- m:
		return nil
	case <-ctx.Done():
		return &Lost{Sent: false, Err: ctx.Err()}
	case <-c.done:
		return &Lost{Sent: false, Err: c.Err()}
	}
}

// write is the one goroutine that writes.
func (c *Conn) write() {
	for {
		select {
		case m := <-c.queue:
			if _, err := c.nc.Write(m.data); err != nil {
				c.end(fmt.Errorf("write: %w", err))
				return
			}
		case <-c.done:
			return
		}
	}
}

// read is the one goroutine that reads.
func (c *Conn) read() {
	files := &source{Conn: c.nc}
	r := bufio.NewReaderSize(files, 64<<10)
	for {
		h, body, err := readFrame(r)
		if err != nil {
			c.end(fmt.Errorf("read: %w", err))
			return
		}
		c.heard.Store(time.Now().UnixNano())
		got := answer{body: body}
		if h.kind == kindReplyWithFD {
			if got.file, err = files.file(r); err != nil {
				c.end(err)
				return
			}
		}
		c.dispatch(h, got)
	}
}

func (c *Conn) dispatch(h header, got answer) {
	switch {
	case h.program == programKeepalive:
		if h.procedure == keepalivePing {
			go c.say(keepalivePong)
		}
	case h.kind == kindReply || h.kind == kindReplyWithFD:
		if h.status == statusError {
			got.err = decodeError(got.body)
		}
		c.deliver(h.serial, got)
	case h.kind == kindEvent:
		c.mu.Lock()
		handle := c.events[h.procedure]
		c.mu.Unlock()
		if handle != nil {
			handle(got.body)
		}
	case h.kind == kindStream:
		c.mu.Lock()
		stream := c.stream
		c.mu.Unlock()
		if stream != nil && stream.serial == h.serial {
			stream.take(h.status, got.body)
		}
	}
}

// deliver hands an answer to who waits for it.
func (c *Conn) deliver(serial uint32, got answer) {
	c.mu.Lock()
	m, known := c.pending[serial]
	delete(c.pending, serial)
	if known && m == nil {
		c.abandoned--
	}
	c.mu.Unlock()
	if m != nil {
		m.answer <- got
	} else if got.file != nil {
		got.file.Close()
	}
}

// keepalive asks a quiet connection whether it lives, and ends a dead one.
func (c *Conn) keepalive() {
	ticker := time.NewTicker(quiet)
	defer ticker.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		silence := time.Since(time.Unix(0, c.heard.Load()))
		if silence > dead {
			c.end(fmt.Errorf("libvirt has been silent for %s", silence.Round(time.Second)))
			return
		}
		if silence >= quiet {
			go c.say(keepalivePing)
		}
	}
}

// say sends a message of the keepalive program.
func (c *Conn) say(procedure int32) {
	ctx, cancel := context.WithTimeout(context.Background(), quiet)
	defer cancel()
	// A connection that cannot take it is found dead soon enough.
	_ = c.send(ctx, &call{data: frame(header{program: programKeepalive, version: version, procedure: procedure, kind: kindEvent}, nil)})
}
