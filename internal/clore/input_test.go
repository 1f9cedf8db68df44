package clore_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// publicKey returns an authorized_keys line.
func publicKey(kind string) string {
	field := func(b []byte, s string) []byte {
		return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	blob := field(field(nil, "ssh-ed25519"), string(make([]byte, ed25519.PublicKeySize)))
	return kind + " " + base64.StdEncoding.EncodeToString(blob)
}

func many(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("K%d", i)] = "v"
	}
	return m
}

// TestOrderInput changes one thing of a good request at a time.
func TestOrderInput(t *testing.T) {
	type edit = func(*clore.OrderRequest)
	env := func(k, v string) edit {
		return func(r *clore.OrderRequest) { r.Env = map[string]string{k: v} }
	}
	ports := func(p map[int]string) edit { return func(r *clore.OrderRequest) { r.Ports = p } }
	image := func(s string) edit { return func(r *clore.OrderRequest) { r.Image = s } }
	key := func(s string) edit { return func(r *clore.OrderRequest) { r.SSHKey = s } }
	for _, tt := range []struct {
		name  string
		field string // "" when it may be sent
		edit  edit
	}{
		{"as it is", "", func(*clore.OrderRequest) {}},
		{"no server", "renting_server", func(r *clore.OrderRequest) { r.Server = 0 }},
		{"odd kind", "type", func(r *clore.OrderRequest) { r.Kind = "reserved" }},
		{"odd currency", "currency", func(r *clore.OrderRequest) { r.Currency = "dogecoin" }},
		{"spot with a bid", "", func(r *clore.OrderRequest) { r.Kind, r.Bid = clore.Spot, 1 }},
		{"spot without", "spotprice", func(r *clore.OrderRequest) { r.Kind = clore.Spot }},
		{"spot with less than nothing", "spotprice", func(r *clore.OrderRequest) { r.Kind, r.Bid = clore.Spot, -1 }},
		{"on demand with a bid", "spotprice", func(r *clore.OrderRequest) { r.Bid = 1 }},
		{"negative limit", "required_price", func(r *clore.OrderRequest) { r.Limit = -1 }},
		{"no limit", "", func(r *clore.OrderRequest) { r.Limit = 0 }},

		{"digest image", "", image("ghcr.io/a/b@sha256:" + strings.Repeat("0", 64))},
		{"short image", "", image("ubuntu")},
		{"no image", "image", image("")},
		{"docker.io", "image", image("docker.io/library/ubuntu")},
		{"image with a space", "image", image("ubuntu 22")},
		{"image with a line", "image", image("ubuntu\n")},
		{"image with a quote", "image", image("ubuntu';rm")},
		{"image like an option", "image", image("--privileged")},
		{"long image", "image", image(strings.Repeat("a", 256))},

		{"no ports", "", ports(nil)},
		{"port 0", "ports", ports(map[int]string{0: "tcp"})},
		{"port 65536", "ports", ports(map[int]string{65536: "tcp"})},
		{"negative port", "ports", ports(map[int]string{-22: "tcp"})},
		{"udp", "ports", ports(map[int]string{22: "udp"})},
		{"empty protocol", "ports", ports(map[int]string{22: ""})},
		{"two http", "ports", ports(map[int]string{80: "http", 81: "http"})},
		{"widest", "", ports(map[int]string{1: "tcp", 65535: "http"})},

		{"plain env", "", env("MODEL_1", "owner/name:tag?x=1, (a) {b} $HOME ~#%^*!")},
		{"ampersand", "env", env("A", "Commerce & Product")},
		{"quote", "env", env("A", `say "hi"`)},
		{"apostrophe", "env", env("A", "it's")},
		{"backslash", "env", env("A", `C:\x`)},
		{"newline", "env", env("A", "a\nb")},
		{"pipe", "env", env("A", "a|b")},
		{"semicolon", "env", env("A", "a;b")},
		{"angle", "env", env("A", "<a>")},
		{"backtick", "env", env("A", "`id`")},
		{"dash of print", "env", env("A", "a — b")},
		{"emoji", "env", env("A", "🚀")},
		{"NUL", "env", env("A", "a\x00")},
		{"empty value", "", env("A", "")},
		{"empty name", "env", env("", "x")},
		{"digit first", "env", env("1A", "x")},
		{"name with dash", "env", env("A-B", "x")},
		{"name with =", "env", env("A=B", "x")},
		{"large", "env", env("A", strings.Repeat("x", 4097))},
		{"64 variables", "", func(r *clore.OrderRequest) { r.Env = many(64) }},
		{"65 variables", "env", func(r *clore.OrderRequest) { r.Env = many(65) }},

		{"command", "", func(r *clore.OrderRequest) { r.Command = "set -e\necho \"a & b\" > /x" }},
		{"long command", "command", func(r *clore.OrderRequest) { r.Command = strings.Repeat("x", 4097) }},
		{"binary command", "command", func(r *clore.OrderRequest) { r.Command = "a\xff" }},

		{"key", "", key(publicKey("ssh-ed25519"))},
		{"key with comment", "", key(publicKey("ssh-ed25519") + " me@home")},
		{"key of another type", "ssh_key", key(publicKey("ssh-rsa"))},
		{"key with options", "ssh_key", key(`command="x" ` + publicKey("ssh-ed25519"))},
		{"two keys", "ssh_key", key(publicKey("ssh-ed25519") + "\n" + publicKey("ssh-ed25519"))},
		{"no base64", "ssh_key", key("ssh-ed25519 !!!!")},
		{"short blob", "ssh_key", key("ssh-ed25519 AAAA")},
		{"blob that lies", "ssh_key", key("ssh-ed25519 /////w==")},
		{"one word", "ssh_key", key("ssh-ed25519")},
		{"private key", "ssh_key", key("-----BEGIN OPENSSH PRIVATE KEY-----")},
		{"long key", "ssh_key", key(publicKey("ssh-ed25519") + strings.Repeat(" x", 2000))},

		{"long password", "ssh_password", func(r *clore.OrderRequest) { r.SSHPassword = strings.Repeat("a", 33) }},
		{"password with !", "ssh_password", func(r *clore.OrderRequest) { r.SSHPassword = "a!" }},
		{"no password", "", func(r *clore.OrderRequest) { r.SSHPassword = "" }},
		{"odd token", "jupyter_token", func(r *clore.OrderRequest) { r.JupyterToken = "ä" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request()
			tt.edit(&r)
			var steps []answered
			if tt.field == "" {
				steps = []answered{{body: `{"code":0}`}}
			}
			c, log := client(t, play(t, steps...))
			err := c.CreateOrder(t.Context(), r)
			noSecret(t, err, log)
			var input *clore.InputError
			switch {
			case tt.field == "" && err != nil:
				t.Error(err)
			case tt.field != "" && (!errors.As(err, &input) || input.Field != tt.field || !clore.OutcomeKnown(err)):
				t.Errorf("want a refusal of %s, got %v", tt.field, err)
			}
		})
	}
}

func TestOtherInput(t *testing.T) {
	settings := func(edit func(*clore.ServerSettings)) error {
		s := clore.ServerSettings{Name: "rig", MaxRental: time.Hour, OnDemand: clore.Prices{{Amount: 1, Currency: money.BTC}}}
		edit(&s)
		c, _ := client(t, play(t))
		return c.SetServerSettings(t.Context(), s)
	}
	c, _ := client(t, play(t))
	_, spotErr := c.SpotMarketplace(t.Context(), 0)
	_, configErr := c.ServerConfig(t.Context(), "a\nb")
	for field, err := range map[string]error{
		"id":            c.CancelOrder(t.Context(), 0, ""),
		"issue":         c.CancelOrder(t.Context(), 1, strings.Repeat("ä", 2049)),
		"order_id":      c.SetSpotPrice(t.Context(), -1, 1),
		"desired_price": c.SetSpotPrice(t.Context(), 1, 0),
		"market":        spotErr,
		"server_name":   configErr,
		"name":          settings(func(s *clore.ServerSettings) { s.Name = "" }),
		"mrl":           settings(func(s *clore.ServerSettings) { s.MaxRental = 90 * time.Minute }),
		"pricing":       settings(func(s *clore.ServerSettings) { s.OnDemand[0].Amount = 0 }),
	} {
		var input *clore.InputError
		if !errors.As(err, &input) || input.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := settings(func(s *clore.ServerSettings) { s.OnDemand = nil }); err == nil {
		t.Error("settings without a price were taken")
	}
}

// A request must not give its secrets away, however it is printed or logged.
func TestRequestPrintsWithoutSecrets(t *testing.T) {
	var b strings.Builder
	r := request()
	r.SSHKey, r.Env = canaryKey, map[string]string{"TOKEN": canaryToken}
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "request", r)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "request", r, "pointer", &r)
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %s %q %d %x %v %+v", r, r, r, r, r, r, r, &r, &r)
	for _, canary := range []string{canaryKey, canaryPassword, canaryToken} {
		if strings.Contains(b.String(), canary) {
			t.Errorf("%s shows in %s", canary, b.String())
		}
	}
}
