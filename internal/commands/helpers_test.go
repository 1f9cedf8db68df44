package commands

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/words"
)

// bare are commands without anything around them.
func bare(t *testing.T) *Commands {
	t.Helper()
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Words: catalogue, Now: time.Now})
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	l := newLimiter(2)
	var got []bool
	for _, after := range []time.Duration{0, time.Minute, 2 * time.Minute, 59 * time.Minute, time.Hour, 61 * time.Minute, 62 * time.Minute} {
		got = append(got, l.allow("eve", now.Add(after)))
	}
	if want := []bool{true, true, false, false, true, true, false}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !l.allow("ana", now) {
		t.Error("one stops the other")
	}
}

func TestLimiterIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	l := newLimiter(1)
	for i := range maxLimited + 100 {
		l.allow(fmt.Sprint(i), now)
	}
	if len(l.seen) != maxLimited {
		t.Errorf("%d names", len(l.seen))
	}
	if l.allow("one more", now) {
		t.Error("a full limiter lets strangers through")
	}
	if !l.allow("later", now.Add(time.Hour)) || len(l.seen) != 1 {
		t.Error("old names are kept")
	}
}

func TestSearchesAreBounded(t *testing.T) {
	s := newSearches()
	long := func(i int) string { return fmt.Sprintf("a long query with number %06d and more", i) }
	first := s.name(long(0))
	for i := range maxSearches {
		s.name(long(i + 1))
	}
	if len(s.text) != maxSearches || len(s.order) != maxSearches {
		t.Errorf("%d remembered", len(s.text))
	}
	if _, ok := s.query(first); ok {
		t.Error("the oldest is kept")
	}
	if s.name(long(0)) != first {
		t.Error("asking again gives another name")
	}
	if q, ok := s.query(first); !ok || q != long(0) {
		t.Errorf("got %q", q)
	}
}

func TestSearchNamesFitActions(t *testing.T) {
	s := newSearches()
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.String().Draw(t, "query")
		name := s.name(query)
		if got, ok := s.query(name); !ok || got != query {
			t.Fatalf("%q became %q", query, got)
		}
		a := chat.Action{Command: again + "offer", Args: chat.Args{}.With("q", name).With("id", "1134000").With("k", "spot").With("p", "99")}
		if _, err := a.Encode(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSlugAndClip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, most := rapid.String().Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "most")
		for _, r := range slug(s, most) {
			if r >= utf8.RuneSelf || strings.ContainsRune(" |=\\:/", r) {
				t.Fatalf("slug %q", slug(s, most))
			}
		}
		if n := len(slug(s, most)); n > most {
			t.Fatalf("slug of %d", n)
		}
		clipped := clip(s, most)
		if n := utf8.RuneCountInString(clipped); n > most+1 || !utf8.ValidString(clipped) || strings.ContainsAny(clipped, "\n\r\t\x1b\u202e\u200b") {
			t.Fatalf("clip %q", clipped)
		}
		if again := clip(clipped, most+1); again != clipped {
			t.Fatalf("clip is not stable: %q, %q", clipped, again)
		}
	})
	for text, want := range map[string]string{"My Laptop!": "My-Laptop", "ünïcode": "n-code", "--": "", "a.b_c-d": "a.b_c-d"} {
		if got := slug(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestReadRun(t *testing.T) {
	c := bare(t)
	for text, want := range map[string]time.Duration{
		"6h": 6 * time.Hour, "6": 6 * time.Hour, "90m": 90 * time.Minute, "90 min": 90 * time.Minute, "2d": 48 * time.Hour, "2D": 48 * time.Hour,
		"none": 0, "∞": 0, "10m": 10 * time.Minute, "3000h": 3000 * time.Hour,
	} {
		if got, err := c.readRun(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "0h", "h", "-1h", "9m", "3001h", "soon", "1.5h", "6x", "99999999999999999999h", "9223372036854775807d"} {
		if got, err := c.readRun(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestServerNumber(t *testing.T) {
	for text, want := range map[string]clore.ServerID{
		"88411": 88411, "#88411": 88411, " #7 ": 7, "#4090": 4090, "4090": 0, "rtx4090": 0, "2x88411": 0, "#": 0, "#x": 0, "88411 spot": 0, "#0": 0, "9999999999999": 0,
	} {
		if got, ok := serverNumber(text); got != want && ok {
			t.Errorf("%q: %d", text, got)
		} else if ok != (want > 0) {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

func TestImages(t *testing.T) {
	c := bare(t)
	for _, image := range []string{
		"ubuntu", "cloreai/jupyter:ubuntu24.04-v2", "ghcr.io/owner/name:tag", "registry.example.com:5000/a/b_c:1.0",
		"a/b@sha256:" + strings.Repeat("0", 64), "nvidia/cuda:12.8.0-base-ubuntu22.04",
	} {
		if got, err := c.checkImage(image); err != nil || got != image {
			t.Errorf("%s: %q, %v", image, got, err)
		}
	}
	for _, image := range []string{"", "A/b", "a b", "a/b;rm", "a/$(x)", "-a", "a//b", "http://a/b", "a/b@sha256:0", "a\nb"} {
		if got, err := c.checkImage(image); err == nil {
			t.Errorf("%q: %q", image, got)
		}
	}
}

func TestKeyNames(t *testing.T) {
	for comment, want := range map[string]string{
		"ana@laptop": "laptop", "ana@": "ana", "": "default", "my key": "my-key", "a@b@c": "b-c", "ключ": "default",
	} {
		if got := keyName(comment); got != want {
			t.Errorf("%q: %q, want %q", comment, got, want)
		}
	}
}

// TestEveryReasonHasWords fails when a refusal or a reason would be told as "no reason that I know".
func TestEveryReasonHasWords(t *testing.T) {
	vague := map[string]bool{
		rental.ReasonRefused: true,
		// Not of renting or cancelling, or impossible to cause by what is sent.
		string(clore.IssueTooLong): true, string(clore.LowerLater): true, string(clore.StepTooLarge): true,
		string(clore.HostUnknown): true, string(clore.ParameterMissing): true, string(clore.BadMaxRental): true, string(clore.BadInput): true,
	}
	for _, reason := range []string{
		string(clore.ServerUnknown), string(clore.ServerOffline), string(clore.ServerRented), string(clore.NotEnoughBalance),
		string(clore.OwnServer), string(clore.TooLowPrice), string(clore.HaveSpotOrder), string(clore.CurrencyNotAllowed),
		string(clore.OnGigaSPOT), string(clore.NotYourOrder), string(clore.OrderNotActive), string(clore.OrderNotFound),
		string(clore.OrderUnknown), string(clore.AmountTooLow),
		rental.ReasonTooOld, rental.ReasonUnlisted, rental.ReasonRented, rental.ReasonGigaSPOT, rental.ReasonCoin,
		rental.ReasonNoPrice, rental.ReasonDearer, rental.ReasonYours, rental.ReasonKey, rental.ReasonBusy,
		rental.ReasonInput, rental.ReasonNotSent,
	} {
		if reasonText(reason) == "reason.refused" {
			t.Errorf("%q has no words", reason)
		}
	}
	for reason := range vague {
		if got := reasonText(reason); got != "reason.refused" {
			t.Errorf("%q: %s", reason, got)
		}
	}
	if got := reasonText("something-new"); got != "reason.refused" {
		t.Errorf("an unknown text: %s", got)
	}
}

func TestQuietHours(t *testing.T) {
	at := func(clock string) time.Time {
		x, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 7, 1, x.Hour(), x.Minute(), 0, 0, time.UTC)
	}
	night := account.Profile{Quiet: account.Quiet{From: 23 * 60, Until: 7 * 60}}
	noon := account.Profile{Quiet: account.Quiet{From: 12 * 60, Until: 13 * 60}}
	berlin := night
	berlin.Zone = "Europe/Berlin" // two hours ahead in July
	for _, c := range []struct {
		profile account.Profile
		clock   string
		want    bool
	}{
		{night, "22:59", false},
		{night, "23:00", true},
		{night, "03:00", true},
		{night, "06:59", true},
		{night, "07:00", false},
		{noon, "11:59", false},
		{noon, "12:00", true},
		{noon, "12:59", true},
		{noon, "13:00", false},
		{berlin, "20:59", false},
		{berlin, "21:00", true},
		{berlin, "05:00", false},
		{account.Profile{}, "03:00", false},
	} {
		if got := quiet(c.profile, at(c.clock)); got != c.want {
			t.Errorf("%v %s: %v", c.profile.Quiet, c.clock, got)
		}
	}
}

func TestDefaultLevels(t *testing.T) {
	ended := func(why rental.EndReason) *rental.Rental { return &rental.Rental{Reason: why} }
	for _, c := range []struct {
		event    rental.Event
		want     account.Level
		critical bool
	}{
		{rental.Event{Kind: rental.IsReady}, account.On, false},
		{rental.Event{Kind: rental.Slow}, account.Silent, false},
		{rental.Event{Kind: rental.Stuck}, account.On, false},
		{rental.Event{Kind: rental.Back}, account.Silent, false},
		{rental.Event{Kind: rental.CloreDown, Outage: &rental.Outage{Since: time.Now()}}, account.Silent, false},
		{rental.Event{Kind: rental.HasEnded, Rental: ended(rental.ByUser)}, account.Silent, false},
		{rental.Event{Kind: rental.HasEnded, Rental: ended(rental.ByStop)}, account.On, false},
		{rental.Event{Kind: rental.HasEnded, Rental: ended(rental.ByHost)}, account.On, true},
		{rental.Event{Kind: rental.HasEnded, Rental: ended(rental.ByFunds)}, account.On, true},
		{rental.Event{Kind: rental.HasEnded, Rental: ended(rental.ByOutbid)}, account.On, true},
		{rental.Event{Kind: rental.Outbid}, account.On, true},
		{rental.Event{Kind: rental.Dearer}, account.On, true},
		{rental.Event{Kind: rental.KeyRejected}, account.On, true},
		{rental.Event{Kind: rental.Foreign}, account.On, true},
		{rental.Event{Kind: rental.Foreign, Revived: true}, account.On, true},
		{rental.Event{Kind: rental.BoughtOne}, account.On, true},
		{rental.Event{Kind: rental.MandateOver, Mandate: &rental.Mandate{}}, account.On, false},
		{rental.Event{Kind: rental.MandateOver, Mandate: &rental.Mandate{Purchases: []rental.Purchase{{USD: 1}}}}, account.On, true},
		{rental.Event{Kind: rental.RunwayShort, Runway: 24 * time.Hour}, account.Silent, false},
		{rental.Event{Kind: rental.RunwayShort, Runway: 6 * time.Hour}, account.On, false},
		{rental.Event{Kind: rental.RunwayShort, Runway: time.Hour}, account.On, true},
	} {
		if got := level(account.Profile{}, c.event); got != c.want || critical(c.event) != c.critical {
			t.Errorf("%s %v: %s, critical %v", c.event.Kind, c.event.Rental, got, critical(c.event))
		}
		off := account.Profile{Levels: map[string]account.Level{string(c.event.Kind): account.Off}}
		if level(off, c.event) != account.Off {
			t.Errorf("%s cannot be turned off", c.event.Kind)
		}
	}
}

// What was bought rings at night; by day the message that it answers does.
func TestPurchasesRing(t *testing.T) {
	ready := rental.Event{Kind: rental.BoughtOne, Rental: &rental.Rental{Stage: rental.Ready}}
	night := account.Profile{Quiet: account.Quiet{From: 22 * 60, Until: 7 * 60}}
	with := func(kind rental.EventKind, l account.Level) account.Profile {
		p := night
		p.Levels = map[string]account.Level{string(kind): l}
		return p
	}
	for name, c := range map[string]struct {
		profile account.Profile
		event   rental.Event
		hour    int
		want    bool
	}{
		"at night":              {night, ready, 3, false},
		"by day":                {night, ready, 12, true},
		"without an SSH to ask": {night, rental.Event{Kind: rental.BoughtOne, Rental: &rental.Rental{}}, 12, false},
		"ready is silent":       {with(rental.IsReady, account.Silent), ready, 12, false},
		"ready is off":          {with(rental.IsReady, account.Off), ready, 12, false},
		"wished loud":           {with(rental.BoughtOne, account.On), ready, 12, false},
		"wished silent":         {with(rental.BoughtOne, account.Silent), ready, 3, true},
		"no purchase at night":  {night, rental.Event{Kind: rental.IsReady}, 3, true},
		"no purchase by day":    {night, rental.Event{Kind: rental.IsReady}, 12, false},
	} {
		if got := silent(c.profile, c.event, time.Date(2026, 11, 24, c.hour, 0, 0, 0, time.UTC)); got != c.want {
			t.Errorf("%s: silent %v", name, got)
		}
	}
}

func TestColumns(t *testing.T) {
	got := columns([]string{"a", "long"}, [][]string{{"×1", "x", ""}, {"3", "yy", ""}})
	if want := "a   long\n×1  x\n3   yy\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestAccountsOfOthersAreNotFound(t *testing.T) {
	if private(chat.Address{Platform: chat.Discord, ChatID: "@1"}, chat.User{Platform: chat.Telegram, ID: "1"}) {
		t.Error("another platform's chat is taken for the user's own")
	}
	u := chat.User{Platform: chat.Telegram, ID: "1"}
	if !private(u.Direct(), u) || private(chat.Address{Platform: chat.Telegram, ChatID: "1"}, u) {
		t.Error("private chats are not told from others")
	}
}
