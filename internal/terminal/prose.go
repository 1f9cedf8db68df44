package terminal

import (
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// prose cleans text that is read and not copied. Besides what [chat.Clean] does, it turns
// "[1]" into "(1)": only the terminal writes numbers of controls, and a stranger's text must
// not look like one.
func prose(s string) string {
	s = chat.Clean(s)
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, rest, closed := strings.Cut(after, "]")
		if closed && isRef(inside) {
			b.WriteString("(" + inside + ")")
			s = rest
		} else {
			b.WriteByte('[')
			s = after
		}
	}
}

// oneLine is [prose] for what stands on one line.
func oneLine(s string) string { return strings.ReplaceAll(prose(s), "\n", " ") }
