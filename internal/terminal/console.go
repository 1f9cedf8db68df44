package terminal

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"
)

// errInterrupted is Ctrl-C while a line was read.
var errInterrupted = errors.New("interrupted")

// errLong is a line of more than [chat.MaxLine] bytes.
var errLong = errors.New("line too long")

// console is where lines come from and text goes to: a real terminal or a pair of pipes.
type console interface {
	// readLine reads a line. It returns io.EOF at the end, errInterrupted, errLong, or the
	// context's error. Secret lines are not shown.
	readLine(ctx context.Context, prompt string, secret bool) (string, error)
	// print writes whole lines. It may be called while a line is read.
	print(text string) error
	// attend waits until done is closed. Meanwhile it shows that something is going on, and
	// calls cancel when the person wants to stop it.
	attend(done <-chan struct{}, cancel func())
	// width returns the columns of a line, 0 for no limit.
	width() int
}

// slow is how long a command may take before a sign of life is shown.
const slow = time.Second

// ColorWanted reports whether the environment allows colours: NO_COLOR is not set and the
// terminal is not a dumb one. Whether the output is a terminal at all, the caller finds out.
func ColorWanted(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// unblock ends a Read that waits for input, where the reader can do that. Files that were
// opened by a shell often cannot; their reader ends with the process.
func unblock(in any) {
	if d, ok := in.(interface{ SetReadDeadline(time.Time) error }); ok {
		_ = d.SetReadDeadline(time.Unix(1, 0))
	}
}

// control calls do with the descriptor of a file. It leaves the file's mode alone, where
// [os.File.Fd] may end the working of deadlines.
func control(f any, do func(fd int)) {
	file, ok := f.(*os.File)
	if !ok {
		return
	}
	if c, err := file.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { do(int(fd)) })
	}
}

// lines joins rows to text for [console.print].
func lines(rows []row, color bool) string {
	var b strings.Builder
	for _, r := range rows {
		if color {
			b.WriteString(r.painted())
		} else {
			b.WriteString(r.text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}
