//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package simulator

import (
	"fmt"
	"net"
)

// socket remembers a port of loopback that was free a moment ago. These systems cannot hold one
// without listening on it.
type socket struct{ port int }

// hold finds a free port, or takes the one given.
func hold(port int) (*socket, error) {
	if port != 0 {
		return &socket{port}, nil
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("hold a port: %w", err)
	}
	port = l.Addr().(*net.TCPAddr).Port
	return &socket{port}, l.Close()
}

func (s *socket) listen() (net.Listener, error) {
	return net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
}

func (s *socket) close() {}
