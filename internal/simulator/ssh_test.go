package simulator_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/clorebot/clorebot/internal/simulator"
)

const password = "abcdefgh1234567"

func newSigner(t *testing.T, b byte) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// login connects to an order as a user of ours would.
func login(c net.Conn, user string, auth ssh.AuthMethod) (*ssh.Client, error) {
	config := &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{auth}, HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	conn, channels, requests, err := ssh.NewClientConn(c, "order", config)
	if err != nil {
		c.Close()
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), nil
}

func output(t *testing.T, c *ssh.Client, command string) (string, int) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.CombinedOutput(command)
	if exit, ok := errors.AsType[*ssh.ExitError](err); ok {
		return string(out), exit.ExitStatus()
	}
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(out), 0
}

func TestShell(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(nil)
		dial := func() (net.Conn, error) { return b.DialSSH(t.Context(), o.Host, o.Port) }
		if _, err := dial(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("before sshd is up: %v", err)
		}
		sleep(40 * time.Second)
		c, err := dial()
		if err != nil {
			t.Fatal(err)
		}
		client, err := login(c, "root", ssh.Password(password))
		if err != nil {
			t.Fatal(err)
		}
		for command, want := range map[string]string{
			"whoami": "root\n", "echo 'hello'; hostname": "hello\nclore-" + strconv.FormatInt(o.ID, 10) + "\n",
			"nvidia-smi -L": "GPU 0: NVIDIA GeForce RTX 3090\n", "nproc": "88\n",
		} {
			if got, status := output(t, client, command); got != want || status != 0 {
				t.Errorf("%s: %q, status %d", command, got, status)
			}
		}
		if got, _ := output(t, client, "nvidia-smi && df -h && free -h && uptime && uname -a && ls && help"); !strings.Contains(got, "RTX 3090") || !strings.Contains(got, "102.4688GB") || !strings.Contains(got, "24576 MiB") {
			t.Errorf("the machine: %s", got)
		}
		if got, status := output(t, client, "rm -rf /"); status != 127 || !strings.Contains(got, "not found") {
			t.Errorf("rm: %q, %d", got, status)
		}
		b.post("cancel_order", map[string]any{"id": o.ID})
		if err := client.Wait(); err == nil {
			t.Error("the session outlived its order")
		}
		if _, err := dial(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestTerminal(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(nil)
		sleep(40 * time.Second)
		c, err := b.DialSSH(t.Context(), o.Host, o.Port)
		if err != nil {
			t.Fatal(err)
		}
		client, err := login(c, "root", ssh.Password(password))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		s, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		in, out := strings.NewReader("whoami\rexit\r"), &bytes.Buffer{}
		s.Stdin, s.Stdout = in, out
		if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		s.WindowChange(30, 100) //nolint:errcheck // seen below, if at all
		if err := s.Wait(); err != nil {
			t.Errorf("exit: %v", err)
		}
		if got := out.String(); !strings.Contains(got, "root@clore-") || !strings.Contains(got, "\nroot\r\n") {
			t.Errorf("the screen: %q", got)
		}
	})
}

func TestLogins(t *testing.T) {
	inBubble(t, simulator.Options{NoGuard: true}, func(t *testing.T, b *bench) {
		b.Script(script)
		mine, other := newSigner(t, 1), newSigner(t, 2)
		line := string(ssh.MarshalAuthorizedKey(mine.PublicKey()))
		tests := []struct {
			name    string
			changes map[string]any
			user    string
			auth    ssh.AuthMethod
			in      bool
		}{
			{"password", nil, "root", ssh.Password(password), true},
			{"wrong password", nil, "root", ssh.Password("guess"), false},
			{"wrong user", nil, "admin", ssh.Password(password), false},
			{"key without one", nil, "root", ssh.PublicKeys(mine), false},
			{"no password set", map[string]any{"ssh_password": nil}, "root", ssh.Password(""), false},
			{"key", map[string]any{"ssh_key": line}, "root", ssh.PublicKeys(mine), true},
			{"other key", map[string]any{"ssh_key": line}, "root", ssh.PublicKeys(other), false},
			{"password beside a key", map[string]any{"ssh_key": line}, "root", ssh.Password(password), true},
			{"password under the supervisor", map[string]any{"ssh_key": line, "autossh_entrypoint": true}, "root", ssh.Password(password), false},
			{"key under the supervisor", map[string]any{"ssh_key": line, "autossh_entrypoint": true}, "root", ssh.PublicKeys(mine), true},
		}
		for _, tt := range tests {
			o := b.rent(tt.changes)
			sleep(40 * time.Second)
			c, err := b.DialSSH(t.Context(), o.Host, o.Port)
			if err != nil {
				t.Fatal(err)
			}
			client, err := login(c, tt.user, tt.auth)
			if (err == nil) != tt.in {
				t.Errorf("%s: %v", tt.name, err)
			}
			if client != nil {
				client.Close()
			}
		}
	})
}

// everythingUp lets orders come up in well under a second of real time.
var everythingUp = simulator.OrderScript{Count: -1, Visible: 1, Deployed: 1, Address: 1, Shell: 300 * time.Millisecond, App: 300 * time.Millisecond}

// On loopback all is real: the port exists from the beginning and refuses until sshd is up.
func TestRealPorts(t *testing.T) {
	r, err := simulator.Start(t.Context(), simulator.Options{Servers: 30, Limiter: simulator.Unlimited}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	r.Script(everythingUp)
	b := &bench{Simulator: r.Simulator, t: t, key: r.Key, http: &http.Client{Transport: toward(r.BaseURL)}}
	defer b.http.CloseIdleConnections()
	o := b.rent(nil)
	l := b.listed(o.ID, false)
	if l["pub_cluster"].([]any)[0] != "127.0.0.1" || l["tcp_ports"].([]any)[0] != "22:"+strconv.Itoa(o.Port) || l["http_pub"] != o.Web {
		t.Errorf("endpoints %v", l)
	}
	to := net.JoinHostPort(o.Host, strconv.Itoa(o.Port))
	if _, err := net.Dial("tcp", to); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("before: %v", err)
	}
	c := await(t, to)
	client, err := login(c, "root", ssh.Password(password))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := output(t, client, "whoami"); got != "root\n" {
		t.Errorf("whoami: %q", got)
	}
	web := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", r.WebAddr)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	defer web.CloseIdleConnections()
	if status, page := fetch(t, web, "https://"+o.Web+"/"); status != 200 || !strings.Contains(page, "It works") {
		t.Errorf("the app: %d %s", status, page)
	}
	b.post("cancel_order", map[string]any{"id": o.ID})
	if err := client.Wait(); err == nil {
		t.Error("the session outlived its order")
	}
	if _, err := net.Dial("tcp", to); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after: %v", err)
	}
	if status, _ := fetch(t, web, "https://"+o.Web+"/"); status != 404 {
		t.Errorf("the app after the end: %d", status)
	}
}

// await dials until something answers.
func await(t *testing.T, to string) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", to); err == nil {
			return c
		}
		select {
		case <-ctx.Done():
			t.Fatal("sshd never came up")
		case <-tick.C:
		}
	}
}

func fetch(t *testing.T, c *http.Client, url string) (int, string) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(page)
}

// The web address of an order, in memory: 502 until the app is up.
func TestWebAddress(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(nil)
		if !strings.HasSuffix(o.Web, ".us.clorecloud.net") || len(o.Web) != 13+len(".us.clorecloud.net") {
			t.Errorf("address %q", o.Web)
		}
		sleep(59 * time.Second)
		if status, page := fetch(t, b.http, "https://"+o.Web+"/"); status != 502 || !strings.Contains(page, "Error 502: Bad gateway") {
			t.Errorf("too early: %d %s", status, page)
		}
		sleep(time.Second)
		if status, page := fetch(t, b.http, "https://"+o.Web+"/"); status != 200 || !strings.Contains(page, "It works") {
			t.Errorf("up: %d %s", status, page)
		}
		noWeb := b.rent(map[string]any{"renting_server": other3090, "ports": map[string]string{"22": "tcp"}})
		sleep(10 * time.Second)
		if l := b.listed(noWeb.ID, false); noWeb.Web != "" || l["http_pub"] != nil || l["http_port"] != nil {
			t.Errorf("without an http port: %v", l)
		}
	})
}
