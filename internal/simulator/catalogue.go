package simulator

// model is a graphics card as hosts offer it.
type model struct {
	short  string  // as in gpu_array, without the leading space
	long   string  // as in specs.gpu
	memory float64 // GB as reported, which is often a little less than sold
	low    float64 // USD an hour, the cheapest hosts
	high   float64 // USD an hour, the dearest
	watts  int
	weight int // how common
	class  class
}

// class tells what kind of machine a card sits in.
type class int

const (
	desktop class = iota
	miner
	datacentre
	laptop
)

func geforce(short string, memory, low, high float64, watts, weight int, c class) model {
	return model{short, "NVIDIA GeForce " + short, memory, low, high, watts, weight, c}
}

// catalogue returns the cards of the market with prices of 2026.
func catalogue() []model {
	return []model{
		geforce("GTX 1060 6GB", 6, 0.006, 0.02, 120, 25, miner),
		geforce("GTX 1070", 8, 0.008, 0.03, 150, 45, miner),
		geforce("GTX 1070 Ti", 8, 0.009, 0.03, 180, 25, miner),
		geforce("GTX 1080", 8, 0.01, 0.035, 180, 20, miner),
		geforce("GTX 1080 Ti", 11, 0.012, 0.045, 250, 55, miner),
		geforce("GTX 1660 SUPER", 6, 0.01, 0.03, 125, 45, miner),
		geforce("RTX 2060", 6, 0.012, 0.04, 160, 30, miner),
		geforce("RTX 2070 SUPER", 8, 0.018, 0.05, 215, 20, miner),
		geforce("RTX 2080 Ti", 11, 0.03, 0.08, 250, 40, desktop),
		geforce("RTX 3060", 11.99, 0.025, 0.07, 170, 120, desktop),
		geforce("RTX 3060 Ti", 8, 0.025, 0.065, 200, 70, miner),
		geforce("RTX 3070", 8, 0.025, 0.07, 220, 110, miner),
		geforce("RTX 3070 Ti", 8, 0.028, 0.075, 290, 30, miner),
		geforce("RTX 3080", 10, 0.04, 0.1, 320, 130, desktop),
		geforce("RTX 3080 Ti", 12, 0.045, 0.12, 350, 45, desktop),
		geforce("RTX 3090", 24, 0.05, 0.15, 350, 190, desktop),
		geforce("RTX 3090 Ti", 24, 0.07, 0.18, 450, 20, desktop),
		geforce("RTX 4060", 8, 0.03, 0.08, 115, 25, desktop),
		geforce("RTX 4060 Ti", 16, 0.045, 0.11, 160, 45, desktop),
		geforce("RTX 4070", 12, 0.05, 0.12, 200, 55, desktop),
		geforce("RTX 4070 SUPER", 12, 0.055, 0.14, 220, 40, desktop),
		geforce("RTX 4070 Ti SUPER", 16, 0.07, 0.17, 285, 35, desktop),
		geforce("RTX 4080", 16, 0.08, 0.2, 320, 45, desktop),
		geforce("RTX 4080 SUPER", 16, 0.085, 0.21, 320, 35, desktop),
		geforce("RTX 4090", 24, 0.067, 0.31, 450, 290, desktop),
		geforce("RTX 4090 D", 24, 0.1, 0.3, 425, 15, desktop),
		geforce("RTX 5060 Ti", 16, 0.05, 0.13, 180, 45, desktop),
		geforce("RTX 5070", 12, 0.06, 0.16, 250, 35, desktop),
		geforce("RTX 5070 Ti", 16, 0.09, 0.22, 300, 60, desktop),
		geforce("RTX 5080", 16, 0.11, 0.28, 360, 65, desktop),
		geforce("RTX 5090", 31, 0.22, 0.7, 575, 150, desktop),
		geforce("RTX 3080 Laptop GPU", 16, 0.03, 0.07, 0, 8, laptop),
		geforce("RTX 4090 Laptop GPU", 16, 0.06, 0.15, 0, 8, laptop),
		geforce("RTX 5090 Laptop GPU", 23, 0.12, 0.3, 0, 8, laptop),
		{"RTX A4000", "NVIDIA RTX A4000", 16, 0.05, 0.12, 140, 30, datacentre},
		{"RTX A4500", "NVIDIA RTX A4500", 20, 0.06, 0.14, 200, 15, datacentre},
		{"RTX A5000", "NVIDIA RTX A5000", 24, 0.1, 0.22, 230, 30, datacentre},
		{"RTX A6000", "NVIDIA RTX A6000", 48, 0.25, 0.55, 300, 35, datacentre},
		{"RTX 6000 Ada Generation", "NVIDIA RTX 6000 Ada Generation", 48, 0.45, 0.85, 300, 15, datacentre},
		{"L4", "NVIDIA L4", 23, 0.18, 0.4, 72, 15, datacentre},
		{"L40S", "NVIDIA L40S", 45, 0.5, 0.95, 350, 20, datacentre},
		{"A100-SXM4-80GB", "NVIDIA A100-SXM4-80GB", 80, 0.65, 1.3, 400, 25, datacentre},
		{"A100 80GB PCIe", "NVIDIA A100 80GB PCIe", 80, 0.6, 1.2, 300, 12, datacentre},
		{"H100 80GB HBM3", "NVIDIA H100 80GB HBM3", 79, 1.3, 2.6, 700, 25, datacentre},
		{"H200", "NVIDIA H200", 140, 2.2, 3.6, 700, 8, datacentre},
		{"Tesla V100-SXM2-32GB", "Tesla V100SXM232GB", 32, 0.1, 0.25, 300, 20, datacentre},
		{"Tesla T4", "Tesla T4", 15, 0.06, 0.15, 70, 15, datacentre},
	}
}

// counts returns how many cards machines of a class have, each as often as it is common.
func counts(c class) []int {
	switch c {
	case laptop:
		return []int{1}
	case miner:
		return []int{1, 1, 2, 4, 5, 6, 6, 6, 7, 8, 8, 8, 10, 12}
	case datacentre:
		return []int{1, 1, 1, 2, 2, 4, 4, 8, 8, 8}
	default:
		return []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 4, 6, 8, 8}
	}
}
