package panel

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// recording keeps the end of what a stream says.
type recording struct {
	mu     sync.Mutex
	stream io.Closer
	said   []byte
}

// recorded is how many bytes of a recording are kept.
const recorded = 4096

func (r *recording) listen(stream io.ReadCloser) {
	r.mu.Lock()
	r.stream = stream
	r.mu.Unlock()
	go io.Copy(r, stream) //nolint:errcheck // it says what it says
}

func (r *recording) Write(data []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, data...)
	r.said = r.said[max(0, len(r.said)-recorded):]
	return len(data), nil
}

// last returns the last line that has something in it, and of that what can be
// printed.
func (r *recording) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := strings.Split(string(bytes.ToValidUTF8(r.said, nil)), "\n")
	for n := len(lines) - 1; n >= 0; n-- {
		line := strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7f {
				return -1
			}
			return c
		}, lines[n])
		if line = strings.TrimSpace(line); line != "" {
			return line[:min(len(line), 200)]
		}
	}
	return ""
}

// Close ends the recording. Doing it twice does it once.
func (r *recording) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stream == nil {
		return nil
	}
	stream := r.stream
	r.stream = nil
	return stream.Close()
}
