package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
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
	greetTime  = 20 * time.Second // for everything until the first event
	writeTime  = 10 * time.Second
	maxEvent   = 8 << 20
	missedAcks = 2 // heartbeats without an answer, after which the connection counts as dead
)

// closeAgain is the code of a connection that we leave in order to resume: Discord ends the
// session at 1000 and 1001.
const closeAgain = 4900

// errZombie is a connection that takes heartbeats and does not answer them.
var errZombie = errors.New("gateway does not answer heartbeats")

// errNoSession is a connection that answers heartbeats and never begins.
var errNoSession = errors.New("gateway does not begin the session")

// maxInterval is the longest time between heartbeats that Discord can mean.
const maxInterval = 10 * time.Minute

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
	mu       sync.Mutex // writing
	once     sync.Once
	interval time.Duration
	unacked  atomic.Int32
	seq      atomic.Int64
	greeted  time.Time // until when the first event must be there
	awake    bool      // it was
	stop     chan struct{}
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
	d := websocket.Dialer{NetDialContext: f.o.Dial, Proxy: f.transport.Proxy, HandshakeTimeout: greetTime}
	conn, resp, err := d.DialContext(ctx, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("connect to the gateway: %w", err)
	}
	_ = resp.Body.Close()
	conn.SetReadLimit(maxEvent)
	return &link{conn: conn, stop: make(chan struct{}), greeted: time.Now().Add(greetTime)}, nil
}

// shut ends the connection. The session lives on unless the bot itself ends (nil).
func (l *link) shut(why error) {
	l.once.Do(func() {
		code := websocket.CloseNormalClosure
		if why != nil {
			code = closeAgain
		}
		close(l.stop)
		text := websocket.FormatCloseMessage(code, "")
		_ = l.conn.WriteControl(websocket.CloseMessage, text, time.Now().Add(time.Second))
		_ = l.conn.Close()
	})
}

func (l *link) write(op int, data any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
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
		return p, err
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
			_ = l.conn.SetReadDeadline(time.Now()) // wakes the reader, which finds out why
			return
		}
		if l.heartbeat() != nil {
			return // the reader meets the same fault
		}
		timer.Reset(l.interval)
	}
}

func (l *link) heartbeat() error {
	l.unacked.Add(1)
	if seq := l.seq.Load(); seq > 0 {
		return l.write(opHeartbeat, seq)
	}
	return l.write(opHeartbeat, nil)
}

// greet waits for the hello and begins or resumes a session.
func (s *shard) greet(l *link) error {
	hello, err := l.read(greetTime)
	if err != nil {
		return err
	}
	var h struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(hello.Data, &h); err != nil || hello.Op != opHello || h.Interval <= 0 || h.Interval > maxInterval.Milliseconds() {
		return fmt.Errorf("gateway did not say hello but op %d", hello.Op)
	}
	l.interval = time.Duration(h.Interval) * time.Millisecond
	l.seq.Store(s.seq)
	l.beating.Go(l.beat)
	token := s.f.rest.session.Token
	if s.session != "" {
		return l.write(opResume, map[string]any{"token": token, "session_id": s.session, "seq": s.seq})
	}
	return l.write(opIdentify, discordgo.Identify{
		Token: token, Intents: discordgo.IntentsNone, Shard: &[2]int{s.id, s.of}, LargeThreshold: 50,
		Properties: discordgo.IdentifyProperties{OS: runtime.GOOS, Browser: "clorebot", Device: "clorebot"},
	})
}

// listen takes events until the connection ends.
func (s *shard) listen(ctx context.Context, l *link) error {
	for {
		patience := l.interval*(missedAcks+1) + writeTime
		if !l.awake {
			patience = min(patience, time.Until(l.greeted))
		}
		p, err := l.read(patience)
		if err != nil {
			if !l.awake && !time.Now().Before(l.greeted) {
				return errNoSession
			}
			if l.unacked.Load() >= missedAcks {
				return errZombie
			}
			return err
		}
		switch p.Op {
		case opDispatch:
			if p.Seq != nil {
				s.seq = *p.Seq
				l.seq.Store(s.seq)
			}
			l.awake, s.resumes = true, 0
			s.dispatch(ctx, p)
		case opHeartbeat:
			if err := l.heartbeat(); err != nil {
				return err
			}
		case opAck:
			l.unacked.Store(0)
		case opReconnect:
			return &reconnect{}
		case opInvalidSession:
			if string(p.Data) != "true" {
				s.session, s.seq = "", 0
			}
			return &reconnect{wait: time.Second + rand.N(4*time.Second)} // as Discord asks for
		}
	}
}

// dispatch handles an event. It must not wait for anything, or heartbeats go unanswered.
func (s *shard) dispatch(ctx context.Context, p packet) {
	defer s.f.recovered()
	switch p.Type {
	case "READY":
		var ready struct {
			Session string `json:"session_id"`
			Resume  string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(p.Data, &ready); err != nil {
			s.log.WarnContext(ctx, "gateway sent a ready event that cannot be read", "err", err)
			return
		}
		s.session, s.resume = ready.Session, ready.Resume
		if s.f.gatewayAddress(s.resume) != nil {
			s.resume = s.home
		}
		s.log.InfoContext(ctx, "connected")
	case "RESUMED":
		s.log.InfoContext(ctx, "connection resumed")
	case "INTERACTION_CREATE":
		var in discordgo.Interaction
		if err := json.Unmarshal(p.Data, &in); err != nil {
			s.log.WarnContext(ctx, "interaction cannot be read", "err", err)
			return
		}
		s.f.handle(&in, nil)
	}
}
