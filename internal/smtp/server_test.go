package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// server is a real SMTP server on a socket, with faults.
type server struct {
	mailer *Mailer // that sends to it
	stop   func()

	password string           // of the user panel; empty: nobody signs in
	refuse   map[string]error // answers by command
	hang     string           // command that gets no answer
	dieOnce  bool             // the connection breaks after the first message

	ended    chan struct{} // closed with the test, so that nothing hangs for ever
	mu       sync.Mutex
	messages []envelope
}

type envelope struct {
	from, to, data string
	encrypted      bool
}

func (s *server) taken() []envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages
}

func start(t *testing.T, security Security, configure func(*server)) *server {
	t.Helper()
	s := &server{ended: make(chan struct{})}
	if configure != nil {
		configure(s)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	backend := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		s.pause("greeting")
		return &session{server: s, conn: c, signedIn: s.password == ""}, nil
	}))
	backend.Domain = "mail.example.com"
	backend.ErrorLog = log.New(io.Discard, "", 0) // connections break here on purpose
	certificate, roots := certify(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	switch security {
	case StartTLS:
		backend.TLSConfig = config
	case TLS:
		listener = tls.NewListener(listener, config)
	}
	served := make(chan error, 1)
	go func() { served <- backend.Serve(listener) }()
	s.stop = sync.OnceFunc(func() {
		close(s.ended)
		listener.Close() // also when it is not being served yet
		backend.Close()
		<-served
	})
	t.Cleanup(s.stop)
	s.mailer = New(Config{Host: "127.0.0.1", Port: port, Security: security, From: "billing@example.com", Timeout: 5 * time.Second})
	s.mailer.roots = roots
	return s
}

// pause waits for the end if that is what the server does at this command.
func (s *server) pause(command string) {
	if s.hang == command {
		<-s.ended
	}
}

// answer is what the server says to a command.
func (s *server) answer(command string) error {
	s.pause(command)
	return s.refuse[command]
}

// session is one connection.
type session struct {
	*server
	conn     *gosmtp.Conn
	signedIn bool
	envelope envelope
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "panel" || password != s.password {
			return gosmtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if !s.signedIn {
		return gosmtp.ErrAuthRequired
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.envelope = envelope{from: from, encrypted: encrypted}
	return s.answer("mail")
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.envelope.to = to
	return s.answer("rcpt")
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.answer("data"); err != nil {
		return err
	}
	s.envelope.data = string(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, s.envelope)
	if s.dieOnce && len(s.messages) == 1 {
		s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// certify makes a certificate for 127.0.0.1 and who vouches for it: itself.
func certify(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
