package chat

import "strings"

// Shows reports whether the view has a text as a block of its own or as the address of a link.
// A front-end without buttons that copy need not show such a [Control.Copy] once more.
func (v View) Shows(text string) bool {
	texts := []Text{v.Body}
	for _, f := range v.Fields {
		texts = append(texts, f.Value)
	}
	for _, t := range texts {
		for _, s := range t {
			if (s.Kind == Block && strings.TrimSpace(s.Text) == strings.TrimSpace(text)) || (s.Kind == Link && s.URL == text) {
				return true
			}
		}
	}
	return false
}
