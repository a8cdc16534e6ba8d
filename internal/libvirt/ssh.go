package libvirt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"

	"golang.org/x/crypto/ssh"
)

// sshTransport reaches the sockets of another machine through its SSH server. It
// runs no command there: the key may be limited to forwarding these sockets.
type sshTransport struct {
	address string
	path    string
	config  ssh.ClientConfig

	mu         sync.Mutex
	client     *ssh.Client
	algorithms []string // in which the server showed the pinned key; nil: not known yet
}

func newSSHTransport(e endpoint) (*sshTransport, error) {
	secret, err := os.ReadFile(e.keyFile)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", e.keyFile, err)
	}
	return &sshTransport{
		address: e.address("22"),
		path:    e.socket,
		config: ssh.ClientConfig{
			User: e.url.User.Username(),
			Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
			HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
				return checkFingerprint(key.Marshal(), e.hostKey)
			},
		},
	}, nil
}

// shownBySSH returns the fingerprint of a host key that an SSH server shows to
// whoever connects, and goes no further.
func shownBySSH(ctx context.Context, e endpoint) (shown string, err error) {
	t := &sshTransport{address: e.address("22"), config: ssh.ClientConfig{
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			shown = fingerprint(key.Marshal())
			return errors.New("only looking")
		},
	}}
	for _, algorithms := range hostKeyAlgorithms {
		_, err = t.handshake(ctx, algorithms)
		var none *ssh.AlgorithmNegotiationError
		switch {
		case shown != "":
			return shown, nil
		case !errors.As(err, &none):
			return "", err
		}
	}
	return "", errNoHostKey
}

var errNoHostKey = errors.New("the hypervisor's SSH server has no host key of a kind that is known")

func (t *sshTransport) libvirt(ctx context.Context) (net.Conn, error) { return t.socket(ctx, t.path) }

// socket opens a channel of the one SSH connection, which is made anew if it
// has gone.
func (t *sshTransport) socket(ctx context.Context, path string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		nc, err := t.channel(ctx, path)
		var refused *ssh.OpenChannelError
		if err == nil || errors.As(err, &refused) {
			return nc, err
		}
		t.client.Close()
		t.client = nil
	}
	client, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	t.client = client
	return t.channel(ctx, path)
}

// hostKeyAlgorithms are the kinds of host keys. A server has one of each, and a
// fingerprint does not say of which it is.
var hostKeyAlgorithms = [][]string{
	{ssh.KeyAlgoED25519},
	{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521},
	{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
}

// connect connects with the kind of host key that is pinned, which it finds by
// trying them.
func (t *sshTransport) connect(ctx context.Context) (*ssh.Client, error) {
	if t.algorithms != nil {
		return t.handshake(ctx, t.algorithms)
	}
	var stranger error
	for _, algorithms := range hostKeyAlgorithms {
		client, err := t.handshake(ctx, algorithms)
		var none *ssh.AlgorithmNegotiationError
		var other *strangerError
		switch {
		case err == nil:
			t.algorithms = algorithms
			return client, nil
		case errors.As(err, &other):
			stranger = err
		case !errors.As(err, &none):
			return nil, err
		}
	}
	if stranger == nil {
		stranger = errNoHostKey
	}
	return nil, stranger
}

func (t *sshTransport) handshake(ctx context.Context, algorithms []string) (*ssh.Client, error) {
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	config := t.config
	config.HostKeyAlgorithms = algorithms
	conn, channels, requests, err := ssh.NewClientConn(nc, t.address, &config)
	if err != nil {
		nc.Close()
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), nil
}

// channel opens a channel. When that takes too long the connection is dead, and
// is closed.
func (t *sshTransport) channel(ctx context.Context, path string) (net.Conn, error) {
	client := t.client
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	return client.Dial("unix", path)
}

func (t *sshTransport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		return nil
	}
	return t.client.Close()
}
