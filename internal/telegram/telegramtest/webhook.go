package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// trouble is the last delivery that failed.
type trouble struct {
	at   time.Time
	text string
}

// SetWebhook sets a webhook, as a call does; nil removes it.
func (s *Server) SetWebhook(form map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook = form
	s.tell()
}

// Webhook returns the call that set the webhook, nil for none.
func (s *Server) Webhook() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook
}

// Undelivered has the last delivery have failed now, in these words.
func (s *Server) Undelivered(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undelivered = trouble{time.Now(), text}
}

func (s *Server) webhookInfo() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := map[string]any{"url": s.webhook["url"], "has_custom_certificate": false, "pending_update_count": len(s.updates)}
	if s.webhook != nil {
		info["max_connections"] = integer(s.webhook["max_connections"])
	}
	if kinds := s.webhook["allowed_updates"]; kinds != "" {
		info["allowed_updates"] = json.RawMessage(kinds)
	}
	if s.undelivered.text != "" {
		info["last_error_date"], info["last_error_message"] = s.undelivered.at.Unix(), s.undelivered.text
	}
	return info
}

// Deliver brings updates to the webhook until the context ends, while one is set: those of one
// chat in their order, chats side by side. What is not taken comes again later, as Telegram does
// it (tdlib/telegram-bot-api, WebhookActor).
func (s *Server) Deliver(ctx context.Context, to http.RoundTripper) {
	r := &round{s: s, to: to, waits: map[int64]time.Duration{}, next: map[int64]time.Time{}}
	for ctx.Err() == nil {
		s.mu.Lock()
		hook, news, first := s.webhook, s.news, s.first()
		s.mu.Unlock()
		if hook != nil && r.deliver(ctx, hook, first) {
			continue
		}
		pause := longest
		if hook != nil {
			pause = r.pause(first)
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-news:
		case <-t.C:
		}
		t.Stop()
	}
}

// longest is the longest pause after a failure.
const longest = time.Minute

// round delivers to all chats at a time.
type round struct {
	s  *Server
	to http.RoundTripper

	mu    sync.Mutex
	waits map[int64]time.Duration // after failures, by chat
	next  map[int64]time.Time     // when it is tried again
}

// deliver brings each chat's first update that is due, and reports whether there was one.
func (r *round) deliver(ctx context.Context, hook map[string]string, first map[int64]update) bool {
	var all sync.WaitGroup
	tried := false
	for chat, u := range first {
		r.mu.Lock()
		due := !time.Now().Before(r.next[chat])
		r.mu.Unlock()
		if !due {
			continue
		}
		tried = true
		all.Go(func() {
			ok := r.s.deliver(ctx, r.to, hook, u)
			r.mu.Lock()
			defer r.mu.Unlock()
			if ok {
				delete(r.waits, chat)
				return
			}
			r.waits[chat] = min(max(2*r.waits[chat], time.Second), longest)
			r.next[chat] = time.Now().Add(r.waits[chat])
		})
	}
	all.Wait()
	return tried
}

// pause returns how long nothing is due.
func (r *round) pause(first map[int64]update) time.Duration {
	wake := time.Now().Add(longest)
	for chat := range first {
		if at := r.next[chat]; at.Before(wake) {
			wake = at
		}
	}
	return time.Until(wake)
}

// first returns the first update of each chat. The lock is held.
func (s *Server) first() map[int64]update {
	all := map[int64]update{}
	for _, u := range s.updates {
		var in struct {
			Message struct{ Chat struct{ ID int64 } }
			Press   struct {
				Message struct{ Chat struct{ ID int64 } }
			} `json:"callback_query"`
		}
		_ = json.Unmarshal(u.raw, &in)
		chat := in.Message.Chat.ID + in.Press.Message.Chat.ID
		if _, has := all[chat]; !has {
			all[chat] = u
		}
	}
	return all
}

// deliver makes one call, and reports whether the update was taken.
func (s *Server) deliver(ctx context.Context, to http.RoundTripper, hook map[string]string, u update) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook["url"], bytes.NewReader(u.raw))
	if err != nil {
		s.t.Errorf("webhook: %v", err)
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	if hook["secret_token"] != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook["secret_token"])
	}
	resp, err := to.RoundTrip(req)
	if err != nil {
		s.Undelivered("Connection refused")
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		s.Undelivered(fmt.Sprintf("Wrong response from the webhook: %d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates = slices.DeleteFunc(s.updates, func(x update) bool { return x.id == u.id })
	return true
}

// tell has those look again who wait for updates. The lock is held.
func (s *Server) tell() {
	close(s.news)
	s.news = make(chan struct{})
}
