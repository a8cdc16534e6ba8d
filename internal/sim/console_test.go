package sim

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// turned is a clock that is turned by hand while others look at it.
type turned struct {
	mu  sync.Mutex
	now time.Time
}

func newTurned() *turned { return &turned{now: time.Unix(1_700_000_000, 0)} }

func (c *turned) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *turned) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Hour)
}

// dial connects to a machine's serial port.
func dial(t *testing.T, w *World, uid string) (io.ReadWriteCloser, *bufio.Reader) {
	t.Helper()
	conn, err := connect(t, w, 1).(panel.Screener).OpenSerial(t.Context(), uid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, bufio.NewReader(conn)
}

// readUntil reads until a text has come and returns all up to it.
func readUntil(t *testing.T, from *bufio.Reader, text string) string {
	t.Helper()
	var all strings.Builder
	for !strings.HasSuffix(all.String(), text) {
		c, err := from.ReadByte()
		if err != nil {
			t.Fatalf("got %v after %q, want %q", err, all.String(), text)
		}
		all.WriteByte(c)
	}
	return all.String()
}

func TestSerialPortIsALine(t *testing.T) {
	c := newTurned()
	w := open(t, "", Options{Instant: true, Now: c.time})
	run(t, w, 1, "a")
	conn, from := dial(t, w, "a")
	readUntil(t, from, "ttyS0\r\n\r\nname of a login: ")
	for _, step := range []struct{ typed, want string }{
		{"ida\r", "ida@name of a:~$ "},
		{"\x1b[A\x1bOHecho a  b\r", "echo a  b\r\na b\r\n"},
		{"hostx\x7fname\r", "x\b \bname\r\nname of a\r\n"},
		{"no\x03", "no^C\r\n"},
		{"\x04", "login: "},
	} {
		if _, err := io.WriteString(conn, step.typed); err != nil {
			t.Fatal(err)
		}
		readUntil(t, from, step.want)
	}
	c.turn()
	if _, err := io.WriteString(conn, "bo\ruptime\r"); err != nil {
		t.Fatal(err)
	}
	readUntil(t, from, "up 1h0m0s\r\n")
}

func TestConsolesEndWithTheirMachine(t *testing.T) {
	end := map[string]func(context.Context, *World, panel.Driver) error{
		"switched off": func(ctx context.Context, _ *World, d panel.Driver) error {
			return d.EnsurePower(ctx, "a", fleet.PowerOff, 0)
		},
		"removed": func(ctx context.Context, _ *World, d panel.Driver) error { return d.EnsureAbsent(ctx, "a") },
		"crashed": func(_ context.Context, w *World, _ panel.Driver) error { return w.Crash("a") },
		"out of reach": func(_ context.Context, w *World, _ panel.Driver) error {
			return w.SetFault(1, panel.FaultUnreachable, true)
		},
	}
	for name, do := range end {
		t.Run(name, func(t *testing.T) {
			w := open(t, "", Options{Instant: true})
			run(t, w, 1, "a")
			_, serial := dial(t, w, "a")
			screen := view(t, w, "a")
			if err := do(t.Context(), w, connect(t, w, 1)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, serial); err != nil {
				t.Errorf("serial port: got %v, want its end", err)
			}
			if _, err := io.Copy(io.Discard, screen.conn); err != nil {
				t.Errorf("screen: got %v, want its end", err)
			}
		})
	}
}

func TestNoConsoleWithoutAMachineThatIsOn(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 1, "a")
	d := connect(t, w, 1)
	if err := d.EnsurePower(t.Context(), "a", fleet.PowerOff, 0); err != nil {
		t.Fatal(err)
	}
	for uid, want := range map[string]panel.ErrorKind{"a": panel.InvalidSpec, "nobody": panel.MachineMissing} {
		for what, open := range map[string]func(context.Context, string) (io.ReadWriteCloser, error){
			"screen": d.(panel.Screener).OpenScreen, "serial port": d.(panel.Screener).OpenSerial,
		} {
			if _, err := open(t.Context(), uid); panel.KindOf(err) != want {
				t.Errorf("%s of %s: got %v, want %s", what, uid, err, want)
			}
		}
	}
	set(t, w, panel.FaultUnreachable, true)
	if _, err := d.(panel.Screener).OpenScreen(t.Context(), "a"); panel.KindOf(err) != panel.Unreachable {
		t.Errorf("out of reach: got %v, want unreachable", err)
	}
}

// The text that is kept is bounded, and what is shown of it stays right.
func TestOldTextIsForgotten(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 1, "a")
	conn, from := dial(t, w, "a")
	readUntil(t, from, "login: ")
	go func() { _, _ = io.WriteString(conn, "ida\r"+strings.Repeat("help\r", 500)+"echo end\r") }()
	readUntil(t, from, "end\r\nend\r\n")
	v := view(t, w, "a") // the screen is another terminal
	v.update(0)
	if !strings.Contains(v.text(), "login: _") {
		t.Errorf("the screen shows what was typed at the serial port:\n%s", v.text())
	}
}
