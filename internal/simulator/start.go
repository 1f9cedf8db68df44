package simulator

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// Running is a simulator that listens.
type Running struct {
	*Simulator
	BaseURL    string // of the API, with /v1
	ControlURL string
	WebAddr    string // of the TLS server of all orders' web addresses
	Key        string // an account with the usual balances
	wait       sync.WaitGroup
	stop       context.CancelFunc
}

// Start makes a simulator that listens on an address of loopback, "127.0.0.1:0" for any port,
// and runs until the context ends or [Running.Stop]. Its orders have real ports for SSH and web
// addresses below localhost with a certificate of its own.
func Start(ctx context.Context, opts Options, listen string) (*Running, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	certificate, err := selfSigned()
	if err != nil {
		return nil, fmt.Errorf("simulator: certificate: %w", err)
	}
	web, err := tls.Listen("tcp4", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("simulator: %w", err)
	}
	base := "http://" + l.Addr().String()
	r := &Running{Simulator: New(opts), BaseURL: base + "/v1", ControlURL: base + "/control", WebAddr: web.Addr().String()}
	r.sshd.onLoopback(web.Addr().(*net.TCPAddr).Port)
	r.Key = r.AddAccount(Account{Hosts: 2})
	r.launch(ctx, l, web)
	return r, nil
}

func (r *Running) launch(ctx context.Context, api, web net.Listener) {
	ctx, r.stop = context.WithCancel(ctx)
	m := http.NewServeMux()
	m.Handle("/control/", http.StripPrefix("/control", r.Control()))
	m.Handle("/", r.Handler())
	front, pages := r.newServer(m), r.newServer(http.HandlerFunc(r.page))
	r.wait.Go(func() { front.Serve(api) }) //nolint:errcheck // it ends with Close
	r.wait.Go(func() { pages.Serve(web) }) //nolint:errcheck // as above
	r.wait.Go(func() { r.Run(ctx) })       //nolint:errcheck // it ends with the context
	r.wait.Go(func() {
		<-ctx.Done()
		front.Close()
		pages.Close()
		r.Close()
	})
}

// Wait waits until everything has ended after the end of the context.
func (r *Running) Wait() { r.wait.Wait() }

// Stop ends the simulator and waits for it.
func (r *Running) Stop() {
	r.stop()
	r.wait.Wait()
}

func (d *sshd) onLoopback(webPort int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.loopback, d.webPort = true, webPort
}
