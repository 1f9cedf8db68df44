package discord_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/secret"
)

// harness is one person on the fake Discord.
type harness struct {
	t      testing.TB
	fake   *fake
	front  *discord.Frontend
	stop   context.CancelFunc
	result chan error
	log    *locked
	store  *store

	screen, group chattest.Screen

	mu     sync.Mutex
	form   *openForm
	texts  []string // in markdown
	plains []string
}

type openForm struct {
	id     string
	title  string
	inputs []component
	values []string
	source *message
}

// options connect a front-end with the fake.
func (f *fake) options() discord.Options {
	return discord.Options{Token: secret.New(token), APIURL: "http://discord.test", Store: newStore(), Dial: f.pipes.dial}
}

func start(t *testing.T, d chat.Dispatcher) chattest.Harness { return startWith(t, d, nil) }

func startWith(t testing.TB, d chat.Dispatcher, change func(*fake, *discord.Options)) *harness {
	t.Helper()
	h := &harness{t: t, fake: newFake(t), log: &locked{}}
	h.fake.onMessage, h.fake.onForm = h.see, h.seeForm
	t.Cleanup(h.end)
	o := h.fake.options()
	h.run(t, d, &o, change)
	h.fake.wait("the commands are registered", func() bool { return h.fake.registered > 0 || o.PublicKey != "" || h.fake.refuse != nil })
	if o.PublicKey == "" {
		h.fake.gateway.first()
	}
	return h
}

// run starts a front-end on the fake there is.
func (h *harness) run(t testing.TB, d chat.Dispatcher, o *discord.Options, change func(*fake, *discord.Options)) {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if change != nil {
		change(h.fake, o)
	}
	front, err := discord.New(*o)
	if err != nil {
		t.Fatal(err)
	}
	h.front, h.result = front, make(chan error, 1)
	h.store, _ = o.Store.(*store)
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	done := make(chan struct{})
	result := h.result
	go func() {
		defer close(done)
		result <- front.Run(ctx, d)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// crash ends the front-end so that nothing of it reaches Discord or the store any more, and starts
// another after a while.
func (h *harness) crash(t testing.TB, d chat.Dispatcher, later time.Duration) {
	t.Helper()
	left := h.store.copied()
	h.fake.mu.Lock()
	before := h.fake.refuse
	h.fake.refuse = func(request) *refusal { return &refusal{status: http.StatusBadGateway} }
	h.fake.mu.Unlock()
	_ = h.Stop()
	time.Sleep(later)
	h.fake.mu.Lock()
	h.fake.refuse = before
	h.fake.mu.Unlock()
	h.fake.gateway.restarted()
	o := h.fake.options()
	o.Store = left
	h.run(t, d, &o, nil)
	h.fake.gateway.first()
}

// end looks at all that happened once more.
func (h *harness) end() {
	for _, fault := range h.fake.close() {
		h.t.Error(fault)
	}
	if strings.Contains(h.log.String(), token) {
		h.t.Error("the log holds the token")
	}
	for id := range h.fake.interactions {
		if strings.Contains(h.log.String(), h.fake.interactions[id].token) {
			h.t.Error("the log holds the token of an interaction")
		}
	}
	judge(h.t, h.fake.requests)
}

func (h *harness) Frontend() chat.Frontend { return h.front }

func (h *harness) Traits() chattest.Traits { return chattest.Traits{Replaces: true, Links: true} }

func (h *harness) User() chat.User { return chat.User{Platform: chat.Discord, ID: me} }

func (h *harness) Screen() *chattest.Screen { return &h.screen }

func (h *harness) GroupScreen() *chattest.Screen { return &h.group }

func (h *harness) Stop() error {
	h.stop()
	err := <-h.result
	h.result <- err
	return err
}

// see puts a message on the screen of those who see it. The fake's lock is held.
func (h *harness) see(m *message, changed bool) {
	x := h.shown(m)
	x.Changed = changed
	switch {
	case m.Owner == me, m.Channel == h.fake.channels[me]:
		h.screen.Add(x)
	case m.Channel == group && m.Owner == "":
		h.group.Add(x)
	}
}

// shown is what a person sees of a message.
func (h *harness) shown(m *message) chattest.Shown {
	var x chattest.Shown
	var texts []string
	add := func(s string) string {
		v := read(s)
		texts = append(texts, v.text.String())
		x.Hidden += v.hidden.String()
		h.texts = append(h.texts, s)
		return v.text.String()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	add(m.Content)
	for _, e := range m.Embeds {
		add(e.Title)
		add(e.Description)
		for _, field := range e.Fields {
			name := add(field.Name)
			add(field.Value)
			if strings.HasPrefix(field.Value, "```") && strings.Count(field.Value, "```") == 2 && strings.HasSuffix(field.Value, "```") {
				x.Labels = append(x.Labels, name) // code blocks have a button to copy them
			}
		}
		texts = append(texts, e.Footer.Text)
		h.plains = append(h.plains, e.Footer.Text)
	}
	for _, r := range m.Components {
		for _, c := range r.Components {
			h.plains = append(h.plains, c.Label, c.Placeholder)
			if c.Label != "" && !c.Disabled {
				x.Labels = append(x.Labels, c.Label)
			}
			for _, o := range c.Options {
				h.plains = append(h.plains, o.Label)
				if !c.Disabled {
					x.Labels = append(x.Labels, o.Label)
				}
			}
		}
	}
	if m.File != nil {
		x.File, x.FileText = m.File.name, m.File.text
	}
	x.Text = strings.Join(texts, "\n")
	return x
}

// seeForm shows the first field of a form. The fake's lock is held.
func (h *harness) seeForm(i *interaction, data json.RawMessage) {
	if i.user != me {
		return
	}
	var m struct {
		CustomID   string `json:"custom_id"`
		Title      string
		Components []componentRow
	}
	_ = json.Unmarshal(data, &m)
	form := &openForm{id: m.CustomID, title: m.Title, source: i.source}
	h.mu.Lock()
	for _, r := range m.Components {
		form.inputs = append(form.inputs, r.Components...)
		h.plains = append(h.plains, m.Title, r.Components[0].Label, r.Components[0].Placeholder)
	}
	h.form = form
	h.mu.Unlock()
	h.screen.Add(chattest.Shown{Text: m.Title + "\n" + form.inputs[0].Label + "\n" + form.inputs[0].Placeholder})
}

// place is where something is done.
type place struct {
	channel string
	guild   string
	user    string
}

func (h *harness) home() place { return place{channel: h.fake.dm(me), user: me} }

func (h *harness) Type(line string) { h.fake.command(h.home(), line) }

func (h *harness) TypeInGroup(line string) {
	h.fake.command(place{channel: group, guild: guild, user: me}, line+" share:true")
}

// Answer fills in the next field of the form, or chooses in the menu that asks.
func (h *harness) Answer(text string) {
	h.mu.Lock()
	form := h.form
	if form == nil {
		h.mu.Unlock()
		h.Press(text)
		return
	}
	form.values = append(form.values, text)
	if n := len(form.values); n < len(form.inputs) {
		next := form.inputs[n]
		h.mu.Unlock()
		h.screen.Add(chattest.Shown{Text: next.Label + "\n" + next.Placeholder})
		return
	}
	h.form = nil
	h.mu.Unlock()
	h.fake.submit(h.home(), form)
}

func (h *harness) Abandon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.form = nil
}

func (h *harness) Press(label string) { h.fake.press(h.home(), label) }

func (h *harness) Forge(data string) {
	h.fake.interact(h.home(), 3, map[string]any{"component_type": 2, "custom_id": "1b9:" + data}, &message{ID: "1", Channel: h.fake.dm(me)})
}

func (h *harness) Reveal() {
	all := h.screen.All()
	for _, x := range slices.Backward(all) {
		if x.Hidden != "" {
			h.screen.Add(chattest.Shown{Text: x.Hidden})
			return
		}
	}
}

func (h *harness) Sanitized() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.texts {
		if wrong := read(s).wrong; len(wrong) > 0 {
			return fmt.Errorf("%q: %q", wrong, s)
		}
	}
	for _, s := range slices.Concat(h.texts, h.plains) {
		if deceptive(s) {
			return fmt.Errorf("control characters in %q", s)
		}
	}
	return nil
}

// What people do.

// dm returns the channel with a user.
func (f *fake) dm(user string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.channels[user] == "" {
		f.channels[user] = f.id()
	}
	return f.channels[user]
}

// payload makes an interaction.
func (f *fake) payload(p place, kind int, data map[string]any, on *message) (map[string]any, *interaction) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := &interaction{id: f.id(), user: p.user, channel: p.channel, direct: p.guild == "", created: time.Now(), source: on}
	i.token = "interaction-token-" + i.id
	f.interactions[i.id] = i
	body := map[string]any{
		"id": i.id, "application_id": application, "type": kind, "token": i.token, "version": 1, "locale": f.locale,
		"channel_id": p.channel, "data": data, "app_permissions": "0",
	}
	user := map[string]any{"id": p.user, "username": "somebody"}
	if p.guild == "" {
		body["user"], body["context"] = user, 1
	} else {
		body["guild_id"], body["context"], body["member"] = p.guild, 0, map[string]any{"user": user, "permissions": "0"}
	}
	if on != nil {
		shown := map[string]any{"id": on.ID, "channel_id": on.Channel, "flags": on.Flags, "content": on.Content, "components": on.Components}
		if on.Asker != "" {
			shown["interaction_metadata"] = map[string]any{"id": "1", "type": 2, "user": map[string]any{"id": on.Asker}}
		}
		body["message"] = shown
	}
	return body, i
}

func (f *fake) interact(p place, kind int, data map[string]any, on *message) *interaction {
	c := f.gateway.first()
	body, i := f.payload(p, kind, data, on)
	f.last = body
	c.event("INTERACTION_CREATE", body)
	return i
}

// command does what Discord's client makes of a typed line: it knows the options of the command
// and sends no others.
func (f *fake) command(p place, line string) *interaction {
	words := strings.Fields(strings.TrimPrefix(line, "/"))
	data := map[string]any{"id": "1", "name": words[0], "type": 1}
	f.mu.Lock()
	for _, c := range f.commands {
		if c.Name == words[0] {
			data["options"] = c.fill(words[1:])
		}
	}
	f.mu.Unlock()
	return f.interact(p, 2, data, nil)
}

func (c command) fill(words []string) []map[string]any {
	values := map[string]string{}
	last := ""
	for _, w := range words {
		name, value, named := strings.Cut(w, ":")
		if named && c.has(name) {
			values[name] = value
			continue
		}
		if named && (name == "secret" || name == "share") {
			continue // the client has no such option
		}
		at := slices.IndexFunc(c.Options, func(o option) bool {
			_, taken := values[o.Name]
			return !taken && o.takes(w)
		})
		if at < 0 {
			values[last] += " " + w
			continue
		}
		last = c.Options[at].Name
		values[last] = w
	}
	var out []map[string]any
	for _, o := range c.Options {
		if v, ok := values[o.Name]; ok {
			out = append(out, o.value(v))
		}
	}
	return out
}

func (c command) has(name string) bool {
	return slices.ContainsFunc(c.Options, func(o option) bool { return o.Name == name })
}

// takes reports whether the client lets a value into the option.
func (o option) takes(w string) bool {
	return o.Type != 5 && len(o.Choices) == 0 || slices.ContainsFunc(o.Choices, func(c choice) bool {
		return c.Value == w || strings.EqualFold(c.Name, w)
	})
}

func (o option) value(text string) map[string]any {
	for _, c := range o.Choices {
		if strings.EqualFold(c.Name, text) {
			text = c.Value
		}
	}
	if o.Type == 10 {
		n, _ := strconv.ParseFloat(text, 64)
		return map[string]any{"name": o.Name, "type": 10, "value": n}
	}
	if o.Type == 5 {
		return map[string]any{"name": o.Name, "type": 5, "value": text == "true"}
	}
	return map[string]any{"name": o.Name, "type": o.Type, "value": text}
}

// press uses the newest control of that label that somebody sees, when it can be used.
func (f *fake) press(p place, label string) {
	f.t.Helper()
	var on *message
	data := map[string]any{}
	f.wait("control "+label, func() bool {
		for _, m := range slices.Backward(f.messages) {
			if m.Channel != p.channel || (m.Owner != "" && m.Owner != p.user) {
				continue
			}
			if found := m.control(label); found != nil {
				on, data = m, found
				return true
			}
		}
		return false
	})
	f.interact(p, 3, data, on)
}

func (m *message) control(label string) map[string]any {
	for _, r := range m.Components {
		for _, c := range r.Components {
			if c.Disabled || c.URL != "" {
				continue
			}
			if c.Label == label {
				return map[string]any{"component_type": c.Type, "custom_id": c.CustomID}
			}
			for _, o := range c.Options {
				if o.Label == label {
					return map[string]any{"component_type": c.Type, "custom_id": c.CustomID, "values": []string{o.Value}}
				}
			}
		}
	}
	return nil
}

func (f *fake) submit(p place, form *openForm) {
	var rows []componentRow
	for i, c := range form.inputs {
		rows = append(rows, componentRow{1, []component{{Type: 4, CustomID: c.CustomID, Value: form.values[i]}}})
	}
	f.interact(p, 5, map[string]any{"custom_id": form.id, "components": rows}, form.source)
}
