package storage

import (
	"encoding/binary"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// key is a record's key while it is put together. Its parts cannot run into each other.
type key []byte

// text appends a text and its length.
func (k key) text(s string) key {
	k = binary.BigEndian.AppendUint32(k, uint32(len(s)))
	return append(k, s...)
}

// number appends a number such that greater ones sort later.
func (k key) number(n uint64) key { return binary.BigEndian.AppendUint64(k, n) }

// moment appends a time such that later ones sort later.
func (k key) moment(t time.Time) key { return k.number(nanoseconds(t)) }

// nanoseconds returns the time since 1970, 0 for all that was before.
func nanoseconds(t time.Time) uint64 {
	if t.Unix() < 0 {
		return 0
	}
	return uint64(t.UnixNano())
}

// momentOf reads what moment wrote.
func momentOf(b []byte) time.Time {
	return time.Unix(0, int64(numberOf(b)))
}

// numberOf reads what number wrote; 0 when there is too little of it.
func numberOf(b []byte) uint64 {
	if len(b) < width {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// width is the size of a number in a key.
const width = 8

// textOf reads what text wrote and returns the rest; false when b is cut short.
func textOf(b []byte) (s string, rest []byte, ok bool) {
	const prefix = 4
	if len(b) < prefix {
		return "", nil, false
	}
	n := int(binary.BigEndian.Uint32(b))
	if b = b[prefix:]; n > len(b) {
		return "", nil, false
	}
	return string(b[:n]), b[n:], true
}

func textKey(s string) key { return key{}.text(s) }

func userKey(u chat.User) key { return textKey(string(u.Platform)).text(u.ID) }

func addressKey(a chat.Address) key { return textKey(string(a.Platform)).text(a.ChatID) }
