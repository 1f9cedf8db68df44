package discord_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	application = "9000"
	token       = "Bot-Token-CANARY-55d1"
	me          = "7"
	group       = "500" // a channel of the guild
	guild       = "600"
)

// fake is Discord: its REST API and its gateway, as strict as the original where it matters. All
// requests are recorded, so that they can be held against the specification.
type fake struct {
	t      testing.TB
	pipes  *pipes
	server *http.Server

	mu           sync.Mutex
	nextID       int
	commands     []command
	registered   int // how often
	interactions map[string]*interaction
	messages     []*message
	channels     map[string]string // of direct messages, by user
	closed       map[string]bool   // users who take no direct messages
	nonces       map[string]*message
	requests     []request
	faults       []string
	refuse       func(r request) *refusal
	changed      chan struct{}
	onMessage    func(m *message, change bool)
	onForm       func(i *interaction, m json.RawMessage)

	locale     string         // of people's clients
	closedCode int            // of closed direct messages; 50007 when zero
	last       map[string]any // interaction
	verifyKey  string
	endpoint   any // URL, nil for none

	gateway gateway
}

type request struct {
	method, path string
	body         []byte
	at           time.Time
	file         *file // that came with it
}

// refusal is an answer in place of the usual one.
type refusal struct {
	status int
	code   int
	header map[string]string
	body   string
}

type command struct {
	named
	Options []option `json:"options"`
}

// named is what commands and options have in common.
type named struct {
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
}

type option struct {
	named
	Type         int      `json:"type"`
	Required     bool     `json:"required"`
	Autocomplete bool     `json:"autocomplete"`
	Choices      []choice `json:"choices"`
}

type choice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations"`
	Value string            `json:"value"`
}

type interaction struct {
	id, token string
	user      string
	channel   string
	direct    bool
	created   time.Time
	answered  int // type of the first answer
	at        time.Time
	source    *message // whose control was used
	original  *message
	choices   json.RawMessage
}

type message struct {
	ID         string          `json:"id"`
	Channel    string          `json:"channel_id"`
	Content    string          `json:"content"`
	Embeds     []embed         `json:"embeds"`
	Components []componentRow  `json:"components"`
	Flags      int             `json:"flags"`
	Owner      string          `json:"-"` // who sees an ephemeral message
	Asker      string          `json:"-"`
	Deleted    bool            `json:"-"`
	Raw        json.RawMessage `json:"-"`
	File       *file           `json:"-"`
}

type embed struct {
	Title, Description string
	Color              int
	Fields             []struct {
		Name, Value string
		Inline      bool
	}
	Footer struct{ Text string }
}

type componentRow struct {
	Type       int         `json:"type"`
	Components []component `json:"components"`
}

type component struct {
	Type        int    `json:"type"`
	Label       string `json:"label,omitempty"`
	Style       int    `json:"style,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
	URL         string `json:"url,omitempty"`
	CustomID    string `json:"custom_id,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Value       string `json:"value,omitempty"`
	Required    *bool  `json:"required,omitempty"`
	Options     []struct {
		Label string `json:"label"`
		Value string `json:"value"`
	} `json:"options,omitempty"`
}

func newFake(t testing.TB) *fake {
	f := &fake{
		t: t, pipes: newPipes(), nextID: 1000, interactions: map[string]*interaction{}, channels: map[string]string{},
		closed: map[string]bool{}, nonces: map[string]*message{}, changed: make(chan struct{}), locale: "en-GB",
	}
	f.gateway.f = f
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	go func() { _ = f.server.Serve(f.pipes) }()
	return f
}

// close ends the fake and returns all that was wrong.
func (f *fake) close() []string {
	f.gateway.close()
	_ = f.server.Close()
	f.pipes.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.faults)
}

func (f *fake) fault(format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
}

func (f *fake) id() string {
	f.nextID++
	return fmt.Sprint(f.nextID)
}

// notify wakes whoever waits for a change. The lock is held.
func (f *fake) notify() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// wait waits until the condition, which is called with the lock held, is true.
func (f *fake) wait(what string, condition func() bool) {
	f.t.Helper()
	late := time.After(time.Minute) // costs nothing when all is well
	for {
		f.mu.Lock()
		ok, changed := condition(), f.changed
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-late:
			f.t.Fatalf("never: %s", what)
		}
	}
}

// ServeHTTP is the REST API.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v"+discordgo.APIVersion)
	if r.URL.Path == "/gateway" {
		f.gateway.ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	req := request{method: r.Method, path: path, body: body, at: time.Now()}
	f.unpack(r, &req)
	f.requests = append(f.requests, req)
	if !ok {
		f.fault("path %s", r.URL.Path)
	}
	if f.refuse != nil {
		if no := f.refuse(req); no != nil {
			no.write(w)
			return
		}
	}
	if r.Header.Get("Authorization") != "Bot "+token {
		(&refusal{status: 401, code: 0}).write(w)
		return
	}
	f.route(w, req)
}

func (r *refusal) write(w http.ResponseWriter) {
	for name, value := range r.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(r.status)
	if r.body != "" {
		_, _ = io.WriteString(w, r.body)
		return
	}
	fmt.Fprintf(w, `{"message":"no","code":%d}`, r.code)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// route finds what a request is for. What the bot has no business with is a fault.
func (f *fake) route(w http.ResponseWriter, r request) {
	parts := strings.Split(strings.Trim(r.path, "/"), "/")
	is := func(method string, pattern ...string) bool {
		return r.method == method && slices.EqualFunc(parts, pattern, func(part, p string) bool { return p == "*" || p == part })
	}
	switch {
	case is("GET", "applications", "@me"):
		reply(w, map[string]any{
			"id": application, "name": "clorebot", "verify_key": f.verifyKey, "interactions_endpoint_url": f.endpoint,
		})
	case is("GET", "gateway", "bot"):
		reply(w, f.gateway.info())
	case is("PUT", "applications", application, "commands"):
		f.overwrite(w, r)
	case is("POST", "interactions", "*", "*", "callback"):
		f.callback(w, r, parts[1], parts[2])
	case is("POST", "users", "@me", "channels"):
		f.openChannel(w, r)
	case is("POST", "channels", "*", "messages"):
		f.post(w, r, parts[1])
	case is("PATCH", "channels", "*", "messages", "*"):
		f.patch(w, r, parts[1], parts[3])
	case is("GET", "channels", "*", "messages", "*"):
		f.get(w, parts[1], parts[3])
	case is("GET", "webhooks", application, "*", "messages", "@original"):
		f.getOriginal(w, r, parts[2])
	case is("PATCH", "webhooks", application, "*", "messages", "@original"):
		f.patchOriginal(w, r, parts[2])
	case is("POST", "webhooks", application, "*"):
		f.followUp(w, r, parts[2])
	default:
		f.fault("no such route: %s %s", r.method, r.path)
		(&refusal{status: 404}).write(w)
	}
}

func (f *fake) overwrite(w http.ResponseWriter, r request) {
	f.commands = nil
	if err := json.Unmarshal(r.body, &f.commands); err != nil {
		f.fault("commands: %v", err)
	}
	f.checkCommands(f.commands)
	f.registered++
	_, _ = w.Write([]byte("[]"))
}

func (f *fake) callback(w http.ResponseWriter, r request, id, key string) {
	i := f.interactions[id]
	var body struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(r.body, &body); err != nil {
		f.fault("callback: %v", err)
	}
	switch {
	case i == nil || i.token != key || r.at.Sub(i.created) > 3*time.Second:
		(&refusal{status: 404, code: 10062}).write(w)
	case i.answered != 0:
		f.fault("second callback for %s", id)
		(&refusal{status: 400, code: 40060}).write(w)
	default:
		i.answered, i.at = body.Type, r.at
		f.first(i, body.Type, body.Data)
		w.WriteHeader(http.StatusNoContent)
	}
}

// first does what a first answer asks for.
func (f *fake) first(i *interaction, kind int, data json.RawMessage) {
	switch kind {
	case 4:
		i.original = f.newMessage(i.channel, i, data)
	case 5:
		var flags struct{ Flags int }
		_ = json.Unmarshal(data, &flags)
		i.original = &message{ID: f.id(), Channel: i.channel, Flags: flags.Flags | 128, Asker: i.user}
		if flags.Flags&64 != 0 {
			i.original.Owner = i.user
		}
		f.messages = append(f.messages, i.original)
	case 6:
		i.original = i.source
	case 7:
		i.original = i.source
		f.change(i.source, data)
	case 8:
		i.choices = data
	case 9:
		f.checkForm(data)
		if f.onForm != nil {
			f.onForm(i, data)
		}
	default:
		f.fault("callback type %d", kind)
	}
}

// newMessage makes a message; i is nil for one that answers nothing.
func (f *fake) newMessage(channel string, i *interaction, data json.RawMessage) *message {
	m := &message{ID: f.id(), Channel: channel, Raw: data}
	f.checkMessage(data, true)
	if err := json.Unmarshal(data, m); err != nil {
		f.fault("message: %v", err)
	}
	if i != nil {
		m.Asker = i.user
		if m.Flags&64 != 0 {
			m.Owner = i.user
		}
	}
	f.messages = append(f.messages, m)
	if f.onMessage != nil {
		f.onMessage(m, false)
	}
	return m
}

func (f *fake) change(m *message, data json.RawMessage) {
	f.checkMessage(data, false)
	fresh := *m
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(data, &keys)
	if keys["embeds"] != nil {
		fresh.Embeds = nil
	}
	if keys["components"] != nil {
		fresh.Components = nil
	}
	loading := m.Flags&128 != 0
	if err := json.Unmarshal(data, &fresh); err != nil {
		f.fault("message: %v", err)
	}
	fresh.Flags = m.Flags &^ 128
	*m = fresh
	m.Raw = data
	if f.onMessage != nil {
		f.onMessage(m, !loading)
	}
}

func (f *fake) openChannel(w http.ResponseWriter, r request) {
	var to struct {
		Recipient string `json:"recipient_id"`
	}
	_ = json.Unmarshal(r.body, &to)
	if f.channels[to.Recipient] == "" {
		f.channels[to.Recipient] = f.id()
	}
	reply(w, map[string]any{"id": f.channels[to.Recipient], "type": 1})
}

func (f *fake) post(w http.ResponseWriter, r request, channel string) {
	for user, own := range f.channels {
		if own == channel && f.closed[user] {
			(&refusal{status: 403, code: cmp.Or(f.closedCode, 50007)}).write(w)
			return
		}
	}
	var nonce struct {
		Nonce   string `json:"nonce"`
		Enforce bool   `json:"enforce_nonce"`
	}
	_ = json.Unmarshal(r.body, &nonce)
	if nonce.Nonce == "" || len(nonce.Nonce) > 25 || !nonce.Enforce {
		f.fault("message without an enforced nonce: %s", r.body)
	}
	m := f.nonces[channel+nonce.Nonce]
	if m == nil {
		m = f.newMessage(channel, nil, r.body)
		f.attach(m, r)
		f.nonces[channel+nonce.Nonce] = m
	}
	w.Header().Set("X-RateLimit-Limit", "5")
	w.Header().Set("X-RateLimit-Remaining", "4")
	w.Header().Set("X-RateLimit-Reset-After", "1.000")
	reply(w, map[string]string{"id": m.ID})
}

func (f *fake) patch(w http.ResponseWriter, r request, channel, id string) {
	m := f.message(id)
	if m == nil || m.Channel != channel || m.Deleted {
		(&refusal{status: 404, code: 10008}).write(w)
		return
	}
	f.change(m, r.body)
	f.attach(m, r)
	reply(w, map[string]string{"id": id})
}

func (f *fake) message(id string) *message {
	for _, m := range f.messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// byToken returns the interaction of a token that still lives, having written why not.
func (f *fake) byToken(w http.ResponseWriter, r request, key string) *interaction {
	for _, i := range f.interactions {
		if i.token != key {
			continue
		}
		if r.at.Sub(i.created) > 15*time.Minute {
			(&refusal{status: 401, code: 50027}).write(w)
			return nil
		}
		if i.answered != 0 && i.answered != 8 && i.answered != 9 { // nothing follows suggestions and forms
			return i
		}
	}
	(&refusal{status: 404, code: 10015}).write(w)
	return nil
}

func (f *fake) patchOriginal(w http.ResponseWriter, r request, key string) {
	i := f.byToken(w, r, key)
	if i == nil {
		return
	}
	if i.original == nil || i.original.Deleted {
		(&refusal{status: 404, code: 10008}).write(w)
		return
	}
	f.change(i.original, r.body)
	f.attach(i.original, r)
	reply(w, map[string]string{"id": i.original.ID})
}

// get shows a message, unless one person alone may see it.
func (f *fake) get(w http.ResponseWriter, channel, id string) {
	m := f.message(id)
	if m == nil || m.Channel != channel || m.Deleted || m.Owner != "" {
		(&refusal{status: 404, code: 10008}).write(w)
		return
	}
	reply(w, m)
}

func (f *fake) getOriginal(w http.ResponseWriter, r request, key string) {
	i := f.byToken(w, r, key)
	switch {
	case i == nil:
	case i.original == nil || i.original.Deleted:
		(&refusal{status: 404, code: 10008}).write(w)
	default:
		reply(w, i.original)
	}
}

func (f *fake) followUp(w http.ResponseWriter, r request, key string) {
	i := f.byToken(w, r, key)
	if i == nil {
		return
	}
	m := f.newMessage(i.channel, i, r.body)
	f.attach(m, r)
	reply(w, map[string]string{"id": m.ID})
}

// pipes is a network in memory: it works in a bubble of testing/synctest.
type pipes struct {
	waiting chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{waiting: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.waiting:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.waiting <- server:
		return client, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// locked serialises writes to a buffer, as a log needs.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
