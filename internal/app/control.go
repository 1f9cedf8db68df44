package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/clorebot/clorebot/internal/config"
)

// controlTimeout bounds a request to a running bot; a backup of a large file fits.
const controlTimeout = 2 * time.Minute

// Health says how a running bot is; an error is a reason in words.
type Health func(context.Context) error

// Backup copies the data file to a path.
type Backup func(ctx context.Context, path string) error

// longestSocket is the most bytes a socket's path may have on Linux and macOS.
const longestSocket = 103

// socketPath is where a running bot listens for its own commands: beside the data file, in a
// folder that only its user may enter, or in the temporary folder when that path is too long.
func socketPath(c config.Config) string {
	path := c.Storage.Path + ".sock"
	if len(path) <= longestSocket {
		return path
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), fmt.Sprintf("clorebot-%x.sock", sum[:8]))
}

// control serves `bot healthcheck` and `bot backup` of the same machine on a socket, and health
// alone on the address that the configuration names.
type control struct {
	socket string
	listen string
	health Health
	backup Backup
}

// run serves until the context ends.
func (c *control) run(ctx context.Context) error {
	_ = os.Remove(c.socket) // of a process that died; the data file's lock says that none lives
	local, err := (&net.ListenConfig{}).Listen(ctx, "unix", c.socket)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	local = &privateSocket{local, c.socket}
	if err := os.Chmod(c.socket, 0o600); err != nil {
		_ = local.Close()
		return fmt.Errorf("control socket: %w", err)
	}
	servers := map[net.Listener]*http.Server{local: c.server(true)}
	if c.listen != "" {
		public, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.listen)
		if err != nil {
			_ = local.Close()
			return fmt.Errorf("health.listen: %w", err)
		}
		servers[public] = c.server(false)
	}
	return serveAll(ctx, servers)
}

func (c *control) server(own bool) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := c.health(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	if own {
		mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
			if err := c.backup(r.Context(), r.URL.Query().Get("path")); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			_, _ = io.WriteString(w, "ok\n")
		})
	}
	return &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: controlTimeout, MaxHeaderBytes: 1 << 14,
	}
}

// serveAll runs the servers until the context ends or one fails.
func serveAll(ctx context.Context, servers map[net.Listener]*http.Server) error {
	failed := make(chan error, len(servers))
	for l, s := range servers {
		go func() { failed <- s.Serve(l) }()
	}
	var err error
	running := len(servers)
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = ended(err)
		running--
	}
	for _, s := range servers {
		_ = s.Close()
	}
	for range running {
		err = errors.Join(err, ended(<-failed))
	}
	return err
}

// ended drops the error by which a server says that it was closed.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// privateSocket removes the socket's file when it closes.
type privateSocket struct {
	net.Listener
	path string
}

func (s *privateSocket) Close() error {
	err := s.Listener.Close()
	_ = os.Remove(s.path)
	return err
}

// ErrNotRunning is returned when no bot serves this data file.
var ErrNotRunning = errors.New("no bot is running on this data file")

// CheckHealth asks the bot that runs with this configuration how it is.
func CheckHealth(ctx context.Context, c config.Config) error {
	return ask(ctx, c, http.MethodGet, "/healthz", nil)
}

// AskBackup has the running bot copy its data file to path.
func AskBackup(ctx context.Context, c config.Config, path string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	return ask(ctx, c, http.MethodPost, "/backup", map[string]string{"path": full})
}

func ask(ctx context.Context, c config.Config, method, path string, query map[string]string) error {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", socketPath(c))
		},
		DisableKeepAlives: true,
	}}
	req, err := http.NewRequestWithContext(ctx, method, "http://bot"+path, http.NoBody)
	if err != nil {
		return err
	}
	values := req.URL.Query()
	for k, v := range query {
		values.Set(k, v)
	}
	req.URL.RawQuery = values.Encode()
	res, err := client.Do(req)
	if err != nil {
		if _, ok := errors.AsType[*net.OpError](err); ok {
			return ErrNotRunning
		}
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(string(text))
	}
	return err
}
