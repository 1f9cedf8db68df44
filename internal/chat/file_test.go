package chat_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestFile(t *testing.T) {
	good := chat.File{Name: "clorebot-2026-11.csv", Type: "text/csv", Data: []byte("a,b\r\n")}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	var none *chat.File
	if err := none.Validate(); err != nil {
		t.Errorf("no file: %v", err)
	}
	for name, change := range map[string]func(*chat.File){
		"no name":    func(f *chat.File) { f.Name = "" },
		"only dots":  func(f *chat.File) { f.Name = ".csv" },
		"a folder":   func(f *chat.File) { f.Name = ".." },
		"a path":     func(f *chat.File) { f.Name = "../x.csv" },
		"a quote":    func(f *chat.File) { f.Name = `a".csv` },
		"a line":     func(f *chat.File) { f.Name = "a\n.csv" },
		"long name":  func(f *chat.File) { f.Name = string(bytes.Repeat([]byte("a"), 65)) },
		"a program":  func(f *chat.File) { f.Type = "application/octet-stream" },
		"no content": func(f *chat.File) { f.Data = nil },
		"too big":    func(f *chat.File) { f.Data = make([]byte, chat.MaxFile+1) },
		"no text":    func(f *chat.File) { f.Data = []byte{0xff, 0xfe} },
	} {
		f := good
		change(&f)
		if err := f.Validate(); !errors.Is(err, chat.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
		if chat.CheckView(chat.View{Title: "x", File: &f}) == nil {
			t.Errorf("%s: the view is fine", name)
		}
	}
}
