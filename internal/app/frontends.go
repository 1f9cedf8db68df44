package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/terminal"
	"github.com/clorebot/clorebot/internal/words"
)

// errNoFrontend is returned when the configuration switches none on.
var errNoFrontend = errors.New("no front-end is on: set telegram.token, discord.token or terminal.enabled")

// openFrontends makes the front-ends that the configuration switches on.
func (a *App) openFrontends(catalogue *words.Catalogue) error {
	a.frontends = append(a.frontends, a.o.Frontends...)
	if !a.o.Config.Telegram.Token.Empty() {
		f, err := a.telegram(catalogue)
		if err != nil {
			return err
		}
		a.frontends = append(a.frontends, f)
	}
	if !a.o.Config.Discord.Token.Empty() {
		f, err := a.discord(catalogue)
		if err != nil {
			return err
		}
		a.frontends = append(a.frontends, f)
	}
	if a.o.Config.Terminal.Enabled {
		a.frontends = append(a.frontends, a.terminal(catalogue))
	}
	return nil
}

// wantFrontends refuses what no front-end could start with, before anything is written: a first
// start that is refused makes neither a keyset nor a data file.
func (a *App) wantFrontends() error {
	c := a.o.Config
	if !c.Telegram.Token.Empty() {
		if _, err := telegram.New(telegram.Options{Token: c.Telegram.Token, APIURL: c.Telegram.APIURL}); err != nil {
			return err
		}
	}
	if c.Telegram.Token.Empty() && c.Discord.Token.Empty() && !c.Terminal.Enabled && len(a.o.Frontends) == 0 {
		return errNoFrontend
	}
	return nil
}

func (a *App) terminal(catalogue *words.Catalogue) *terminal.Terminal {
	in, out := isTerminal(a.o.In), isTerminal(a.o.Out)
	return terminal.New(terminal.Options{
		In: a.o.In, Out: a.o.Out,
		Interactive: in && out,
		Color:       out && terminal.ColorWanted(lookup(a.o.Env)),
		Now:         a.o.Now,
		History:     filepath.Join(filepath.Dir(a.o.Config.Storage.Path), "history"),
		Files:       ".",
		Settled:     a.settled,
		Phrases:     terminalPhrases(catalogue.In("")),
		Log:         a.log.With("part", "terminal"),
	})
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// lookup returns a getenv over an environment.
func lookup(env []string) func(string) string {
	return func(name string) string {
		for _, pair := range env {
			if len(pair) > len(name) && pair[len(name)] == '=' && pair[:len(name)] == name {
				return pair[len(name)+1:]
			}
		}
		return ""
	}
}

// settled returns when nothing is under way that the user waits for: no order is being placed,
// started or ended, and no message is on its way.
func (a *App) settled(ctx context.Context) error {
	const look = 100 * time.Millisecond
	for {
		busy, err := a.busy(ctx)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}

func (a *App) busy(ctx context.Context) (bool, error) {
	ids, err := a.store.Watched(ctx)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		ledger, err := a.store.Ledger(ctx, id)
		if errors.Is(err, rental.ErrNoAccount) {
			continue
		}
		if err != nil || moving(&ledger) {
			return true, err
		}
	}
	const ever = 365 * 24 * time.Hour
	due, _, err := a.store.Due(ctx, a.o.Now().Add(ever), 1)
	return len(due) > 0, err
}

// moving reports whether something of the account is about to change by itself.
func moving(l *rental.Ledger) bool {
	for _, i := range l.Intents {
		if i.State.Open() {
			return true
		}
	}
	for _, r := range l.Rentals {
		starting := r.Stage != rental.Ready && r.Order.Kind != "spot" && !r.Told.Stuck
		if starting || r.Cancel != nil {
			return true
		}
	}
	return false
}
