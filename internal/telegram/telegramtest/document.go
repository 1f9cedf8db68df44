package telegramtest

import (
	"context"
	"path/filepath"
	"time"
)

// maxUpload is what Telegram takes of a bot: 50 MB.
const maxUpload = 50 << 20

// Upload is a file as it was sent.
type Upload struct{ Name, Data string }

func (u *Upload) wire() map[string]any {
	return map[string]any{
		"file_id": "f1", "file_unique_id": "u1", "file_name": u.Name, "file_size": len(u.Data), "mime_type": "text/csv",
	}
}

type uploadsKey struct{}

// uploading returns a context with the files of a request, by the names of their parameters.
func uploading(ctx context.Context, files map[string]Upload) context.Context {
	return context.WithValue(ctx, uploadsKey{}, files)
}

func (s *Server) sendDocument(ctx context.Context, form map[string]string) (any, error) {
	files, _ := ctx.Value(uploadsKey{}).(map[string]Upload)
	file, uploaded := files["document"]
	switch {
	case !uploaded:
		s.t.Errorf("the document is not uploaded but named: %.80q", form["document"])
		return nil, &refusal{code: 400, text: "wrong file identifier/HTTP URL specified"}
	case file.Data == "":
		return nil, &refusal{code: 400, text: "file must be non-empty"}
	case len(file.Data) > maxUpload:
		return nil, &refusal{code: 413, text: "Request Entity Too Large"}
	case filepath.Base(file.Name) != file.Name:
		s.t.Errorf("a file with the name %q", file.Name)
	case form["caption"] != "" && units(form["caption"]) > 1024:
		return nil, &refusal{code: 400, text: "message caption is too long"}
	}
	chat := int64(integer(form["chat_id"]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit(chat); err != nil {
		return nil, err
	}
	s.nextMsg++
	m := &Message{
		ID: s.nextMsg, Chat: chat, Thread: integer(form["message_thread_id"]), From: Bot, Text: form["caption"], Document: &file,
		Buttons: buttons(form["reply_markup"]), Protected: form["protect_content"] == "true",
		Silent: form["disable_notification"] == "true", At: time.Now(),
	}
	s.messages[chat] = append(s.messages[chat], m)
	s.show(Event{Message: m})
	return s.wire(m), nil
}
