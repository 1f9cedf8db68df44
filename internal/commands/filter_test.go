package commands_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestFilterViews(t *testing.T) {
	w := newWorld(t).withKey()
	list := w.says("/market 4090")
	open := w.view(w.press(list, "Filters"))
	priced := w.view(w.press(open, "≤ 0.21/h"))
	placed := w.view(w.choose(priced, "v", "EU"))
	golden(t, "filters", open, priced, placed, w.view(w.press(placed, "◀ Back")), w.view(w.press(placed, "✓ ≤ 0.21/h")),
		w.view(w.press(placed, "Clear")), w.view(w.press(placed, "≥ 80 GB")),
		w.view(w.press(w.says("/market 3x4090 <0.35/h vram>20 rel>98.5 cc=DE,NL !CN spot cuda>=12 sort:rel"), "Filters")))
}

// TestFiltersFromNothing begins at the overview, and ends there.
func TestFiltersFromNothing(t *testing.T) {
	w := newWorld(t)
	v := w.view(w.press(w.says("/market"), "Filters"))
	if v.Topic != "filters" || strings.Contains(dump(v), "Clear") {
		t.Error(dump(v))
	}
	two := w.view(w.press(v, "2×"))
	if !strings.Contains(two.Title, "gpus=2") || !strings.Contains(dump(two), "[+✓ 2× filter|f=gpus|q=gpus\\=2|v=any]") {
		t.Error(dump(two))
	}
	if back := w.view(w.press(two, "◀ Back")); back.Topic != "market" || !strings.Contains(dump(back), "3 free") {
		t.Error(dump(back))
	}
	if back := w.view(w.press(w.view(w.press(two, "✓ 2×")), "◀ Back")); back.Topic != "overview" {
		t.Error(dump(back))
	}
}

// Filters are pressed in place of the list, in groups too.
func TestFiltersInAGroup(t *testing.T) {
	w := newWorld(t)
	w.group = true
	w.mem.grants[0].Space = ""
	reply, ok := w.press(w.says("/market 4090"), "Filters").(chat.Reply)
	if !ok || !reply.Replace || reply.View.Topic != "filters" {
		t.Errorf("answered %+v", reply)
	}
}

func TestForgedFilters(t *testing.T) {
	w := newWorld(t)
	for _, args := range []chat.Args{
		{"f": "gpus", "v": "-1"},
		{"f": "gpus"},
		{"f": "gpus", "v": "9999999999999999999"},
		{"f": "price", "v": "0"},
		{"f": "price", "v": "x"},
		{"f": "price", "v": "9000000000"},
		{"f": "cc", "v": "DE spot"},
		{"f": "cc", "v": "ZZ"},
		{"f": "cc", "v": "DE,NL"},
		{"f": "nonsense", "v": "1"},
		{"q": "~unknown"},
		{"q": "relly>9"},
	} {
		v := w.view(w.dispatch(w.request(ana, chat.Pressed, "filter", args)))
		if v.Topic != "error" || len(v.Rows) == 0 {
			t.Errorf("%v: %s", args, dump(v))
		}
	}
}

// TestFiltersLeadEverywhere presses any controls of the filters: each view can be shown, what is
// typed for it means the same, and what is marked takes itself off.
func TestFiltersLeadEverywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		query := rapid.SampledFrom([]string{"", "4090", "3090 gpus>=2 <99clore/d", "rel>0.5% all pay=btc sort:-net", "host=1 vram=10..20 >0.1/h <0.3/h"}).Draw(rt, "query")
		v := w.view(w.dispatch(w.request(ana, chat.Pressed, "filter", chat.Args{}.With("q", query))))
		for range rapid.IntRange(1, 6).Draw(rt, "presses") {
			var actions []chat.Action
			for _, ctl := range v.Controls() {
				switch {
				case len(ctl.Choices) > 0:
					for _, choice := range ctl.Choices {
						actions = append(actions, ctl.Chosen(choice))
					}
				case ctl.Action.Command == "filter":
					actions = append(actions, ctl.Action)
				}
			}
			a := rapid.SampledFrom(actions).Draw(rt, "action")
			v = w.view(w.dispatch(w.request(ana, chat.Pressed, a.Command, a.Args)))
			if v.Topic != "filters" {
				rt.Fatalf("%v: %s", a, dump(v))
			}
			i := slices.IndexFunc(v.Body, func(s chat.Span) bool { return s.Kind == chat.Code && strings.HasPrefix(s.Text, "/market") })
			if i < 0 {
				continue
			}
			typed := w.view(w.press(w.says(v.Body[i].Text), "Filters"))
			if dump(typed) != dump(v) {
				rt.Fatalf("typed:\n%s\npressed:\n%s", dump(typed), dump(v))
			}
		}
	})
}
