package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token is the bot's.
const Token = "4711:AAFakeTokenOfTheFakeBotApi_0123456789ab"

// Bot is the bot's user ID and Name its user name.
const (
	Bot  = 4711
	Name = "clore_test_bot"
)

// Server is a Bot API.
type Server struct {
	t    testing.TB
	spec *Spec

	mu          sync.Mutex
	updates     []update
	nextID      int64
	polling     chan struct{} // closed to end the call of getUpdates under way
	rivals      bool
	news        chan struct{}
	messages    map[int64][]*Message
	nextMsg     int
	queries     map[string]*query
	calls       map[string]int
	sends       []time.Time
	perChat     map[int64][]time.Time
	refused     int
	webhook     map[string]string
	undelivered trouble
	menus       map[string][]Command
	moved       map[int64]int64
	blocked     map[int64]bool
	fault       func(method string, form map[string]string) *Fault
	everything  strings.Builder

	// Pace has the published rates enforced with 429.
	Pace bool
	// Shown is told of everything that people see.
	Shown func(Event)
	// Latency is how long a call of a method takes, there and back; nil for no time.
	Latency func(method string) time.Duration
	// CannotDelete has people's messages stay.
	CannotDelete bool
}

// Fault is how a call fails.
type Fault struct {
	Code       int
	Text       string
	RetryAfter int
	Raw        string // an answer that is no JSON
	Broken     error  // no answer at all
	// After has the call done before it fails.
	After bool
}

// Event is something that became visible.
type Event struct {
	Message *Message // sent or edited; nil for the answer to a press
	Edited  bool
	Notice  string
	Alert   bool
	User    int64 // who pressed
	Deleted bool
}

// Message is a message in a chat.
type Message struct {
	ID        int
	Chat      int64
	Thread    int
	From      int64
	Text      string // visible
	Entities  []Entity
	Buttons   [][]Button
	Protected bool
	Silent    bool
	Reply     int
	Gone      bool
	Edits     int
	Document  *Upload
	raw       string
	At        time.Time
}

// Button is a button under a message.
type Button struct {
	Text  string `json:"text"`
	Data  string `json:"callback_data"`
	URL   string `json:"url"`
	Style string `json:"style"`
	Copy  *struct {
		Text string `json:"text"`
	} `json:"copy_text"`
}

// Command is an entry of a menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

type update struct {
	id  int64
	raw json.RawMessage
}

type query struct {
	user      int64
	asked     time.Time
	answered  int
	forgotten int // answers that came too late
}

// New returns a server that checks against the specification at the path; without the file it
// checks what it can and says so.
func New(t testing.TB, spec string) *Server {
	t.Helper()
	s := &Server{
		t: t, nextID: 700, news: make(chan struct{}), messages: map[int64][]*Message{}, nextMsg: 10,
		queries: map[string]*query{}, calls: map[string]int{}, perChat: map[int64][]time.Time{},
		menus: map[string][]Command{}, moved: map[int64]int64{}, blocked: map[int64]bool{},
	}
	var err error
	if s.spec, err = LoadSpec(spec); err != nil {
		t.Logf("requests are not checked against the Bot API's specification: %v", err)
		s.spec = nil
	}
	return s
}

// Fail has a function decide, before a call is looked at, whether it fails; nil answers it.
func (s *Server) Fail(decide func(method string, form map[string]string) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = decide
}

// Block has a chat take nothing any more.
func (s *Server) Block(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[chat] = true
}

// RoundTrip implements [http.RoundTripper].
func (s *Server) RoundTrip(req *http.Request) (*http.Response, error) {
	uploads := map[string]Upload{}
	method, form, err := s.read(req, uploads)
	if err != nil {
		s.t.Errorf("%s: %v", req.URL.Path, err)
		return nil, err
	}
	if err := s.travel(req.Context(), method); err != nil {
		return nil, err
	}
	status, body, err := s.serve(uploading(req.Context(), uploads), method, form)
	if err != nil {
		return nil, err
	}
	if err := s.travel(req.Context(), method); err != nil { // done, and nobody learns of it
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// travel takes half of the latency.
func (s *Server) travel(ctx context.Context, method string) error {
	if s.Latency == nil {
		return nil
	}
	return wait(ctx, s.Latency(method)/2)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) read(req *http.Request, uploads map[string]Upload) (method string, form map[string]string, err error) {
	if req.Method != http.MethodPost {
		return "", nil, fmt.Errorf("%s instead of POST", req.Method)
	}
	if dir := path.Dir(req.URL.Path); dir != "/bot"+Token {
		return "", nil, fmt.Errorf("wrong token or path")
	}
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return "", nil, fmt.Errorf("content type %q", req.Header.Get("Content-Type"))
	}
	form = map[string]string{}
	for name, values := range req.URL.Query() { // Telegram takes parameters from there, too
		form[name] = values[0]
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return "", nil, err
	}
	if len(body) == 0 {
		return path.Base(req.URL.Path), form, nil
	}
	for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // as documented
			return path.Base(req.URL.Path), form, nil
		}
		if err != nil {
			return "", nil, err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return "", nil, err
		}
		if _, twice := form[part.FormName()]; twice {
			return "", nil, fmt.Errorf("%s twice", part.FormName())
		}
		form[part.FormName()] = string(b)
		if part.FileName() != "" {
			uploads[part.FormName()] = Upload{Name: part.FileName(), Data: string(b)}
		}
	}
}

func (s *Server) serve(ctx context.Context, method string, form map[string]string) (int, []byte, error) {
	if s.spec != nil {
		for _, fault := range s.spec.Check(method, form) {
			s.t.Errorf("request outside of the Bot API: %s", fault)
		}
	}
	s.mu.Lock()
	s.calls[method]++
	for _, name := range []string{"text", "reply_markup"} {
		s.everything.WriteString(form[name] + "\n")
	}
	fault := s.fault
	s.mu.Unlock()
	if fault != nil {
		if f := fault(method, form); f != nil {
			if f.After {
				if _, err := s.call(ctx, method, form); err != nil {
					return refuse(err)
				}
			}
			return f.answer()
		}
	}
	result, err := s.call(ctx, method, form)
	if ctx.Err() != nil {
		return 0, nil, ctx.Err()
	}
	if err != nil {
		return refuse(err)
	}
	b, err := json.Marshal(map[string]any{"ok": true, "result": result})
	return http.StatusOK, b, err
}

func (f *Fault) answer() (int, []byte, error) {
	switch {
	case f.Broken != nil:
		return 0, nil, f.Broken
	case f.Raw != "":
		return f.Code, []byte(f.Raw), nil
	}
	return refuse(&refusal{f.Code, f.Text, f.RetryAfter, 0})
}

// refusal is an error answer.
type refusal struct {
	code  int
	text  string
	retry int
	moved int64
}

func (r *refusal) Error() string { return r.text }

func refuse(err error) (int, []byte, error) {
	r, ok := err.(*refusal) //nolint:errorlint // it is never wrapped
	if !ok {
		r = &refusal{code: 400, text: err.Error()}
	}
	parameters := map[string]any{}
	if r.retry > 0 {
		parameters["retry_after"] = r.retry
	}
	if r.moved != 0 {
		parameters["migrate_to_chat_id"] = r.moved
	}
	names := map[int]string{400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: ", 429: "Too Many Requests: "}
	b, err := json.Marshal(map[string]any{
		"ok": false, "error_code": r.code, "description": names[r.code] + r.text, "parameters": parameters,
	})
	return r.code, b, err
}

// Calls returns how often a method was called.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Refused returns how many calls were too fast.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Menus returns the menus that were set, by scope and language.
func (s *Server) Menus() map[string][]Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][]Command{}
	for k, v := range s.menus {
		out[k] = slices.Clone(v)
	}
	return out
}

// Given returns all texts and buttons that were ever sent, as they were sent.
func (s *Server) Given() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.everything.String()
}

// Forgotten returns how many presses got their first answer too late.
func (s *Server) Forgotten() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.queries {
		if q.answered == 0 && q.forgotten > 0 {
			n++
		}
	}
	return n
}

// Unanswered returns the presses that got no answer, or more than one, or a late one.
func (s *Server) Unanswered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for id, q := range s.queries {
		if q.answered != 1 {
			all = append(all, fmt.Sprintf("%s: %d answers", id, q.answered))
		}
	}
	return all
}
