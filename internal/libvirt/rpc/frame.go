package rpc

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// A message is its length with these four bytes, a header, and a body.
const (
	headerSize = 24
	// maxMessage is twice what libvirt sends, and far below what would hurt.
	maxMessage = 32 << 20
)

// Programs: what speaks within a connection.
const (
	programRemote    = 0x20008086
	programKeepalive = 0x6b656570
	version          = 1
)

// The kinds of messages.
const (
	kindCall        = 0
	kindReply       = 1
	kindEvent       = 2
	kindStream      = 3
	kindReplyWithFD = 5
)

// What a message says of the call or stream that it belongs to.
const (
	statusOK       = 0
	statusError    = 1
	statusContinue = 2
)

// Procedures of the keepalive program.
const (
	keepalivePing = 1
	keepalivePong = 2
)

type header struct {
	program, version uint32
	procedure        int32
	kind             int32
	serial           uint32
	status           int32
}

// frame makes a message of a header and a body.
func frame(h header, body []byte) []byte {
	data := make([]byte, 0, 4+headerSize+len(body))
	for _, word := range [...]uint32{
		uint32(4 + headerSize + len(body)),
		h.program, h.version, uint32(h.procedure), uint32(h.kind), h.serial, uint32(h.status),
	} {
		data = binary.BigEndian.AppendUint32(data, word)
	}
	return append(data, body...)
}

// readFrame reads the next message.
func readFrame(r io.Reader) (h header, body []byte, err error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return h, nil, err
	}
	length := binary.BigEndian.Uint32(size[:])
	if length < 4+headerSize || length > maxMessage {
		return h, nil, fmt.Errorf("a message of %d bytes: this is not libvirt", length)
	}
	data := make([]byte, length-4)
	if _, err := io.ReadFull(r, data); err != nil {
		return h, nil, err
	}
	word := func(n int) uint32 { return binary.BigEndian.Uint32(data[4*n:]) }
	h = header{
		program: word(0), version: word(1), procedure: int32(word(2)),
		kind: int32(word(3)), serial: word(4), status: int32(word(5)),
	}
	return h, data[headerSize:], nil
}

// source reads a connection, and keeps what files come with the bytes.
type source struct {
	net.Conn
	files []int
}

// Read reads bytes, and on a Unix socket the files that were sent with them.
func (s *source) Read(data []byte) (int, error) {
	unix, ok := s.Conn.(*net.UnixConn)
	if !ok {
		return s.Conn.Read(data)
	}
	side := make([]byte, syscall.CmsgSpace(4*4))
	n, sides, _, _, err := unix.ReadMsgUnix(data, side)
	if err != nil {
		return 0, err
	}
	s.keep(side[:sides])
	if n == 0 && len(data) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (s *source) keep(side []byte) {
	messages, err := syscall.ParseSocketControlMessage(side)
	if err != nil {
		return
	}
	for _, m := range messages {
		if files, err := syscall.ParseUnixRights(&m); err == nil {
			s.files = append(s.files, files...)
		}
	}
}

// file takes the one file that follows a reply: libvirt sends it with a byte of
// its own.
func (s *source) file(r io.Reader) (net.Conn, error) {
	var mark [1]byte
	if _, err := io.ReadFull(r, mark[:]); err != nil {
		return nil, err
	}
	if len(s.files) == 0 {
		return nil, fmt.Errorf("the reply came without its file")
	}
	f := os.NewFile(uintptr(s.files[0]), "libvirt")
	s.files = s.files[1:]
	defer f.Close()
	return net.FileConn(f)
}
