package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-telegram/bot"

	"github.com/clorebot/clorebot/internal/chat"
)

const (
	// eraseTime is how long the removal of a secret is tried: Telegram removes nothing older.
	eraseTime = 48 * time.Hour
	// eraseSoon is how long people wait for word of a removal; then they are told to do it themselves.
	eraseSoon = 10 * time.Second
	// eraseRarely is how often it is tried where the bot was put out, and may be let in again.
	eraseRarely = 30 * time.Minute
	// erasesMost is how many removals go on at a time. More are tried once.
	erasesMost = 4096
)

// erasure is the removal of a message with a secret.
type erasure struct {
	Chat    int64     `json:"chat"`
	Message int       `json:"message"`
	Until   time.Time `json:"until"`

	ended chan struct{} // closed when it is done or given up
	gone  bool          // the message; to be read when it ended
	kept  bool          // a note says that it is to be done
	// It is one of those of which there are so many at most.
	counted bool
}

func (e *erasure) key() string { return fmt.Sprintf("%d/%d", e.Chat, e.Message) }

// erasures removes messages with secrets, ahead of all that their chats wait for, and does not
// give up while it may still succeed. What is open at the end is in a note for the next start.
type erasures struct {
	f    *Frontend
	todo chan *erasure
	over chan struct{} // closed when no more are taken
	room chan struct{} // a token for each that goes on
}

func newErasures(f *Frontend) *erasures {
	return &erasures{f: f, todo: make(chan *erasure), over: make(chan struct{}), room: make(chan struct{}, erasesMost)}
}

// load returns what an earlier run did not get to.
func (es *erasures) load(ctx context.Context) ([]*erasure, error) {
	notes, err := es.f.o.Store.Notes(ctx, eraseNote)
	if err != nil {
		return nil, err
	}
	var all []*erasure
	for _, note := range notes {
		e := &erasure{ended: make(chan struct{}), kept: true}
		if err := json.Unmarshal(note, e); err != nil {
			es.f.log.Error("a message with a secret is not known any more", "err", err)
			continue
		}
		all = append(all, e)
	}
	return all, nil
}

// run removes what it is given until the context ends.
func (es *erasures) run(ctx context.Context, open []*erasure) {
	var working sync.WaitGroup
	defer working.Wait()
	defer close(es.over)
	start := func(e *erasure) { working.Go(func() { es.work(ctx, e) }) }
	for _, e := range open {
		start(e)
	}
	for {
		select {
		case e := <-es.todo:
			start(e)
		case <-ctx.Done():
			return
		}
	}
}

// start has a message removed. It returns nil when there is no room or no time for it.
func (es *erasures) start(in place, message int) *erasure {
	select {
	case es.room <- struct{}{}:
	default:
		return nil
	}
	e := es.erasure(in, message)
	e.counted = true
	select {
	case es.todo <- e:
		return e
	case <-es.over:
		<-es.room
		return nil
	}
}

// once tries to remove a message and does not come back to it in this run.
func (es *erasures) once(ctx context.Context, in place, message int) *erasure {
	e := es.erasure(in, message)
	defer close(e.ended)
	if _, open := es.try(ctx, e, 1); open {
		es.keep(e)
	}
	return e
}

func (es *erasures) erasure(in place, message int) *erasure {
	return &erasure{Chat: in.Chat, Message: message, Until: es.f.o.Now().Add(eraseTime), ended: make(chan struct{})}
}

// work removes one message.
func (es *erasures) work(ctx context.Context, e *erasure) {
	defer close(e.ended)
	if e.counted {
		defer func() { <-es.room }()
	}
	for tries := 1; ; tries++ {
		wait, open := es.try(ctx, e, tries)
		if !open {
			es.forget(e)
			return
		}
		es.keep(e)
		if !sleep(ctx, wait) {
			return
		}
	}
}

// try makes one call, and says whether to make another, and when.
func (es *erasures) try(ctx context.Context, e *erasure, tries int) (wait time.Duration, open bool) {
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace*4/5)
	defer cancel()
	_, err := es.f.bot.DeleteMessage(call, &bot.DeleteMessageParams{ChatID: e.Chat, MessageID: e.Message})
	failed := failure(err)
	if e.gone = failed == nil || says(err, "message to delete not found"); e.gone {
		return 0, false
	}
	var moved *bot.MigrateError
	if failed.Kind == chat.Rejected || errors.As(err, &moved) || !es.f.o.Now().Before(e.Until) {
		es.f.log.Warn("a message with a secret was not deleted", "err", err)
		return 0, false
	}
	es.f.log.Info("a message with a secret is not deleted yet", "err", err)
	switch failed.Kind {
	case chat.RateLimited:
		return failed.RetryAfter, true
	case chat.Unreachable:
		return eraseRarely, true
	default:
		return min(time.Second<<min(tries-1, 5), 30*time.Second), true
	}
}

// keep writes an open removal down.
func (es *erasures) keep(e *erasure) {
	if e.kept {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	note, err := json.Marshal(e)
	if err == nil {
		err = es.f.o.Store.SaveNote(ctx, eraseNote, e.key(), note, e.Until)
	}
	if e.kept = err == nil; err != nil {
		es.f.log.Error("a message with a secret will not be deleted after a restart", "err", err)
	}
}

func (es *erasures) forget(e *erasure) {
	if !e.kept {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	// What stays is tried once more, and found to be gone.
	_ = es.f.o.Store.DropNote(ctx, eraseNote, e.key())
}

// settled waits a little for the end of a removal, and reports whether the message is gone.
func (e *erasure) settled(ctx context.Context) bool {
	t := time.NewTimer(eraseSoon)
	defer t.Stop()
	select {
	case <-e.ended:
		return e.gone
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}
