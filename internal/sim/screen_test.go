package sim

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// viewer is a tiny RFB client that reads what it sees.
type viewer struct {
	t    *testing.T
	conn io.ReadWriteCloser
	seen [screenHeight][screenWidth]bool // where the ink is
}

func view(t *testing.T, w *World, uid string) *viewer {
	t.Helper()
	conn, err := connect(t, w, 1).(panel.Screener).OpenScreen(t.Context(), uid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	v := &viewer{t: t, conn: conn}
	v.expect([]byte("RFB 003.008\n"))
	v.send([]byte("RFB 003.008\n"))
	v.expect([]byte{1, 1})
	v.send([]byte{1})
	v.expect([]byte{0, 0, 0, 0})
	v.send([]byte{1})
	var hello struct {
		Width, Height uint16
		Format        pixelFormat
		Name          uint32
	}
	v.receive(&hello)
	if hello.Width != screenWidth || hello.Height != screenHeight || hello.Format != usualFormat {
		t.Fatalf("got %+v, want a screen of %d by %d", hello, screenWidth, screenHeight)
	}
	v.expect([]byte("name of " + uid))
	return v
}

func (v *viewer) send(message ...any) {
	v.t.Helper()
	for _, part := range message {
		if err := binary.Write(v.conn, binary.BigEndian, part); err != nil {
			v.t.Fatal(err)
		}
	}
}

func (v *viewer) receive(message any) {
	v.t.Helper()
	if err := binary.Read(v.conn, binary.BigEndian, message); err != nil {
		v.t.Fatal(err)
	}
}

func (v *viewer) expect(want []byte) {
	v.t.Helper()
	got := make([]byte, len(want))
	if v.receive(got); !bytes.Equal(got, want) {
		v.t.Fatalf("got %q, want %q", got, want)
	}
}

// press sends keys down and up.
func (v *viewer) press(keys ...uint32) {
	v.t.Helper()
	for _, down := range []byte{1, 0} {
		for _, key := range keys {
			v.send([]byte{keyEvent, down, 0, 0}, key)
		}
	}
}

func (v *viewer) enter(line string) {
	v.t.Helper()
	for _, c := range line {
		v.press(uint32(c))
	}
	v.press(keyReturn)
}

// update asks for what is new, or for all, and returns how many rectangles came.
func (v *viewer) update(incremental byte) int {
	v.t.Helper()
	v.send([]byte{updateRequest, incremental}, [4]uint16{0, 0, screenWidth, screenHeight})
	var head struct{ Kind, Count uint16 }
	v.receive(&head)
	for range head.Count {
		var r struct {
			X, Y, Width, Height uint16
			Encoding            int32
		}
		v.receive(&r)
		pixels := make([]uint32, int(r.Width)*int(r.Height))
		if err := binary.Read(v.conn, binary.LittleEndian, pixels); err != nil {
			v.t.Fatal(err)
		}
		for n, pixel := range pixels {
			v.seen[int(r.Y)+n/int(r.Width)][int(r.X)+n%int(r.Width)] = pixel>>16 > 100
		}
	}
	return int(head.Count)
}

// text reads the letters on the screen. The one below the cursor is "_".
func (v *viewer) text() string {
	var all strings.Builder
	for row := range screenRows {
		var line strings.Builder
		for column := range screenColumns {
			line.WriteByte(v.letter(column*cellWidth, row*cellHeight))
		}
		all.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return all.String()
}

func (v *viewer) letter(left, top int) byte {
	for c := byte(firstGlyph); c <= lastGlyph; c++ {
		same := true
		for y := range cellHeight {
			for x := range cellWidth {
				same = same && v.seen[top+y][left+x] == lit(c, x, y)
			}
		}
		if same {
			return c
		}
	}
	return '_'
}

// until asks for changes until the screen shows a text.
func (v *viewer) until(text string) {
	v.t.Helper()
	for !strings.Contains(v.text(), text) {
		v.update(1)
	}
}

func TestScreenShowsTheGuestAndTakesKeys(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 1, "a")
	v := view(t, w, "a")
	if got := v.update(0); got != screenRows {
		t.Errorf("all of the screen: got %d rectangles, want %d", got, screenRows)
	}
	for _, want := range []string{"Memory: 512 MiB\n", "debian-12 name of a tty1\n", "name of a login: _\n"} {
		if !strings.Contains(v.text(), want) {
			t.Errorf("the screen does not say %q:\n%s", want, v.text())
		}
	}
	v.press('I')
	if got := v.update(1); got != 1 {
		t.Errorf("after one key: got %d rectangles, want 1", got)
	}
	v.press(keyBackspace)
	v.enter("ida")
	v.until("ida@name of a:~$ _\n")
	v.enter("help")
	v.until("uptime  whoami\n")
	v.enter("whoami")
	v.until("\nida\n")
	v.enter("explode")
	v.until("explode: command not found\n")
	v.press(keyControlL, 'c')
	v.until("^C\n")
	v.enter("clear")
	v.until("")
	for strings.Contains(v.text(), "command not found") {
		v.update(1)
	}
	v.enter("exit")
	v.until("login: _\n")
}

func TestScreenIsWhatItWasForTheNextViewer(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 1, "a")
	first := view(t, w, "a")
	first.update(0)
	first.enter("ida")
	first.until("$ _")
	second := view(t, w, "a")
	second.update(0)
	if diff := second.text(); diff != first.text() {
		t.Errorf("got %s, want %s", diff, first.text())
	}
}

func TestScreenGivesPixelsAsAsked(t *testing.T) {
	for name, test := range map[string]struct {
		format pixelFormat
		want   []byte
	}{
		"as browsers do":      {pixelFormat{Bits: 32, TrueColour: 1, RedMax: 255, GreenMax: 255, BlueMax: 255, GreenShift: 8, BlueShift: 16}, []byte{1, 2, 3, 0}},
		"the big end first":   {pixelFormat{Bits: 32, TrueColour: 1, BigEndian: 1, RedMax: 255, GreenMax: 255, BlueMax: 255, GreenShift: 8, BlueShift: 16}, []byte{0, 3, 2, 1}},
		"less of each colour": {pixelFormat{Bits: 16, TrueColour: 1, RedMax: 31, GreenMax: 63, BlueMax: 31, RedShift: 11, GreenShift: 5}, []byte{0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.format.pixel(1, 2, 3); !bytes.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestCtrlAltDeleteRestartsTheGuest(t *testing.T) {
	c := newTurned()
	w := open(t, "", Options{Instant: true, Now: c.time})
	run(t, w, 1, "a")
	v := view(t, w, "a")
	v.update(0)
	v.enter("ida")
	v.until("$ _")
	c.turn()
	v.press(keyControlL, keyAltL, keyDelete)
	v.until("login: _")
	if got := machines(t, w)[0]; !got.Since.Equal(c.time()) || got.Power != fleet.PowerOn {
		t.Errorf("got %s since %s, want on since %s", got.Power, got.Since, c.time())
	}
}

func TestAnythingElseThanRFBEndsTheConnection(t *testing.T) {
	for name, messages := range map[string][]any{
		"an unknown message":  {byte(99)},
		"a palette":           {[]byte{setPixelFormat, 0, 0, 0}, pixelFormat{Bits: 8}},
		"pixels of half size": {[]byte{setPixelFormat, 0, 0, 0}, pixelFormat{Bits: 12, TrueColour: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, "", Options{Instant: true})
			run(t, w, 1, "a")
			v := view(t, w, "a")
			v.send(messages...)
			if got, err := v.conn.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("got %d, %v, want the end", got, err)
			}
		})
	}
}
