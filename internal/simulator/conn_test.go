package simulator

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func pair() (a, b *conn) { return newConns(address("there:22")) }

func TestConnCarriesBytes(t *testing.T) {
	a, b := pair()
	sent := bytes.Repeat([]byte("clore"), 100_000) // more than the buffer holds
	go func() {
		a.Write(sent) //nolint:errcheck // the reader sees
		a.Close()
	}()
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := b.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write to a closed peer: %v", err)
	}
	if _, err := a.Read(nil); err != nil {
		t.Errorf("read of nothing: %v", err)
	}
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
	if a.RemoteAddr().String() != "there:22" || b.LocalAddr().Network() != "tcp" || a.LocalAddr().String() != b.RemoteAddr().String() {
		t.Error("addresses")
	}
}

func TestConnReset(t *testing.T) {
	a, b := pair()
	a.Write([]byte("half")) //nolint:errcheck // it fits
	a.Reset()
	got, err := io.ReadAll(b)
	if string(got) != "half" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := b.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("write: %v", err)
	}
}

func TestConnDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair()
		start := time.Now()
		b.SetReadDeadline(start.Add(3 * time.Second)) //nolint:errcheck // it cannot fail
		if _, err := b.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("read: %v after %v", err, time.Since(start))
		}
		a.SetWriteDeadline(start.Add(5 * time.Second)) //nolint:errcheck // it cannot fail
		n, err := a.Write(make([]byte, maxBuffered+1))
		if n != maxBuffered || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("write: %d, %v after %v", n, err, time.Since(start))
		}
		b.SetDeadline(time.Time{}) //nolint:errcheck // it cannot fail
		if n, err := b.Read(make([]byte, 2*maxBuffered)); n != maxBuffered || err != nil {
			t.Errorf("read without a deadline: %d, %v", n, err)
		}
		waited := make(chan error)
		go func() { _, err := b.Read(make([]byte, 1)); waited <- err }()
		synctest.Wait()
		b.SetReadDeadline(time.Unix(1, 0)) //nolint:errcheck // it cannot fail
		if err := <-waited; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a deadline in the past: %v", err)
		}
		a.Close()
		b.Close()
	})
}

func TestAgendaKeepsOrder(t *testing.T) {
	var a agenda
	var got []int
	at := time.Unix(1000, 0)
	for i, d := range []time.Duration{3, 1, 2, 1, 3} {
		a.add(at.Add(d), func(time.Time) { got = append(got, i) })
	}
	if _, there := a.due(at); there {
		t.Error("nothing is due yet")
	}
	for x, there := a.due(at.Add(9)); there; x, there = a.due(at.Add(9)) {
		x.run(x.at)
	}
	for i, want := range []int{1, 3, 2, 0, 4} {
		if got[i] != want {
			t.Fatalf("order %v", got)
		}
	}
	if _, there := a.next(); there {
		t.Error("something is left")
	}
}
