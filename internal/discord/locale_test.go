package discord_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// german are the commands of a menu in German, of which one and its parameter are translated.
func german(language string) []*chat.Command {
	list := localizedCommands()
	if language == "de" {
		c := list[0]
		c.Summary, c.ShownAs = "Wünsche äußern", "wünschen"
		c.Params[0].Summary, c.Params[0].ShownAs = "Welche Größe?", "größe"
		c.Params[0].Choices[1].Label = "Groß"
		c.Params[1].Summary = "Für wen?"
		c.Params[1].ShownAs = "Kein Name"
	}
	return list
}

func localizedCommands() []*chat.Command {
	say := func(_ context.Context, r *chat.Request) (chat.Response, error) {
		return chat.Reply{View: chat.View{Title: "wish " + r.Args["size"] + " for " + r.Args["whom"]}}, nil
	}
	return []*chat.Command{
		{Name: "wish", Summary: "Wish for something", Params: []chat.Param{
			{Name: "size", Summary: "Which size?", Required: true, Choices: []chat.Choice{{Label: "S", Value: "s"}, {Label: "Large", Value: "l"}}},
			{Name: "whom", Summary: "For whom?", Required: true},
		}, Run: say},
		{Name: "ping", Summary: "Answer", Run: say},
	}
}

func inGerman(_ *fake, o *discord.Options) {
	o.Languages, o.Menu = []string{"de", "pt"}, german
	o.Phrases = func(locale string) discord.Phrases {
		if locale == "de" {
			return discord.Phrases{Stale: "Das ist zu alt."}
		}
		return discord.English()
	}
}

func TestMenusInOtherLanguages(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		h := startWith(t, chattest.NewDispatcher(localizedCommands()...), inGerman)
		wish, ping := h.fake.commands[0], h.fake.commands[1]
		for what, diff := range map[string]string{
			"name":        cmp.Diff(map[string]string{"de": "wünschen"}, wish.Names),
			"description": cmp.Diff(map[string]string{"de": "Wünsche äußern"}, wish.Descriptions),
			"option":      cmp.Diff(map[string]string{"de": "größe"}, wish.Options[0].Names),
			"what it is":  cmp.Diff(map[string]string{"de": "Welche Größe?"}, wish.Options[0].Descriptions),
			"choice":      cmp.Diff(map[string]string{"de": "Groß"}, wish.Options[0].Choices[1].Names),
			"same choice": cmp.Diff(map[string]string{}, wish.Options[0].Choices[0].Names),
			"bad name":    cmp.Diff(map[string]string{}, wish.Options[1].Names),
			"lacking":     cmp.Diff(map[string]string{}, ping.Descriptions),
		} {
			if diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
	})
}

// TestAskedInOnesLanguage: what is asked, and the front-end's own texts, are in the language of the
// client; what the program gets is not.
func TestAskedInOnesLanguage(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ locale, large, whom, stale string }{
		{"de", "Groß", "Für wen?", "Das ist zu alt."},
		{"fr", "Large", "For whom?", "older message"},
	} {
		t.Run(tt.locale, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := startWith(t, chattest.NewDispatcher(localizedCommands()...), inGerman)
				h.fake.mu.Lock()
				h.fake.locale = tt.locale
				h.fake.mu.Unlock()
				h.Type("/wish")
				synctest.Wait()
				h.Press(tt.large)
				synctest.Wait()
				if all := h.screen.All(); !strings.Contains(all[len(all)-1].Text, tt.whom) {
					t.Errorf("asked %q", all[len(all)-1].Text)
				}
				h.Answer("her")
				synctest.Wait()
				if h.fake.find("wish l for her") == nil {
					t.Error("not done")
				}
				h.Forge("no such action")
				synctest.Wait()
				if m := h.fake.find(""); m == nil || !strings.Contains(m.Content, tt.stale) {
					t.Errorf("a stale control: %+v", m)
				}
			})
		})
	}
}

// TestFakeRefusesNames makes sure that the fake finds names that Discord would not take.
func TestFakeRefusesNames(t *testing.T) {
	for name, body := range map[string]string{
		"upper case":     `[{"name":"a","description":"d","name_localizations":{"de":"Äh"}}]`,
		"no locale":      `[{"name":"a","description":"d","name_localizations":{"xx":"b"}}]`,
		"twice in one":   `[{"name":"a","description":"d","name_localizations":{"de":"b"}},{"name":"b","description":"d"}]`,
		"option twice":   `[{"name":"a","description":"d","options":[{"type":3,"name":"x","description":"d","name_localizations":{"de":"y"}},{"type":3,"name":"y","description":"d"}]}]`,
		"no description": `[{"name":"a","description":"d","description_localizations":{"de":""}}]`,
		"long choice":    `[{"name":"a","description":"d","options":[{"type":3,"name":"x","description":"d","choices":[{"name":"x","value":"x","name_localizations":{"de":"` + strings.Repeat("x", 101) + `"}}]}]}]`,
	} {
		f := newFake(t)
		var all []command
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			t.Fatal(err)
		}
		f.checkCommands(all)
		if len(f.close()) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}
