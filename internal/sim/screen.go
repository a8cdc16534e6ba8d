package sim

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"accrue/internal/panel"
)

// A simulated screen is text: letters on a grid, doubled in size.
const (
	screenColumns, screenRows = 80, 25
	dot                       = 2
	cellWidth, cellHeight     = (glyphWidth + 1) * dot, (glyphHeight + 1) * dot
	screenWidth, screenHeight = screenColumns * cellWidth, screenRows * cellHeight
)

// grid is what a screen shows. The cell with the cursor has its highest bit set.
type grid [screenRows][screenColumns]byte

const cursorBit = 0x80

// layOut is what a screen shows when a text was written to it.
func layOut(text []byte) (g grid) {
	blank := [screenColumns]byte{}
	for x := range blank {
		blank[x] = ' '
	}
	clear := func() {
		for y := range g {
			g[y] = blank
		}
	}
	clear()
	row, column := 0, 0
	for n := 0; n < len(text); n++ {
		switch c := text[n]; {
		case c == '\r':
			column = 0
		case c == '\b':
			column = max(0, column-1)
		case c == 0x1b && len(text)-n >= len(clearScreen) && string(text[n:n+len(clearScreen)]) == clearScreen:
			clear()
			row, column = 0, 0
			n += len(clearScreen) - 1
		case c == '\n':
			row++
		case c >= firstGlyph && c <= lastGlyph:
			if column == screenColumns {
				row, column = row+1, 0
			}
			if row == screenRows {
				row = scroll(&g, blank)
			}
			g[row][column] = c
			column++
		}
		if row == screenRows {
			row = scroll(&g, blank)
		}
	}
	g[row][min(column, screenColumns-1)] |= cursorBit
	return g
}

// scroll moves everything up by a row and returns the last one.
func scroll(g *grid, blank [screenColumns]byte) int {
	copy(g[:], g[1:])
	g[screenRows-1] = blank
	return screenRows - 1
}

// span is a part of a row.
type span struct{ row, from, to int }

// differing are the parts of rows that two grids do not share.
func differing(a, b *grid) (spans []span) {
	for y := range a {
		from, to := screenColumns, 0
		for x := range a[y] {
			if a[y][x] != b[y][x] {
				from, to = min(from, x), x+1
			}
		}
		if from < to {
			spans = append(spans, span{y, from, to})
		}
	}
	return spans
}

// pixelFormat is how a client wants pixels: RFC 6143, 7.4.
type pixelFormat struct {
	Bits, Depth, BigEndian, TrueColour uint8
	RedMax, GreenMax, BlueMax          uint16
	RedShift, GreenShift, BlueShift    uint8
	_                                  [3]uint8
}

var usualFormat = pixelFormat{Bits: 32, Depth: 24, TrueColour: 1, RedMax: 255, GreenMax: 255, BlueMax: 255, RedShift: 16, GreenShift: 8}

// pixel is a colour, of 8 bits each, as the client wants it.
func (f pixelFormat) pixel(red, green, blue uint64) []byte {
	scale := func(c uint64, most uint16, shift uint8) uint64 { return c * uint64(most) / 255 << shift }
	value := scale(red, f.RedMax, f.RedShift) | scale(green, f.GreenMax, f.GreenShift) | scale(blue, f.BlueMax, f.BlueShift)
	bytes := make([]byte, f.Bits/8)
	for n := range bytes {
		at := n
		if f.BigEndian != 0 {
			at = len(bytes) - 1 - n
		}
		bytes[at] = byte(value >> (8 * n))
	}
	return bytes
}

// screen is a client's connection to a terminal, by RFB 3.8: RFC 6143.
type screen struct {
	conn     net.Conn
	in       *bufio.Reader
	terminal *terminal
	restart  func()
	wanted   chan bool // an update; true: of all that is there, not only of changes
	gone     chan struct{}
	control  bool
	alt      bool

	mu     sync.Mutex
	format pixelFormat
}

// serveScreen talks to a client until it goes.
func (d *driver) serveScreen(conn net.Conn, t *terminal, m panel.Machine) {
	s := &screen{
		conn: conn, in: bufio.NewReader(conn), terminal: t, format: usualFormat,
		restart: func() { d.restart(m.UID) },
		wanted:  make(chan bool, 1), gone: make(chan struct{}),
	}
	if err := s.greet(m.Name); err != nil {
		return
	}
	go func() {
		defer close(s.gone)
		for s.listen() == nil {
			continue
		}
	}()
	s.show()
}

// greet agrees on the version, on no security, and on what the screen is.
func (s *screen) greet(name string) error {
	const version = "RFB 003.008\n"
	theirs := make([]byte, len(version))
	if _, err := io.WriteString(s.conn, version); err != nil {
		return err
	}
	if _, err := io.ReadFull(s.in, theirs); err != nil {
		return err
	}
	if string(theirs) != version {
		return fmt.Errorf("the client speaks %q", theirs)
	}
	const none = 1
	if _, err := s.conn.Write([]byte{1, none}); err != nil {
		return err
	}
	chosen, err := s.in.ReadByte()
	if err != nil || chosen != none {
		return errors.Join(err, fmt.Errorf("the client wants security %d", chosen))
	}
	if _, err := s.conn.Write(make([]byte, 4)); err != nil { // accepted
		return err
	}
	if _, err := s.in.ReadByte(); err != nil { // whether others may look, too: always
		return err
	}
	hello := binary.BigEndian.AppendUint16(nil, screenWidth)
	hello = binary.BigEndian.AppendUint16(hello, screenHeight)
	if hello, err = binary.Append(hello, binary.BigEndian, usualFormat); err != nil {
		return err
	}
	hello = binary.BigEndian.AppendUint32(hello, uint32(len(name)))
	_, err = s.conn.Write(append(hello, name...))
	return err
}

// The messages of clients.
const (
	setPixelFormat = 0
	setEncodings   = 2
	updateRequest  = 3
	keyEvent       = 4
	pointerEvent   = 5
	cutText        = 6
)

// listen takes one message of the client.
func (s *screen) listen() error {
	kind, err := s.in.ReadByte()
	if err != nil {
		return err
	}
	switch kind {
	case setPixelFormat:
		var m struct {
			_      [3]byte
			Format pixelFormat
		}
		if err := binary.Read(s.in, binary.BigEndian, &m); err != nil {
			return err
		}
		return s.use(m.Format)
	case setEncodings:
		var m struct {
			_     byte
			Count uint16
		}
		if err := binary.Read(s.in, binary.BigEndian, &m); err != nil {
			return err
		}
		return s.skip(4 * int64(m.Count)) // everybody knows the raw one
	case updateRequest:
		var m struct {
			Incremental uint8
			_           [4]uint16
		}
		if err := binary.Read(s.in, binary.BigEndian, &m); err != nil {
			return err
		}
		s.want(m.Incremental == 0)
		return nil
	case keyEvent:
		var m struct {
			Down uint8
			_    [2]byte
			Key  uint32
		}
		if err := binary.Read(s.in, binary.BigEndian, &m); err != nil {
			return err
		}
		s.key(m.Key, m.Down != 0)
		return nil
	case pointerEvent:
		return s.skip(5)
	case cutText:
		var m struct {
			_      [3]byte
			Length uint32
		}
		if err := binary.Read(s.in, binary.BigEndian, &m); err != nil {
			return err
		}
		return s.skip(int64(min(m.Length, 1<<20)))
	}
	return fmt.Errorf("there is no message %d", kind)
}

func (s *screen) skip(bytes int64) error {
	_, err := io.CopyN(io.Discard, s.in, bytes)
	return err
}

// use changes the format of pixels.
func (s *screen) use(f pixelFormat) error {
	if f.TrueColour == 0 || f.Bits != 8 && f.Bits != 16 && f.Bits != 32 {
		return fmt.Errorf("pixels of %d bits cannot be had", f.Bits)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.format = f
	return nil
}

// want asks for an update. Of two that wait, one answers both.
func (s *screen) want(all bool) {
	select {
	case waiting := <-s.wanted:
		all = all || waiting
	default:
	}
	s.wanted <- all
}

// The keys that are no characters: X11's names of them.
const (
	keyBackspace, keyReturn, keyEnter, keyDelete = 0xff08, 0xff0d, 0xff8d, 0xffff
	keyControlL, keyControlR, keyAltL, keyAltR   = 0xffe3, 0xffe4, 0xffe9, 0xffea
)

// key gives a key to the terminal.
func (s *screen) key(key uint32, down bool) {
	switch key {
	case keyControlL, keyControlR:
		s.control = down
		return
	case keyAltL, keyAltR:
		s.alt = down
		return
	}
	switch {
	case !down:
	case key == keyDelete && s.control && s.alt:
		s.restart()
	case key == keyReturn || key == keyEnter:
		s.terminal.press([]byte{'\r'})
	case key == keyBackspace:
		s.terminal.press([]byte{'\b'})
	case s.control && (key|0x20 == 'c' || key|0x20 == 'd'):
		s.terminal.press([]byte{byte(key) & 0x1f})
	case key >= firstGlyph && key <= lastGlyph && !s.alt:
		s.terminal.press([]byte{byte(key)})
	}
}

// show sends updates as they are wanted, each when there is something new.
func (s *screen) show() {
	var shown grid
	for {
		var all bool
		select {
		case all = <-s.wanted:
		case <-s.gone:
			return
		}
		for sent := false; !sent; {
			text, _, changed := s.terminal.read(0)
			now := layOut(text)
			spans := differing(&shown, &now)
			if all {
				spans = differing(&grid{}, &now)
			}
			if len(spans) > 0 {
				if _, err := s.conn.Write(s.update(&now, spans)); err != nil {
					return
				}
				shown, sent = now, true
				continue
			}
			select {
			case <-changed:
			case more := <-s.wanted:
				all = all || more
			case <-s.gone:
				return
			}
		}
	}
}

// update is the message that shows parts of a grid.
func (s *screen) update(g *grid, spans []span) []byte {
	s.mu.Lock()
	ink, paper := s.format.pixel(214, 219, 229), s.format.pixel(13, 15, 19)
	s.mu.Unlock()
	message := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(spans)))
	for _, part := range spans {
		for _, n := range []int{part.from * cellWidth, part.row * cellHeight, (part.to - part.from) * cellWidth, cellHeight} {
			message = binary.BigEndian.AppendUint16(message, uint16(n))
		}
		message = binary.BigEndian.AppendUint32(message, 0) // raw
		for y := range cellHeight {
			for _, cell := range g[part.row][part.from:part.to] {
				for x := range cellWidth {
					if lit(cell, x, y) {
						message = append(message, ink...)
					} else {
						message = append(message, paper...)
					}
				}
			}
		}
	}
	return message
}

// lit says whether a dot of a cell has the colour of ink.
func lit(cell byte, x, y int) bool {
	x, y = x/dot, y/dot
	on := x < glyphWidth && y < glyphHeight && font()[cell&^cursorBit][y]>>(glyphWidth-1-x)&1 != 0
	return on != (cell&cursorBit != 0)
}
