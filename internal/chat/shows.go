package chat

import (
	"iter"
	"strings"
)

// Shows reports whether the view has a text as a block of its own or as the address of a link.
// A front-end without buttons that copy need not show such a [Control.Copy] once more.
func (v View) Shows(text string) bool {
	for s := range v.spans() {
		if (s.Kind == Block && strings.TrimSpace(s.Text) == strings.TrimSpace(text)) || (s.Kind == Link && s.URL == text) {
			return true
		}
	}
	return false
}

// Hides reports whether some of the view's text is shown on request only.
func (v View) Hides() bool {
	for s := range v.spans() {
		if s.Kind == Hidden {
			return true
		}
	}
	return false
}

// spans are those of the body and of the fields.
func (v View) spans() iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for _, s := range v.Body {
			if !yield(s) {
				return
			}
		}
		for _, f := range v.Fields {
			for _, s := range f.Value {
				if !yield(s) {
					return
				}
			}
		}
	}
}
