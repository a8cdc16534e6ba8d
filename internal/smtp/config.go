package smtp

import (
	"net"
	"strconv"
	"time"
)

// Security says how a connection is protected.
type Security string

// The ways. None sends mails in the clear and is for servers on the same machine
// only; a password goes to no other server that way.
const (
	StartTLS Security = "starttls" // begins in the clear and must change to TLS; the default
	TLS      Security = "tls"      // TLS from the first byte
	None     Security = "none"
)

// Config is where a mail server is and how it is spoken to.
type Config struct {
	Host     string
	Port     int    // 0: 587, 465 with TLS, 25 with None
	Username string // empty: the server asks for none
	Password string
	Security Security      // empty: StartTLS
	From     string        // the sender of messages that name none
	Timeout  time.Duration // for the whole of one Send; 0: 30 seconds
}

func (c Config) withDefaults() Config {
	if c.Security == "" {
		c.Security = StartTLS
	}
	if c.Port == 0 {
		c.Port = map[Security]int{StartTLS: 587, TLS: 465, None: 25}[c.Security]
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	return c
}

// address is where to connect to.
func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }
