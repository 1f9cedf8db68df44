package market_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
)

func BenchmarkFind20k(b *testing.B) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: crowd(20_000, 1)}, at)
	for _, query := range []string{
		"4090 <0.05/h", "2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 cc=DE,NL !CN net>200", "8x4090 <0.0001", "",
	} {
		name := query
		if name == "" {
			name = "everything"
		}
		q := parse(b, query)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Find(q)
			}
		})
	}
}

func BenchmarkOverview20k(b *testing.B) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: crowd(20_000, 1)}, at)
	b.ReportAllocs()
	for b.Loop() {
		s.Overview(market.Query{})
	}
}

func BenchmarkNewSnapshot20k(b *testing.B) {
	m := &clore.Marketplace{Servers: crowd(20_000, 1)}
	b.ReportAllocs()
	for b.Loop() {
		market.NewSnapshot(m, at)
	}
}

func BenchmarkParseQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		parse(b, "2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 cc=DE,NL !CN net>200 spot sort:gb$")
	}
}
