package market

import (
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/clore"
)

// Field is a number of a server that a query can limit, by its key in the query language.
type Field string

// The fields.
const (
	GPUs        Field = "gpus"    // cards
	VRAM        Field = "vram"    // GB of all cards together, nominal
	CardVRAM    Field = "vramgpu" // GB of a card, nominal
	Reliability Field = "rel"     // percent
	CUDA        Field = "cuda"    // hundred times the major plus the minor version; see CUDAVersion
	Download    Field = "net"     // Mbit/s
	Upload      Field = "up"      // Mbit/s
	Disk        Field = "disk"    // GB
	DiskSpeed   Field = "dspeed"  // MB/s
	RAM         Field = "ram"     // GB
	Threads     Field = "cpu"     // of the CPU
	PCIe        Field = "pcie"    // version
	Lanes       Field = "lanes"   // of PCIe
	Rating      Field = "rating"  // 0 to 5; 0 when nobody rated
	Hours       Field = "hours"   // the longest rental
)

// Fields returns all fields in the order of the canonical form.
func Fields() []Field {
	return []Field{
		GPUs, VRAM, CardVRAM, Reliability, CUDA, Download, Upload, Disk, DiskSpeed, RAM,
		Threads, PCIe, Lanes, Rating, Hours,
	}
}

// fieldOf finds the field of a key, and what its values are to be multiplied with.
func fieldOf(key string) (f Field, times float64, ok bool) {
	switch key {
	case "gpus", "gpu", "cards", "count", "num_gpus":
		return GPUs, 1, true
	case "vram", "mem", "gpuram_total":
		return VRAM, 1, true
	case "vramgpu", "vram/gpu", "gpuram", "gpu_ram":
		return CardVRAM, 1, true
	case "rel", "reliability":
		return Reliability, 1, true
	case "cuda":
		return CUDA, 1, true
	case "net", "down", "download", "inet", "inet_down":
		return Download, 1, true
	case "up", "upload", "inet_up":
		return Upload, 1, true
	case "disk", "ssd", "storage":
		return Disk, 1, true
	case "dspeed", "diskspeed", "disk_speed":
		return DiskSpeed, 1, true
	case "ram", "memory", "cpu_ram":
		return RAM, 1, true
	case "cpu", "threads", "cpus", "vcpu", "cpu_cores":
		return Threads, 1, true
	case "pcie", "pcie_gen":
		return PCIe, 1, true
	case "lanes", "pcie_width":
		return Lanes, 1, true
	case "rating", "stars":
		return Rating, 1, true
	case "hours", "mrl", "duration":
		return Hours, 1, true
	case "days":
		return Hours, hours, true
	default:
		return "", 0, false
	}
}

// unit returns what a unit multiplies a value of the field with, or false for a wrong unit.
func (f Field) unit(u string) (float64, bool) {
	if u == "" {
		return 1, true
	}
	switch f {
	case VRAM, CardVRAM, Disk, RAM:
		switch u {
		case "g", "gb", "gib":
			return 1, true
		case "t", "tb", "tib":
			return 1000, true
		}
	case Download, Upload:
		switch u {
		case "m", "mbit", "mbits", "mbps", "mbit/s":
			return 1, true
		case "g", "gbit", "gbits", "gbps", "gbit/s":
			return 1000, true
		}
	case DiskSpeed:
		return 1, u == "mb/s" || u == "mb" || u == "m"
	case Reliability:
		return 1, u == "%"
	case Hours:
		switch u {
		case "h", "hr", "hours":
			return 1, true
		case "d", "day", "days":
			return hours, true
		}
	case GPUs:
		return 1, u == "x" || u == "×"
	}
	return 0, false
}

// CUDAVersion returns a version such as "12.4" as a value of the CUDA field, 0 for none.
func CUDAVersion(s string) float64 {
	major, minor, _ := strings.Cut(s, ".")
	minor, _, _ = strings.Cut(minor, ".")
	m, err := strconv.ParseUint(major, 10, 16)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(minor, 10, 16)
	if err != nil || n > lastMinor {
		n = 0
	}
	return float64(m*(lastMinor+1) + n)
}

// lastMinor stands for every minor version: "cuda<=12" means up to 12.99.
const lastMinor = 99

// text writes a value of the field as the query language has it.
func (f Field) text(v float64, upper bool) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	switch {
	case f == CUDA:
		major, minor := int(v)/(lastMinor+1), int(v)%(lastMinor+1)
		if minor == 0 && !upper || minor == lastMinor && upper {
			return strconv.Itoa(major)
		}
		return strconv.Itoa(major) + "." + strconv.Itoa(minor)
	case f == Reliability && v <= 1:
		return s + "%" // without the sign it would be read as a fraction
	default:
		return s
	}
}

// of returns the value of a server.
func (f Field) of(r *row, s *clore.Server) float64 {
	switch f {
	case GPUs:
		return float64(r.count)
	case VRAM:
		return float64(r.count) * float64(r.vram)
	case CardVRAM:
		return float64(r.vram)
	case Reliability:
		return percent(s.Reliability)
	case CUDA:
		return float64(r.cuda)
	case Download:
		return s.Down
	case Upload:
		return s.Up
	case Disk:
		return s.DiskSize
	case DiskSpeed:
		return s.DiskSpeed
	case RAM:
		return s.RAM
	case Threads:
		return float64(s.Threads)
	case PCIe:
		return float64(s.PCIeVersion)
	case Lanes:
		return float64(s.PCIeLanes)
	case Rating:
		if s.Rating.Count == 0 {
			return 0
		}
		return s.Rating.Average
	case Hours:
		return s.MaxRental.Hours()
	default:
		return 0
	}
}
