package rpc

import (
	"context"
	"io"
	"reflect"
	"sync"
)

// maxPacket is the most data of a stream in one message, as old servers take it.
const maxPacket = 256 << 10

// Stream is bytes in both directions, for which a connection was given up: it
// ends with the stream.
type Stream struct {
	conn      *Conn
	procedure int32
	serial    uint32
	packets   chan []byte
	rest      []byte

	once  sync.Once
	ended chan struct{}
	err   error // how the server ended it; nil: in good order
}

// Open calls a procedure that begins a stream. The connection serves for nothing
// else from then on, and is closed when there is no stream.
func (c *Conn) Open(ctx context.Context, procedure int32, args any) (*Stream, error) {
	m, serial := c.register(procedure, marshal(nil, reflect.ValueOf(args)))
	s := &Stream{
		conn: c, procedure: procedure, serial: serial,
		packets: make(chan []byte, 16), ended: make(chan struct{}),
	}
	c.mu.Lock()
	c.stream = s
	c.mu.Unlock()
	err := c.send(ctx, m)
	if err == nil {
		select {
		case got := <-m.answer:
			err = got.err
		case <-ctx.Done():
			err = &Lost{Sent: true, Err: ctx.Err()}
		case <-c.done:
			err = &Lost{Sent: true, Err: c.Err()}
		}
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

// take takes a packet off the connection. It waits for the reader of the stream,
// which holds up nobody else.
func (s *Stream) take(status int32, body []byte) {
	switch {
	case status == statusContinue && len(body) > 0:
		select {
		case s.packets <- body:
		case <-s.conn.done:
		}
	case status == statusError:
		s.end(decodeError(body))
	default:
		s.end(nil)
	}
}

func (s *Stream) end(err error) {
	s.once.Do(func() {
		s.err = err
		close(s.ended)
	})
}

// Read returns what the server sends, and io.EOF after it ended the stream.
func (s *Stream) Read(data []byte) (int, error) {
	if len(s.rest) == 0 {
		packet, err := s.next()
		if err != nil {
			return 0, err
		}
		s.rest = packet
	}
	n := copy(data, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *Stream) next() ([]byte, error) {
	select {
	case packet := <-s.packets:
		return packet, nil
	case <-s.ended:
	case <-s.conn.done:
	}
	select {
	case packet := <-s.packets: // what came before the end
		return packet, nil
	default:
	}
	select {
	case <-s.ended:
		if s.err != nil {
			return nil, s.err
		}
		return nil, io.EOF
	default:
		return nil, &Lost{Sent: true, Err: s.conn.Err()}
	}
}

// Write sends data, and waits while the server takes none.
func (s *Stream) Write(data []byte) (int, error) {
	sent := 0
	for sent < len(data) {
		packet := data[sent:min(len(data), sent+maxPacket)]
		if err := s.put(statusContinue, packet); err != nil {
			return sent, err
		}
		sent += len(packet)
	}
	return sent, nil
}

func (s *Stream) put(status int32, body []byte) error {
	m := &call{data: frame(header{
		program: programRemote, version: version, procedure: s.procedure,
		kind: kindStream, serial: s.serial, status: status,
	}, body)}
	select {
	case s.conn.queue <- m:
		return nil
	case <-s.ended:
		if s.err != nil {
			return s.err
		}
		return io.ErrClosedPipe
	case <-s.conn.done:
		return &Lost{Sent: true, Err: s.conn.Err()}
	}
}

// Finish says that everything was sent, and waits until the server has it.
func (s *Stream) Finish(ctx context.Context) error {
	if err := s.put(statusOK, nil); err != nil {
		return err
	}
	select {
	case <-s.ended:
		return s.err
	case <-s.conn.done:
		return &Lost{Sent: true, Err: s.conn.Err()}
	case <-ctx.Done():
		return &Lost{Sent: true, Err: ctx.Err()}
	}
}

// Close ends the stream and its connection.
func (s *Stream) Close() error { return s.conn.Close() }
