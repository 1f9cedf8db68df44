package discord_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// endpoint is a front-end that waits for interactions by HTTP.
type endpoint struct {
	*harness
	t       *testing.T
	key     ed25519.PrivateKey
	address string
}

var listening = regexp.MustCompile(`waiting for interactions" address=(\S+)`)

func newEndpoint(t *testing.T) *endpoint {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{t: t, key: private}
	e.harness = startWith(t, chattest.NewDispatcher(commands()...), func(_ *fake, o *discord.Options) {
		o.PublicKey, o.Listen = hex.EncodeToString(public), "127.0.0.1:0"
	})
	e.fake.wait("registered", func() bool { return e.fake.registered > 0 })
	deadline := time.After(10 * time.Second)
	for e.address == "" {
		if found := listening.FindStringSubmatch(e.log.String()); found != nil {
			e.address = "http://" + found[1]
			break
		}
		select {
		case <-deadline:
			t.Fatal("does not listen")
		case <-time.After(time.Millisecond):
		}
	}
	return e
}

// post sends a body as Discord does; change may spoil the request.
func (e *endpoint) post(body []byte, at time.Time, change func(*http.Request)) (int, string) {
	e.t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.address+"/", bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("X-Signature-Timestamp", stamp)
	req.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(e.key, append([]byte(stamp), body...))))
	if change != nil {
		change(req)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestEndpoint(t *testing.T) {
	e := newEndpoint(t)
	body, i := e.fake.payload(e.home(), 2, map[string]any{"id": "1", "name": "wait", "type": 1}, nil)
	i.answered = 4 // the fake learns of answers by callback only
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if status, text := e.post([]byte(`{"type":1,"id":"1"}`), now, nil); status != 200 || strings.TrimSpace(text) != `{"type":1}` {
		t.Errorf("ping: %d %s", status, text)
	}
	for name, spoil := range map[string]func(*http.Request){
		"no signature":    func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") },
		"no timestamp":    func(r *http.Request) { r.Header.Del("X-Signature-Timestamp") },
		"short signature": func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "ab") },
		"other timestamp": func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", "1") },
	} {
		if status, _ := e.post(data, now, spoil); status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, status)
		}
	}
	for _, skew := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		if status, _ := e.post(data, now.Add(skew), nil); status != http.StatusUnauthorized {
			t.Errorf("%v off: %d", skew, status)
		}
	}
	if status, _ := e.post([]byte("no json"), now, nil); status != http.StatusBadRequest {
		t.Errorf("no json: %d", status)
	}
	if status, _ := e.post(make([]byte, 2<<20), now, nil); status != http.StatusBadRequest {
		t.Errorf("huge: %d", status)
	}
	status, text := e.post(data, now, nil)
	if status != 200 || !strings.Contains(text, `"type":4`) || !strings.Contains(text, "waited") {
		t.Errorf("command: %d %s", status, text)
	}
	again := time.Now()
	if status, _ := e.post(data, now, nil); status != http.StatusConflict || time.Since(again) > 2*time.Second {
		t.Errorf("once more: %d after %v", status, time.Since(again))
	}
	unknown := `{"type":99,"id":"5","token":"t","application_id":"9000","user":{"id":"7"},"data":{}}`
	if status, _ := e.post([]byte(unknown), now, nil); status != http.StatusBadRequest || time.Since(again) > 2*time.Second {
		t.Errorf("unknown kind: %d after %v", status, time.Since(again))
	}
	if n := e.fake.count("POST", "/callback"); n != 0 {
		t.Errorf("%d callbacks beside the endpoint", n)
	}
}

func TestNewNamesTheWrongOption(t *testing.T) {
	for name, change := range map[string]func(*discord.Options){
		"discord.listen":     func(o *discord.Options) { o.PublicKey = strings.Repeat("ab", 32) },
		"discord.public_key": func(o *discord.Options) { o.PublicKey, o.Listen = "xyz", "127.0.0.1:0" },
		"discord.api_url":    func(o *discord.Options) { o.APIURL = "::" },
	} {
		o := discord.Options{Store: &store{}}
		change(&o)
		if _, err := discord.New(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEndpointInUse(t *testing.T) {
	e := newEndpoint(t)
	o := e.fake.options()
	o.PublicKey, o.Listen = strings.Repeat("ab", 32), strings.TrimPrefix(e.address, "http://")
	front, err := discord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := front.Run(context.Background(), chattest.NewDispatcher()); err == nil || !strings.Contains(err.Error(), "discord.listen") {
		t.Errorf("got %v", err)
	}
}
