package telegramtest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// queryTime is how long a press can be answered.
const queryTime = 15 * time.Second

// editTime is how long a message can be edited and deleted. The real server is not always as
// strict with a bot's own messages.
const editTime = 48 * time.Hour

// maxEntities is how many entities of a message are kept.
const maxEntities = 100

// addresses counts the bytes of the links.
func addresses(all []Entity) int {
	n := 0
	for _, e := range all {
		n += len(e.URL)
	}
	return n
}

func (s *Server) call(ctx context.Context, method string, form map[string]string) (any, error) {
	switch method {
	case "getMe":
		return map[string]any{"id": Bot, "is_bot": true, "first_name": "Clore", "username": Name}, nil
	case "getUpdates":
		return s.getUpdates(ctx, form)
	case "deleteWebhook":
		s.SetWebhook(nil)
		return true, nil
	case "setWebhook":
		s.SetWebhook(form)
		return true, nil
	case "getWebhookInfo":
		return s.webhookInfo(), nil
	case "sendMessage":
		return s.sendMessage(form)
	case "sendDocument":
		return s.sendDocument(ctx, form)
	case "editMessageText":
		return s.editMessage(form)
	case "deleteMessage":
		return s.deleteMessage(form)
	case "answerCallbackQuery":
		return s.answerQuery(form)
	case "setMyCommands":
		return s.setCommands(form)
	case "deleteMyCommands":
		return s.deleteCommands(form)
	case "sendChatAction":
		return true, nil
	}
	s.t.Errorf("the fake Bot API does not know %s", method)
	return nil, &refusal{code: 404, text: "Not Found"}
}

func (s *Server) getUpdates(ctx context.Context, form map[string]string) (any, error) {
	offset, limit := int64(integer(form["offset"])), 100
	if n := integer(form["limit"]); n != 0 {
		limit = max(1, min(n, limit))
	}
	s.mu.Lock()
	switch {
	case s.webhook != nil:
		s.mu.Unlock()
		return nil, &refusal{code: 409, text: "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	case s.polling != nil:
		if !s.rivals {
			s.t.Error("two calls of getUpdates at once")
		}
		close(s.polling) // the older call ends
	}
	ended := make(chan struct{})
	s.polling = ended
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		if s.polling == ended {
			s.polling = nil
		}
		s.mu.Unlock()
	}()
	timeout := min(time.Duration(integer(form["timeout"]))*time.Second, 50*time.Second)
	for late := time.After(timeout); ; {
		s.mu.Lock()
		for len(s.updates) > 0 && s.updates[0].id < offset {
			s.updates = s.updates[1:] // confirmed
		}
		batch := []json.RawMessage{}
		for _, u := range s.updates[:min(len(s.updates), limit)] {
			if allowed(form["allowed_updates"], u.raw) {
				batch = append(batch, u.raw)
			}
		}
		news := s.news
		s.mu.Unlock()
		if len(batch) > 0 {
			return batch, nil
		}
		select {
		case <-news:
		case <-ended:
			return nil, &refusal{code: 409, text: "terminated by other getUpdates request; make sure that only one bot instance is running"}
		case <-late:
			return batch, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// allowed reports whether an update is of a kind that was asked for. One of no known kind is: the
// tests send some to see that they do no harm.
func allowed(kinds string, raw json.RawMessage) bool {
	var asked []string
	var u map[string]json.RawMessage
	if kinds == "" || json.Unmarshal([]byte(kinds), &asked) != nil || json.Unmarshal(raw, &u) != nil {
		return true
	}
	for _, kind := range []string{"message", "edited_message", "callback_query", "my_chat_member"} {
		if _, has := u[kind]; has && !slices.Contains(asked, kind) {
			return false
		}
	}
	return true
}

// text reads and checks what is to be shown.
func (s *Server) text(form map[string]string) (string, []Entity, error) {
	raw, visible := form["text"], form["text"]
	var entities []Entity
	var err error
	if len(raw) > 32768 {
		return "", nil, &refusal{code: 400, text: "text is too long"}
	}
	if form["parse_mode"] == "HTML" {
		if visible, entities, err = parseHTML(raw); err != nil {
			s.t.Errorf("a text that Telegram cannot read: %v\n%s", err, raw)
			return "", nil, &refusal{code: 400, text: err.Error()}
		}
	}
	visible = strings.TrimSpace(visible)
	switch {
	case visible == "":
		return "", nil, &refusal{code: 400, text: "message text is empty"}
	case len(entities) > maxEntities:
		// The real server ignores those that are too many, without an error.
		s.t.Errorf("%d entities in a message", len(entities))
		entities = entities[:maxEntities]
	case addresses(entities) > 9500:
		return "", nil, &refusal{code: 400, text: "ENTITIES_TOO_LONG"}
	case units(visible) > 4096:
		return "", nil, &refusal{code: 400, text: "message is too long"}
	}
	return visible, entities, nil
}

// admit checks the chat and the pace.
func (s *Server) admit(chat int64) error {
	if to := s.moved[chat]; to != 0 {
		return &refusal{code: 400, text: "group chat was upgraded to a supergroup chat", moved: to}
	}
	if s.blocked[chat] {
		return &refusal{code: 403, text: "bot was blocked by the user"}
	}
	if chat == 0 {
		return &refusal{code: 400, text: "chat not found"}
	}
	now := time.Now()
	if s.Pace {
		within := func(times []time.Time, d time.Duration) int {
			n := 0
			for i := len(times) - 1; i >= 0 && now.Sub(times[i]) < d; i-- {
				n++
			}
			return n
		}
		own := s.perChat[chat]
		tooFast := within(s.sends, time.Second) >= 30 || within(own, time.Second) >= 4 || within(own, 10*time.Second) >= 13
		if chat < 0 {
			tooFast = tooFast || within(own, time.Minute) >= 20
		}
		if tooFast {
			s.refused++
			return &refusal{code: 429, text: "retry after 3", retry: 3}
		}
	}
	s.sends = append(s.sends, now)
	s.perChat[chat] = append(s.perChat[chat], now)
	return nil
}

func (s *Server) sendMessage(form map[string]string) (any, error) {
	visible, entities, err := s.text(form)
	if err != nil {
		return nil, err
	}
	chat := int64(integer(form["chat_id"]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit(chat); err != nil {
		return nil, err
	}
	s.nextMsg++
	m := &Message{
		ID: s.nextMsg, Chat: chat, Thread: integer(form["message_thread_id"]), From: Bot, Text: visible, Entities: entities,
		Buttons: buttons(form["reply_markup"]), Protected: form["protect_content"] == "true",
		Silent: form["disable_notification"] == "true", raw: form["text"] + form["reply_markup"], At: time.Now(),
	}
	var reply struct {
		ID      int  `json:"message_id"`
		Without bool `json:"allow_sending_without_reply"`
	}
	if text := form["reply_parameters"]; text != "" {
		if err := json.Unmarshal([]byte(text), &reply); err != nil || !reply.Without {
			s.t.Errorf("a reply that fails when the message is gone: %s", text)
		}
		m.Reply = reply.ID
	}
	s.messages[chat] = append(s.messages[chat], m)
	s.show(Event{Message: m})
	return s.wire(m), nil
}

func (s *Server) editMessage(form map[string]string) (any, error) {
	visible, entities, err := s.text(form)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(int64(integer(form["chat_id"])), integer(form["message_id"]))
	if m == nil || m.From != Bot || m.Gone {
		return nil, &refusal{code: 400, text: "message to edit not found"}
	}
	if time.Since(m.At) > editTime {
		return nil, &refusal{code: 400, text: "message can't be edited"}
	}
	if err := s.admit(m.Chat); err != nil {
		return nil, err
	}
	raw := form["text"] + form["reply_markup"]
	if raw == m.raw {
		return nil, &refusal{code: 400, text: "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"}
	}
	m.Text, m.Entities, m.Buttons, m.raw = visible, entities, buttons(form["reply_markup"]), raw
	m.Edits++
	s.show(Event{Message: m, Edited: true})
	return s.wire(m), nil
}

func (s *Server) deleteMessage(form map[string]string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(int64(integer(form["chat_id"])), integer(form["message_id"]))
	switch {
	case m == nil || m.Gone:
		return nil, &refusal{code: 400, text: "message to delete not found"}
	case s.CannotDelete && m.From != Bot, time.Since(m.At) > editTime:
		return nil, &refusal{code: 400, text: "message can't be deleted"}
	}
	m.Gone = true
	s.show(Event{Message: m, Deleted: true})
	return true, nil
}

func (s *Server) answerQuery(form map[string]string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, has := form["text"]; has && (strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unfit)) {
		s.t.Errorf("a notice of %q", text)
	}
	q := s.queries[form["callback_query_id"]]
	if q == nil || time.Since(q.asked) > queryTime {
		if q != nil {
			q.forgotten++
		}
		return nil, &refusal{code: 400, text: "query is too old and response timeout expired or query ID is invalid"}
	}
	q.answered++
	if form["text"] != "" {
		s.show(Event{Notice: form["text"], Alert: form["show_alert"] == "true", User: q.user})
	}
	return true, nil
}

// unfit are the characters that deceive or are not seen, emoji's joiners left out.
func unfit(r rune) bool {
	return r != '\n' && r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

func (s *Server) setCommands(form map[string]string) (any, error) {
	var scope struct {
		Type string `json:"type"`
	}
	var list []Command
	if err := json.Unmarshal([]byte(form["commands"]), &list); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(form["scope"]), &scope); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.menus[scope.Type+"/"+form["language_code"]] = list
	return true, nil
}

func (s *Server) deleteCommands(form map[string]string) (any, error) {
	var scope struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal([]byte(form["scope"]), &scope); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.menus, scope.Type+"/"+form["language_code"])
	return true, nil
}

func (s *Server) find(chat int64, id int) *Message {
	for _, m := range s.messages[chat] {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) show(e Event) {
	if s.Shown != nil {
		if e.Message != nil {
			copied := *e.Message
			e.Message = &copied
		}
		s.Shown(e)
	}
}

func buttons(markup string) [][]Button {
	var m struct {
		Rows [][]Button `json:"inline_keyboard"`
	}
	if markup == "" || json.Unmarshal([]byte(markup), &m) != nil {
		return nil
	}
	return m.Rows
}

// wire is a message as the API sends it.
func (s *Server) wire(m *Message) map[string]any {
	w := map[string]any{
		"message_id": m.ID, "date": m.At.Unix(), "chat": wireChat(m.Chat),
		"from": map[string]any{"id": m.From, "is_bot": m.From == Bot, "first_name": "N"},
	}
	if m.Document != nil {
		w["document"] = m.Document.wire()
	} else {
		w["text"] = m.Text
	}
	if m.Protected {
		w["has_protected_content"] = true
	}
	if m.Thread != 0 {
		w["message_thread_id"], w["is_topic_message"] = m.Thread, true
	}
	if m.Reply != 0 {
		if r := s.find(m.Chat, m.Reply); r != nil {
			w["reply_to_message"] = s.wire(r)
		}
	}
	return w
}

func wireChat(id int64) map[string]any {
	if id < 0 {
		return map[string]any{"id": id, "type": "supergroup", "title": "Group"}
	}
	return map[string]any{"id": id, "type": "private", "first_name": "N"}
}

func integer(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
