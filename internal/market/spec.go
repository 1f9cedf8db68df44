package market

import (
	_ "embed" // for the table
	"slices"
	"strconv"
	"strings"
)

// gpus is the table of public figures: model, VRAM in GB, dense FP16 TFLOPS, memory bandwidth in
// GB/s. TFLOPS are those of the tensor cores with FP32 accumulation, as makers state them; of
// cards without tensor cores the better of FP16 and FP32.
//
//go:embed gpus.csv
var gpus string

// Spec has the public figures of a card.
type Spec struct {
	Model     string
	VRAM      int     // GB
	TFLOPS    float64 // dense FP16
	Bandwidth float64 // GB/s
}

// specs is the table with the names taken apart.
type specs []struct {
	Spec
	card card
}

func readSpecs() specs {
	var all specs
	for line := range strings.Lines(gpus) {
		cell := strings.Split(strings.TrimSpace(line), ",")
		if len(cell) != 4 {
			continue
		}
		s := Spec{Model: cell[0]}
		s.VRAM, _ = strconv.Atoi(cell[1])
		s.TFLOPS, _ = strconv.ParseFloat(cell[2], 64)
		s.Bandwidth, _ = strconv.ParseFloat(cell[3], 64)
		all = append(all, struct {
			Spec
			card card
		}{s, readCard(s.Model)})
	}
	return all
}

// find returns the figures of a card: of the entry that has most of its forms.
func (all specs) find(c card) (Spec, bool) {
	var best Spec
	forms := -1
	for _, s := range all {
		if len(s.card.forms) > forms && s.card.covers(c) {
			best, forms = s.Spec, len(s.card.forms)
		}
	}
	return best, forms >= 0
}

// covers reports whether an entry is of the card. A person may name no family, and an entry has
// no more forms than it must.
func (c card) covers(n card) bool {
	return c.core == n.core && slices.Equal(c.traits, n.traits) && c.formsIn(n) &&
		(subset(c.families, n.families) || subset(n.families, c.families)) && n.word() != ""
}

// SpecOf returns the public figures of a model by any of its names, or false for one that is
// not in the table.
func SpecOf(model string) (Spec, bool) { return readSpecs().find(readCard(model)) }

// nominal returns the size of memory that a card is sold with: drivers report less of it, and
// "vram>=80" is meant to find the cards of 80 GB that report 79.
func nominal(reported int) int {
	for _, size := range []int{
		1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 16, 20, 22, 24, 32, 40, 48, 64, 80, 94, 96, 128, 141, 180, 192,
	} {
		const missing = 7 // percent at most
		if reported <= size && reported*100 >= size*(100-missing) {
			return size
		}
	}
	return reported
}
