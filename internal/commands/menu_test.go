package commands_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// TestMenus compares the commands in each language with the English ones: only what is shown
// differs, and no two have the same name in it.
func TestMenus(t *testing.T) {
	w := newWorld(t)
	standard := w.c.Commands()
	for _, language := range w.c.Words.Languages()[1:] {
		menu := w.c.Menu(language)
		if len(menu) != len(standard) {
			t.Fatalf("%s: %d commands in place of %d", language, len(menu), len(standard))
		}
		names := map[string]string{}
		for i, c := range menu {
			if c.Name != standard[i].Name || c.Hidden != standard[i].Hidden || len(c.Params) != len(standard[i].Params) {
				t.Fatalf("%s: %q in place of %q", language, c.Name, standard[i].Name)
			}
			if !c.Hidden {
				distinct(t, language, names, c.ShownAs, c.Name)
				if len([]rune(c.Summary)) > 100 {
					t.Errorf("%s: summary of %s is too long", language, c.Name)
				}
			}
			options := map[string]string{}
			for j, p := range c.Params {
				sameParam(t, language+" "+c.Name, p, standard[i].Params[j])
				distinct(t, language+" "+c.Name, options, p.ShownAs, p.Name)
			}
		}
	}
	if c := chat.Find(w.c.Menu("de"), "market"); c.ShownAs != "markt" || c.Summary == chat.Find(standard, "market").Summary {
		t.Errorf("in German: %+v", c)
	}
	if c := chat.Find(w.c.Menu("xx"), "market"); c.ShownAs != "" {
		t.Errorf("in no language: %+v", c)
	}
}

// TestGermanMenusAreWhole: menus, options and choices that are shown together are in one language.
func TestGermanMenusAreWhole(t *testing.T) {
	w := newWorld(t)
	same := []string{"SPOT", "VRAM", "USD", "CLORE", "BTC"} // the same word in both
	english := func(text, standard string) bool {
		return text != "" && text == standard && !slices.Contains(same, text)
	}
	menu := w.c.Menu("de")
	for i, c := range w.c.Commands() {
		if strings.Contains(c.Summary, " ") && english(menu[i].Summary, c.Summary) {
			t.Errorf("/%s: %q", c.Name, c.Summary)
		}
		for j, p := range c.Params {
			own := menu[i].Params[j]
			if english(own.Summary, p.Summary) {
				t.Errorf("/%s %s: %q", c.Name, p.Name, p.Summary)
			}
			for k, choice := range p.Choices {
				if english(own.Choices[k].Label, choice.Label) {
					t.Errorf("/%s %s: choice %q", c.Name, p.Name, choice.Label)
				}
			}
		}
	}
}

// TestHelpIsInOneLanguage compares the help of each command with the English one, part by part.
func TestHelpIsInOneLanguage(t *testing.T) {
	w := newWorld(t)
	help := func(locale, name string) string {
		req := w.request(ana, chat.Typed, "help", chat.Args{})
		if req.Locale = locale; name != "" {
			req.Args = chat.Args{"command": name}
		}
		v := w.view(w.dispatch(req))
		v.Footer = "" // of the demo
		return dump(v)
	}
	for _, c := range append(w.c.Commands(), &chat.Command{}) {
		if c.Hidden {
			continue
		}
		standard := strings.Split(help("en", c.Name), "\n")
		for i, line := range strings.Split(help("de", c.Name), "\n") {
			words := strings.Fields(line)
			if i >= len(standard) || line != standard[i] || len(words) < 2 || strings.ContainsAny(words[0], "/#<`") && len(words) < 3 ||
				strings.HasPrefix(line, "Examples: `/") || strings.HasPrefix(line, "`/") || strings.HasPrefix(line, "Also: ") {
				continue
			}
			t.Errorf("help of %q: %q", c.Name, line)
		}
	}
}

func distinct(t *testing.T, where string, taken map[string]string, shown, name string) {
	t.Helper()
	if shown == "" {
		shown = name
	}
	if other, ok := taken[shown]; ok {
		t.Errorf("%s: both %q and %q are shown as %q", where, other, name, shown)
	}
	taken[shown] = name
}

func sameParam(t *testing.T, where string, got, want chat.Param) {
	t.Helper()
	if got.Name != want.Name || got.Kind != want.Kind || got.Secret != want.Secret || len(got.Choices) != len(want.Choices) {
		t.Fatalf("%s: parameter %+v in place of %+v", where, got, want)
	}
	if len([]rune(got.Summary)) > 100 {
		t.Errorf("%s: summary of %s is too long", where, got.Name)
	}
	for i := range got.Choices {
		if got.Choices[i].Value != want.Choices[i].Value || got.Choices[i].Label == "" {
			t.Errorf("%s %s: choice %+v", where, got.Name, got.Choices[i])
		}
	}
}
