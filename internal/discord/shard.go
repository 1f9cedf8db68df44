package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// shard is one connection to the gateway, which is opened again whenever it is lost.
type shard struct {
	f      *Frontend
	id, of int
	home   string // the gateway's address for new sessions
	starts *starts
	log    *slog.Logger

	// The session, as far as it can be resumed.
	session string
	resume  string // where to resume
	seq     int64
	resumes int  // in vain, one after the other
	begun   bool // the last connection asked for a new session
}

// Close codes after which connecting again is in vain, or a new session is needed.
const (
	closeBadToken      = 4004
	closeBadSequence   = 4007
	closeTimedOut      = 4009
	closeInvalidShard  = 4010
	closeShardsNeeded  = 4011
	closeBadVersion    = 4012
	closeBadIntents    = 4013
	closeForbidden     = 4014
	closeNotAuthorized = 4003
)

const (
	// settled is how long a connection lives that counts as a good one.
	settled = time.Minute
	// longestPause and longestStart bound the pause before the next connection. One that begins
	// a session costs one of a thousand a day; after those Discord takes the token away.
	longestPause = time.Minute
	longestStart = 5 * time.Minute
	// maxResumes is how often a session is tried to be resumed before a new one is begun.
	maxResumes = 3
)

// serve connects and listens until the context ends or Discord gives the bot up.
func (s *shard) serve(ctx context.Context) error {
	for short := 0; ; short++ { // connections in a row that did not live
		began := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopping is no failure
		}
		if err := fatal(err); err != nil {
			return err
		}
		if time.Since(began) > settled {
			short = 0
		}
		wait := s.pause(err, short)
		s.log.WarnContext(ctx, "gateway lost", "err", err, "wait", wait)
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// pause is how long to wait before the next connection: not at all when Discord asks for one, the
// first time; longer with each that does not live.
func (s *shard) pause(err error, short int) time.Duration {
	if again, ok := errors.AsType[*reconnect](err); ok && short == 0 {
		return again.wait
	}
	longest := longestPause
	if s.begun {
		longest = longestStart
	}
	const doublings = 9
	pause := min(time.Second<<min(short, doublings), longest)
	return pause/2 + rand.N(pause)
}

// reconnect says that Discord wants a new connection.
type reconnect struct{ wait time.Duration }

func (*reconnect) Error() string { return "asked to reconnect" }

// fatal returns what to tell the operator when trying again is in vain.
func fatal(err error) error {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return nil
	}
	switch closed.Code {
	case closeBadToken:
		return ErrToken
	case closeInvalidShard, closeShardsNeeded:
		return fmt.Errorf("discord.shards does not suit the bot (close code %d); set it to 0 to let Discord choose", closed.Code)
	case closeBadVersion, closeBadIntents, closeForbidden:
		return fmt.Errorf("discord no longer takes this version's connections (close code %d); please update clorebot", closed.Code)
	default:
		return nil
	}
}

// forget ends the session when it cannot be resumed after this error.
func (s *shard) forget(err error) {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return
	}
	switch closed.Code {
	case closeNotAuthorized, closeBadSequence, closeTimedOut, websocket.CloseNormalClosure, websocket.CloseGoingAway:
		s.session, s.seq = "", 0
	}
}

// connect opens one connection and listens on it until it ends.
func (s *shard) connect(ctx context.Context) (err error) {
	if s.resumes >= maxResumes {
		s.session, s.resume, s.seq = "", "", 0
	}
	address := s.home
	s.begun = false
	if s.session != "" {
		address = s.resume
		s.resumes++ // until it is known to have worked
	} else if err := s.starts.wait(ctx, s.id); err != nil {
		return err
	}
	link, err := s.f.dial(ctx, address)
	if err != nil {
		if s.session == "" {
			s.starts.giveBack()
		}
		return err
	}
	defer func() {
		link.shut(err)
		link.beating.Wait()
		s.forget(err)
	}()
	s.begun = s.session == ""
	stop := context.AfterFunc(ctx, func() { link.shut(nil) })
	defer stop()
	if err := s.greet(link); err != nil {
		return err
	}
	return s.listen(ctx, link)
}
