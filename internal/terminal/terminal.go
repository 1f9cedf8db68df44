// Package terminal is the front-end for one person at a terminal, and for scripts.
//
// On a real terminal lines are edited with history and completion, secrets are read without
// echo, and messages appear above the line that is being typed. With Interactive off it reads
// and writes plain lines, so that a script's output is a transcript: each line is repeated
// behind "> ", nothing is coloured, and these lines are understood besides commands:
//
//	# a comment
//	wait 5s             goes on after that time
//	wait ready          goes on when a view of the topic "ready" has been shown; each one counts once
//	wait ready 2m       the same, and the script fails after two minutes (without a time after five)
//	wait idle           goes on when nothing is under way any more
//
// At the end of the input the script waits until nothing is under way and succeeds.
//
// Controls are pressed by their number or by the beginning of their label. Those of the newest
// reply are 1, 2, …; a message that came by itself has a letter and its controls are a1, a2, …
// "show" reveals hidden text.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// Options are the surroundings of a [Terminal].
type Options struct {
	In  io.Reader
	Out io.Writer
	// Interactive says that In and Out are a terminal; Color, that escape sequences for
	// colours are welcome (see [ColorWanted]).
	Interactive, Color bool
	// User is the person at the terminal; the zero value is the user "local".
	User    chat.User
	Locale  string  // passed on with requests
	Phrases Phrases // empty ones are English
	Now     func() time.Time
	Zone    *time.Location // for the times shown; the local one when nil
	// History names the file that keeps the lines typed; "" keeps none.
	History string
	// Files names the folder into which files are saved that come with views; "" saves none.
	Files string
	// Settled returns when nothing is under way that could still change a view; nil when there
	// is nothing to wait for.
	Settled func(context.Context) error
	Log     *slog.Logger
}

// Terminal is a [chat.Frontend] and [chat.Editor].
type Terminal struct {
	options Options
	console console
	tty     *tty // the console, on a real terminal
	history *history
	stop    chan struct{}
	stopped sync.Once
	started int64 // makes IDs differ from those of earlier runs

	dispatcher chat.Dispatcher // set by Run
	asked      *asking         // what is asked at present; used by Run's goroutine alone

	mu       sync.Mutex // guards what follows, and keeps prints in its order
	board    board
	topics   topics
	requests int
	messages int
}

var _ interface {
	chat.Frontend
	chat.Editor
} = (*Terminal)(nil)

// New makes a terminal. It reads nothing before [Terminal.Run].
func New(o Options) *Terminal {
	if o.User == (chat.User{}) {
		o.User = chat.User{Platform: chat.Terminal, ID: "local"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Phrases = o.Phrases.filled()
	t := &Terminal{options: o, stop: make(chan struct{}), started: o.Now().UnixNano(), topics: newTopics()}
	if o.Interactive {
		t.history = loadHistory(o.History)
		t.tty = newTTY(o.In, o.Out, t.stop, o.Phrases.Working)
		t.tty.editor.History = t.history
		t.tty.editor.AutoCompleteCallback = t.complete
		t.console = t.tty
	} else {
		t.history = &history{}
		t.console = newPipe(o.In, o.Out, o.Phrases.Working)
	}
	return t
}

// Platform implements [chat.Frontend].
func (t *Terminal) Platform() chat.Platform { return chat.Terminal }

// Run implements [chat.Frontend]. It returns nil when the person leaves, the input ends or the
// context does, and an error when a script's wait fails or the output breaks. It can be called
// once.
func (t *Terminal) Run(ctx context.Context, d chat.Dispatcher) error {
	t.dispatcher = d
	defer context.AfterFunc(ctx, t.end)()
	defer t.end()
	if t.tty != nil {
		restore, err := t.tty.raw()
		if err != nil {
			return err
		}
		defer restore()
		defer t.tty.leave()
		go t.tty.keys.pump(t.options.In)
	}
	defer t.keepHistory()
	return t.serve(ctx)
}

// keepHistory writes the history. Without it nothing is lost that anybody depends on.
func (t *Terminal) keepHistory() {
	if err := t.history.save(); err != nil {
		t.options.Log.Warn("history not kept", "err", err)
	}
}

// end stops the reading.
func (t *Terminal) end() {
	t.stopped.Do(func() { close(t.stop) })
	unblock(t.options.In)
}

// serve answers line by line.
func (t *Terminal) serve(ctx context.Context) error {
	for queued := ""; ; {
		line, err := queued, error(nil)
		if queued == "" {
			line, err = t.console.readLine(ctx, "> ", false)
		}
		switch {
		case ctx.Err() != nil || errors.Is(err, errInterrupted):
			return nil //nolint:nilerr // leaving is no failure
		case errors.Is(err, io.EOF):
			return t.settle(ctx)
		case errors.Is(err, errLong):
			queued, err = "", t.say(t.options.Phrases.TooLong)
		case err == nil:
			queued, err = t.handle(ctx, line)
		}
		switch {
		case errors.Is(err, errLeave):
			return nil
		case errors.Is(err, io.EOF): // while something was asked
			return t.settle(ctx)
		case err != nil && ctx.Err() == nil:
			return fmt.Errorf("terminal: %w", err)
		}
	}
}

// settle waits for what is under way when a script has ended. A person who leaves waits for
// nothing.
func (t *Terminal) settle(ctx context.Context) error {
	if t.options.Interactive || t.options.Settled == nil {
		return nil
	}
	if err := t.options.Settled(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("terminal: end of input: %w", err)
	}
	return nil
}
