package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-telegram/bot"

	"github.com/clorebot/clorebot/internal/chat"
)

// grace is how long answers in hand may take after the context of Run ended.
const grace = 10 * time.Second

// Run implements [chat.Frontend]. It ends with an error when the token is not accepted.
func (f *Frontend) Run(ctx context.Context, d chat.Dispatcher) error {
	f.dispatcher = d
	known := map[string]bool{}
	for _, c := range d.Commands() {
		known[c.Name] = !c.Hidden
	}
	f.known.Store(&known)
	if err := f.load(ctx); err != nil {
		return fmt.Errorf("what earlier runs left: %w", err)
	}
	f.pacer.follow(f.absence.recent())
	if err := f.introduce(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	open, err := f.erasures.load(ctx)
	if err != nil {
		return fmt.Errorf("what earlier runs left: %w", err)
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var side sync.WaitGroup
	side.Go(func() { f.erasures.run(inner, open) })
	f.lanes.start()
	if err := f.resume(ctx); err != nil {
		stop()
		side.Wait()
		return fmt.Errorf("inbox: %w", err)
	}
	side.Go(func() { f.setMenus(inner) })
	side.Go(func() { f.veils.run(inner) })
	side.Go(func() { f.refill(inner) })
	side.Go(func() { f.watchWebhook(inner) })
	err = f.receive(inner)
	stop()
	late := time.AfterFunc(grace, f.lanes.abort)
	defer late.Stop()
	f.lanes.stop()
	side.Wait()
	return err
}

// load reads what earlier runs left.
func (f *Frontend) load(ctx context.Context) error {
	return errors.Join(
		f.moves.load(ctx), f.leftovers.load(ctx, f.o.Store), f.absence.load(ctx, f.bot.ID()),
		f.veils.load(ctx), f.prompts.load(ctx, f.dispatcher.Commands()),
	)
}

// introduce asks Telegram who the bot is and how updates come, until it answers.
func (f *Frontend) introduce(ctx context.Context) error {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		err := f.arrange(ctx)
		if err == nil {
			return nil
		}
		if refusedForGood(err) {
			return fmt.Errorf("%w: %w", errRefused, err)
		}
		switch {
		case errors.Is(err, errHookRefused):
			f.log.Error("no updates come", "err", err)
		case ctx.Err() == nil:
			f.log.Warn("Telegram is not reached", "err", err)
		}
		if failed := failure(err); failed != nil {
			wait = max(wait, failed.RetryAfter)
		}
		sleep(ctx, wait)
	}
	return nil
}

func (f *Frontend) arrange(ctx context.Context) error {
	me, err := f.bot.GetMe(ctx)
	if err != nil {
		return err
	}
	f.username.Store(&me.Username)
	if f.o.Webhook.URL == "" {
		// One that was left over keeps updates from being asked for.
		_, err = f.bot.DeleteWebhook(ctx, &bot.DeleteWebhookParams{})
		return err
	}
	return f.setWebhook(ctx)
}

// receive takes updates until the context ends or Telegram refuses for good.
func (f *Frontend) receive(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case err := <-f.fatal:
			stop(err)
		case <-ctx.Done():
		}
	}()
	var err error
	if f.o.Webhook.URL == "" {
		f.bot.Start(ctx)
	} else {
		err = f.serveWebhook(ctx)
	}
	cause := context.Cause(ctx)
	stop(nil)
	<-watched
	if errors.Is(cause, errRefused) {
		return cause
	}
	return err
}

// revoked ends Run: Telegram does not accept the token.
func (f *Frontend) revoked(err error) {
	select {
	case f.fatal <- fmt.Errorf("%w: %w", errRefused, err):
	default:
	}
}

// pollFailed gets the library's errors. What lasts is logged once a minute.
func (f *Frontend) pollFailed(err error) {
	const often = time.Minute
	switch {
	case errors.Is(err, context.Canceled):
		return
	case refusedForGood(err):
		f.revoked(err)
		return
	}
	now := f.o.Now().UnixNano()
	if last := f.complained.Load(); last != 0 && now-last < int64(often) || !f.complained.CompareAndSwap(last, now) {
		return
	}
	switch {
	case says(err, "webhook is active"):
		f.log.Error("somebody set a webhook for this bot, so Telegram gives no updates here: stop the program that set it, then restart this one, which removes it", "err", err)
		return
	case errors.Is(err, bot.ErrorConflict):
		f.log.Error("another copy of this bot is running: Telegram gives updates to one at a time", "err", err)
		return
	}
	f.log.Warn("updates could not be read", "err", err)
}
