package simulator

import (
	"math"
	"math/rand/v2"
	"time"
)

// The streams of chance. Each purpose has its own, so that what one request draws does not
// depend on which others came before it.
const (
	streamMarket uint64 = iota + 1
	streamTick
	streamOrder
	streamKey
	streamFault
	streamLatency
	streamHostKey
	streamBidders
)

// dice is a seeded source of chance.
type dice struct{ *rand.Rand }

func newDice(seed, stream, n uint64) dice {
	return dice{rand.New(rand.NewPCG(seed^stream<<56, n*0x9e3779b97f4a7c15+stream))}
}

func (d dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }

func (d dice) span(low, high time.Duration) time.Duration {
	return low + time.Duration(float64(high-low)*d.Float64())
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

func pick[T any](d dice, of []T) T { return of[d.IntN(len(of))] }

// word returns n characters of an alphabet.
func (d dice) word(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz0123456789"
	letter = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// round keeps a number of decimals, as prices are published.
func round(x float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(x*p) / p
}
