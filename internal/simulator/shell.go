package simulator

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// machine is what the inside of an order's container looks like.
type machine struct {
	seed     uint64
	order    int64
	password string
	key      ssh.PublicKey // nil without one
	autoSSH  bool
	image    string
	gpus     []string
	memory   float64 // GB a card
	cuda     string
	threads  string
	ram      float64
	disk     string
	now      func() time.Time
	begun    time.Time
}

func newMachine(o *order, opts Options) machine {
	s := o.server
	m := machine{
		seed: opts.Seed, order: o.id, password: o.Password, autoSSH: o.AutoSSH, image: o.Image,
		gpus: s.GPUs, memory: s.Specs.Memory, cuda: s.CUDA, ram: s.Specs.RAM, now: opts.Now, begun: o.created,
	}
	if k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(o.SSHKey)); err == nil {
		m.key = k
	}
	_, m.threads, _ = strings.Cut(s.Specs.CPUs, "/")
	m.disk = s.Specs.Disk[strings.LastIndexByte(s.Specs.Disk, ' ')+1:]
	if m.gpus == nil { // an old host tells only "8x NVIDIA GeForce RTX 3090"
		_, name, _ := strings.Cut(s.Specs.GPU, "x ")
		for range s.cards {
			m.gpus = append(m.gpus, strings.TrimPrefix(name, "NVIDIA GeForce "))
		}
	}
	return m
}

func (m *machine) host() string { return fmt.Sprintf("clore-%d", m.order) }

func (m *machine) prompt() string { return "root@" + m.host() + ":~# " }

func (m *machine) motd() string {
	return fmt.Sprintf("Simulated Clore container of order %d (%s). Nothing here is real; try help.\n", m.order, m.image)
}

// run executes a line, one command after the other, and reports whether it was left by exit.
func (m *machine) run(out io.Writer, line string) (status int, exit bool) {
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(line, "&&", ";"), func(c rune) bool { return c == ';' || c == '\n' }) {
		args := strings.Fields(part)
		if len(args) == 0 {
			continue
		}
		if args[0] == "exit" || args[0] == "logout" {
			return 0, true
		}
		text, found := m.command(args)
		status = 0
		if !found {
			text, status = "bash: "+args[0]+": command not found\n", 127
		}
		if _, err := io.WriteString(out, text); err != nil {
			return status, true
		}
	}
	return status, false
}

func (m *machine) command(args []string) (text string, found bool) {
	switch args[0] {
	case "nvidia-smi":
		return m.nvidia(args[1:]), true
	case "ls":
		return "onstart.sh  workspace\n", true
	case "pwd":
		return "/root\n", true
	case "whoami":
		return "root\n", true
	case "hostname":
		return m.host() + "\n", true
	case "uname":
		if len(args) > 1 {
			return "Linux " + m.host() + " 6.8.0-79-generic #79-Ubuntu SMP x86_64 GNU/Linux\n", true
		}
		return "Linux\n", true
	case "echo":
		return strings.Trim(strings.Join(args[1:], " "), `"'`) + "\n", true
	case "nproc":
		return m.threads + "\n", true
	case "date":
		return m.now().UTC().Format(time.UnixDate) + "\n", true
	case "df":
		return "Filesystem      Size  Used Avail Use% Mounted on\noverlay " + fmt.Sprintf("%12s", m.disk) + "   14G    -   -% /\n", true
	case "free":
		return fmt.Sprintf("               total        used        free\nMem:   %11.1fGi %9.1fGi %9.1fGi\n", m.ram, m.ram*0.07, m.ram*0.93), true
	case "uptime":
		return m.uptime(), true
	case "true", "clear":
		return "", true
	case "help":
		return "nvidia-smi ls pwd whoami hostname uname echo nproc date df free uptime exit\n", true
	default:
		return "", false
	}
}

func (m *machine) uptime() string {
	now := m.now()
	return fmt.Sprintf(" %s up %d min,  1 user,  load average: 0.08, 0.03, 0.01\n", now.UTC().Format(time.TimeOnly), int(now.Sub(m.begun).Minutes()))
}

// nvidia prints what nvidia-smi does, in its plain form or as its list.
func (m *machine) nvidia(args []string) string {
	var b strings.Builder
	if len(args) > 0 && args[0] == "-L" {
		for i, g := range m.gpus {
			fmt.Fprintf(&b, "GPU %d: NVIDIA %s\n", i, name(g))
		}
		return b.String()
	}
	bar := "+" + strings.Repeat("-", 77) + "+\n"
	b.WriteString(m.now().UTC().Format("Mon Jan  2 15:04:05 2006") + "\n" + bar)
	fmt.Fprintf(&b, "| %-75s |\n", "NVIDIA-SMI 580.82.09    Driver Version: 580.82.09    CUDA Version: "+m.cuda)
	b.WriteString(bar)
	for i, g := range m.gpus {
		left := fmt.Sprintf("%d  NVIDIA %s", i, name(g))
		right := fmt.Sprintf("%d MiB / %d MiB    0%%", 3, int(m.memory*1024))
		fmt.Fprintf(&b, "| %-43.43s %31s |\n", left, right)
	}
	return b.String() + bar
}

// name puts back what the market's list leaves out.
func name(gpu string) string {
	gpu = strings.TrimSpace(gpu)
	if strings.HasPrefix(gpu, "GTX") || strings.HasPrefix(gpu, "RTX") && !strings.HasPrefix(gpu, "RTX A") && !strings.Contains(gpu, "Ada") {
		return "GeForce " + gpu
	}
	return gpu
}
