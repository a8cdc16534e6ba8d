package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/api"
	"accrue/internal/hcloud"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
	"accrue/internal/web"
	"accrue/internal/worker"
)

// newHandler answers everything that is asked of the panel over HTTP.
func newHandler(ctx context.Context, p *panel.Panel, log *slog.Logger, proxies []netip.Prefix) (http.Handler, error) {
	settings, err := p.Settings(ctx)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", healthz(p, log))
	mux.Handle("GET /readyz", readyz(p))
	mux.Handle("GET "+api.DocsPath, api.Docs(web.Asset("accrue.css")))
	limits := ratelimit.New(time.Now) // one budget, whichever door it is spent at
	mux.Handle("/v1/", api.New(api.Config{Panel: p, Log: log, Limits: limits, Proxies: proxies, Ended: ctx.Done()}))
	mux.Handle(hcloud.Prefix+"/", hcloud.New(hcloud.Config{Panel: p, Log: log, Limits: limits, Proxies: proxies}))
	mux.Handle("/", web.New(web.Config{
		Panel:   p,
		Log:     log,
		Secure:  strings.HasPrefix(settings.PublicURL, "https://"),
		Proxies: proxies,
		Ending:  ctx.Done(),
	}))
	return mux, nil
}

// liveSite is a panel at work.
type liveSite struct {
	handler  http.Handler
	listener net.Listener
	worker   *worker.Worker // nil: another process works
	log      *slog.Logger
}

// shutdownGrace is how long requests have to be answered when the end has come.
const shutdownGrace = 5 * time.Second

// run serves and works until ctx ends, or until one of both fails, and then ends
// the other in an orderly way.
func (s *liveSite) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	group.Go(func() error {
		if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		if err := server.Shutdown(bounded); err != nil {
			return server.Close() // whoever still reads has had their time
		}
		return nil
	})
	if s.worker != nil {
		group.Go(func() error { return s.worker.Run(ctx) })
	}
	return group.Wait()
}

// reachable is the URL at which a browser on this machine finds a listener.
func reachable(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
