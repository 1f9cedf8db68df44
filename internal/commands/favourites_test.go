package commands_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestFavourites(t *testing.T) {
	w := newWorld(t).withKey()
	offer := w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "88413", "q": "4090", "p": "1"})))
	starred := w.view(w.press(offer, "★ Favourite"))
	if starred.Topic != "offer" || !strings.Contains(dump(starred), "[★ Remove unfav|id=88413|p=1|q=4090]") {
		t.Error(dump(starred))
	}
	for _, id := range []string{"60001", "60002", "5"} { // rented, for another coin, not in the market
		w.dispatch(w.request(ana, chat.Pressed, "fav", chat.Args{"id": id}))
	}
	w.dispatch(w.request(ana, chat.Pressed, "fav", chat.Args{"id": "88413"})) // once more
	list := w.says("/favourites")
	golden(t, "favourites", list, w.view(w.press(list, "2 ✕")), w.view(w.press(starred, "★ Remove")))
	if quote := w.view(w.press(list, "4 Rent")); quote.Topic != "quote" || !strings.Contains(quote.Title, "#88413") {
		t.Error(dump(quote))
	}
	if got := w.mem.profiles[ana].Favourites; !slices.Equal(got, []int64{60001, 5}) {
		t.Errorf("left: %v", got)
	}
	if _, ok := w.dispatch(w.request(ana, chat.Pressed, "unfav", chat.Args{"id": "5"})).(chat.Notice); !ok {
		t.Error("a server that left the market cannot be removed quietly")
	}
	w.dispatch(w.request(ana, chat.Pressed, "unfav", chat.Args{"id": "60001"}))
	golden(t, "favourites-none", w.says("/favourites"), w.view(w.dispatch(w.request(ana, chat.Pressed, "fav", chat.Args{"id": "x"}))))
}

func TestFavouritesAreBounded(t *testing.T) {
	w := newWorld(t).withKey()
	p := w.mem.profiles[ana]
	for id := range 50 {
		p.Favourites = append(p.Favourites, int64(70001+id))
	}
	w.mem.profiles[ana] = p
	v := w.view(w.dispatch(w.request(ana, chat.Pressed, "fav", chat.Args{"id": "88413"})))
	if v.Topic != "error" || len(w.mem.profiles[ana].Favourites) != 50 {
		t.Error(dump(v))
	}
	list := w.view(w.press(v, "Favourites"))
	seen := map[string]bool{}
	for range 10 {
		for _, f := range list.Fields {
			seen[f.Name] = true
		}
		if !strings.Contains(dump(list), "▶") {
			break
		}
		list = w.view(w.press(list, "▶"))
	}
	if len(list.Fields) != 5 || len(seen) != 50 {
		t.Errorf("%d seen; the last page:\n%s", len(seen), dump(list))
	}
	p.Favourites = p.Favourites[:3] // meanwhile, on another device
	w.mem.profiles[ana] = p
	if v := w.view(w.press(list, "1 ✕")); len(v.Fields) == 0 {
		t.Error(dump(v))
	}
}

// TestGroupsSeeNobodysFavourites shows an offer in a group to somebody who starred it.
func TestGroupsSeeNobodysFavourites(t *testing.T) {
	w := newWorld(t).withKey()
	w.group = true
	offer := func() chat.View {
		return w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "88413"})))
	}
	before := offer()
	if resp, ok := w.press(before, "★").(chat.Notice); !ok {
		t.Fatalf("the group's view changed: %v", resp)
	}
	if got := w.mem.profiles[ana].Favourites; !slices.Equal(got, []int64{88413}) {
		t.Errorf("starred: %v", got)
	}
	if after := offer(); dump(after) != dump(before) {
		t.Errorf("the group sees it:\n%s", dump(after))
	}
}
