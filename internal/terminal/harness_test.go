package terminal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/terminal"
)

// noon is when the tests happen.
func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// script is an input that is written line by line.
type script struct {
	lines chan string
	done  chan struct{}
	once  sync.Once
}

func newScript() *script { return &script{lines: make(chan string, 100), done: make(chan struct{})} }

func (s *script) Read(p []byte) (int, error) {
	select {
	case line := <-s.lines:
		return copy(p, line), nil
	default:
	}
	select {
	case line := <-s.lines:
		return copy(p, line), nil
	case <-s.done:
		return 0, io.EOF
	}
}

func (s *script) Type(line string) { s.lines <- line + "\n" }

func (s *script) Close() { s.once.Do(func() { close(s.done) }) }

// paper takes the output. Each print of the terminal is one write.
type paper struct {
	screen chattest.Screen
	mu     sync.Mutex
	text   strings.Builder
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.text.Write(b)
	p.mu.Unlock()
	if text := string(b); !strings.HasPrefix(text, "> ") {
		p.screen.Add(chattest.Shown{Text: text, Labels: labels(text)})
	}
	return len(b), nil
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

var control = regexp.MustCompile(`\[([a-z]*\d+)\] (.+?)(?:   |\n|$)`)

func labels(text string) []string {
	var all []string
	for _, m := range control.FindAllStringSubmatch(text, -1) {
		all = append(all, m[2])
	}
	return all
}

// harness runs a terminal in pipe mode for the conformance suite.
type harness struct {
	*terminal.Terminal
	in     *script
	out    *paper
	stop   context.CancelFunc
	result chan error
}

func start(t *testing.T, d chat.Dispatcher, o terminal.Options) *harness {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	h := &harness{in: newScript(), out: &paper{}, stop: stop, result: make(chan error, 1)}
	o.In, o.Out, o.Zone = h.in, h.out, time.UTC
	if o.Now == nil {
		o.Now = noon
	}
	h.Terminal = terminal.New(o)
	go func() { h.result <- h.Run(ctx, d) }()
	t.Cleanup(func() {
		stop()
		h.in.Close()
	})
	return h
}

func (h *harness) Frontend() chat.Frontend { return h.Terminal }

func (h *harness) Traits() chattest.Traits {
	return chattest.Traits{AsksAgain: true, FilesAsText: true}
}

func (h *harness) User() chat.User { return chat.User{Platform: chat.Terminal, ID: "local"} }

func (h *harness) Screen() *chattest.Screen { return &h.out.screen }

func (h *harness) Type(line string) { h.in.Type(line) }

// Press types the number that stands before the label.
func (h *harness) Press(label string) {
	ref := ""
	for _, x := range h.Screen().All() {
		for _, m := range control.FindAllStringSubmatch(x.Text, -1) {
			if m[2] == label {
				ref = m[1]
			}
		}
	}
	h.Type(ref)
}

func (h *harness) Answer(text string) { h.Type(text) }

func (h *harness) Abandon() { h.Type("/cancel") }

func (h *harness) Forge(string) { h.Type("zz9") }

func (h *harness) Reveal() { h.Type("show") }

func (h *harness) Stop() error {
	h.stop()
	return <-h.result
}

func (h *harness) Sanitized() error { return sanitized(h.out.String()) }

// sanitized refuses what would steer a terminal or deceive its reader.
func sanitized(text string) error {
	for i, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar) {
			return fmt.Errorf("%q at %d in %q", r, i, text[max(0, i-40):min(len(text), i+40)])
		}
	}
	return nil
}

func TestConformance(t *testing.T) {
	chattest.Run(t, func(t *testing.T, d chat.Dispatcher) chattest.Harness {
		return start(t, d, terminal.Options{})
	})
}

var errUnsettled = errors.New("still busy")
