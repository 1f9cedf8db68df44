package discord_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// presets is a command with values that only forms take.
func presets() *chat.Command {
	adding := func(a chat.Args) bool { return a["do"] == "add" }
	return &chat.Command{
		Name: "presets", Summary: "Presets", Private: true, Params: []chat.Param{
			{Name: "do", Summary: "What to do", Choices: []chat.Choice{{Label: "Add", Value: "add"}, {Label: "List", Value: "list"}}},
			{Name: "env", Summary: "The environment", FormOnly: true},
			{Name: "image", Summary: "The image", FormOnly: true, RequiredIf: adding},
			{Name: "name", Summary: "Its name", RequiredIf: adding},
		},
		Run: func(_ context.Context, r *chat.Request) (chat.Response, error) {
			return chat.Reply{View: chat.View{Title: "kept " + r.Args["image"] + " " + r.Args["env"]}}, nil
		},
	}
}

func TestOnlyAFormTakesSome(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := chattest.NewDispatcher(presets())
		h := startWith(t, d, nil)
		var names []string
		for _, o := range h.fake.commands[0].Options {
			names = append(names, o.Name)
		}
		if diff := cmp.Diff([]string{"do", "name"}, names); diff != "" {
			t.Errorf("options: %s", diff)
		}
		forge := func(what string) { // as an older menu, or somebody else, may send it
			h.fake.interact(h.home(), 2, map[string]any{"id": "1", "name": "presets", "type": 1, "options": []map[string]any{
				{"name": "do", "type": 3, "value": what},
				{"name": "env", "type": 3, "value": "TOKEN=typed"},
				{"name": "image", "type": 3, "value": "typed"},
			}}, nil)
			synctest.Wait()
		}
		forge("list")
		if got := d.Of("presets")[0].Args; !cmp.Equal(got, chat.Args{"do": "list"}) {
			t.Errorf("taken from options: %v", got)
		}
		forge("add")
		var asked []string
		for _, in := range h.form.inputs {
			asked = append(asked, in.CustomID)
			if in.Required == nil || *in.Required != (in.CustomID != "env") {
				t.Errorf("%s: required %v", in.CustomID, in.Required)
			}
		}
		if diff := cmp.Diff([]string{"image", "name", "env"}, asked); diff != "" {
			t.Errorf("asked: %s", diff)
		}
		h.Answer("owner/image:tag")
		h.Answer("mine")
		h.Answer("") // may be left out
		synctest.Wait()
		if got := d.Of("presets")[1].Args; !cmp.Equal(got, chat.Args{"do": "add", "image": "owner/image:tag", "name": "mine"}) {
			t.Errorf("got %v", got)
		}
		forge("add")
		h.Answer("owner/image:tag")
		h.Answer("mine")
		h.Answer("TOKEN=filled")
		synctest.Wait()
		if h.fake.find("kept owner/image:tag TOKEN=filled") == nil {
			t.Error("the environment is not taken from the form")
		}
	})
}
