package telegram

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// promptTime is how long a question waits for its answer.
const promptTime = 15 * time.Minute

// prompt is a question that somebody is asked in a chat. The secrets that were given already are
// in memory only, and are asked for again after a restart.
type prompt struct {
	*chat.Prompt

	ID       string
	User     chat.User
	At       place // where it is asked
	Origin   place // where the command was given
	Question int   // the message
	Offers   []chat.Choice
	Expires  time.Time
	Used     string // the request that had this question asked
	Said     int    // the newest message of the person in a group, 0 for none
}

// wantsSecret reports whether the next answer is one that must not stay in the chat.
func (p *prompt) wantsSecret() bool {
	if p == nil {
		return false
	}
	param, asked := p.Next()
	return asked && param.Secret
}

// keep is how long a question is remembered after its deadline, so that its answer is known as
// such: Telegram may deliver one a day late.
func (p *prompt) keep() time.Duration {
	if p.wantsSecret() {
		return 25 * time.Hour
	}
	return promptTime
}

// fork returns a copy that takes answers by itself.
func (p *prompt) fork() *prompt {
	c := *p
	c.Prompt = chat.NewPrompt(p.Command(), p.Args(), p.Expires)
	return &c
}

type storedPrompt struct {
	ID       string          `json:"id"`
	User     chat.User       `json:"user"`
	At       place           `json:"at"`
	Origin   place           `json:"origin"`
	Question int             `json:"question"`
	Offers   []chat.Choice   `json:"offers,omitempty"`
	Expires  time.Time       `json:"expires"`
	Used     string          `json:"used,omitempty"`
	Said     int             `json:"said,omitempty"`
	Prompt   json.RawMessage `json:"prompt"`
}

// promptKey says who is asked where: one question at a time. A group is meant by its present ID.
type promptKey struct {
	user chat.User
	at   place
}

func (k promptKey) String() string { return k.user.String() + "|" + k.at.address().ChatID }

// prompts are the open questions.
type prompts struct {
	store   Store
	now     func() time.Time
	present func(chat int64) int64 // ID of a group that has had another one

	mu  sync.Mutex
	all map[promptKey]*prompt
}

func newPrompts(s Store, now func() time.Time, present func(int64) int64) *prompts {
	return &prompts{store: s, now: now, present: present, all: map[promptKey]*prompt{}}
}

func (ps *prompts) key(user chat.User, at place) promptKey {
	at.Chat = ps.present(at.Chat)
	return promptKey{user, at}
}

// load reads the questions of an earlier run. One whose command is gone is forgotten.
func (ps *prompts) load(ctx context.Context, commands []*chat.Command) error {
	notes, err := ps.store.Notes(ctx, promptNote)
	if err != nil {
		return err
	}
	ps.mu.Lock()
	for _, note := range notes {
		var s storedPrompt
		if json.Unmarshal(note, &s) != nil {
			continue
		}
		inner, err := chat.LoadPrompt(commands, s.Prompt)
		if err != nil {
			continue
		}
		p := &prompt{inner, s.ID, s.User, s.At, s.Origin, s.Question, s.Offers, s.Expires, s.Used, s.Said}
		ps.all[promptKey{p.User, p.At}] = p
	}
	ps.mu.Unlock()
	ps.move(ctx)
	return nil
}

// of returns what somebody is asked in a chat, expired or not; nil for nothing.
func (ps *prompts) of(user chat.User, at place) *prompt {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.all[ps.key(user, at)]
}

// asked returns what somebody was asked in a chat when they did something, or shortly before: long
// enough for "that took too long". It is nil for nothing.
func (f *Frontend) asked(in *incoming, at place) *prompt {
	p := f.prompts.of(in.user, at)
	if p == nil || in.at.Sub(p.Expires) > promptTime {
		return nil
	}
	return p
}

// save keeps a question, in place of an earlier one to the same person in the same chat.
func (ps *prompts) save(ctx context.Context, p *prompt) error {
	ps.mu.Lock()
	for key, old := range ps.all {
		if ps.now().Sub(old.Expires) > old.keep() {
			delete(ps.all, key)
		}
	}
	key := ps.key(p.User, p.At)
	ps.all[key] = p
	ps.mu.Unlock()
	return ps.write(ctx, key, p)
}

// write writes a question down.
func (ps *prompts) write(ctx context.Context, key promptKey, p *prompt) error {
	inner, err := json.Marshal(p.Prompt)
	if err != nil {
		return err
	}
	note, err := json.Marshal(storedPrompt{p.ID, p.User, p.At, p.Origin, p.Question, p.Offers, p.Expires, p.Used, p.Said, inner})
	if err != nil {
		return err
	}
	return ps.store.SaveNote(ctx, promptNote, key.String(), note, p.Expires.Add(p.keep()))
}

// drop forgets a question; nil is none.
func (ps *prompts) drop(ctx context.Context, p *prompt) {
	if p == nil {
		return
	}
	ps.mu.Lock()
	key := ps.key(p.User, p.At)
	open := ps.all[key]
	same := open != nil && open.ID == p.ID
	if same {
		delete(ps.all, key)
	}
	ps.mu.Unlock()
	if same {
		// It expires by itself if this fails.
		_ = ps.store.DropNote(context.WithoutCancel(ctx), promptNote, key.String())
	}
}

// offer is the data of a button under a question: "?ID", a point, and the number of the offered
// value, or nothing for leaving.
type offer struct {
	prompt string
	value  string
}

const offerMark = "?"

func (o offer) String() string { return offerMark + o.prompt + "." + o.value }

func parseOffer(data string) (offer, bool) {
	rest, ok := strings.CutPrefix(data, offerMark)
	id, value, found := strings.Cut(rest, ".")
	return offer{id, value}, ok && found
}

func newPromptID() string { return rand.Text()[:12] }
