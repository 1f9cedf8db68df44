package terminal

import (
	"bytes"
	"io"
	"slices"
)

const (
	ctrlC = 3
	ctrlE = 5 // to the end of the line
	ctrlU = 21
)

// ahead bounds what may be typed while nothing reads.
const ahead = 4096

// keyboard reads a terminal in raw mode. It is the input of the line editor, with two
// differences: Ctrl-C clears the line and ends the reading with errInterrupted, where the
// editor alone would take it for the end of the input and find it again for ever; and the
// reading can be stopped.
type keyboard struct {
	chunks  chan []byte
	stop    <-chan struct{}
	pending []byte // received and not yet read; used by one goroutine at a time
	key     func() // called before each wait for a key
}

// pump moves what is typed into k.chunks until the input or the keyboard ends.
func (k *keyboard) pump(in io.Reader) {
	defer close(k.chunks)
	buffer := make([]byte, 256)
	for {
		n, err := in.Read(buffer)
		if n > 0 {
			select {
			case k.chunks <- slices.Clone(buffer[:n]):
			case <-k.stop:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Read implements io.Reader for the line editor.
func (k *keyboard) Read(p []byte) (int, error) {
	for len(k.pending) == 0 {
		k.key()
		select {
		case chunk, ok := <-k.chunks:
			if !ok {
				return 0, io.EOF
			}
			k.pending = chunk
		case <-k.stop:
			return 0, io.EOF
		}
	}
	if k.pending[0] == ctrlC {
		k.pending = k.pending[1:]
		return copy(p, []byte{ctrlE, ctrlU}), errInterrupted
	}
	typed := k.pending
	if i := bytes.IndexByte(typed, ctrlC); i >= 0 {
		typed = typed[:i]
	}
	n := copy(p, typed)
	k.pending = k.pending[n:]
	return n, nil
}

// hold keeps what is typed for later and reports whether Ctrl-C was in it; then all that was
// typed before is forgotten.
func (k *keyboard) hold(chunk []byte) (interrupted bool) {
	if i := bytes.LastIndexByte(chunk, ctrlC); i >= 0 {
		k.pending, chunk, interrupted = nil, chunk[i+1:], true
	}
	room := max(0, ahead-len(k.pending))
	k.pending = append(k.pending, chunk[:min(room, len(chunk))]...)
	return interrupted
}
