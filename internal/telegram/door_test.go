package telegram

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
)

// queue is a listener whose connections are there already.
type queue struct{ calls chan net.Conn }

func (q queue) Accept() (net.Conn, error) {
	c, ok := <-q.calls
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (queue) Close() error   { return nil }
func (queue) Addr() net.Addr { return nil }

func TestDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue{make(chan net.Conn, 4)}
		for range 4 {
			c, _ := net.Pipe()
			q.calls <- c
		}
		d := newDoor(q, 2)
		let := make(chan net.Conn, 4)
		ended := make(chan error, 1)
		go func() {
			for {
				c, err := d.Accept()
				if err != nil {
					ended <- err
					return
				}
				let <- c
			}
		}()
		synctest.Wait()
		if len(let) != 2 {
			t.Fatalf("%d are in, want 2", len(let))
		}
		first := <-let
		_ = first.Close()
		_ = first.Close() // again: it has one place only
		synctest.Wait()
		if len(let) != 2 {
			t.Errorf("%d are in, want the second and the third", len(let))
		}
		_ = d.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}
