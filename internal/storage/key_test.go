package storage

import (
	"bytes"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestMomentsSort(t *testing.T) {
	base := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	times := []time.Time{{}, time.Unix(0, 1), base, base.Add(1), base.Add(time.Hour), base.AddDate(200, 0, 0)}
	for i := range times[1:] {
		a, b := key{}.moment(times[i]), key{}.moment(times[i+1])
		if bytes.Compare(a, b) >= 0 {
			t.Errorf("%v does not sort before %v", times[i], times[i+1])
		}
	}
	if got := momentOf(key{}.moment(base)); !got.Equal(base) {
		t.Errorf("%v comes back as %v", base, got)
	}
}

// TestNoKeyIsThePrefixOfAnothers: what belongs to one user is never found under another.
func TestNoKeyIsThePrefixOfAnothers(t *testing.T) {
	users := []chat.User{
		{Platform: "a", ID: "1"},
		{Platform: "a", ID: "12"},
		{Platform: "a1", ID: "2"},
		{Platform: "a", ID: ""},
		{Platform: "", ID: "a1"},
		{Platform: "a", ID: "1\x00"},
		{Platform: "a", ID: "1\x00\x00\x00\x01f"},
	}
	for _, u := range users {
		for _, other := range users {
			if u != other && bytes.HasPrefix(secretKey(other, "f"), userKey(u)) {
				t.Errorf("the keys of %q start with that of %q", other, u)
			}
		}
	}
}

func FuzzKeyParts(f *testing.F) {
	f.Add("telegram", "1", "clore_api_key:a", []byte("x"))
	f.Add("", "", "", []byte{0, 0, 0, 200})
	f.Fuzz(func(t *testing.T, platform, id, field string, raw []byte) {
		u := chat.User{Platform: chat.Platform(platform), ID: id}
		gotUser, gotField, ok := secretKeyParts(secretKey(u, field))
		if !ok || gotUser != u || gotField != field {
			t.Errorf("%v %q comes back as %v %q, %v", u, field, gotUser, gotField, ok)
		}
		// What was never written by us must not panic.
		secretKeyParts(raw)
		addressOf(raw)
		numberOf(raw)
	})
}
