package discord_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is the fake's gateway.
type gateway struct {
	f      *fake
	shards int

	// Under the lock of the fake:
	conns    []*conn
	history  []string // "identify 0/1", "resume s1 3", "close 4900"
	sessions int
	interval time.Duration // of heartbeats; 41.25 s when zero
	deaf     bool          // heartbeats get no answer
	mute     bool          // sessions are not begun, heartbeats are answered
	always   int           // op or close code in answer to each identify and resume; 0 for none
	resumeAt string        // "" for the usual address
	starts   int           // that are left today; 1000 when zero
	onHello  func(c *conn) bool
	wg       sync.WaitGroup
}

// conn is a connection of the bot.
type conn struct {
	ws    *websocket.Conn
	mu    sync.Mutex
	seq   int64
	shard int
	id    string // of the session
	ready bool
}

type sent struct {
	Op   int    `json:"op"`
	Data any    `json:"d"`
	Seq  *int64 `json:"s"`
	Type string `json:"t,omitempty"`
}

func (c *conn) send(op int, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WriteJSON(sent{Op: op, Data: data})
}

func (c *conn) event(kind string, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	_ = c.ws.WriteJSON(sent{Data: data, Seq: &c.seq, Type: kind})
}

// hangUp closes the connection with a code of Discord.
func (c *conn) hangUp(code int) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "bye"), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	g.wg.Add(1)
	defer g.wg.Done()
	c := &conn{ws: ws}
	g.f.mu.Lock()
	interval, hook := g.interval, g.onHello
	g.f.mu.Unlock()
	if interval == 0 {
		interval = 41250 * time.Millisecond
	}
	if r.URL.Query().Get("encoding") != "json" {
		g.note("no encoding asked for")
	}
	if hook == nil || hook(c) {
		c.send(10, map[string]any{"heartbeat_interval": interval.Milliseconds()})
	}
	g.serve(c)
	_ = ws.Close()
}

func (g *gateway) note(format string, args ...any) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.history = append(g.history, fmt.Sprintf(format, args...))
	g.f.notify()
}

func (g *gateway) serve(c *conn) {
	for {
		var p struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := c.ws.ReadJSON(&p); err != nil {
			closed := &websocket.CloseError{}
			if errors.As(err, &closed) {
				g.note("close %d", closed.Code)
			}
			g.drop(c)
			return
		}
		switch p.Op {
		case 1:
			g.f.mu.Lock()
			deaf := g.deaf
			g.f.mu.Unlock()
			if !deaf {
				c.send(11, nil)
			}
		case 2:
			g.identify(c, p.Data)
		case 6:
			g.resume(c, p.Data)
		}
	}
}

func (g *gateway) identify(c *conn, data json.RawMessage) {
	var d struct {
		Token   string `json:"token"`
		Intents int    `json:"intents"`
		Shard   [2]int `json:"shard"`
	}
	_ = json.Unmarshal(data, &d)
	if d.Token != "Bot "+token {
		c.hangUp(4004)
		return
	}
	if d.Intents != 0 {
		g.note("intents %d", d.Intents)
	}
	g.note("identify %d/%d", d.Shard[0], d.Shard[1])
	g.f.mu.Lock()
	g.sessions++
	c.id, c.shard, c.ready = fmt.Sprintf("s%d", g.sessions), d.Shard[0], true
	g.f.mu.Unlock()
	if g.spoil(c) {
		return
	}
	c.event("READY", map[string]any{
		"v": 9, "session_id": c.id, "resume_gateway_url": cmp.Or(g.resumeAt, "ws://discord.test/gateway"),
		"user": map[string]string{"id": application},
	})
	g.add(c)
}

func (g *gateway) resume(c *conn, data json.RawMessage) {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	_ = json.Unmarshal(data, &d)
	g.note("resume %s %d", d.Session, d.Seq)
	c.seq, c.id = d.Seq, d.Session
	if g.spoil(c) {
		return
	}
	c.event("RESUMED", map[string]any{})
	g.add(c)
}

// spoil does in place of the beginning of a session what the test wants.
func (g *gateway) spoil(c *conn) bool {
	g.f.mu.Lock()
	mute, always := g.mute, g.always
	g.f.mu.Unlock()
	switch {
	case always == 7:
		c.event("RESUMED", map[string]any{})
		c.send(7, nil)
	case always == 9:
		c.send(9, false)
	case always != 0:
		c.hangUp(always)
	}
	return mute || always != 0
}

func (g *gateway) add(c *conn) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.conns = append(g.conns, c)
	g.f.notify()
}

func (g *gateway) drop(c *conn) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.conns = slices.DeleteFunc(g.conns, func(x *conn) bool { return x == c })
	g.f.notify()
}

// first returns the connection that was opened first, waiting for it.
func (g *gateway) first() (c *conn) {
	g.f.t.Helper()
	g.f.wait("a connection to the gateway", func() bool {
		if len(g.conns) > 0 {
			c = g.conns[0]
		}
		return c != nil
	})
	return c
}

func (g *gateway) close() {
	g.f.mu.Lock()
	for _, c := range g.conns {
		_ = c.ws.Close()
	}
	g.f.mu.Unlock()
	g.wg.Wait()
}
