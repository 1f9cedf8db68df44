package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// sampleLines is how much of a file is shown to a person; a script's transcript has all of it.
const sampleLines = 12

func sendable(f *chat.File) bool { return f != nil && f.Validate() == nil }

// file returns the rows of the file that comes with a view.
func (r renderer) file(f *chat.File) []row {
	if !sendable(f) {
		return nil
	}
	rows := []row{{{f.Name + ":", faint}}}
	all := strings.Split(strings.TrimRight(chat.Clean(string(f.Data)), "\n"), "\n")
	shown := all
	if r.sample && len(all) > sampleLines+1 {
		shown = all[:sampleLines]
	}
	for _, line := range shown {
		rows = append(rows, row{{line, plain}}.wrapped(r.width, 2)...)
	}
	if more := len(all) - len(shown); more > 0 {
		rows = append(rows, row{{fmt.Sprintf(r.phrases.MoreLines, more), faint}})
	}
	return rows
}

// save writes the file of a message into the folder for them. What is there already stays.
func (t *Terminal) save(m *message) error {
	t.mu.Lock()
	f := m.view.File
	t.mu.Unlock()
	if !sendable(f) {
		return t.say(t.options.Phrases.Stale)
	}
	name, err := keep(t.options.Files, f)
	if err != nil {
		if failed, ok := errors.AsType[*fs.PathError](err); ok {
			err = failed.Err // the rest is known
		}
		return t.say(fmt.Sprintf(t.options.Phrases.NotSaved, err))
	}
	return t.say(fmt.Sprintf(t.options.Phrases.Saved, filepath.Join(t.options.Files, name)))
}

// copiesMost is how often a file of one name is kept.
const copiesMost = 99

// keep writes a file under its name, or with a number where there is one of that name. It returns
// the name.
func keep(folder string, f *chat.File) (name string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	extension := filepath.Ext(f.Name)
	stem := strings.TrimSuffix(f.Name, extension)
	name = f.Name
	for i := 2; ; i++ {
		err = create(root, name, f.Data)
		if !errors.Is(err, fs.ErrExist) || i > copiesMost {
			return name, err
		}
		name = fmt.Sprintf("%s-%d%s", stem, i, extension)
	}
}

// create writes a new file, or nothing.
func create(root *os.Root, name string, data []byte) error {
	const ownersOnly = 0o600
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownersOnly)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}
