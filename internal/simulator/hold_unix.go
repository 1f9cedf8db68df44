//go:build linux || darwin || freebsd || netbsd || openbsd

package simulator

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// socket holds a port of loopback on which nothing listens yet: connections are refused, and
// nobody else can take the number.
type socket struct{ fd, port int }

// hold binds a port, 0 is any.
func hold(port int) (*socket, error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("hold a port: %w", err)
	}
	s := &socket{fd: fd}
	if err := s.bind(port); err != nil {
		s.close()
		return nil, fmt.Errorf("hold port %d: %w", port, err)
	}
	return s, nil
}

func (s *socket) bind(port int) error {
	if err := syscall.SetsockoptInt(s.fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := syscall.Bind(s.fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	name, err := syscall.Getsockname(s.fd)
	if err != nil {
		return err
	}
	if a, ok := name.(*syscall.SockaddrInet4); ok {
		s.port = a.Port
	}
	return nil
}

// listen turns the socket into a listener, which then owns it.
func (s *socket) listen() (net.Listener, error) {
	defer s.close()
	if err := syscall.Listen(s.fd, 128); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	dup, err := syscall.Dup(s.fd)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	f := os.NewFile(uintptr(dup), "sshd")
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

func (s *socket) close() {
	if s != nil && s.fd >= 0 {
		syscall.Close(s.fd)
		s.fd = -1
	}
}
