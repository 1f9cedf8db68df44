package words_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/clorebot/clorebot/internal/words"
)

// TestTranslations holds every other language against English: the same arguments, the plurals
// that it needs, nothing that English does not have but names for menus.
func TestTranslations(t *testing.T) {
	english := texts(t, "en.toml")
	files, err := filepath.Glob("*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if name == "en.toml" {
			continue
		}
		for id, forms := range texts(t, name) {
			if strings.HasPrefix(id, "name.") {
				continue
			}
			standard, known := english[id]
			if !known {
				t.Errorf("%s: English has no text %q", name, id)
				continue
			}
			if len(forms) != len(standard) {
				t.Errorf("%s: %q has %d forms, English has %d", name, id, len(forms), len(standard))
			}
			for form, text := range forms {
				if want, got := arguments(standard[form]), arguments(text); !slices.Equal(want, got) {
					t.Errorf("%s: %q has the arguments %v, English has %v", name, id, got, want)
				}
				if strings.Count(text, "**")%2 != 0 || strings.Count(text, "`")%2 != 0 || strings.TrimSpace(text) == "" {
					t.Errorf("%s: %q: %q", name, id, text)
				}
			}
		}
	}
}

// texts reads a file as it is: the forms of each text, "" for a text without plurals.
func texts(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := toml.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for id, v := range raw {
		all[id] = map[string]string{}
		switch v := v.(type) {
		case string:
			all[id][""] = v
		case map[string]any:
			for form, text := range v {
				all[id][form], _ = text.(string)
			}
		}
	}
	return all
}

var argument = regexp.MustCompile(`\{\{\.[A-Za-z]+\}\}|%[sd]`)

func arguments(text string) []string {
	found := argument.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestGermanFallsBack: German has the menus; what it lacks is English.
func TestGermanFallsBack(t *testing.T) {
	c, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	german, english := c.In("de-AT"), c.In("en")
	if german.Language() != "de" || german.S("cmd.market") == english.S("cmd.market") {
		t.Errorf("%s: %q", german.Language(), german.S("cmd.market"))
	}
	if name, ok := german.Own("name.command.market"); !ok || name != "markt" {
		t.Errorf("name %q", name)
	}
	for _, id := range c.IDs() {
		if _, own := german.Own(id); !own && german.S(id) != english.S(id) {
			t.Errorf("text %q falls back to %q", id, german.S(id))
		}
	}
}
