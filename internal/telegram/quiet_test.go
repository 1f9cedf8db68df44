package telegram

import (
	"regexp"
	"strings"
	"testing"
)

func TestQuiet(t *testing.T) {
	own := func(name string) bool { return name == "orders" || name == "market" }
	for in, want := range map[string]string{
		"":                                 "",
		"RTX 4090 · 0.35 USD/h, 8/day":     "RTX 4090 · 0.35 USD/h, 8/day",
		"/orders shows it":                 "/orders shows it",
		"see /orders, (/market)":           "see /orders, (/market)",
		"/stop":                            "/~stop",
		"(/stop) x/stop //stop":            "(/~stop) x/stop //stop",
		"/orders@other_bot":                "/~orders@other_bot",
		"/orders_all":                      "/~orders_all",
		"@admin (@a) é@b a@b":              "@~admin (@~a) é@b a@b",
		"me@host.com":                      "me@host~.com",
		"evil.com/x?y":                     "evil~.com/x?y",
		"https://evil.com":                 "https:~//evil~.com",
		"tg://resolve?domain=x":            "tg:~//resolve?domain=x",
		"t.me/joinchat":                    "t~.me/joinchat",
		"a.b.c.de.":                        "a~.b~.c~.de.",
		"пример.рф":                        "пример~.рф",
		"x.xn--p1ai":                       "x~.xn--p1ai",
		"clore.ai, www.Clore.ai":           "clore.ai, www.Clore.ai",
		"evilclore.ai clore.ai.com":        "evilclore~.ai clore~.ai~.com",
		"v1.2.3 e.g. 12.4 a…b .hidden":     "v1.2.3 e.g. 12.4 a…b .hidden",
		"... a... .. 5.10.0-rc1 1.2.3beta": "... a... .. 5.10.0-rc1 1.2.3beta",
		// Dots in front.
		".evil.com ..evil.com (.evil.com)": "~.evil~.com ~.~.evil~.com (~.evil~.com)",
		"@.evil.com /.evil.com":            "@~~.evil~.com /~.evil~.com",
		// Dots that look like others, or that browsers take for dots.
		"evil。com evil．com evil｡com": "evil~。com evil~．com evil~｡com",
		"a。b.evil．com。":              "a~。b~.evil~．com。",
		// What Telegram takes for domains (the tests of tdlib's find_urls).
		"www.🤙.tk www.🤙.tk:1":        "www~.🤙~.tk www~.🤙~.tk:1",
		"✪df.ws/1 ➡️.ws/䨹":           "✪df~.ws/1 ➡️~.ws/䨹",
		"evil.com🚀 🚀evil.com🚀x.y":    "evil~.com🚀 🚀evil~.com🚀x.y",
		"उदा.भारत a~b.com":           "उदा~.भारत a~b~.com",
		"127.0.0.1 1.2.3.4:80/x":     "127~.0~.0~.1 1~.2~.3~.4:80/x",
		"127.0.0.01 1.2.3.256 1.2.3": "127.0.0.01 1.2.3.256 1.2.3",
		"→clore.ai .clore.ai":        "→clore~.ai .clore.ai",
	} {
		if got := strings.ReplaceAll(quiet(in, own), gag, "~"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

var loud = regexp.MustCompile(`(^|[^\p{L}\p{N}_])@[A-Za-z0-9_]|://|(^|[\s(])/[A-Za-z0-9_]|[A-Za-z]\.com\b`)

// FuzzQuiet checks that nothing but the mark is added, and that nothing is left.
func FuzzQuiet(f *testing.F) {
	for _, s := range []string{"/stop @a evil.com", "https://t.me/x@y.z", "\xff/a", "a@b.cd/e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(strings.ReplaceAll(s, gag, ""), "")
		got := quiet(s, noCommand)
		if strings.ReplaceAll(got, gag, "") != s {
			t.Errorf("%q became %q", s, got)
		}
		if left := loud.FindString(got); left != "" {
			t.Errorf("%q became %q with %q", s, got, left)
		}
	})
}
