package market

import "strings"

// SortKey is what offers are sorted by.
type SortKey string

// The sort keys. Each begins with the best: low prices, high figures.
const (
	ByPrice       SortKey = "" // USD for the whole server
	ByPricePerGB  SortKey = "gb$"
	ByPerformance SortKey = "perf" // FP16 operations per USD; cards without a known figure come last
	ByReliability SortKey = "rel"
	ByVRAM        SortKey = "vram"
	ByDownload    SortKey = "net"
	ByRating      SortKey = "rating"
	ByRAM         SortKey = "ram"
	ByDisk        SortKey = "disk"
	ByCUDA        SortKey = "cuda"
	ByGPUs        SortKey = "gpus"
	ByNewest      SortKey = "new" // the server's number: later ones are higher
	ByName        SortKey = "name"
)

// Sort is an order of offers.
type Sort struct {
	Key     SortKey
	Reverse bool
}

// SortKeys returns all keys, in the order in which people are offered them.
func SortKeys() []SortKey {
	return []SortKey{
		ByPrice, ByPricePerGB, ByPerformance, ByReliability, ByVRAM, ByDownload, ByRating, ByRAM,
		ByDisk, ByCUDA, ByGPUs, ByNewest, ByName,
	}
}

// Word returns the key's word in the query language.
func (k SortKey) Word() string {
	if k == ByPrice {
		return "price"
	}
	return string(k)
}

// String returns the order as the query language has it after "sort:"; empty for the default.
func (s Sort) String() string {
	if s == (Sort{}) {
		return ""
	}
	if s.Reverse {
		return "-" + s.Key.Word()
	}
	return s.Key.Word()
}

// parseSort reads what follows "sort:".
func parseSort(word string) (Sort, bool) {
	key, reverse := strings.CutPrefix(word, "-")
	if !reverse {
		key = strings.TrimPrefix(key, "+")
	}
	k, ok := sortKey(key)
	return Sort{Key: k, Reverse: reverse}, ok
}

func sortKey(word string) (SortKey, bool) {
	switch word {
	case "$", "usd", "cost", "cheap":
		return ByPrice, true
	case "$/gb", "usd/gb", "gbusd", "$gb":
		return ByPricePerGB, true
	case "perf$", "tflops", "dlperf", "dlperf_usd", "flops":
		return ByPerformance, true
	case "reliability":
		return ByReliability, true
	case "down", "speed":
		return ByDownload, true
	case "stars":
		return ByRating, true
	case "gpu", "cards", "count":
		return ByGPUs, true
	case "newest", "id":
		return ByNewest, true
	case "model":
		return ByName, true
	}
	for _, k := range SortKeys() {
		if k.Word() == word {
			return k, true
		}
	}
	return "", false
}
