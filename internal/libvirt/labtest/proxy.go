package labtest

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// changes are the procedures of libvirt's protocol that change something, in so
// far as our driver calls them.
var changes = []uint32{
	27, 28, 76, 77, 78, 79, 90, 93, 94, 125, 164, 180, 196, 208, 231, 234, 245, 251, 258, 260, 264, 291, 350, 421,
}

// Proxy stands between a driver and libvirt, and can break what goes through it.
type Proxy struct {
	path, target string

	mu      sync.Mutex
	cutAt   int // the connection is cut instead of answering this change; 0: never
	changes int // so far
	hanging bool
	resumed *sync.Cond
	conns   []net.Conn
}

// NewProxy listens before a hypervisor's socket.
func NewProxy(t testing.TB, h *Hypervisor) *Proxy {
	t.Helper()
	p := &Proxy{path: filepath.Join(shortDir(t), "sock"), target: h.Socket()}
	p.resumed = sync.NewCond(&p.mu)
	listener, err := net.Listen("unix", p.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Hang(false)
		listener.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.conns {
			c.Close()
		}
	})
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", p.target)
			if err != nil {
				client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, server)
			p.mu.Unlock()
			go p.pass(client, server, func([]byte) bool { return true })
			go p.pass(server, client, p.mayAnswer)
		}
	}()
	return p
}

// Endpoint returns where a driver finds the proxy.
func (p *Proxy) Endpoint() string { return "unix://" + p.path }

// CutAt has the answer to the nth change from now, counted from 1, and of all
// changes after it lost together with its connection; with 0, none.
func (p *Proxy) CutAt(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutAt, p.changes = n, 0
}

// Cut says whether an answer was lost since CutAt.
func (p *Proxy) Cut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cutAt > 0 && p.changes >= p.cutAt
}

// Hang stops everything that goes through, or lets it go on.
func (p *Proxy) Hang(hang bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hanging = hang
	p.resumed.Broadcast()
}

// mayAnswer says whether a message from libvirt is passed on.
func (p *Proxy) mayAnswer(message []byte) bool {
	const reply = 1
	word := func(n int) uint32 { return binary.BigEndian.Uint32(message[4*n:]) }
	if word(4) != reply || !slices.Contains(changes, word(3)) {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
	return p.cutAt == 0 || p.changes < p.cutAt
}

// pass copies messages, until one may not pass.
func (p *Proxy) pass(from, to net.Conn, may func(message []byte) bool) {
	defer from.Close()
	defer to.Close()
	for {
		var size [4]byte
		if _, err := io.ReadFull(from, size[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint32(size[:]))
		copy(message, size[:])
		if _, err := io.ReadFull(from, message[4:]); err != nil {
			return
		}
		p.mu.Lock()
		for p.hanging {
			p.resumed.Wait()
		}
		p.mu.Unlock()
		if !may(message) {
			return
		}
		if _, err := to.Write(message); err != nil {
			return
		}
	}
}
