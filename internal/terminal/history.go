package terminal

import (
	"bufio"
	"io"
	"os"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxHistory is how many lines are remembered.
const maxHistory = 500

// history keeps the lines typed before, for the arrow keys. The line editor may not add to it:
// only the session knows which lines were answers or held a secret.
type history struct {
	path    string // "" for memory only
	entries []entry
}

type entry struct {
	text string
	file bool // goes into the file
}

// loadHistory reads the history of earlier runs. A file that cannot be read is an empty one:
// nothing depends on it.
func loadHistory(path string) *history {
	h := &history{path: path}
	if path == "" {
		return h
	}
	f, err := os.Open(path)
	if err != nil {
		return h
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxHistory*chat.MaxLine))
	lines.Buffer(nil, 2*chat.MaxLine)
	for lines.Scan() {
		h.remember(chat.CleanLine(lines.Text()), true)
	}
	return h
}

// Add implements term.History and does nothing.
func (h *history) Add(string) {}

// Len implements term.History.
func (h *history) Len() int { return len(h.entries) }

// At implements term.History; 0 is the newest line.
func (h *history) At(i int) string { return h.entries[len(h.entries)-1-i].text }

// remember adds a line. One that was not understood stays out of the file: it can be corrected
// from memory, and whatever it was, it was not meant to be kept.
func (h *history) remember(text string, understood bool) {
	if text == "" || (len(h.entries) > 0 && h.At(0) == text) {
		return
	}
	h.entries = append(h.entries, entry{text, understood})
	if len(h.entries) > maxHistory {
		h.entries = h.entries[1:]
	}
}

// save writes the history to its file, readable by the owner alone.
func (h *history) save() error {
	if h.path == "" {
		return nil
	}
	var b strings.Builder
	for _, e := range h.entries {
		if e.file {
			b.WriteString(e.text + "\n")
		}
	}
	temporary := h.path + ".new"
	if err := os.WriteFile(temporary, []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, h.path)
}
