package words_test

import (
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/words"
)

func english(t *testing.T) *words.Printer {
	t.Helper()
	c, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	return c.In("en-GB")
}

// load makes a catalogue of two languages, of which German lacks a text.
func load(t *testing.T) *words.Catalogue {
	t.Helper()
	c, err := words.Load(fstest.MapFS{
		"en.toml": {Data: []byte(`
"hello" = "Hello {{.Name}}"
"only.english" = "Only in English"
"marked" = "**Bold {{.A}}** and ` + "`code {{.B}}`" + ` and {{.C}}, 2 * 3, a ` + "`" + ` alone, **open"
"days" = { one = "{{.N}} day", other = "{{.N}} days" }
"unit.usd_hour" = "{{.Amount}} USD/h"
`)},
		"de.toml": {Data: []byte(`
"hello" = "Hallo {{.Name}}"
"days" = { one = "{{.N}} Tag", other = "{{.N}} Tage" }
"unit.usd_hour" = "{{.Amount}} USD/Std."
"only.german" = "Nur auf Deutsch"
`)},
		"ru.toml": {Data: []byte(`"days" = { one = "{{.N}} день", few = "{{.N}} дня", many = "{{.N}} дней", other = "{{.N}} дня" }`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguages(t *testing.T) {
	c := load(t)
	for _, x := range []struct{ locale, want string }{
		{"de-AT", "Hallo Ana"}, {"de", "Hallo Ana"}, {"en-US", "Hello Ana"}, {"", "Hello Ana"}, {"fr", "Hello Ana"}, {"not a locale!", "Hello Ana"},
	} {
		if got := c.In(x.locale).S("hello", "Name", "Ana"); got != x.want {
			t.Errorf("%q: %q, want %q", x.locale, got, x.want)
		}
	}
	if got := c.In("de").S("only.english"); got != "Only in English" {
		t.Errorf("a text that German lacks: %q", got)
	}
	if got := c.In("de").S("nowhere"); got != "nowhere" {
		t.Errorf("a text that nobody has: %q", got)
	}
	for _, x := range []struct{ locale, id, want string }{
		{"de", "only.german", "Nur auf Deutsch"}, {"de", "only.english", ""}, {"en", "only.german", ""}, {"en", "only.english", "Only in English"}, {"de", "nowhere", ""},
	} {
		if got, ok := c.In(x.locale).Own(x.id); got != x.want || ok != (x.want != "") {
			t.Errorf("%s of %s: %q, %v", x.id, x.locale, got, ok)
		}
	}
	if got := c.In("de").Language(); got != "de" {
		t.Errorf("language %q", got)
	}
	if diff := cmp.Diff([]string{"en", "de", "ru"}, c.Languages()); diff != "" {
		t.Error(diff)
	}
}

func TestPlurals(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		locale string
		n      int
		want   string
	}{
		{"en", 1, "1 day"},
		{"en", 0, "0 days"},
		{"en", 12345, "12,345 days"},
		{"de", 1, "1 Tag"},
		{"de", 12345, "12.345 Tage"},
		{"ru", 1, "1 день"},
		{"ru", 3, "3 дня"},
		{"ru", 5, "5 дней"},
		{"ru", 21, "21 день"},
	} {
		if got := c.In(x.locale).N("days", x.n); got != x.want {
			t.Errorf("%s %d: %q, want %q", x.locale, x.n, got, x.want)
		}
	}
}

func TestBadCatalogues(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"nothing":       {},
		"no English":    {"de.toml": {Data: []byte(`"a" = "b"`)}},
		"no TOML":       {"en.toml": {Data: []byte(`"a" = `)}},
		"empty English": {"en.toml": {Data: []byte(``)}},
	} {
		if _, err := words.Load(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMarkup(t *testing.T) {
	moment := time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC)
	got := load(t).In("en").T("marked", "A", "**x**", "B", chat.P("`y`"), "C", chat.Text{chat.Spoiler("z"), chat.At(moment)})
	want := chat.Text{
		chat.B("Bold **x**"), chat.P(" and "), chat.C("code `y`"), chat.P(" and "), chat.Spoiler("z"), chat.At(moment),
		chat.P(", 2 * 3, a ` alone, **open"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestArgumentsStayWhatTheyAre is about strangers' text: whatever it is, it comes out as one
// plain span and changes nothing around it.
func TestArgumentsStayWhatTheyAre(t *testing.T) {
	p := load(t).In("en")
	rapid.Check(t, func(t *rapid.T) {
		foreign := rapid.String().Draw(t, "foreign")
		got := p.T("hello", "Name", foreign)
		if want := (chat.Text{chat.P("Hello " + foreign)}); !cmp.Equal(want, got) {
			t.Fatalf("got %v", got)
		}
		if got := p.S("hello", "Name", foreign); got != "Hello "+foreign {
			t.Fatalf("got %q", got)
		}
	})
}

func TestArguments(t *testing.T) {
	p := english(t)
	for _, x := range []struct {
		arg  any
		want string
	}{
		{"text", "text"},
		{12345, "12,345"},
		{int64(1939941), "1939941"},
		{chat.B("bold"), "bold"},
		{money.Money{Amount: money.Coin / 12, Currency: money.USD}, "0.08 USD"},
		{time.Time{}, "–"},
		{time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC), "2026-11-24 01:02 UTC"},
	} {
		if got := load(t).In("en").S("hello", "Name", x.arg); got != "Hello "+x.want {
			t.Errorf("%v: %q", x.arg, got)
		}
	}
	if got := p.S("unit.gb"); got != "unit.gb" {
		t.Errorf("a text without its argument shows %q: that must be seen in tests", got)
	}
}

func amount(t *testing.T, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMoney(t *testing.T) {
	p := english(t)
	for _, x := range []struct{ perDay, hour string }{
		{"2", "0.083"}, {"10.08", "0.42"}, {"7.2", "0.30"}, {"0.1", "0.0042"}, {"24", "1.00"}, {"240", "10.00"}, {"29000", "1,208.33"}, {"0", "0.00"}, {"0.0001", "0.000004"},
	} {
		if got := p.PerHour(amount(t, x.perDay)); got != x.hour+" USD/h" {
			t.Errorf("%s a day: %q, want %s", x.perDay, got, x.hour)
		}
	}
	for _, x := range []struct {
		amount   string
		currency money.Currency
		want     string
	}{
		{"37.51", money.USD, "37.51 USD"},
		{"0.65", money.USD, "0.65 USD"},
		{"0.004", money.USD, "0.004 USD"},
		{"-1.5", money.USD, "-1.50 USD"},
		{"1234567.895", money.USD, "1,234,567.90 USD"},
		{"0.00015609", money.BTC, "0.00015609 BTC"},
		{"1", money.BTC, "1.00 BTC"},
		{"8002.07", money.CLORE, "8,002.07 CLORE"},
		{"95.2", money.CLORE, "95.2 CLORE"},
		{"17", money.CLORE, "17 CLORE"},
		{"5", "DOGE-Blockchain", "5 DOGE"},
	} {
		if got := p.Money(money.Money{Amount: amount(t, x.amount), Currency: x.currency}); got != x.want {
			t.Errorf("%s: %q, want %q", x.amount, got, x.want)
		}
	}
	if got := load(t).In("de").PerHour(amount(t, "29000")); got != "1.208,33 USD/Std." {
		t.Errorf("in German: %q", got)
	}
}

// TestMoneyIsNear checks that what is shown is the amount, rounded.
func TestMoneyIsNear(t *testing.T) {
	p := english(t)
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount(rapid.Int64Range(-1e15, 1e15).Draw(t, "amount"))
		shown := ""
		for _, c := range p.Amount(a) {
			if c != ',' {
				shown += string(c)
			}
		}
		back, err := money.Parse(shown)
		if err != nil {
			t.Fatal(err)
		}
		if d := back - a; d > money.Coin/200 || d < -money.Coin/200 {
			t.Fatalf("%v is shown as %s", a, shown)
		}
		if a != 0 && back == 0 && (a >= 1000 || a <= -1000) {
			t.Fatalf("%v is shown as nothing", a)
		}
	})
}

func TestNumbers(t *testing.T) {
	p := english(t)
	for got, want := range map[string]string{
		p.Percent(0.987): "98.7%", p.Percent(1): "100%", p.Int(1234): "1,234", p.Decimal(2860.51, 0): "2,861", p.Decimal(4.56, 1): "4.6",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	p := english(t)
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 45 * time.Second: "45 s", 151 * time.Second: "2 min 31 s", 6 * time.Hour: "6 h",
		3*time.Hour + 58*time.Minute + 59*time.Second: "3 h 58 min", 89*time.Hour + time.Minute: "3 d 17 h", 24 * time.Hour: "1 d",
	} {
		if got := p.Duration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	now := time.Date(2026, 11, 24, 14, 2, 11, 0, time.UTC)
	for _, x := range []struct {
		at   time.Time
		want string
	}{
		{now, "15:02"},
		{now.Add(9 * time.Hour), "Wed 00:02"},
		{now.Add(-24 * time.Hour), "Mon 15:02"},
		{now.Add(8 * 24 * time.Hour), "2026-12-02 15:02"},
	} {
		if got := p.Moment(x.at, now, berlin); got != x.want {
			t.Errorf("%v: %q, want %q", x.at, got, x.want)
		}
	}
	if got := p.Seconds(now, berlin); got != "15:02:11" {
		t.Errorf("seconds: %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	c := load(t)
	p := c.In("en")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 50 {
				p.T("marked", "A", 1, "B", 2, "C", 3)
				c.In("de").N("days", 3)
			}
		})
	}
	wg.Wait()
}
