package libvirt

import (
	"context"
	"io"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// OpenScreen connects to the machine's VNC server. On this machine libvirt hands
// over an open connection; elsewhere it is the server's socket, which the SSH
// user must be able to enter.
func (h *host) OpenScreen(ctx context.Context, uid string) (screen io.ReadWriteCloser, err error) {
	err = h.ask(ctx, "open screen", func(ctx context.Context, l *link) error {
		d, x, err := l.on(ctx, uid)
		if err != nil {
			return err
		}
		screen, err = h.screenOf(ctx, l, d, *x)
		return err
	})
	return screen, err
}

// screenOf connects to the VNC server of a domain as it runs.
func (h *host) screenOf(ctx context.Context, l *link, d rpc.Domain, x domainXML) (io.ReadWriteCloser, error) {
	if h.endpoint.scheme == "unix" {
		return l.OpenGraphics(ctx, d)
	}
	screen, err := h.ways.socket(ctx, x.screen())
	if err != nil {
		return nil, notDone(err)
	}
	return screen, nil
}

// OpenSerial connects to the machine's serial port. Who had it before loses it.
func (h *host) OpenSerial(ctx context.Context, uid string) (serial io.ReadWriteCloser, err error) {
	err = h.ask(ctx, "open serial port", func(ctx context.Context, l *link) error {
		d, _, err := l.on(ctx, uid)
		if err != nil {
			return err
		}
		conn, err := h.dial(ctx)
		if err != nil {
			return err
		}
		stream, err := conn.OpenConsole(ctx, d)
		if err != nil {
			return err
		}
		serial = stream
		return nil
	})
	return serial, err
}

// on returns the domain of a machine that is on.
func (l *link) on(ctx context.Context, uid string) (rpc.Domain, *domainXML, error) {
	d, err := l.machine(ctx, uid)
	if err != nil {
		return d, nil, err
	}
	if d.ID < 0 {
		return d, nil, faulty(panel.InvalidSpec, "the machine is off")
	}
	x, err := l.domainXML(ctx, d, 0)
	return d, &x, err
}
