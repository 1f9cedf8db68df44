package commands

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxSearches bounds how many long queries are remembered for the controls that refer to them.
const maxSearches = 5000

// shortQuery is how long a query may be, in an action's form, to stand in actions itself.
const shortQuery = 28

// refMark begins a reference to a remembered query; no query begins with it.
const refMark = "~"

// searches remembers queries that are too long for an action. Their names follow from their text,
// so that asking again gives old controls their meaning back.
type searches struct {
	mu    sync.Mutex
	text  map[string]string
	order []string
}

func newSearches() *searches { return &searches{text: map[string]string{}} }

// name returns what stands for the query in an action.
func (s *searches) name(query string) string {
	encoded, err := chat.Action{Command: query}.Encode()
	if err == nil && len(encoded) <= shortQuery && !strings.HasPrefix(query, refMark) {
		return query
	}
	sum := sha256.Sum256([]byte(query))
	ref := refMark + base64.RawURLEncoding.EncodeToString(sum[:])[:12]
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.text[ref]; !known {
		if len(s.order) == maxSearches {
			delete(s.text, s.order[0])
			s.order = s.order[1:]
		}
		s.text[ref], s.order = query, append(s.order, ref)
	}
	return ref
}

// query returns what name was called with, or false when it was forgotten.
func (s *searches) query(name string) (string, bool) {
	if !strings.HasPrefix(name, refMark) {
		return name, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	query, ok := s.text[name]
	return query, ok
}
