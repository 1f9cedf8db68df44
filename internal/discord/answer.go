package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

const (
	// tokenLife is how long an interaction can be answered: 15 minutes less a margin.
	tokenLife = 14*time.Minute + 30*time.Second
	// answerTime is how long the first answer may take: 3 seconds less a margin.
	answerTime = 2900 * time.Millisecond
	// thinkTime is how long a command may take before it is acknowledged.
	thinkTime = 2 * time.Second
)

// answer answers one interaction. Discord takes exactly one first answer, and wants it in time;
// all that decides which one that is stands here.
type answer struct {
	f       *Frontend
	e       *event
	private bool // shown to the asker alone, which the first answer fixes
	// prompted: the pressed message only asked for a value, so its controls are of no more use.
	prompted bool
	released bool
	wrecked  bool // controls could not be switched on again, or thinking not be ended, for now
	record   begun
	timer    *time.Timer

	mu    sync.Mutex
	state answerState
}

type answerState int

const (
	unanswered answerState = iota
	thinking               // the original response is waited for
	updated                // the original response is the pressed message, with its controls off
	lost                   // Discord has given the interaction up
)

// begin acknowledges a press at once, by switching the controls off, and anything else when it
// takes longer than two seconds. It reports false when there is nothing to do: the message is
// being worked on already, or it is too late for a press.
func (a *answer) begin(ctx context.Context) bool {
	if a.e.Message == nil {
		a.timer = time.AfterFunc(time.Until(a.e.arrived.Add(thinkTime)), func() {
			defer a.f.recovered()
			a.acknowledge(ctx)
		})
		return true
	}
	if !a.f.presses.begin(a.e.Message.ID) {
		a.f.respond(ctx, a.e, discordgo.InteractionResponseDeferredMessageUpdate, nil)
		return false
	}
	if a.acknowledge(ctx); a.state == lost {
		// Discord has told them that it failed, and they press again: twice is once too often.
		a.wrecked = true // unless Discord took it, and only its answer was lost
		a.release()
		return false
	}
	return true
}

// release lets the pressed message be pressed again, whatever has happened.
func (a *answer) release() {
	if a.e.Message != nil && !a.released {
		a.released = true // or it would be done for the next press, too
		a.f.presses.end(a.e.Message.ID)
	}
}

// acknowledge gives the first answer before there is anything to say.
func (a *answer) acknowledge(ctx context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state != unanswered {
		return
	}
	if a.inPlace() {
		m := map[string]any{"components": disabled(a.f.presses.controls(a.e))}
		_ = a.first(ctx, response{discordgo.InteractionResponseUpdateMessage, m}, updated)
		return
	}
	flags := map[string]any{"flags": newMessage().private(a.private).Flags}
	_ = a.first(ctx, response{discordgo.InteractionResponseDeferredChannelMessageWithSource, flags}, thinking)
}

// inPlace reports whether the pressed message can be changed: a private answer must not go into
// one that others read.
func (a *answer) inPlace() bool {
	return a.e.Message != nil && (!a.private || a.e.hiddenSource())
}

// first sends the first answer; next is the state after it.
func (a *answer) first(ctx context.Context, r response, next answerState) error {
	err := a.f.open(ctx, a.e, r)
	a.state = next
	if err != nil && codeOf(err) != acknowledged {
		a.state = lost
		a.f.o.Log.WarnContext(ctx, "interaction not acknowledged", "after", time.Since(a.e.arrived), "err", refusal(err))
	}
	return err
}

// open sends a first answer, again while there is time for it.
func (f *Frontend) open(ctx context.Context, e *event, r response) error {
	ctx, cancel := context.WithDeadline(ctx, e.arrived.Add(answerTime))
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := e.first(ctx, r)
		if err == nil {
			f.noteReachable(e, r)
		}
		if err == nil || !temporary(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// temporary reports whether a request may succeed if it is made again.
func temporary(err error) bool {
	var limit *rateLimited
	status := statusOf(err)
	return errors.As(err, &limit) || status == 0 || status >= http.StatusInternalServerError
}

// finish shows the response of the command.
func (a *answer) finish(ctx context.Context, resp chat.Response) {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	ctx, cancel := lasting(ctx)
	defer cancel()
	m, replace := a.message(resp)
	a.release()
	switch a.state {
	case unanswered:
		if m == nil {
			m = plain(a.f.phrases(string(a.e.Locale)).Done).private(true)
		}
		if m.file != nil {
			a.finishWithFile(ctx, m, resp)
			return
		}
		a.finishAtOnce(ctx, m, resp)
	case thinking:
		if m == nil {
			m = plain(a.f.phrases(string(a.e.Locale)).Done)
		}
		a.later(ctx, "PATCH", m, resp)
	case updated:
		if replace && m != nil {
			a.later(ctx, "PATCH", m, resp)
			return
		}
		if !a.prompted {
			a.restore(ctx)
		}
		if m != nil {
			a.later(ctx, "POST", m, resp)
		}
	case lost:
		a.direct(ctx, resp)
	}
}

// finishAtOnce gives the first answer, which is all of it.
func (a *answer) finishAtOnce(ctx context.Context, m *message, resp chat.Response) {
	err := a.first(ctx, response{discordgo.InteractionResponseChannelMessageWithSource, m}, thinking)
	switch {
	case codeOf(err) == acknowledged: // by an attempt whose answer was lost
		a.later(ctx, "PATCH", m, resp)
	case badBody(err):
		_ = a.first(ctx, response{discordgo.InteractionResponseChannelMessageWithSource, a.sorry()}, thinking)
	case a.state == lost:
		a.direct(ctx, resp)
	}
}

// sorry is what is said when Discord does not take what there is to say.
func (a *answer) sorry() *message { return plain(a.f.phrases(string(a.e.Locale)).Failed).private(true) }

// badBody reports whether Discord takes the request, but not what stands in it.
func badBody(err error) bool {
	return statusOf(err) == http.StatusBadRequest && codeOf(err) != acknowledged
}

// finishWithFile gives a first answer that announces another one: the first is JSON, which holds
// no file.
func (a *answer) finishWithFile(ctx context.Context, m *message, resp chat.Response) {
	flags := map[string]any{"flags": m.Flags & discordgo.MessageFlagsEphemeral}
	_ = a.first(ctx, response{discordgo.InteractionResponseDeferredChannelMessageWithSource, flags}, thinking)
	if a.state == lost {
		a.direct(ctx, resp)
		return
	}
	a.later(ctx, "PATCH", m, resp)
}

// message renders a response; nil when there is nothing to show.
func (a *answer) message(resp chat.Response) (m *message, replace bool) {
	switch r := resp.(type) {
	case chat.Reply:
		return render(r.View).private(a.private), r.Replace
	case chat.Notice:
		if r.Text != "" {
			return plain(r.Text).private(true), false
		}
	}
	return nil, false
}

// restore switches the controls of the pressed message on again.
func (a *answer) restore(ctx context.Context) {
	body := map[string]any{"components": a.f.presses.controls(a.e)}
	if err := a.f.persist(ctx, "PATCH", webhookOf(a.e.Interaction)+"/messages/@original", body); err != nil {
		a.wrecked = temporary(err)
		a.f.o.Log.WarnContext(ctx, "controls not restored", "err", refusal(err))
	}
}

// later sends what comes after the first answer: the original response changed (PATCH), or a
// message of its own (POST). When the token is over it goes by direct message.
func (a *answer) later(ctx context.Context, method string, m *message, resp chat.Response) {
	hook := webhookOf(a.e.Interaction)
	endpoint := hook
	if method == "PATCH" {
		endpoint += "/messages/@original"
		ephemeral := m.Flags & discordgo.MessageFlagsEphemeral
		m.asChange()
		defer func() { m.Flags |= ephemeral }()
	}
	err := a.f.persist(ctx, method, endpoint, m)
	if codeOf(err) == unknownMessage && method == "PATCH" {
		m.Flags = newMessage().private(a.private || a.e.hiddenSource()).Flags // it was dismissed
		err = a.f.persist(ctx, "POST", hook, m)
	}
	if err == nil {
		return
	}
	a.wrecked = a.wrecked || (temporary(err) && method == "PATCH")
	a.f.o.Log.WarnContext(ctx, "answer not shown", "err", refusal(err))
	if badBody(err) {
		a.apologise(ctx, method)
		return
	}
	if code := codeOf(err); code == unknownWebhook || code == tokenOver || code == unknownInteraction {
		a.direct(ctx, resp)
	}
}

// apologise says that there was something to say, so that nothing is waited for any more.
func (a *answer) apologise(ctx context.Context, method string) {
	m, endpoint := a.sorry(), webhookOf(a.e.Interaction)
	if a.state == updated && method == "PATCH" {
		a.restore(ctx) // the controls that were pressed
		method = "POST"
	}
	if method == "PATCH" {
		endpoint += "/messages/@original"
		m.asChange()
	}
	if err := a.f.persist(ctx, method, endpoint, m); err != nil {
		a.f.o.Log.WarnContext(ctx, "not even an excuse is shown", "err", refusal(err))
	}
}

// direct sends a reply by direct message, when the interaction cannot be answered any more.
func (a *answer) direct(ctx context.Context, resp chat.Response) {
	r, ok := resp.(chat.Reply)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime)
	defer cancel()
	user := chat.User{Platform: chat.Discord, ID: a.e.user}
	if _, err := a.f.Send(ctx, user.Direct(), r.View); err != nil {
		a.f.o.Log.WarnContext(ctx, "answer lost", "err", err)
	}
}

// persist makes a request, again after limits and faults of the network.
func (f *Frontend) persist(ctx context.Context, method, endpoint string, body any) error {
	const tries = 4
	pause := 250 * time.Millisecond
	for try := 1; ; try++ {
		err := f.rest.do(ctx, method, endpoint, "", body, nil)
		early := f.key != nil && codeOf(err) == unknownWebhook // the first answer is still on its way
		if err == nil || (!temporary(err) && !early) || try == tries || ctx.Err() != nil {
			return err
		}
		if limit, ok := errors.AsType[*rateLimited](err); ok {
			pause = max(pause, limit.wait)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause *= 2
	}
}
