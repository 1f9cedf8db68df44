package chat

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// MaxFile is the most bytes that a [File] may have.
const MaxFile = 1 << 20

// maxFileName is the most bytes of a file's name.
const maxFileName = 64

// ErrFile says that a file cannot be sent as it is.
var ErrFile = errors.New("not a file that can be sent")

// File is a text file that comes with a view, e.g. a table for other programs. Front-ends send it
// beside the view; one without files prints its lines.
type File struct {
	Name string // ASCII letters, digits and "._-", no dot in front; at most 64 bytes
	Type string // its media type: "text/csv"
	Data []byte // UTF-8, at most [MaxFile] bytes
}

// Validate returns [ErrFile] for what not every front-end can send, nil for a nil file.
func (f *File) Validate() error {
	if f == nil {
		return nil
	}
	plain := strings.Trim(f.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
	if !plain || f.Name == "" || len(f.Name) > maxFileName || f.Name[0] == '.' {
		return ErrFile
	}
	if !strings.HasPrefix(f.Type, "text/") || len(f.Data) == 0 || len(f.Data) > MaxFile || !utf8.Valid(f.Data) {
		return ErrFile
	}
	return nil
}
