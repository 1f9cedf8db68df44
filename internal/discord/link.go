package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// Operations of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

const (
	greetTime = 20 * time.Second // to connect and then for the hello
	writeTime = 10 * time.Second
	maxEvent  = 8 << 20
	// missedAcks are heartbeats in a row without an answer, after which the connection is dead.
	missedAcks = 2
	// minInterval is the shortest time between heartbeats, of which Discord takes 120 a minute.
	minInterval = time.Second
	// maxInterval is the longest time between heartbeats that Discord can mean.
	maxInterval = 10 * time.Minute
)

// closeAgain is the code of a connection that we leave in order to resume: Discord ends the
// session at 1000 and 1001.
const closeAgain = 4900

// errZombie is a connection that takes heartbeats and does not answer them.
var errZombie = errors.New("gateway does not answer heartbeats")

// packet is a message of the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

// link is an open connection.
type link struct {
	conn     *websocket.Conn
	writing  chan struct{} // holds something while something is written
	once     sync.Once
	interval time.Duration
	unacked  atomic.Int32 // heartbeats in a row
	seq      atomic.Int64
	asked    time.Time     // when the server asked for a heartbeat and got one; of the reader
	stop     chan struct{} // closed in the end, after why was set
	why      error
	beating  sync.WaitGroup
}

func (f *Frontend) dial(ctx context.Context, address string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, greetTime)
	defer cancel()
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the gateway's address is no URL")
	}
	u.RawQuery = "v=" + discordgo.APIVersion + "&encoding=json"
	if u.Path == "" {
		u.Path = "/"
	}
	var line atomic.Pointer[net.Conn]
	hang := context.AfterFunc(ctx, func() { // the library knows deadlines alone once there is a line
		if conn := line.Load(); conn != nil {
			_ = (*conn).Close()
		}
	})
	defer hang()
	d := websocket.Dialer{HandshakeTimeout: greetTime, Proxy: f.transport.Proxy}
	d.NetDialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := f.transport.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		line.Store(&conn)
		if err := ctx.Err(); err != nil { // it may have ended when there was no line to close yet
			_ = conn.Close()
			return nil, err
		}
		return conn, nil
	}
	conn, resp, err := d.DialContext(ctx, u.String(), nil)
	if err != nil {
		return nil, dialError(resp, err)
	}
	_ = resp.Body.Close()
	conn.SetReadLimit(maxEvent)
	return &link{conn: conn, writing: make(chan struct{}, 1), stop: make(chan struct{})}, nil
}

// dialError says what a server answered that opens no connection.
func dialError(resp *http.Response, err error) error {
	if resp == nil {
		return fmt.Errorf("connect to the gateway: %w", err)
	}
	_ = resp.Body.Close()
	return fmt.Errorf("connect to the gateway: HTTP %d in place of a connection", resp.StatusCode)
}

// shut ends the connection. The session lives on unless the bot itself ends (nil).
func (l *link) shut(why error) {
	l.once.Do(func() {
		code := websocket.CloseNormalClosure
		if why != nil {
			code = closeAgain
		}
		l.why = why
		close(l.stop)
		text := websocket.FormatCloseMessage(code, "")
		_ = l.conn.WriteControl(websocket.CloseMessage, text, time.Now().Add(time.Second))
		_ = l.conn.Close()
	})
}

// write sends a packet. Who waits behind a write that is stuck gives up with the connection.
func (l *link) write(op int, data any) error {
	select {
	case l.writing <- struct{}{}:
	case <-l.stop:
		return net.ErrClosed
	}
	defer func() { <-l.writing }()
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return l.conn.WriteJSON(struct {
		Op   int `json:"op"`
		Data any `json:"d"`
	}{op, data})
}

func (l *link) read(patience time.Duration) (packet, error) {
	var p packet
	if err := l.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return p, err
	}
	_, data, err := l.conn.ReadMessage()
	if err != nil {
		select {
		case <-l.stop: // that is why
			return p, cmp.Or(l.why, err)
		default:
			return p, err
		}
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("decode packet: %w", err)
	}
	return p, nil
}

// beat sends heartbeats until the link is closed: the first after a random part of the interval,
// so that a restarted Discord is not met by all bots at once.
func (l *link) beat() {
	timer := time.NewTimer(rand.N(l.interval))
	defer timer.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-timer.C:
		}
		if l.unacked.Load() >= missedAcks {
			l.shut(errZombie)
			return
		}
		l.unacked.Add(1)
		if err := l.heartbeat(); err != nil {
			l.shut(err)
			return
		}
		timer.Reset(l.interval)
	}
}

func (l *link) heartbeat() error {
	if seq := l.seq.Load(); seq > 0 {
		return l.write(opHeartbeat, seq)
	}
	return l.write(opHeartbeat, nil)
}

// answer sends the heartbeat that the server asks for, at most one in two seconds.
func (l *link) answer() error {
	if time.Since(l.asked) < 2*time.Second {
		return nil
	}
	l.asked = time.Now()
	return l.heartbeat()
}
