package telegram

import (
	"errors"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// place is a chat, or a topic in one.
type place struct {
	Chat   int64 `json:"chat"`
	Thread int   `json:"thread,omitempty"`
}

// errAddress is an address that is none of Telegram's.
var errAddress = errors.New("not an address of Telegram")

// placeOf reads an address.
func placeOf(a chat.Address) (place, error) {
	if a.Platform != chat.Telegram {
		return place{}, errAddress
	}
	if user, direct := a.DirectUser(); direct {
		id, err := strconv.ParseInt(user, 10, 64)
		if err != nil || id <= 0 {
			return place{}, errAddress
		}
		return place{Chat: id}, nil
	}
	id, topic, inTopic := strings.Cut(a.ChatID, "#")
	p := place{}
	var err, wrong error
	p.Chat, err = strconv.ParseInt(id, 10, 64)
	if inTopic {
		p.Thread, wrong = strconv.Atoi(topic)
	}
	if err != nil || wrong != nil || p.Chat == 0 {
		return place{}, errAddress
	}
	return p, nil
}

// address writes a place such that placeOf reads it.
func (p place) address() chat.Address {
	id := strconv.FormatInt(p.Chat, 10)
	switch {
	case p.Chat > 0:
		return chat.User{Platform: chat.Telegram, ID: id}.Direct()
	case p.Thread != 0:
		id += "#" + strconv.Itoa(p.Thread)
	}
	return chat.Address{Platform: chat.Telegram, ChatID: id}
}

// group reports whether several people read the place.
func (p place) group() bool { return p.Chat < 0 }
