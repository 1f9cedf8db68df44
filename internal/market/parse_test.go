package market_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

func TestParseQueryCanonical(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"", ""},
		{"  ", ""},
		{
			"2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 cc=DE,NL !CN net>200 spot sort:gb$",
			"2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 net>200 cc=DE,NL !CN spot sort:gb$",
		},
		{
			"sort:gb$ SPOT NET > 200 !cn Cc = nl, de cuda >= 12.4 REL > 98% vram >= 48GB < 0.35 2X4090",
			"2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 net>200 cc=DE,NL !CN spot sort:gb$",
		},
		// Models.
		{"4090", "4090"},
		{"rtx4090", "rtx4090"},
		{"RTX 4090", "rtx4090"},
		{"nvidia GeForce RTX 4090 GPU", "rtx4090"},
		{"4090 3090", "4090,3090"},
		{"4090, 3090", "4090,3090"},
		{"4090,3090,4090", "4090,3090"},
		{"rtx 4090 rtx 3090", "rtx4090,rtx3090"},
		{"rtx,4090", "rtx,4090"},
		{"3060 ti", "3060-ti"},
		{"3060ti", "3060-ti"},
		{"4070 Ti SUPER", "4070-super-ti"},
		{"1660s", "1660-super"},
		{"4090 laptop", "4090-laptop"},
		{"RTX 4090 Laptop GPU", "rtx4090-laptop"},
		{"4090d", "4090-d"},
		{"a100 sxm4", "a100-sxm4"},
		{"Tesla V100SXM232GB", "teslav100-sxm2"},
		{"a100 80gb", "a100 vramgpu=80"},
		{"24gb", "vramgpu>=24"},
		{"rtx 6000 ada", "rtx6000-ada"},
		{"RTX PRO 6000 Blackwell", "rtx6000-pro"},
		{"rtxpro6000", "rtx6000-pro"},
		{"titan v", "titan-v"},
		{"titan", "titan"},
		{"l40s", "l40-s"},
		{"P104-100", "p104100"},
		{"mixed", "mixed"},
		{"rtx", "rtx"},
		{"9090", "9090"},
		// Counts.
		{"2x 4090", "2x4090"},
		{"2 x 4090", "2x4090"},
		{"2×4090", "2x4090"},
		{"4090x2", "2x4090"},
		{"4090 x2", "2x4090"},
		{"2 gpus", "gpus=2"},
		{"8x a100", "8xa100"},
		{"8xh100 sxm", "8xh100-sxm"},
		{"gpus>=4 4090", "4090 gpus>=4"},
		{"gpus=2-4", "gpus=2..4"},
		{"gpus=2 rtx 4090", "2xrtx4090"},
		// Prices.
		{"<0.35", "<0.35/h"},
		{"< $0.35/hr", "<0.35/h"},
		{"<0.35$", "<0.35/h"},
		{"<€0.35", "<0.35/h"},
		{"<$0.35 usd/h", "<0.35/h"},
		{"< 0.35 usd /h 4090", "4090 <0.35/h"},
		{"price=$1..$2/d", "price=1..2/d"},
		{"< 0.35 usd/h", "<0.35/h"},
		{"<=.35", "<=0.35/h"},
		{"<0,35/h", "<0.35/h"},
		{"≤0.35/h", "<=0.35/h"},
		{"<8/d", "<8/d"},
		{"<8.4/d", "<0.35/h"},
		{"<8/day", "<8/d"},
		{"0.35/h", "<=0.35/h"},
		{"$0.35", "<=0.35/h"},
		{"price<0.35", "<0.35/h"},
		{"price=0.1..0.35", "price=0.1..0.35/h"},
		{"price=2-8/d", "price=2..8/d"},
		{">0.1 <0.3", ">0.1/h <0.3/h"},
		{"<0.3 <0.2", "<0.2/h"},
		{"<100clore/d", "<100clore/d"},
		{"<100 clore/d", "<100clore/d"},
		{"<0.00001btc/h", "<0.00001btc/h"},
		{"spot<0.2", "<0.2/h spot"},
		// Limits.
		{"vram=24..48", "vram=24..48"},
		{"vram>24 vram<=48", "vram>24 vram<=48"},
		{"vramgpu>=24", "vramgpu>=24"},
		{"vram/gpu>=24", "vramgpu>=24"},
		{"rel>0.98", "rel>98"},
		{"rel>=98.7", "rel>=98.7"},
		{"rel>=0.5%", "rel>=0.5%"},
		{"cuda>=12", "cuda>=12"},
		{"cuda=12", "cuda=12"},
		{"cuda<=12", "cuda<=12"},
		{"cuda<12", "cuda<12.0"},
		{"cuda>=12.10", "cuda>=12.10"},
		{"net>1gbps", "net>1000"},
		{"net > 200 mbps", "net>200"},
		{"disk>1tb ram>64 gb cpu>=16", "disk>1000 ram>64 cpu>=16"},
		{"pcie>=4 lanes>=8 rating>=4", "pcie>=4 lanes>=8 rating>=4"},
		{"days>=3", "hours>=72"},
		{"mrl>=3d", "hours>=72"},
		{"rating>0", "rating>0"},
		{"vram>=0", ""},
		{"vram 48 rel 98 4090 cuda 12.4", "4090 vram>=48 rel>=98 cuda>=12.4"},
		{"cards 4", "gpus=4"},
		{"gpu 4090", "4090"},
		{"a100 pcie 40gb", "a100-pcie vramgpu=40"},
		{"pcie 4 a100", "a100 pcie>=4"},
		// The rest.
		{"de NL", "cc=DE,NL"},
		{"cc=uk", "cc=GB"},
		{"eu 4090", "4090 cc=EU"},
		{"cc=us,eu !EU", "cc=EU,US !EU"},
		{"cc!=CN,RU", "!CN !RU"},
		{"!CN,RU", "!CN !RU"},
		{"!CN!RU", "!CN !RU"},
		{"host=9177", "host=9177"},
		{"all", "all"},
		{"on-demand", ""},
		{"on demand", ""},
		{"type:spot", "spot"},
		{"pay=usd", "pay=usd"},
		{"pay=CLORE,btc", "pay=clore,btc"},
		{"sort:price", ""},
		{"sort:-price", "sort:-price"},
		{"sort=perf", "sort:perf"},
		{"sort:new", "sort:new"},
		{"sort:$/gb", "sort:gb$"},
	} {
		q, err := market.ParseQuery(test.query)
		if err != nil {
			t.Errorf("%q: %v", test.query, err)
			continue
		}
		if got := q.String(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.query, got, test.want)
		}
		again, err := market.ParseQuery(q.String())
		if err != nil || !cmp.Equal(again, q, cmpopts.EquateEmpty()) {
			t.Errorf("%q: reading %q back: %v, %s", test.query, q, err, cmp.Diff(q, again))
		}
	}
}

func TestParseQueryMistakes(t *testing.T) {
	for _, test := range []struct {
		query      string
		word       string
		offset     int
		reason     market.Reason
		suggestion string
	}{
		{"4090 spto", "spto", 5, market.UnknownWord, "spot"},
		{"4090 Lapotp", "Lapotp", 5, market.UnknownWord, "laptop"},
		{"xyzzy", "xyzzy", 0, market.UnknownWord, ""},
		{"rtx4090lapotp", "rtx4090lapotp", 0, market.UnknownWord, "rtx4090-laptop"},
		{"4090 12", "12", 5, market.UnknownWord, ""},
		{"4090 sort:pirce", "pirce", 10, market.UnknownSort, "price"},
		{"cc=ZZ", "ZZ", 3, market.UnknownCountry, ""},
		{"4090 !XX", "XX", 6, market.UnknownCountry, ""},
		{"pay=ucd", "ucd", 4, market.UnknownCurrency, "usd"},
		{"vram48", "vram48", 0, market.MissingOperator, "vram>=48"},
		{"rel", "rel", 0, market.MissingOperator, "rel>="},
		{"vram>=", ">=", 4, market.MissingValue, ""},
		{"vram>= <3", ">=", 4, market.MissingValue, ""},
		{"4090 <", "<", 5, market.MissingValue, ""},
		{"!", "!", 0, market.MissingValue, ""},
		{"vram>=lots", "lots", 6, market.BadNumber, ""},
		{"vram>=1e3", "1e3", 6, market.BadUnit, ""},
		{"rel>120", "120", 4, market.BadNumber, ""},
		{"ram>99999999999", "99999999999", 4, market.BadNumber, ""},
		{"vram>=24kg", "24kg", 6, market.BadUnit, ""},
		{"price=1clore..2btc", "1clore..2btc", 6, market.BadUnit, ""},
		{"<0.35/week", "0.35/week", 1, market.BadUnit, ""},
		{"<0.35doge/h", "0.35doge/h", 1, market.BadUnit, ""},
		{"cc>DE", ">", 2, market.BadOperator, "="},
		{"vram!=3", "!=", 4, market.BadOperator, ">="},
		{"sort<price", "<", 4, market.BadOperator, "="},
		{"4090 =3", "=", 5, market.BadOperator, "<="},
		{"vram>48 vram<24", "vram", 8, market.Contradiction, ""},
		{"vram<0", "vram", 0, market.Contradiction, ""},
		{">0.3 <0.2", "0.2", 6, market.Contradiction, ""},
		{"vram<5 vram<=0", "vram", 7, market.Contradiction, ""},
		{"<5 <0", "0", 4, market.Contradiction, ""},
		{"<0", "0", 1, market.Contradiction, ""},
		{"<100clore/d <0.3", "0.3", 13, market.Contradiction, ""},
		{"€", "€", 0, market.UnknownWord, ""},
		{strings.Repeat("4090 ", 200), "", market.MaxQuery, market.TooLong, ""},
	} {
		_, err := market.ParseQuery(test.query)
		var got *market.QueryError
		if !errors.As(err, &got) {
			t.Errorf("%q: error %v", test.query, err)
			continue
		}
		want := &market.QueryError{
			Word: test.word, Offset: test.offset, Reason: test.reason, Suggestion: test.suggestion,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", test.query, diff)
		}
	}
}

func TestParseQueryKnowsTheMarket(t *testing.T) {
	if _, err := market.ParseQuery("rtx 7777 zorro", "RTX 7777 Zorro"); err != nil {
		t.Error(err)
	}
	_, err := market.ParseQuery("zorr", "RTX 7777 Zorro")
	var mistake *market.QueryError
	if !errors.As(err, &mistake) || mistake.Reason != market.UnknownWord {
		t.Errorf("error %v", err)
	}
}

// queries draws queries in canonical form, as the bot builds them from typed options.
func queries() *rapid.Generator[market.Query] {
	return rapid.Custom(func(t *rapid.T) market.Query {
		var q market.Query
		models := []string{"4090", "rtx4090", "3060-ti", "a100-sxm4", "rtx6000-ada", "l40-s", "titan-v", "mixed", "p104100"}
		q.Models = rapid.SliceOfNDistinct(rapid.SampledFrom(models), 0, 3, rapid.ID).Draw(t, "models")
		for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom(market.Fields()), 0, 4, rapid.ID).Draw(t, "fields") {
			q = q.With(f, ranges(f).Draw(t, "range"))
		}
		q.Price = prices().Draw(t, "price")
		codes := []string{"CN", "DE", "EU", "NL", "RU", "US"}
		if k := rapid.IntRange(0, len(codes)).Draw(t, "in"); k > 0 {
			q.In = codes[k-1:]
		}
		if k := rapid.IntRange(0, len(codes)).Draw(t, "not"); k > 0 {
			q.NotIn = codes[k-1:]
		}
		if rapid.Bool().Draw(t, "host") {
			q.Hosts = []int64{rapid.Int64Range(1, 1e8).Draw(t, "id")}
		}
		if rapid.Bool().Draw(t, "spot") {
			q.Kind = clore.Spot
		}
		q.All = rapid.Bool().Draw(t, "all")
		if rapid.Bool().Draw(t, "pay") {
			q.Pay = market.PayFirst(rapid.SampledFrom(money.Currencies()).Draw(t, "coin"))
		}
		q.Sort.Key = rapid.SampledFrom(market.SortKeys()).Draw(t, "sort")
		q.Sort.Reverse = rapid.Bool().Draw(t, "reverse")
		return q
	})
}

func ranges(f market.Field) *rapid.Generator[market.Range] {
	return rapid.Custom(func(t *rapid.T) market.Range {
		value := rapid.Map(rapid.IntRange(1, 9999), func(n int) float64 { return float64(n) / 100 })
		if f == market.CUDA {
			value = rapid.Map(rapid.IntRange(100, 9998), func(n int) float64 { return float64(n - n%100 + n%98) })
		}
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		r := market.Range{Min: min(a, b), Max: max(a, b)}
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			r = market.Range{Min: a, MinOpen: rapid.Bool().Draw(t, "open")}
		case 1:
			r = market.Range{Max: a, MaxOpen: rapid.Bool().Draw(t, "open")}
		case 2:
			if a != b {
				r.MinOpen, r.MaxOpen = rapid.Bool().Draw(t, "open"), rapid.Bool().Draw(t, "shut")
			}
		}
		return r
	})
}

func prices() *rapid.Generator[market.PriceRange] {
	return rapid.Custom(func(t *rapid.T) market.PriceRange {
		amount := rapid.Map(rapid.Int64Range(1, 1e14), func(n int64) money.Amount { return money.Amount(n) })
		a, b := amount.Draw(t, "a"), amount.Draw(t, "b")
		r := market.PriceRange{Currency: rapid.SampledFrom([]money.Currency{"", money.CLORE, money.BTC}).Draw(t, "coin")}
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			r.Min, r.MinOpen = a, rapid.Bool().Draw(t, "open")
		case 1:
			r.Max, r.MaxOpen = a, rapid.Bool().Draw(t, "open")
		case 2:
			r.Min, r.Max = min(a, b), max(a, b)
		default:
			r.Currency = ""
		}
		return r
	})
}

func TestQueryReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		got, err := market.ParseQuery(q.String())
		if err != nil {
			t.Fatalf("%q: %v", q, err)
		}
		if diff := cmp.Diff(q, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s", q, diff)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		"2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 cc=DE,NL !CN net>200 spot sort:gb$",
		"4090x2 a100 80gb price=0.1..0.3/h pay=usd,clore", "<0,35 €", "İ !İ cc=İ", "!,,", "x2 2x × =", "vram=1..", "^X00", "X1\"", "rtx,4090",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := market.ParseQuery(s, "RTX 4090")
		if err != nil {
			var mistake *market.QueryError
			if !errors.As(err, &mistake) {
				t.Fatalf("%T", err)
			}
			if o := mistake.Offset; o < 0 || o > len(s) || !strings.HasPrefix(s[o:], mistake.Word) {
				t.Fatalf("%q is not at %d of %q", mistake.Word, o, s)
			}
			return
		}
		again, err := market.ParseQuery(q.String(), "RTX 4090")
		if err != nil || !cmp.Equal(q, again, cmpopts.EquateEmpty()) {
			t.Fatalf("%q became %q: %v %s", s, q, err, cmp.Diff(q, again))
		}
	})
}
