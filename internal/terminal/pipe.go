package terminal

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// pipe is a console of plain lines, for scripts and for output that is kept.
type pipe struct {
	in      io.Reader
	lines   *bufio.Reader
	working string
	reading chan line // the read under way, nil for none

	mu  sync.Mutex
	out io.Writer
}

type line struct {
	text string
	err  error
}

func newPipe(in io.Reader, out io.Writer, working string) *pipe {
	return &pipe{in: in, lines: bufio.NewReader(in), working: working, out: out}
}

// readLine implements console. Each line is read only when it is wanted, so that whoever
// writes the script knows what was done when the next line is taken.
func (p *pipe) readLine(ctx context.Context, _ string, _ bool) (string, error) {
	if p.reading == nil {
		p.reading = make(chan line, 1)
		go func(to chan<- line) { to <- p.next() }(p.reading)
	}
	select {
	case l := <-p.reading:
		p.reading = nil
		return l.text, l.err
	case <-ctx.Done():
		unblock(p.in)
		return "", ctx.Err()
	}
}

// next reads one line and forgets what is beyond the limit.
func (p *pipe) next() line {
	var b strings.Builder
	long := false
	for {
		part, more, err := p.lines.ReadLine()
		if errors.Is(err, io.EOF) && (b.Len() > 0 || long) {
			err = nil // the next read finds the end again
		}
		if err != nil {
			return line{err: err}
		}
		long = long || b.Len()+len(part) > chat.MaxLine
		if !long {
			b.Write(part)
		}
		switch {
		case more:
		case long:
			return line{err: errLong}
		default:
			return line{text: b.String()}
		}
	}
}

func (p *pipe) print(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, text)
	return err
}

func (p *pipe) attend(done <-chan struct{}, _ func()) {
	select {
	case <-done:
		return
	case <-time.After(slow):
	}
	_ = p.print(p.working + "\n")
	<-done
}

func (p *pipe) width() int { return 0 }
