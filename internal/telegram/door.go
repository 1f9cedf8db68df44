package telegram

import (
	"net"
	"sync"
)

// door is a listener that lets so many connections in at a time. More wait outside until one
// leaves: each takes memory, and whoever reaches the port can open them.
type door struct {
	net.Listener

	places chan struct{}
	once   sync.Once
	shut   chan struct{}
}

func newDoor(l net.Listener, places int) *door {
	return &door{Listener: l, places: make(chan struct{}, places), shut: make(chan struct{})}
}

// Accept implements [net.Listener].
func (d *door) Accept() (net.Conn, error) {
	select {
	case d.places <- struct{}{}:
	case <-d.shut:
		return nil, net.ErrClosed
	}
	c, err := d.Listener.Accept()
	if err != nil {
		<-d.places
		return nil, err
	}
	return &guest{Conn: c, leave: sync.OnceFunc(func() { <-d.places })}, nil
}

// Close implements [net.Listener].
func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return d.Listener.Close()
}

// guest is a connection that gives its place back.
type guest struct {
	net.Conn

	leave func()
}

// Close implements [net.Conn].
func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
