package discord_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// film writes down what a person sees after each thing that is done.
type film struct {
	*world
	known map[string]string // what a message looked like
	b     strings.Builder
}

// cut ends a scene: it writes down what is new, and what has changed.
func (f *film) cut(scene string) {
	f.b.WriteString("=== " + scene + "\n")
	f.fake.mu.Lock()
	defer f.fake.mu.Unlock()
	for _, m := range f.fake.messages {
		if looks := f.fake.drawn(m); f.known[m.ID] != looks {
			if f.known[m.ID] != "" {
				looks = strings.Replace(looks, "-- ", "-- changed: ", 1)
			}
			f.b.WriteString(looks)
			f.known[m.ID] = f.fake.drawn(m)
		}
	}
}

// suggested writes down what is offered while a value is typed.
func (f *film) suggested(command, option, typed string) {
	f.t.Helper()
	i := f.fake.interact(f.home(), 4, map[string]any{"id": "1", "name": command, "type": 1, "options": []map[string]any{
		{"name": option, "type": 3, "value": typed, "focused": true},
	}}, nil)
	f.pass(3 * time.Second)
	var offered struct {
		Choices []struct{ Name, Value string }
	}
	if err := json.Unmarshal(i.choices, &offered); err != nil || len(offered.Choices) == 0 {
		f.t.Errorf("/%s %s:%s suggests %s, %v", command, option, typed, i.choices, err)
	}
	fmt.Fprintf(&f.b, "=== while typing /%s %s:%s\n", command, option, typed)
	for _, c := range offered.Choices {
		fmt.Fprintf(&f.b, "  %s  %s\n", c.Name, c.Value)
	}
}

// shut writes down the form that is open, and closes it.
func (f *film) shut(scene string) {
	f.t.Helper()
	f.mu.Lock()
	form := f.form
	f.form = nil
	f.mu.Unlock()
	if form == nil {
		f.t.Fatalf("no form after %s", scene)
	}
	fmt.Fprintf(&f.b, "=== %s\n-- form: %s\n", scene, form.title)
	for _, in := range form.inputs {
		f.b.WriteString(componentRow{1, []component{in}}.drawn())
	}
}

// TestTerminalScriptInDiscord has a person do in Discord what the terminal's script does, and keeps
// what they see.
func TestTerminalScriptInDiscord(t *testing.T) {
	script, err := os.ReadFile("../../cmd/bot/testdata/script/demo.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, typed, _ := strings.Cut(string(script), "-- typed --\n")
	inDiscord(t, func(w *world, _ *func()) {
		f := &film{world: w, known: map[string]string{}}
		f.cut("the key in the form of /key add")
		w.Type("/key add")
		w.pass(time.Second)
		f.shut("/key add")
		w.Type("/presets add")
		w.pass(time.Second)
		f.shut("/presets add")
		f.suggested("market", "gpu", "40")
		server := place{channel: group, guild: guild, user: me}
		for _, line := range []string{"/wallet", "/market 4090 <0.07/h"} {
			w.fake.command(server, line)
			w.pass(10 * time.Second)
			f.cut(line + " in a server")
		}
		played := 0
		for line := range strings.Lines(typed) {
			switch line = strings.TrimSpace(line); {
			case line == "/nonsense", line == "", line[0] == '#': // Discord offers no command that there is not
				continue
			case strings.HasPrefix(line, "/"):
				w.Type(line)
				w.pass(10 * time.Second)
				played++
			case line == "1":
				label := w.first()
				w.Press(label)
				w.pass(10 * time.Second)
				line = "press " + label
				played++
			case strings.HasPrefix(line, "wait"):
				w.pass(5 * time.Minute)
			}
			if f.cut(line); line == "/orders" {
				f.suggested("order", "order", "")
				w.Type("/order")
				w.pass(10 * time.Second)
				f.cut("/order")
			}
		}
		for _, want := range []string{
			"Market · 4090", "at most", "✓ SSH answers", "Ready in", "ssh -p ", "Web token", " USD/h", "ended: cancelled by you",
		} {
			if !w.sees(want) {
				t.Errorf("never saw %q", want)
			}
		}
		if played < 7 || t.Failed() {
			t.Errorf("%d lines played:\n%s", played, &w.screen)
		}
		sameAs(t, "script.txt", normal(f.b.String()))
	})
}

// first returns the first control of the newest message that has any.
func (w *world) first() string {
	w.t.Helper()
	for _, x := range slices.Backward(w.screen.All()) {
		if len(x.Labels) > 0 {
			return x.Labels[0]
		}
	}
	w.t.Fatalf("no control on\n%s", &w.screen)
	return ""
}

// sameAs holds a text against a golden file.
func sameAs(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%s", name, diff)
	}
}
