package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestReadme runs the README's commands as they stand there, in a folder that looks like the
// checkout, against a simulator where Clore would be asked.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program several times")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	sim, err := simulator.Start(t.Context(), simulator.Options{Seed: 7, Speed: 60, Servers: 100}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Stop()
	dir := checkout(t)
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 4 {
		t.Fatalf("%d blocks of commands in the README", len(blocks))
	}
	ran := 0
	for _, b := range blocks {
		for line := range strings.SplitSeq(strings.TrimSpace(b[1]), "\n") {
			if line == "go test ./..." {
				continue // this test is part of it
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader("/help\n")
			cmd.Env = append(os.Environ(), "CLOREBOT_CLORE_BASE_URL="+sim.BaseURL)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
			ran++
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "clorebot.db")); err != nil {
		t.Errorf("the bot has not run: %v", err)
	}
	if ran < 6 {
		t.Errorf("only %d commands in the README", ran)
	}
}

// checkout returns a folder with what the commands need of this one.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cmd", "internal", "go.mod", "go.sum", "config.example.toml"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
