package simulator

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/term"
)

const serverVersion = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.14"

var errLogin = errors.New("permission denied")

// serve speaks SSH on a connection until either side ends it.
func (x *door) serve(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second)) //nolint:errcheck // then it takes longer
	config, err := x.config()
	if err != nil {
		return
	}
	s, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return
	}
	c.SetDeadline(time.Time{}) //nolint:errcheck // as above
	defer s.Close()
	go ssh.DiscardRequests(requests)
	for n := range channels {
		if n.ChannelType() != "session" {
			n.Reject(ssh.UnknownChannelType, "only sessions") //nolint:errcheck // the client is gone
			continue
		}
		ch, requests, err := n.Accept()
		if err != nil {
			return
		}
		go x.session(ch, requests)
	}
}

// config lets root in with the order's password or key. With a key under Clore's supervisor
// the password does not count.
func (x *door) config() (*ssh.ServerConfig, error) {
	signer, err := x.hostKey()
	if err != nil {
		return nil, err
	}
	c := &ssh.ServerConfig{ServerVersion: serverVersion, MaxAuthTries: 6}
	c.AddHostKey(signer)
	if x.password != "" && (x.key == nil || !x.autoSSH) {
		c.PasswordCallback = func(m ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			if m.User() == "root" && subtle.ConstantTimeCompare(given, []byte(x.password)) == 1 {
				return nil, nil
			}
			return nil, errLogin
		}
	}
	c.PublicKeyCallback = func(m ssh.ConnMetadata, given ssh.PublicKey) (*ssh.Permissions, error) {
		if m.User() == "root" && x.key != nil && subtle.ConstantTimeCompare(given.Marshal(), x.key.Marshal()) == 1 {
			return nil, nil
		}
		return nil, errLogin
	}
	return c, nil
}

// hostKey is the order's own, and the same at every start.
func (x *door) hostKey() (ssh.Signer, error) {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], x.seed)
	binary.BigEndian.PutUint64(b[8:], uint64(x.order))
	binary.BigEndian.PutUint64(b[16:], streamHostKey)
	seed := sha256.Sum256(b[:])
	return ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
}

// session answers the requests of one channel: a terminal, a shell or a command.
func (x *door) session(ch ssh.Channel, requests <-chan *ssh.Request) {
	defer ch.Close()
	var t *term.Terminal
	started := false
	for r := range requests {
		good := true
		switch r.Type {
		case "pty-req":
			t = term.NewTerminal(ch, x.prompt())
			t.SetSize(size(r.Payload, true)) //nolint:errcheck // a width of nothing is ignored
		case "window-change":
			if t != nil {
				t.SetSize(size(r.Payload, false)) //nolint:errcheck // as above
			}
		case "env":
		case "shell", "exec":
			if good = !started; good {
				started = true
				go x.work(ch, t, r.Type, r.Payload)
			}
		default:
			good = false
		}
		if r.WantReply {
			r.Reply(good, nil) //nolint:errcheck // the client is gone
		}
	}
}

// size reads the columns and rows of a terminal request; pty-req has a name before them.
func size(payload []byte, named bool) (columns, rows int) {
	if named && len(payload) >= 4 {
		n := uint64(binary.BigEndian.Uint32(payload))
		payload = payload[min(4+n, uint64(len(payload))):]
	}
	if len(payload) < 8 {
		return 80, 24
	}
	columns, rows = int(binary.BigEndian.Uint32(payload)), int(binary.BigEndian.Uint32(payload[4:]))
	if columns <= 0 || columns > 1000 || rows <= 0 || rows > 1000 {
		return 80, 24
	}
	return columns, rows
}

// work runs a shell or a command and ends the channel with its status.
func (x *door) work(ch ssh.Channel, t *term.Terminal, kind string, payload []byte) {
	status := 0
	switch {
	case kind == "exec":
		var p struct{ Command string }
		if ssh.Unmarshal(payload, &p) == nil {
			status, _ = x.run(ch, p.Command)
		}
	case t != nil:
		io.WriteString(t, x.motd()) //nolint:errcheck // the client is gone
		status = x.repeat(t, func() (string, error) { return t.ReadLine() })
	default:
		lines := bufio.NewReaderSize(ch, 4096)
		status = x.repeat(ch, func() (string, error) { return lines.ReadString('\n') })
	}
	ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)})) //nolint:errcheck // the client is gone
	ch.Close()
}

// repeat runs lines until exit or the end of the input.
func (x *door) repeat(out io.Writer, read func() (string, error)) int {
	status := 0
	for {
		line, err := read()
		if line != "" {
			var exit bool
			if status, exit = x.run(out, line); exit {
				return status
			}
		}
		if err != nil {
			return status
		}
	}
}
