// Package chattest tests front-ends and what talks to them: a scripted [Person], a [Dispatcher]
// that records, and [Run], the suite that every front-end has to pass.
package chattest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Shown is something that a person saw.
type Shown struct {
	// Text is all visible text without markup: title, body, fields, footer, a notice, the
	// question of a prompt or the labels of a form.
	Text string
	// Hidden is the text behind a tap.
	Hidden string
	// Labels are those of the controls that can be used, choices of menus included.
	Labels []string
	// File is the name of the file that came, FileText what is in it.
	File, FileText string
	// Changed says that it took the place of something shown before.
	Changed bool
}

// Screen records what a person sees, in order. The zero value is an empty screen.
type Screen struct {
	mu      sync.Mutex
	shown   []Shown
	changed chan struct{}
}

// Add records something.
func (s *Screen) Add(x Shown) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, x)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// All returns what was shown so far.
func (s *Screen) All() []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

// String returns the screen for the message of a failing test.
func (s *Screen) String() string {
	var b strings.Builder
	for i, x := range s.All() {
		fmt.Fprintf(&b, "%d: %q %q\n", i, x.Text, x.Labels)
	}
	return b.String()
}

// Find waits until something at or after index from satisfies match, and returns it with its
// index.
func (s *Screen) Find(from int, match func(Shown) bool, patience time.Duration) (Shown, int, bool) {
	late := time.After(patience)
	for {
		shown, changed := s.after(from)
		for i, x := range shown {
			if match(x) {
				return x, from + i, true
			}
		}
		select {
		case <-changed:
		case <-late:
			return Shown{}, 0, false
		}
	}
}

func (s *Screen) after(from int) ([]Shown, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return slices.Clone(s.shown[min(from, len(s.shown)):]), s.changed
}
