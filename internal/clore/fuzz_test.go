package clore_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
)

// once returns a client whose first attempt gets the answer and whose context ends with it, so
// that nothing is repeated.
func once(t *testing.T, status int, body string) (context.Context, *clore.Client) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := clore.New(clore.Options{
		Pace: clore.Pace{Gap: 1, Create: 1},
		Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			cancel()
			return answered{status: status, body: body}.response(req)
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return ctx, c
}

func FuzzMarketplace(f *testing.F) {
	f.Add(file(f, "marketplace.json"))
	f.Add(`{"servers":[{"id":1,"specs":{"gpu":"2x x","gpu_count":1e400},"gpu_array":[[[]]]}],"code":0}`)
	f.Add(`{"servers":[],"code":0,"code":1}`)
	f.Fuzz(func(t *testing.T, body string) {
		ctx, c := once(t, 200, body)
		m, err := c.Marketplace(ctx)
		if err != nil {
			return
		}
		for i := range m.Servers {
			checkServer(t, &m.Servers[i])
		}
	})
}

func checkServer(t *testing.T, s *clore.Server) {
	for _, text := range append([]string{s.Board, s.CPU, s.DiskModel, s.Country, s.CUDA}, s.GPUs...) {
		if !presentable(text, 128) {
			t.Errorf("text %q", text)
		}
	}
	for _, f := range []float64{s.RAM, s.DiskSize, s.DiskSpeed, s.Up, s.Down, s.Reliability, s.Rating.Average} {
		if f < 0 || f > 1e7 || f != f {
			t.Errorf("number %v", f)
		}
	}
	for _, p := range append(s.OnDemand, s.SpotFloor...) {
		if p.Amount <= 0 || p.Currency == "" || !presentable(string(p.Currency), 32) {
			t.Errorf("price %v", p)
		}
	}
	if s.ID <= 0 || s.Owner < 0 || s.MaxRental < 0 || len(s.GPUs) > 64 || s.GPUMemory < 0 || s.Cores < 0 || s.Threads < 0 {
		t.Errorf("%+v", s)
	}
}

func FuzzOrders(f *testing.F) {
	f.Add(file(f, "orders.json"))
	f.Add(`{"orders":[{"id":1,"si":2,"tcp_ports":"22:1","pub_cluster":{"a":1},"http_port":[]}],"code":0}`)
	f.Fuzz(func(t *testing.T, body string) {
		ctx, c := once(t, 200, body)
		list, err := c.MyOrders(ctx, true)
		if err != nil {
			return
		}
		for _, o := range list {
			host, port, ok := o.SSH()
			if ok && (!clore.SafeHost(host) || port < 1 || port > 65535) || o.HTTPHost != "" && !clore.SafeHost(o.HTTPHost) {
				t.Errorf("address %q %d %q", host, port, o.HTTPHost)
			}
			if o.ID <= 0 || o.Server <= 0 || o.Price.Amount < 0 || o.MaxRental < 0 || !presentable(o.Image, 255) {
				t.Errorf("%+v", o)
			}
			for _, h := range o.Hosts {
				if !presentable(h, 253) {
					t.Errorf("host %q", h)
				}
			}
		}
	})
}

// FuzzEnvelope checks the rule on which no money is spent twice: a write has succeeded only
// when the answer says code 0, once and plainly.
func FuzzEnvelope(f *testing.F) {
	for _, body := range []string{
		`{"code":0}`, `{"code":5}`, `{"code":6,"error":"server-offline"}`, `{}`, `{"Code":0}`, `{"code":0,"code":6}`,
		`{"code":00}`, `{"code":-0}`, `{"code":0}x`, `{"code":0.0}`, `{"code":"0"}`, `[{"code":0}]`, `{"code":0,"error":5}`,
	} {
		f.Add(200, body)
		f.Add(500, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		ctx, c := once(t, status, body)
		err := c.SetSpotPrice(ctx, 1, 1)
		var plain struct{ Code *json.Number }
		readable := json.Unmarshal([]byte(body), &plain) == nil && plain.Code != nil
		switch {
		case err == nil && (!readable || strings.Trim(plain.Code.String(), "-0") != "" || status > 299):
			t.Errorf("success of HTTP %d %q", status, body)
		case err == nil || errors.Is(err, clore.ErrOutcomeUnknown):
		case !clore.OutcomeKnown(err):
			t.Errorf("neither known nor unknown: %v", err)
		case len(err.Error()) > 300:
			t.Errorf("long error: %v", err)
		}
	})
}

// FuzzPortsEnv checks that nothing that Clore chokes on is ever sent.
func FuzzPortsEnv(f *testing.F) {
	f.Add(22, "tcp", "NAME", "value", "owner/image:tag", "", "pass", "")
	f.Add(-1, "http", "1", "a & b", "docker.io/x", "cmd\x00", "p!", publicKey("ssh-ed25519"))
	f.Fuzz(func(t *testing.T, port int, protocol, name, value, image, command, password, key string) {
		r := request()
		r.Ports, r.Env = map[int]string{port: protocol}, map[string]string{name: value}
		r.Image, r.Command, r.SSHPassword, r.SSHKey = image, command, password, key
		ctx, c := once(t, 200, `{"code":0}`)
		if c.CreateOrder(ctx, r) != nil {
			return
		}
		switch {
		case port < 1, port > 65535, protocol != "tcp" && protocol != "http", name == "",
			strings.ContainsAny(name, "= -&\n"), strings.ContainsAny(value, "&<>|;`\"'\\\n\r\x00"),
			strings.ContainsAny(image, " \n\"'$&;|"), strings.HasPrefix(image, "docker.io"), len(command) > 4096,
			len(password) > 32, len(key) > 3072, strings.ContainsAny(key, "\r\n"):
			t.Errorf("sent %d %q %q %q %q %q %q", port, protocol, name, value, image, command, key)
		}
		for _, c := range value {
			if c > '~' {
				t.Errorf("sent the value %q", value)
			}
		}
	})
}
