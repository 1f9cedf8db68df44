package chattest

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a person looks for something before the test fails. It is long because
// a loaded machine must not fail a test, and costs nothing when all is well.
const patience = 10 * time.Second

// Person acts on a platform and checks what is shown. What was seen once is not looked at
// again, so that the calls of a test read as a conversation.
type Person struct {
	Harness
	t    testing.TB
	next int // index on the screen of what was not seen yet
}

// NewPerson returns somebody who uses the harness.
func NewPerson(t testing.TB, h Harness) *Person { return &Person{Harness: h, t: t} }

// Sees waits for something new that contains all parts in its visible text.
func (p *Person) Sees(parts ...string) Shown {
	p.t.Helper()
	return p.look(strings.Join(parts, " … "), func(x Shown) bool { return contains(x.Text, parts) })
}

// SeesControls waits for something new with all these controls.
func (p *Person) SeesControls(labels ...string) Shown {
	p.t.Helper()
	return p.look(strings.Join(labels, ", "), func(x Shown) bool {
		for _, l := range labels {
			if !slices.Contains(x.Labels, l) {
				return false
			}
		}
		return true
	})
}

// SeesAnything waits for something new with a text.
func (p *Person) SeesAnything() Shown {
	p.t.Helper()
	return p.look("anything", func(x Shown) bool { return strings.TrimSpace(x.Text) != "" })
}

func (p *Person) look(what string, match func(Shown) bool) Shown {
	p.t.Helper()
	x, i, ok := p.Screen().Find(p.next, match, patience)
	if !ok {
		p.t.Fatalf("never saw %q; after line %d of\n%s", what, p.next, p.Screen())
	}
	p.next = i + 1
	return x
}

// NeverSaw fails the test if anything shown so far had one of the parts in sight.
func (p *Person) NeverSaw(parts ...string) {
	p.t.Helper()
	for _, x := range p.Screen().All() {
		for _, part := range parts {
			if strings.Contains(x.Text, part) || slices.ContainsFunc(x.Labels, func(l string) bool {
				return strings.Contains(l, part)
			}) {
				p.t.Errorf("%q is in sight: %q", part, x.Text)
			}
		}
	}
}

func contains(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
