package telegram

import (
	"bytes"
	"context"
	"errors"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// enclose sends the file of a view as a message of its own below it: a caption would be too short
// for the view. What Telegram refuses, or a chat does not take, is given up: the view itself has
// just arrived, and would else come again and again.
func (f *Frontend) enclose(ctx context.Context, l letter, file *chat.File) error {
	if sendable := file != nil && file.Validate() == nil; !sendable {
		return nil
	}
	l.edit, l.reply, l.force, l.body = 0, 0, nil, rendered{}
	l.silent = true // the view has rung
	l.file = file
	_, err := f.post(ctx, &l)
	var failed *chat.SendError
	if errors.As(err, &failed) && (failed.Kind == chat.Rejected || failed.Kind == chat.Unreachable) {
		f.log.Warn("Telegram refuses a file", "name", file.Name, "err", err)
		return nil
	}
	return err
}

// sendFile makes the call of a letter with a file.
func (f *Frontend) sendFile(ctx context.Context, l *letter) (int, error) {
	m, err := f.bot.SendDocument(ctx, &bot.SendDocumentParams{
		ChatID: l.to.Chat, MessageThreadID: l.to.Thread,
		Document:            &models.InputFileUpload{Filename: l.file.Name, Data: bytes.NewReader(l.file.Data)},
		DisableNotification: l.silent, ProtectContent: l.guarded,
		// It would make a table a picture or a song if the content looked like one.
		DisableContentTypeDetection: true,
	})
	if err != nil {
		return 0, err
	}
	return m.ID, nil
}
