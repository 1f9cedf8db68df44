package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gorilla/websocket"
)

// shard is one connection to the gateway, which is opened again whenever it is lost.
type shard struct {
	f      *Frontend
	id, of int
	starts *starts
	log    *slog.Logger

	// The session, as far as it can be resumed.
	session string
	resume  string // where to resume
	seq     int64
	resumes int // in vain, one after the other

	// The connection.
	at     string  // its address
	ticket *ticket // nil for one that resumes
	heard  bool    // an event came

	deaf  time.Time // since when nothing can come, zero while connected
	short int       // connections in a row that did not live
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
	// longestPause bounds the pause before the next connection; [starts] has longer ones before
	// sessions.
	longestPause = time.Minute
	// maxResumes is how often a session is tried to be resumed before a new one is begun.
	maxResumes = 3
	// longDeaf is after when the log is to alarm the operator.
	longDeaf = 5 * time.Minute
)

// serve connects and listens until the context ends or Discord gives the bot up.
func (s *shard) serve(ctx context.Context) error {
	s.deaf = time.Now()
	for {
		began := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopping is no failure
		}
		if err := fatal(err); err != nil {
			return err
		}
		if s.heard && time.Since(began) > settled {
			s.short = 0
		}
		if s.heard {
			s.deaf = time.Now()
		}
		wait := s.pause(err)
		s.report(ctx, err, wait)
		s.short++
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// pause is how long to wait before the next connection: not at all when Discord asks for one, the
// first time; longer with each that does not live.
func (s *shard) pause(err error) time.Duration {
	again, asked := errors.AsType[*reconnect](err)
	switch {
	case asked && s.short == 0:
		return again.wait
	case asked:
		return max(again.wait, backoff(s.short, longestPause))
	default:
		return backoff(s.short, longestPause)
	}
}

// report logs why a connection ended. What is usual is no warning, and what lasts is an error.
func (s *shard) report(ctx context.Context, err error, wait time.Duration) {
	deaf := time.Since(s.deaf)
	switch {
	case deaf >= longDeaf:
		s.log.ErrorContext(ctx, "no connection to discord, so nobody is answered there; see whether this machine reaches gateway.discord.gg "+
			"and what https://discordstatus.com says", "since", s.deaf, "err", err, "wait", wait)
	case s.short == 0 && errors.As(err, new(*reconnect)):
		s.log.InfoContext(ctx, "discord wants a new connection", "err", err)
	default:
		s.log.WarnContext(ctx, "connection to discord lost", "err", err, "wait", wait)
	}
}

// reconnect says that Discord wants a new connection.
type reconnect struct {
	invalid bool
	wait    time.Duration
}

func (e *reconnect) Error() string {
	if e.invalid {
		return "discord calls the session invalid"
	}
	return "discord asks to reconnect"
}

// errShards is a number of shards that Discord does not take.
var errShards = errors.New("discord.shards does not suit the bot")

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
		return fmt.Errorf("%w (close code %d); set it to 0 to let Discord choose", errShards, closed.Code)
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
	case closeNotAuthorized, closeBadSequence, closeTimedOut, websocket.CloseNormalClosure:
		s.session, s.seq = "", 0
	}
}

// connect opens one connection and listens on it until it ends.
func (s *shard) connect(ctx context.Context) (err error) {
	s.heard, s.ticket = false, nil
	address, err := s.address(ctx)
	if err != nil {
		return err
	}
	if s.ticket != nil {
		defer s.ticket.close(false)
	}
	s.at = address
	link, err := s.f.dial(ctx, address)
	if err != nil {
		return err
	}
	defer func() {
		link.shut(err)
		link.beating.Wait()
		s.forget(err)
	}()
	stop := context.AfterFunc(ctx, func() { link.shut(nil) })
	defer stop()
	if err := s.greet(link); err != nil {
		return err
	}
	return s.listen(ctx, link)
}

// address returns where to resume the session, or, when there is none or it was tried in vain,
// waits until another may begin and returns where.
func (s *shard) address(ctx context.Context) (address string, err error) {
	if s.session != "" && s.resumes >= maxResumes {
		s.log.WarnContext(ctx, "session cannot be resumed; beginning another", "tries", s.resumes)
		s.session, s.seq = "", 0
	}
	if s.session != "" {
		s.resumes++ // until an event shows that it worked
		return s.resume, nil
	}
	s.resumes, s.seq = 0, 0
	address, s.ticket, err = s.starts.begin(ctx, s.id)
	return address, err
}
