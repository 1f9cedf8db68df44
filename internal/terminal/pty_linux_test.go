package terminal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/terminal"
)

const (
	ctrlC     = "\x03"
	ctrlD     = "\x04"
	tab       = "\t"
	enter     = "\r"
	up        = "\x1b[A"
	eraseLine = "\r\x1b[K"
)

// desk is a person's side of a pseudo-terminal on which a terminal runs.
type desk struct {
	*terminal.Terminal
	t      *testing.T
	master *os.File
	slave  *os.File
	before unix.Termios
	result chan error

	mu      sync.Mutex
	output  string
	read    int // up to where sees has looked
	changed chan struct{}
}

// openPTY returns both ends of a new pseudo-terminal, or skips the test where there are none.
func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	number := 0
	ioctl(t, master, func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return err
	})
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = slave.Close() })
	return master, slave
}

func ioctl(t *testing.T, f *os.File, do func(fd int) error) {
	t.Helper()
	c, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var inner error
	if err := c.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil || inner != nil {
		t.Fatal(err, inner)
	}
}

func sit(t *testing.T, o terminal.Options, commands ...*chat.Command) *desk {
	t.Helper()
	d := &desk{t: t, result: make(chan error, 1), changed: make(chan struct{})}
	d.master, d.slave = openPTY(t)
	d.resize(80)
	d.before = d.mode()
	o.In, o.Out, o.Interactive, o.Zone, o.Now = d.slave, d.slave, true, time.UTC, noon
	d.Terminal = terminal.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		d.watch()
	}()
	go func() { d.result <- d.Run(ctx, chattest.NewDispatcher(commands...)) }()
	t.Cleanup(func() {
		cancel()
		_ = d.master.SetReadDeadline(time.Unix(1, 0))
		<-watching
	})
	d.sees("> ")
	return d
}

func (d *desk) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := d.master.Read(buffer)
		d.mu.Lock()
		d.output += string(buffer[:n])
		close(d.changed)
		d.changed = make(chan struct{})
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *desk) types(keys string) {
	d.t.Helper()
	if _, err := d.master.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

// sees waits for text after what was seen before, and returns all up to its end.
func (d *desk) sees(text string) string {
	d.t.Helper()
	late := time.After(10 * time.Second)
	for {
		d.mu.Lock()
		fresh, changed := d.output[d.read:], d.changed
		if i := strings.Index(fresh, text); i >= 0 {
			d.read += i + len(text)
			d.mu.Unlock()
			return fresh[:i+len(text)]
		}
		d.mu.Unlock()
		select {
		case <-changed:
		case <-late:
			d.t.Fatalf("never saw %q in %q", text, fresh)
		}
	}
}

func (d *desk) all() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.output
}

func (d *desk) mode() (mode unix.Termios) {
	ioctl(d.t, d.slave, func(fd int) error {
		m, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err == nil {
			mode = *m
		}
		return err
	})
	return mode
}

func (d *desk) resize(cols uint16) {
	ioctl(d.t, d.master, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: cols})
	})
}

// left waits until Run has returned and checks that the terminal is as it was.
func (d *desk) left() {
	d.t.Helper()
	if err := <-d.result; err != nil {
		d.t.Errorf("run: %v", err)
	}
	if d.mode() != d.before {
		d.t.Error("the terminal was left in another mode")
	}
}

func (d *desk) push(v chat.View) chat.MessageRef {
	d.t.Helper()
	ref, err := d.Send(d.t.Context(), chat.User{Platform: chat.Terminal, ID: "local"}.Direct(), v)
	if err != nil {
		d.t.Fatal(err)
	}
	return ref
}

func TestTTY_completion(t *testing.T) {
	gpus := func(_ context.Context, _ *chat.Request, _ string) ([]chat.Choice, error) {
		return []chat.Choice{{Value: "RTX 4090"}, {Value: "RTX 3090"}, {Value: "A5000"}}, nil
	}
	done := func(_ context.Context, req *chat.Request) (chat.Response, error) {
		return chat.Notice{Text: fmt.Sprintf("args %v", req.Args)}, nil
	}
	d := sit(t, terminal.Options{},
		&chat.Command{Name: "market", Run: done, Params: []chat.Param{
			{Name: "gpu", Complete: gpus},
			{Name: "kind", Choices: []chat.Choice{{Label: "Spot", Value: "spot"}}},
			{Name: "key", Secret: true},
		}},
		&chat.Command{Name: "rent", Run: done}, &chat.Command{Name: "report", Run: done},
	)
	d.types("ma" + tab)
	d.sees("market ")
	d.types("ki" + tab + "s" + tab + "g" + tab + "A" + tab + enter)
	d.sees("args map[gpu:A5000 kind:spot]")
	d.types("/re" + tab)
	d.sees("/rent  /report")
	d.sees("> /re")
	d.types("n" + tab + enter)
	d.sees("args map[]")
	d.types(`market gpu:RTX` + tab)
	d.sees(`gpu:"RTX`)
	d.types("4" + tab + enter)
	d.sees("args map[gpu:RTX 4090]")
	d.types("market k" + tab)
	if got := d.sees("kind:"); strings.Contains(got, "key") {
		t.Errorf("offers a secret: %q", got)
	}
}

func TestTTY_history(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(file, []byte("market old\nmarket \x1b]0;evil\x07older\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := sit(t, terminal.Options{History: file}, shop(nil)...)
	d.types("market one" + enter)
	d.sees("Market · one")
	d.types("nosuch" + enter)
	d.sees("I do not know")
	d.types("key" + enter)
	d.sees("Paste your API key")
	d.types("CANARY" + enter)
	d.sees("Stored.")
	d.types("key key:CANARY" + enter)
	d.sees("Please leave key out")
	d.types(up)
	d.sees("key")
	d.types(up)
	d.sees("nosuch")
	d.types(up + enter)
	d.sees("Market · one")
	d.types(ctrlD)
	d.left()
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(kept); got != "market old\nmarket ]0;evilolder\nmarket one\nkey\nmarket one\n" {
		t.Errorf("kept %q", got)
	}
}

func TestTTY_messagesWhileTyping(t *testing.T) {
	d := sit(t, terminal.Options{}, shop(nil)...)
	d.types("market fo")
	d.sees("fo")
	ref := d.push(chat.View{Title: "news", Body: chat.Text{chat.P("first\nsecond")}})
	d.sees("\aa: news\r\nfirst\r\nsecond\r\n")
	d.sees("> market fo")
	if err := d.Edit(t.Context(), ref, chat.View{Title: "news", Body: chat.Text{chat.P("first\nthird")}}); err != nil {
		t.Fatal(err)
	}
	d.sees("a: third\r\n> market fo")
	d.types("ur" + enter)
	d.sees("Market · four")
	d.push(chat.View{Title: "quiet", Silent: true})
	if got := d.sees("b: quiet"); strings.Contains(got, "\a") {
		t.Error("a silent message rang")
	}
}

func TestTTY_secretsAreNotShown(t *testing.T) {
	d := sit(t, terminal.Options{}, shop(nil)...)
	d.types("key" + enter)
	d.sees("key: ")
	d.types("CANARY")
	d.resize(40)
	d.push(chat.View{Title: "while typing"})
	d.sees("while typing")
	d.types(up + "\x1b[B" + "CANARY" + enter)
	d.sees("Stored.")
	d.sees("> ")
	if strings.Contains(d.all(), "CANARY") || strings.Contains(d.all(), "NARY") {
		t.Errorf("in sight: %q", d.all())
	}
}

func TestTTY_interrupt(t *testing.T) {
	d := sit(t, terminal.Options{}, append(shop(nil), &chat.Command{
		Name: "hang", Run: func(ctx context.Context, _ *chat.Request) (chat.Response, error) {
			<-ctx.Done()
			return chat.Notice{Text: "gave up"}, nil
		},
	})...)
	d.types("rent" + enter)
	d.sees("server: ")
	d.types("12" + ctrlC)
	d.sees("Left it")
	d.sees("> ")
	d.types("key" + enter)
	d.sees("key: ")
	d.types("CAN" + ctrlC)
	d.sees("Left it")
	d.sees("> ")
	d.types("hang" + enter)
	d.sees("… working 1s")
	d.types("lost" + ctrlC)
	d.sees(eraseLine)
	d.sees("gave up")
	d.types("market on" + enter)
	d.sees("Market · on")
	d.sees("> ")
	d.types(ctrlC)
	d.left()
}

func TestTTY_typingAhead(t *testing.T) {
	open := make(chan struct{})
	d := sit(t, terminal.Options{}, append(shop(nil), &chat.Command{
		Name: "hold", Run: func(context.Context, *chat.Request) (chat.Response, error) {
			<-open
			return chat.Notice{Text: "held"}, nil
		},
	})...)
	d.types("hold" + enter + "market ahead" + enter)
	d.sees("working")
	close(open)
	d.sees("held")
	d.sees("Market · ahead")
	d.types(ctrlD)
	d.left()
}

func TestTTY_colorAndWidth(t *testing.T) {
	text := strings.Repeat("some words ", 20)
	d := sit(t, terminal.Options{Color: true}, &chat.Command{
		Name: "say",
		Run: func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Reply{View: chat.View{Tone: chat.Danger, Title: "Careful", Body: chat.Text{chat.P(text)}}}, nil
		},
	})
	d.resize(40)
	d.types("say" + enter)
	d.sees("\x1b[31m! Careful\x1b[0m\r\n")
	for line := range strings.SplitSeq(strings.TrimSuffix(d.sees("\r\n\r\n"), "\r\n\r\n"), "\r\n") {
		if len(line) > 40 {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
	d.types(ctrlD)
	d.left()
}

func TestTTY_endsWithItsContext(t *testing.T) {
	master, slave := openPTY(t)
	_ = master
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	tty := terminal.New(terminal.Options{In: slave, Out: slave, Interactive: true, Now: noon})
	go func() { result <- tty.Run(ctx, chattest.NewDispatcher()) }()
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// TestPeopleSeeTheBeginningOfFiles keeps a long table from pushing everything off the screen.
func TestPeopleSeeTheBeginningOfFiles(t *testing.T) {
	d := sit(t, terminal.Options{Files: t.TempDir()}, reports(50)...)
	d.types("/report\r")
	got := d.sees("Save report-2026-11.csv")
	if !strings.Contains(got, "line 12,") || strings.Contains(got, "line 13,") || !strings.Contains(got, "and 38 lines more") {
		t.Error(got)
	}
	d.types("save\r")
	d.sees("Saved as")
}
