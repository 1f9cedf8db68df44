package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/bwmarrin/discordgo"
)

// errNoSession is a connection that answers heartbeats and never begins.
var errNoSession = errors.New("gateway does not begin the session")

// readyTime is how long the gateway may take to begin or resume a session: more than an interval
// between heartbeats, so that one that is slow has shown that it lives.
const readyTime = 45 * time.Second

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
	l.interval = max(time.Duration(h.Interval)*time.Millisecond, minInterval)
	l.seq.Store(s.seq)
	l.beating.Go(l.beat)
	token := s.f.rest.session.Token
	if s.session != "" {
		return l.write(opResume, map[string]any{"token": token, "session_id": s.session, "seq": s.seq})
	}
	defer s.ticket.done() // also when the write failed: it may have arrived
	return l.write(opIdentify, discordgo.Identify{
		Token: token, Intents: discordgo.IntentsNone, Shard: &[2]int{s.id, s.of}, LargeThreshold: 50,
		Properties: discordgo.IdentifyProperties{OS: runtime.GOOS, Browser: "clorebot", Device: "clorebot"},
	})
}

// listen takes events until the connection ends.
func (s *shard) listen(ctx context.Context, l *link) error {
	late := time.Now().Add(readyTime)
	for {
		patience := l.interval*(missedAcks+1) + writeTime
		if !s.heard {
			patience = min(patience, time.Until(late))
		}
		p, err := l.read(patience)
		if err != nil {
			if !s.heard && !time.Now().Before(late) {
				return errNoSession
			}
			return err
		}
		switch p.Op {
		case opDispatch:
			if p.Seq != nil {
				s.seq = *p.Seq
				l.seq.Store(s.seq)
			}
			s.hear()
			s.dispatch(ctx, p)
		case opHeartbeat:
			if err := l.answer(); err != nil {
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
			return &reconnect{invalid: true, wait: time.Second + rand.N(4*time.Second)} // as Discord asks for
		}
	}
}

// hear notes that the session has begun or goes on.
func (s *shard) hear() {
	if s.heard {
		return
	}
	s.heard, s.resumes = true, 0
	if s.ticket != nil {
		s.ticket.close(true)
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
			s.resume = s.at
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
		s.f.arrive(&in)
	}
}
