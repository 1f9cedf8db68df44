package terminal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/terminal"
)

// reports is a command whose view comes with a file of so many lines.
func reports(lines int) []*chat.Command {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "line %d,\x1b[2J\"a b\"\r\n", i+1)
	}
	return []*chat.Command{{Name: "report", Run: func(context.Context, *chat.Request) (chat.Response, error) {
		return chat.Reply{View: chat.View{
			Title: "November", File: &chat.File{Name: "report-2026-11.csv", Type: "text/csv", Data: []byte(b.String())},
			Rows: [][]chat.Control{{chat.Button("Again", "report", nil)}},
		}}, nil
	}}}
}

func TestScriptsReadFiles(t *testing.T) {
	p := newPlayed("/report\n", reports(50), terminal.Options{Now: noon})
	if err := p.Run(t.Context(), p.dispatcher); err != nil {
		t.Fatal(err)
	}
	got := p.out.String()
	if !strings.Contains(got, "report-2026-11.csv:\n") || !strings.Contains(got, "line 50,[2J\"a b\"\n") || strings.Contains(got, "Save") {
		t.Error(got)
	}
	if err := sanitized(got); err != nil {
		t.Error(err)
	}
}

func TestFilesAreSavedWhenAsked(t *testing.T) {
	folder := t.TempDir()
	p := newPlayed("/report\nsave\n2\n1\nSave report-2026-11.csv\n", reports(3), terminal.Options{Now: noon, Files: folder})
	if err := p.Run(t.Context(), p.dispatcher); err != nil {
		t.Fatal(err)
	}
	got := p.out.String()
	for _, name := range []string{"report-2026-11.csv", "report-2026-11-2.csv", "report-2026-11-3.csv"} {
		path := filepath.Join(folder, name)
		b, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(b), "line 1,\x1b[2J\"a b\"\r\nline 2,") {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		if !strings.Contains(got, "Saved as "+path+".") {
			t.Errorf("%s is not named in\n%s", path, got)
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %s", name, info.Mode())
		}
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 3 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestFilesThatCannotBeSaved(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no such folder")
	p := newPlayed("/report\nsave\n", reports(3), terminal.Options{Now: noon, Files: missing})
	if err := p.Run(t.Context(), p.dispatcher); err != nil {
		t.Fatal(err)
	}
	if got := p.out.String(); !strings.Contains(got, "could not be saved: no such file or directory. Start me in a folder") {
		t.Error(got)
	}
}

// TestBadFilesAreLeftOut never writes what a view must not carry.
func TestBadFilesAreLeftOut(t *testing.T) {
	folder := t.TempDir()
	bad := []*chat.Command{{Name: "report", Run: func(context.Context, *chat.Request) (chat.Response, error) {
		return chat.Reply{View: chat.View{Title: "x", File: &chat.File{Name: "../evil.csv", Type: "text/csv", Data: []byte("a")}}}, nil
	}}}
	p := newPlayed("/report\nsave\n1\n", bad, terminal.Options{Now: noon, Files: folder})
	if err := p.Run(t.Context(), p.dispatcher); err != nil {
		t.Fatal(err)
	}
	if got := p.out.String(); strings.Contains(got, "evil") || strings.Contains(got, "[1]") {
		t.Error(got)
	}
}
