package rpc

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// server is libvirt's end of a connection.
type server struct {
	net.Conn
	t *testing.T
}

// pair returns both ends of a connection.
func pair(t *testing.T) (*Conn, *server) {
	client, far := net.Pipe()
	c := NewConn(client)
	t.Cleanup(func() { c.Close() })
	return c, &server{far, t}
}

// next returns the next message that is no question whether we live.
func (s *server) next() (header, []byte) {
	s.t.Helper()
	for {
		h, body, err := readFrame(s)
		if err != nil {
			s.t.Errorf("read: %v", err)
			return h, nil
		}
		if h.program == programRemote {
			return h, body
		}
	}
}

func (s *server) answer(h header, kind, status int32, v any) {
	h.kind, h.status = kind, status
	var body []byte
	if v != nil {
		body = marshal(nil, reflect.ValueOf(v))
	}
	s.Write(frame(h, body))
}

// drain reads on so that the other end can write.
func (s *server) drain() { go io.Copy(io.Discard, s) }

func TestAnswersFindTheirCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		go func() {
			first, _ := s.next()
			second, _ := s.next()
			s.answer(second, kindReply, statusOK, struct{ Text string }{"second"})
			s.answer(first, kindReply, statusOK, struct{ Text string }{"first"})
		}()
		ask := func(procedure int32, want string) <-chan struct{} {
			done := make(chan struct{})
			go func() {
				defer close(done)
				if got, err := c.text(t.Context(), procedure, nil); err != nil || got != want {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
			}()
			synctest.Wait()
			return done
		}
		first, second := ask(1, "first"), ask(2, "second")
		<-first
		<-second
	})
}

func TestARefusalIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		go func() {
			h, _ := s.next()
			message := "there is none"
			s.answer(h, kindReply, statusError, failure{Code: CodeNoDomain, Origin: 10, Message: &message})
		}()
		_, err := c.Domain(t.Context(), UUID{})
		var got *Error
		if want := (Error{CodeNoDomain, 10, "there is none"}); !errors.As(err, &got) || *got != want {
			t.Errorf("got %v, want %v", err, want)
		}
	})
}

func TestACallThatWasNotAnsweredSaysWhetherItWasSent(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(t *testing.T, c *Conn, s *server) error
		sent bool
	}{
		"given up before": {func(t *testing.T, c *Conn, s *server) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return c.Start(ctx, Domain{})
		}, false},
		"after the end": {func(t *testing.T, c *Conn, s *server) error {
			c.Close()
			return c.Start(t.Context(), Domain{})
		}, false},
		"stuck behind another": {func(t *testing.T, c *Conn, s *server) error {
			go c.Start(t.Context(), Domain{}) // the server reads nothing
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return c.Start(ctx, Domain{})
		}, false},
		"given up after": {func(t *testing.T, c *Conn, s *server) error {
			s.drain()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return c.Start(ctx, Domain{})
		}, true},
		"broken after": {func(t *testing.T, c *Conn, s *server) error {
			go func() { s.next(); s.Close() }()
			return c.Start(t.Context(), Domain{})
		}, true},
		"silent": {func(t *testing.T, c *Conn, s *server) error {
			s.drain()
			return c.Start(t.Context(), Domain{})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := pair(t)
				began := time.Now()
				err := test.do(t, c, s)
				var lost *Lost
				if !errors.As(err, &lost) || lost.Sent != test.sent {
					t.Errorf("got %v, want lost, sent %t", err, test.sent)
				}
				if took := time.Since(began); took > dead+2*quiet {
					t.Errorf("took %s, want at most %s", took, dead+2*quiet)
				}
				s.Close()
			})
		})
	}
}

func TestAConnectionThatOwesAnswersIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		s.drain()
		for range maxAbandoned {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			c.Start(ctx, Domain{})
			cancel()
		}
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), "not answered") {
			t.Errorf("got %v, want an end", err)
		}
		s.Close()
	})
}

func TestALivingConnectionIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		go func() {
			for {
				h, _, err := readFrame(s)
				if err != nil {
					return
				}
				if h.program == programKeepalive && h.procedure == keepalivePing {
					s.Write(frame(header{program: programKeepalive, version: version, procedure: keepalivePong, kind: kindEvent}, nil))
				}
			}
		}()
		time.Sleep(time.Hour)
		if err := c.Err(); err != nil {
			t.Errorf("got %v, want it alive after an hour", err)
		}
		s.Close()
	})
}

func TestEventsAreHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		events := make(chan Event, 1)
		go func() {
			h, _ := s.next()
			s.answer(h, kindReply, statusOK, struct{ Callback int32 }{1})
			s.answer(header{program: programRemote, version: version, procedure: 318}, kindEvent, statusOK, struct {
				Callback int32
				Event    Event
			}{1, Event{Domain{Name: "d"}, LifeStopped, StoppedByCrash}})
		}()
		if err := c.OnEvent(t.Context(), EventLifecycle, func(e Event) { events <- e }); err != nil {
			t.Fatal(err)
		}
		if got, want := <-events, (Event{Domain{Name: "d"}, LifeStopped, StoppedByCrash}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		var uploaded int
		go func() {
			h, _ := s.next()
			s.answer(h, kindReply, statusOK, nil)
			for {
				p, body := s.next()
				if len(body) > maxPacket {
					t.Errorf("got a packet of %d bytes", len(body))
				}
				uploaded += len(body)
				if p.status == statusOK {
					break
				}
			}
			s.Write(frame(header{program: programRemote, version: version, procedure: h.procedure, kind: kindStream, serial: h.serial, status: statusContinue}, []byte("back")))
			s.answer(h, kindStream, statusOK, nil)
		}()
		stream, err := c.Upload(t.Context(), Volume{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Write(make([]byte, 3*maxPacket+1)); err != nil {
			t.Fatal(err)
		}
		if err := stream.Finish(t.Context()); err != nil || uploaded != 3*maxPacket+1 {
			t.Errorf("got %v with %d bytes", err, uploaded)
		}
		if back, err := io.ReadAll(stream); err != nil || string(back) != "back" {
			t.Errorf("got %q, %v", back, err)
		}
	})
}

func TestAStreamThatFailsSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := pair(t)
		go func() {
			h, _ := s.next()
			s.answer(h, kindReply, statusOK, nil)
			s.next()
			message := "disk full"
			s.answer(h, kindStream, statusError, failure{Code: 38, Message: &message})
			s.drain()
		}()
		stream, err := c.Upload(t.Context(), Volume{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		stream.Write([]byte("x"))
		if err := stream.Finish(t.Context()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("got %v, want what libvirt said", err)
		}
	})
}

func TestWhatIsNotLibvirtIsLeft(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"a web server":    []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"an empty header": binary.BigEndian.AppendUint32(nil, 4),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := readFrame(strings.NewReader(string(bytes))); err == nil {
				t.Error("got no error")
			}
		})
	}
}
