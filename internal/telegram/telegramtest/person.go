package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Write has somebody write a message, and returns its ID.
func (s *Server) Write(user, chat int64, text string, more ...map[string]any) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextMsg++
	m := &Message{ID: s.nextMsg, Chat: chat, From: user, Text: text, At: time.Now()}
	s.messages[chat] = append(s.messages[chat], m)
	w := s.wire(m)
	w["from"] = wireUser(user)
	for _, extra := range more {
		maps.Copy(w, extra)
	}
	s.push(map[string]any{"message": w})
	return m.ID
}

// Edit has somebody change a message of theirs.
func (s *Server) Edit(user, chat int64, message int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(chat, message)
	if m == nil || m.Gone || m.From != user || time.Since(m.At) > editTime {
		s.t.Errorf("user %d cannot edit message %d", user, message)
		return
	}
	m.Text = text
	m.Edits++
	w := s.wire(m)
	w["from"], w["edit_date"] = wireUser(user), time.Now().Unix()
	s.push(map[string]any{"edited_message": w})
}

func wireUser(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "N", "language_code": "en"}
}

// Press has somebody press the newest button of a label in a chat. It reports whether there is
// one.
func (s *Server) Press(user, chat int64, label string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.messages[chat]) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == label && b.Data != "" && !m.Gone {
					s.query(user, m, b.Data)
					return true
				}
			}
		}
	}
	return false
}

// PressData has somebody press a button of that data on the newest message of the bot, or on none.
func (s *Server) PressData(user, chat int64, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.messages[chat]) {
		if m.From == Bot {
			s.query(user, m, data)
			return
		}
	}
	s.query(user, &Message{ID: 1, Chat: chat, From: Bot, Text: "old"}, data)
}

func (s *Server) query(user int64, m *Message, data string) {
	id := fmt.Sprintf("q%d", s.nextID)
	s.queries[id] = &query{user: user, asked: time.Now()}
	s.push(map[string]any{"callback_query": map[string]any{
		"id": id, "from": wireUser(user), "message": s.wire(m), "chat_instance": "1", "data": data,
	}})
}

// Rival is another copy of the bot, which asks for updates until the context ends. It confirms none.
func (s *Server) Rival(ctx context.Context) {
	s.mu.Lock()
	s.rivals = true
	s.mu.Unlock()
	for ctx.Err() == nil {
		_, _ = s.getUpdates(ctx, map[string]string{"timeout": "50"})
		_ = wait(ctx, time.Second)
	}
}

// Push has an update come, without its ID.
func (s *Server) Push(u map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(u)
}

func (s *Server) push(u map[string]any) {
	rest, err := json.Marshal(u)
	if err != nil {
		s.t.Errorf("update: %v", err)
	}
	raw := fmt.Appendf(nil, `{"update_id":%d,%s`, s.nextID, rest[1:]) // as Telegram does: it comes first
	s.updates = append(s.updates, update{s.nextID, raw})
	s.nextID++
	s.tell()
}

// Unconfirmed returns the updates that are not confirmed.
func (s *Server) Unconfirmed() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all [][]byte
	for _, u := range s.updates {
		all = append(all, u.raw)
	}
	return all
}

// Repeat has an update come once more, as after a confirmation that was lost.
func (s *Server) Repeat(raw []byte) {
	var u struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		s.t.Errorf("update: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates = append(s.updates, update{u.ID, raw})
	s.nextID = max(s.nextID, u.ID+1)
	slices.SortStableFunc(s.updates, func(a, b update) int { return int(a.id - b.id) })
	s.tell()
}

// Messages returns what is in a chat now, deleted messages left out.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Message
	for _, m := range s.messages[chat] {
		if !m.Gone {
			all = append(all, *m)
		}
	}
	return all
}

// Migrate makes a group a supergroup of another ID.
func (s *Server) Migrate(from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved[from] = to
}

// Labels returns the texts of a message's buttons.
func (m Message) Labels() []string {
	var all []string
	for _, row := range m.Buttons {
		for _, b := range row {
			all = append(all, b.Text)
		}
	}
	return all
}

// Raw returns the text as it was sent, and what is under it.
func (m Message) Raw() string { return m.raw }

// Form returns the texts of a form, such as "tg-spoiler".
func (m Message) Form(kind string) []string {
	var all []string
	for _, e := range m.Entities {
		if e.Kind == kind {
			all = append(all, e.Text)
		}
	}
	return all
}
