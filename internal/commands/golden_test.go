package commands_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares views with the file of that name.
func golden(t *testing.T, name string, views ...chat.View) {
	t.Helper()
	var b strings.Builder
	for i, v := range views {
		if i > 0 {
			b.WriteString("----\n")
		}
		b.WriteString(dump(v))
	}
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// dump writes a view as text, with everything that it holds.
func dump(v chat.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<%s%s>", v.Topic, tone(v.Tone))
	for flag, set := range map[string]bool{" silent": v.Silent} {
		if set {
			b.WriteString(flag)
		}
	}
	if v.Guarded {
		b.WriteString(" guarded")
	}
	b.WriteString("\n")
	if v.Title != "" {
		fmt.Fprintf(&b, "# %s\n", v.Title)
	}
	if len(v.Body) > 0 {
		b.WriteString(strings.TrimRight(dumpText(v.Body), "\n") + "\n")
	}
	for _, f := range v.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, strings.TrimRight(dumpText(f.Value), "\n"))
	}
	if v.Footer != "" {
		fmt.Fprintf(&b, "-- %s\n", v.Footer)
	}
	for _, row := range v.Rows {
		var cells []string
		for _, ctl := range row {
			cells = append(cells, dumpControl(ctl))
		}
		b.WriteString(strings.Join(cells, " ") + "\n")
	}
	return b.String()
}

func tone(t chat.Tone) string {
	return [...]string{"", " good", " warning", " danger", " muted"}[t]
}

func dumpText(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		switch s.Kind {
		case chat.Bold:
			b.WriteString("*" + s.Text + "*")
		case chat.Code:
			b.WriteString("`" + s.Text + "`")
		case chat.Block:
			b.WriteString("\n```\n" + strings.TrimRight(s.Text, "\n") + "\n```\n")
		case chat.Hidden:
			b.WriteString("▒" + s.Text + "▒")
		case chat.Link:
			b.WriteString("<" + s.Text + "|" + s.URL + ">")
		case chat.When:
			b.WriteString("@" + s.Time.UTC().Format("Jan 2 15:04"))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func dumpControl(c chat.Control) string {
	style := [...]string{"", "+", "?", "!", "-"}[c.Style]
	switch {
	case c.URL != "":
		return fmt.Sprintf("[%s%s →%s]", style, c.Label, c.URL)
	case c.Copy != "":
		return fmt.Sprintf("[%s%s ⧉%s]", style, c.Label, c.Copy)
	}
	encoded, err := c.Action.Encode()
	if err != nil {
		encoded = err.Error()
	}
	if len(c.Choices) == 0 {
		return fmt.Sprintf("[%s%s %s]", style, c.Label, encoded)
	}
	var choices []string
	for _, choice := range c.Choices {
		choices = append(choices, choice.Label+"="+choice.Value)
	}
	return fmt.Sprintf("[%s%s %s %s: %s]", style, c.Label, encoded, c.Param, strings.Join(choices, "; "))
}

// allSpans returns every span of a view.
func allSpans(v chat.View) []chat.Span {
	all := append([]chat.Span{}, v.Body...)
	for _, f := range v.Fields {
		all = append(all, f.Value...)
	}
	for _, s := range []string{v.Title, v.Footer} {
		all = append(all, chat.P(s))
	}
	for _, c := range v.Controls() {
		all = append(all, chat.P(c.Label), chat.P(c.Copy), chat.P(fmt.Sprint(c.Action)))
	}
	return all
}
