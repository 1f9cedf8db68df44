package app_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

var update = flag.Bool("update", false, "write the golden files")

// script is what a person types in one of the terminal's end-to-end scripts, and what they must
// have seen in the end.
type script struct {
	typed []string
	seen  []*regexp.Regexp
}

func readScript(t *testing.T, path string) script {
	t.Helper()
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	head, typed, _ := strings.Cut(string(b), "-- typed --\n")
	var s script
	for line := range strings.Lines(head) {
		pattern, ok := strings.CutPrefix(strings.TrimSpace(line), "stdout '")
		// Addresses are those of a simulator in another process.
		if ok && !strings.Contains(pattern, "127.0.0.1") && !strings.Contains(pattern, "localhost") {
			s.seen = append(s.seen, regexp.MustCompile(strings.TrimSuffix(pattern, "'")))
		}
	}
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			s.typed = append(s.typed, line)
		}
	}
	return s
}

// presses uses the nth button of the newest message with some, as a number does in the terminal.
func (w *telegrammer) presses(n int) {
	w.t.Helper()
	for _, m := range slices.Backward(w.api.Messages(her)) {
		var all []telegramtest.Button
		for _, b := range slices.Concat(m.Buttons...) {
			if b.Data != "" {
				all = append(all, b)
			}
		}
		if m.From != telegramtest.Bot || len(all) == 0 {
			continue
		}
		if n > len(all) || !w.api.Press(her, her, all[n-1].Text) {
			w.t.Fatalf("no button %d:\n%s", n, w.transcript())
		}
		w.wait(5 * time.Second)
		return
	}
	w.t.Fatalf("no buttons:\n%s", w.transcript())
}

// until waits for a message that says so.
func (w *telegrammer) until(says string, d time.Duration) {
	w.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); w.wait(time.Second) {
		if strings.Contains(w.transcript(), says) {
			w.wait(5 * time.Second) // what follows at once
			return
		}
	}
	w.t.Fatalf("never saw %q:\n%s", says, w.transcript())
}

// play types a script, and calls after with each line.
func (w *telegrammer) play(s script, after func(line string)) {
	w.t.Helper()
	// What the terminal calls by its topic says this. The demo's time is 60 times as fast.
	const speed = 60
	topics := map[string]string{"ready": "Ready in", "ended": "ended: "}
	for _, line := range s.typed {
		words := strings.Fields(line)
		if n, err := strconv.Atoi(line); err == nil {
			w.presses(n)
		} else if words[0] == "wait" {
			d, err := time.ParseDuration(words[2])
			if err != nil {
				w.t.Fatal(err)
			}
			w.until(topics[words[1]], d*speed)
		} else {
			w.types(line)
		}
		after(line)
	}
}

// TestTerminalScriptInTelegram types the demo's script into Telegram, and keeps what Telegram got.
func TestTerminalScriptInTelegram(t *testing.T) {
	s := readScript(t, "../../cmd/bot/testdata/script/demo.txtar")
	if len(s.typed) < 5 || len(s.seen) < 5 {
		t.Fatalf("the script is read wrongly: %+v", s)
	}
	inTelegram(t, func(w *telegrammer) {
		w.types("/start")
		w.types("/key add")
		w.types(w.key)
		var seen, golden strings.Builder
		w.play(s, func(line string) {
			golden.WriteString("=== " + line + "\n")
			for _, m := range w.changed() {
				golden.WriteString(m.Raw() + "\n---\n")
			}
			seen.WriteString(strings.ReplaceAll(w.transcript(), ": ", " "))
			seen.WriteString(w.transcript())
		})
		for _, want := range s.seen {
			if !want.MatchString(seen.String()) {
				t.Errorf("never saw %q", want)
			}
		}
		sameAs(t, "telegram.txt", normal(golden.String()))
	})
}

// changed returns the bot's messages that are new or were edited since it was last called.
func (w *telegrammer) changed() []telegramtest.Message {
	if w.known == nil {
		w.known = map[int]string{}
	}
	var all []telegramtest.Message
	for _, m := range w.api.Messages(her) {
		if m.From == telegramtest.Bot && w.known[m.ID] != m.Raw() {
			w.known[m.ID] = m.Raw()
			all = append(all, m)
		}
	}
	return all
}

// normal replaces what differs from run to run: by chance, and by the second in which something
// was looked at.
func normal(s string) string {
	for pattern, with := range map[string]string{
		`((?:quote|confirm|intent|id)=)[A-Za-z0-9_-]{6,}`: "${1}…",
		`(<tg-spoiler>)[^<]*`:                             "${1}…",
		`("\?)[A-Z2-7]{12}`:                               "${1}…",
		`\d\d:\d\d:\d\d`:                                  "hh:mm:ss",
		`\b\d+ s\b`:                                       "N s",
		`\d+ d \d+ h \([^)]*\)`:                           "N d (…)",
		`[\d.]+ USD/h, \d+ %`:                             "N USD/h, N %",
	} {
		s = regexp.MustCompile(pattern).ReplaceAllString(s, with)
	}
	return strings.ReplaceAll(s, `{"inline_keyboard"`, "\n"+`{"inline_keyboard"`)
}

func sameAs(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}
