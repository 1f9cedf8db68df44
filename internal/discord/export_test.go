package discord

import (
	"encoding/json"

	"github.com/clorebot/clorebot/internal/chat"
)

// Rendered returns the body that would be sent for a view.
func (*Frontend) Rendered(v chat.View) []byte {
	b, err := json.Marshal(render(v))
	if err != nil {
		panic(err)
	}
	return b
}
