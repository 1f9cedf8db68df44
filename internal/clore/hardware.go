package clore

import (
	"slices"
	"strconv"
	"strings"
)

// Bounds beyond which hardware figures are taken for mistakes and read as absent.
const (
	maxCards  = 64
	maxCores  = 4096
	maxGB     = 1e7
	maxRate   = 1e7 // MB/s and Mbit/s
	maxWatts  = 5000
	textLimit = 128 // characters of a name
)

// wireSpecs is the hardware of a server or an order. Numbers are floats because Clore mixes
// whole and broken ones.
type wireSpecs struct {
	Board     string  `json:"mb"`
	CPU       string  `json:"cpu"`
	CPUs      string  `json:"cpus"` // "cores/threads"
	RAM       float64 `json:"ram"`
	Disk      string  `json:"disk"`
	DiskSpeed float64 `json:"disk_speed"`
	GPU       string  `json:"gpu"` // "8x NVIDIA GeForce RTX 3090"
	GPUMemory float64 `json:"gpuram"`
	GPUCount  float64 `json:"gpu_count"`
	Net       struct {
		Up      float64 `json:"up"`
		Down    float64 `json:"down"`
		Country string  `json:"cc"`
	} `json:"net"`
	PCIeVersion float64   `json:"pcie_rev"`
	PCIeLanes   float64   `json:"pcie_width"`
	PowerLimits []float64 `json:"pl"`
}

func (w *wireSpecs) fill(s *Server, texts interner) {
	s.Board = texts.keep(clean(w.Board, textLimit))
	s.CPU = texts.keep(clean(w.CPU, textLimit))
	s.Cores, s.Threads = coresThreads(w.CPUs)
	s.RAM = upTo(w.RAM, maxGB)
	s.DiskModel, s.DiskSize = disk(w.Disk)
	s.DiskSpeed = upTo(w.DiskSpeed, maxRate)
	s.GPUMemory = w.memory()
	s.Up, s.Down = upTo(w.Net.Up, maxRate), upTo(w.Net.Down, maxRate)
	s.Country = texts.keep(country(w.Net.Country))
	s.PCIeVersion = int(upTo(w.PCIeVersion, 16))
	s.PCIeLanes = int(upTo(w.PCIeLanes, 64))
	s.PowerLimits = watts(w.PowerLimits)
}

// memory rounds to whole GB: 11.99 is a card of 12.
func (w *wireSpecs) memory() int { return int(upTo(w.GPUMemory, 4096) + 0.5) }

// cards returns the model of each card: from the list when there is one, else from the text
// with its count, else by the count alone. Nothing believable gives nil.
func (w *wireSpecs) cards(list wireList, texts interner) []string {
	out := make([]string, 0, min(len(list), maxCards))
	for _, name := range list {
		if m := model(name); m != "" && len(out) < maxCards {
			out = append(out, texts.keep(m))
		}
	}
	if len(out) > 0 {
		return out
	}
	count, name := counted(w.GPU)
	if count == 0 {
		count = int(upTo(w.GPUCount, maxCards))
	}
	m := model(name)
	if m == "" || count == 0 {
		return nil
	}
	return slices.Repeat([]string{texts.keep(m)}, count)
}

// counted splits "8x NVIDIA GeForce RTX 3090". The count is 0 when there is none or an absurd
// one.
func counted(s string) (int, string) {
	s = clean(s, textLimit)
	before, after, ok := strings.Cut(s, "x ")
	if !ok {
		return 0, s
	}
	n, err := strconv.Atoi(before)
	switch {
	case err != nil:
		return 0, s
	case n < 1 || n > maxCards:
		return 0, after
	}
	return n, after
}

// model returns a card's name as people write it: "RTX 3090", "RTX 5090 Laptop GPU",
// "Tesla V100 SXM2 32GB".
func model(s string) string {
	s = clean(s, textLimit)
	for _, maker := range []string{"NVIDIA ", "GeForce ", "AMD ", "Intel(R) "} {
		if len(s) > len(maker) && strings.EqualFold(s[:len(maker)], maker) {
			s = s[len(maker):]
		}
	}
	i := strings.Index(s, "SXM")
	if i <= 0 || !alphanumeric(s[i-1]) {
		return s
	}
	// Clore glues "V100", "SXM2" and "32GB" together.
	head, tail := s[:i], s[i:]
	if len(tail) > 4 && tail[4] >= '0' && tail[4] <= '9' {
		tail = tail[:4] + " " + tail[4:]
	}
	return head + " " + tail
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// disk splits "SPCCx20Solidx20Statex 96.8613GB" into the model, whose spaces are written x20, and
// the size in GB.
func disk(s string) (string, float64) {
	s = strings.ReplaceAll(s, "x20", " ")
	name, size := "", s
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		name, size = s[:i], s[i+1:]
	}
	number, ok := strings.CutSuffix(size, "GB")
	gb, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil {
		return clean(s, textLimit), 0
	}
	// Models are cut to a length, in the middle of such a space at times.
	name = strings.TrimSuffix(strings.TrimSuffix(name, "x2"), "x")
	return clean(name, textLimit), upTo(gb, maxGB)
}

// coresThreads splits "44/88".
func coresThreads(s string) (cores, threads int) {
	a, b, _ := strings.Cut(s, "/")
	count := func(s string) int {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 0 || n > maxCores {
			return 0
		}
		return n
	}
	return count(a), count(b)
}

func country(s string) string {
	if len(s) != 2 {
		return ""
	}
	s = strings.ToUpper(s)
	if s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

// cudaVersion returns "12.4", or nothing when it is no version.
func cudaVersion(s string, texts interner) string {
	if s == "" || len(s) > 8 || strings.Trim(s, "0123456789.") != "" {
		return ""
	}
	return texts.keep(s)
}

// watts returns the limits, or nil when none says anything: laptops report 0.
func watts(w []float64) []int {
	if len(w) > maxCards {
		return nil
	}
	out := make([]int, len(w))
	for i, f := range w {
		out[i] = int(upTo(f, maxWatts))
	}
	if len(out) == 0 || slices.Max(out) == 0 {
		return nil
	}
	return out
}
