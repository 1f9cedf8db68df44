package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/term"
)

// tty is a console on a real terminal: lines are edited, and what is printed meanwhile appears
// above the line that is being typed.
type tty struct {
	keys    *keyboard
	editor  *term.Terminal
	in      io.Reader
	working string

	mu     sync.Mutex
	out    io.Writer
	secret bool // a secret is being typed
	drawn  bool // the sign of life is on the screen
	cols   int
}

// readWriter joins the two halves for the editor.
type readWriter struct {
	io.Reader
	io.Writer
}

func newTTY(in io.Reader, out io.Writer, stop <-chan struct{}, working string) *tty {
	t := &tty{in: in, out: out, working: working, cols: 80}
	t.keys = &keyboard{chunks: make(chan []byte), stop: stop, key: t.fit}
	t.editor = term.NewTerminal(readWriter{t.keys, out}, "")
	return t
}

// raw switches the terminal to reading key by key and returns what undoes that.
func (t *tty) raw() (restore func(), err error) {
	var state *term.State
	control(t.in, func(fd int) {
		if term.IsTerminal(fd) {
			state, err = term.MakeRaw(fd)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	return func() {
		if state != nil {
			control(t.in, func(fd int) { _ = term.Restore(fd, state) })
		}
	}, nil
}

// fit follows changes of the window's size. It waits while a secret is typed: the editor
// repaints the line after a change of size even if it is not to be shown.
func (t *tty) fit() {
	var cols, rows int
	control(t.out, func(fd int) { cols, rows, _ = term.GetSize(fd) })
	t.mu.Lock()
	changed := cols > 0 && cols != t.cols && !t.secret
	if changed {
		t.cols = cols
	}
	t.mu.Unlock()
	if changed {
		_ = t.editor.SetSize(cols, rows)
	}
}

func (t *tty) width() int {
	t.fit()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cols
}

func (t *tty) readLine(ctx context.Context, prompt string, secret bool) (string, error) {
	var text string
	var err error
	if secret {
		t.setSecret(true)
		text, err = t.editor.ReadPassword(prompt)
		t.setSecret(false)
	} else {
		t.editor.SetPrompt(prompt)
		text, err = t.editor.ReadLine()
	}
	if errors.Is(err, errInterrupted) {
		t.editor.SetPrompt("") // what is printed next clears the line; the prompt is not to come back
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, term.ErrPasteIndicator):
		return text, nil
	default:
		return text, err
	}
}

func (t *tty) setSecret(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secret = on
}

func (t *tty) print(text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	_, err := io.WriteString(t.editor, text)
	return err
}

func (t *tty) attend(done <-chan struct{}, cancel func()) {
	tick := time.NewTicker(slow)
	defer tick.Stop()
	chunks := t.keys.chunks
	for elapsed := time.Duration(0); ; {
		select {
		case <-done:
			t.mu.Lock()
			t.erase()
			t.mu.Unlock()
			return
		case <-tick.C:
			elapsed += slow
			t.draw(elapsed)
		case chunk, ok := <-chunks:
			if !ok {
				chunks = nil // the input has ended; the command may finish
			} else if t.keys.hold(chunk) {
				cancel()
			}
		}
	}
}

// draw shows the sign of life on the line below the output. Nothing is being typed meanwhile.
func (t *tty) draw(elapsed time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	_, _ = fmt.Fprintf(t.out, "%s %s", t.working, short(elapsed))
	t.drawn = true
}

// erase removes the sign of life. t.mu is held.
func (t *tty) erase() {
	if t.drawn {
		_, _ = io.WriteString(t.out, "\r\x1b[K")
		t.drawn = false
	}
}

// leave moves to a fresh line, for whatever is printed after the session.
func (t *tty) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.out, "\r\n")
}
