package sim

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"accrue/internal/panel"
)

// tty is which of a guest's terminals is meant.
type tty string

const (
	ttyScreen tty = "tty1"
	ttySerial tty = "ttyS0"
)

// keptText is how many bytes of what a terminal wrote are kept, for whoever
// looks at it later.
const keptText = 16 << 10

// terminal is a login and a little shell, as a guest shows it on its screen or
// at its serial port. Everybody who looks at one sees the same.
type terminal struct {
	now func() time.Time
	tty tty

	mu      sync.Mutex
	machine panel.Machine
	since   time.Time // when the guest was started
	text    []byte    // what it wrote, the end of it
	start   int       // how much it wrote before that
	changed chan struct{}
	user    string // who is signed in; empty: it asks
	line    []byte // what has been typed and not entered
	escape  bool   // within an escape sequence, which means nothing here
}

// boot writes what a guest says when it starts. What was there before is gone.
func (t *terminal) boot(p Placed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.machine, t.since, t.start, t.user, t.line = p.Machine, p.Since, t.start+len(t.text), "", nil
	t.text = t.text[:0]
	t.write(clearScreen)
	t.writef("[    0.000000] Linux version 6.12 (simulated) on x86_64\n")
	t.writef("[    0.000000] Command line: root=LABEL=root ro console=tty1 console=ttyS0\n")
	t.writef("[    0.004215] Memory: %d MiB\n", p.Running.Size.MemoryMiB)
	t.writef("[    0.118640] smp: brought up %d CPUs\n", p.Running.Size.VCPUs)
	t.writef("[    0.731902] virtio_blk virtio1: [vda] %d GiB\n", p.disk().GiB)
	t.writef("[    0.902377] EXT4-fs (vda1): mounted filesystem\n")
	for _, unit := range []string{"Network", "OpenSSH server", "Multi-User System"} {
		t.writef("[  OK  ] Reached %s.\n", unit)
	}
	image := t.machine.Image.Name
	if image == "" {
		image = "Linux"
	}
	t.writef("\n%s %s %s\n\n", image, t.machine.Name, t.tty)
	t.prompt()
}

const clearScreen = "\x1b[2J\x1b[H"

func (t *terminal) prompt() {
	if t.user == "" {
		t.writef("%s login: ", t.machine.Name)
		return
	}
	t.writef("%s@%s:~$ ", t.user, t.machine.Name)
}

func (t *terminal) writef(format string, args ...any) { t.write(fmt.Sprintf(format, args...)) }

// write adds to the text, as a terminal driver does it, and wakes who waits.
func (t *terminal) write(text string) {
	t.text = append(t.text, strings.ReplaceAll(text, "\n", "\r\n")...)
	if over := len(t.text) - keptText; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
		t.start += over
	}
	if t.changed != nil {
		close(t.changed)
	}
	t.changed = make(chan struct{})
}

// read returns what was written from an offset on, as far as it is kept, the
// offset after it, and what is closed when there is more.
func (t *terminal) read(from int) (text []byte, next int, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text = append(text, t.text[max(0, from-t.start):]...)
	return text, t.start + len(t.text), t.changed
}

// press takes keys as a serial line carries them.
func (t *terminal) press(keys []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		t.key(key)
	}
}

func (t *terminal) key(key byte) {
	switch {
	case t.escape:
		t.escape = key == '[' || key == 'O' || key >= '0' && key <= '9' || key == ';'
	case key == 0x1b:
		t.escape = true
	case key == '\r' || key == '\n':
		t.write("\n")
		t.enter(strings.TrimSpace(string(t.line)))
	case key == 0x03: // Ctrl-C
		t.write("^C\n")
		t.line = nil
		t.prompt()
	case key == 0x04 && len(t.line) == 0 && t.user != "": // Ctrl-D
		t.write("\n")
		t.enter("exit")
	case key == 0x7f || key == '\b':
		if len(t.line) > 0 {
			t.line = t.line[:len(t.line)-1]
			t.write("\b \b")
		}
	case key >= firstGlyph && key <= lastGlyph && len(t.line) < 256:
		t.line = append(t.line, key)
		t.write(string(key))
	}
}

// enter does what was typed.
func (t *terminal) enter(line string) {
	t.line = nil
	words := strings.Fields(line)
	switch {
	case len(words) == 0:
	case t.user == "":
		t.user = words[0]
		t.write("Nothing here is real. Type help to see what there is.\n")
	default:
		t.run(words[0], strings.Join(words[1:], " "))
	}
	t.prompt()
}

func (t *terminal) run(command, arguments string) {
	now := t.now()
	switch command {
	case "help":
		t.write("clear  date  echo  exit  help  hostname  uname  uptime  whoami\n")
	case "clear":
		t.write(clearScreen)
	case "date":
		t.writef("%s\n", now.UTC().Format(time.UnixDate))
	case "echo":
		t.writef("%s\n", arguments)
	case "exit":
		t.user = ""
		t.write(clearScreen)
	case "hostname":
		t.writef("%s\n", t.machine.Name)
	case "uname":
		t.write("Linux\n")
	case "uptime":
		t.writef("up %s\n", now.Sub(t.since).Truncate(time.Second))
	case "whoami":
		t.writef("%s\n", t.user)
	default:
		t.writef("%s: command not found\n", command)
	}
}
