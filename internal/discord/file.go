package discord

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// attachment names a file that is sent with a message.
type attachment struct {
	ID       string `json:"id"` // the number in the name of its part
	Filename string `json:"filename"`
}

// enclose puts a file into a message. One that could not be sent is left out.
func (m *message) enclose(file *chat.File) {
	if file == nil || file.Validate() != nil {
		return
	}
	m.file = file
	m.Attachments = []attachment{{ID: "0", Filename: file.Name}}
}

// asChange makes a message the body of a change: flags are those of the sending, and a file that
// the view no longer has is taken away.
func (m *message) asChange() {
	m.Flags = 0
	if m.Attachments == nil {
		m.Attachments = []attachment{}
	}
}

// encode returns the body of a request and its type: JSON, or parts when a file comes with it.
func encode(body any) (data []byte, kind string, err error) {
	m, ok := body.(*message)
	switch {
	case body == nil:
		return nil, "application/json", nil
	case !ok || m.file == nil:
		data, err = json.Marshal(body)
		kind = "application/json"
	default:
		kind, data, err = discordgo.MultipartBodyWithJSON(m, []*discordgo.File{{
			Name: m.file.Name, ContentType: m.file.Type, Reader: bytes.NewReader(m.file.Data),
		}})
	}
	if err != nil {
		return nil, "", fmt.Errorf("encode request: %w", err)
	}
	return data, kind, nil
}
