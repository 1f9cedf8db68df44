package commands_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/watch"
	"github.com/clorebot/clorebot/internal/words"
)

// What must never be seen where it does not belong.
const (
	canaryKey      = "CANARYKEYCANARYKEYCANARYKEYk3F9a"
	canaryPassword = "CANARYpasswordCANARYpass"
)

// start is a Monday at two o'clock.
var start = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)

// ana is the user of most tests; eve is somebody else.
var (
	ana = chat.User{Platform: chat.Telegram, ID: "1001"}
	eve = chat.User{Platform: chat.Telegram, ID: "6666"}
)

// world is everything around the commands.
type world struct {
	t     *testing.T
	mem   *memory
	board *fakeBoard
	api   *fakeAPI
	log   strings.Builder
	c     *commands.Commands
	now   time.Time
	ids   int
	watch []account.ID
	// watches are told of a snapshot by look.
	watches *watch.Keeper
	group   bool // requests come from a group
	space   string
	seen    []chat.View
}

func newWorld(t *testing.T, change ...func(*commands.Options)) *world {
	t.Helper()
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, mem: newMemory(), board: &fakeBoard{}, api: &fakeAPI{}, now: start}
	w.board.snapshot = market.NewSnapshot(marketplace(), start.Add(-10*time.Second))
	w.api.wallets = []clore.Wallet{
		{Balance: money.Money{Amount: 37_510_000_000, Currency: money.USD}, Deposit: "0xDEPOSIT"},
		{Balance: money.Money{Amount: 1200 * money.Coin, Currency: money.CLORE}},
	}
	w.mem.grants = []account.Grant{{Platform: chat.Telegram, User: ana.ID, Role: account.Owner, At: start}}
	desk := rental.NewDesk(rental.DeskOptions{
		Books: w.mem, Quotes: w.mem, Secrets: w.mem, Kick: func(account.ID) {}, Now: w.clock, NewID: w.id,
	})
	o := commands.Options{
		Words: catalogue, Board: w.board, Desk: desk, Books: w.mem, Quotes: w.mem, Profiles: w.mem, Accounts: w.mem, Keys: w.mem,
		Grants: w.mem, Archive: w.mem, Confirmations: w.mem, Waker: w.mem, APIs: w.api, Check: w.api.check, Past: w.api.pastOrders,
		Watch: func(id account.ID) { w.watch = append(w.watch, id) }, Now: w.clock, NewID: w.id,
		Log:   slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Claim: secret.New("CLAIM-CODE"),
	}
	for _, f := range change {
		f(&o)
	}
	if w.watches, err = watch.Open(t.Context(), w.mem, watch.Options{Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	if o.Watches == nil {
		o.Watches = w.watches
	}
	w.c = commands.New(o)
	return w
}

func (w *world) clock() time.Time { return w.now }

func (w *world) id() string {
	w.ids++
	return fmt.Sprintf("id%014d", w.ids)
}

// withKey gives ana an account.
func (w *world) withKey() *world {
	a := account.Account{ID: "acct-1", User: ana, Label: "Main", Tail: "k3F9", Added: start.Add(-48 * time.Hour)}
	if err := w.mem.SaveAccount(w.t.Context(), a, secret.New(canaryKey)); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// withPreset makes the jupyter preset ana's default.
func (w *world) withPreset() *world {
	p := w.mem.profiles[ana]
	p.Preset = "jupyter"
	w.mem.profiles[ana] = p
	return w.withKey()
}

// ledger alters the ledger of ana's account without telling anybody.
func (w *world) ledger(change func(*rental.Ledger)) {
	l := w.mem.ledgers["acct-1"]
	change(&l)
	w.mem.ledgers["acct-1"] = l
}

func (w *world) request(u chat.User, origin chat.Origin, command string, args chat.Args) *chat.Request {
	req := &chat.Request{
		ID: w.id(), Origin: origin, User: u, Chat: u.Direct(), Direct: true,
		Command: command, Args: args, At: w.now,
	}
	if w.group {
		req.Chat, req.Direct, req.Space = chat.Address{Platform: u.Platform, ChatID: "-200"}, false, w.space
	}
	return req
}

// dispatch answers a request and checks what holds for every answer.
func (w *world) dispatch(req *chat.Request) chat.Response {
	w.t.Helper()
	resp := w.c.Dispatch(w.t.Context(), req)
	if reply, ok := resp.(chat.Reply); ok {
		w.check(reply.View, req.Direct)
	}
	if strings.Contains(fmt.Sprint(resp), canaryKey) || strings.Contains(w.log.String(), canaryKey) {
		w.t.Errorf("%s: the API key shows", req.Command)
	}
	return resp
}

// check fails for views that a front-end could not show, or that show what they must not.
func (w *world) check(v chat.View, direct bool) {
	w.t.Helper()
	w.seen = append(w.seen, v)
	if err := chat.CheckView(v); err != nil {
		w.t.Errorf("view %q: %v\n%s", v.Topic, err, dump(v))
	}
	if v.Topic == "" {
		w.t.Errorf("view without a topic:\n%s", dump(v))
	}
	for _, ctl := range v.Controls() {
		w.checkAction(ctl)
	}
	for _, s := range allSpans(v) {
		if strings.Contains(s.Text, canaryPassword) && (s.Kind != chat.Hidden || !v.Guarded || !direct) {
			w.t.Errorf("view %q shows the password", v.Topic)
		}
	}
	if strings.Contains(dump(v), "no value") || strings.Contains(dump(v), "%!") {
		w.t.Errorf("view %q has a hole:\n%s", v.Topic, dump(v))
	}
}

// checkAction fails for controls that lead nowhere.
func (w *world) checkAction(ctl chat.Control) {
	w.t.Helper()
	if ctl.Action.Command == "" {
		return
	}
	cmd := chat.Find(w.c.Commands(), ctl.Action.Command)
	if cmd == nil {
		w.t.Errorf("control %q: no command %q", ctl.Label, ctl.Action.Command)
		return
	}
	for name, value := range ctl.Action.Args {
		p := cmd.Param(name)
		if p == nil {
			w.t.Errorf("control %q: %s has no parameter %q", ctl.Label, cmd.Name, name)
		} else if _, err := p.Accept(value); err != nil {
			w.t.Errorf("control %q: %v", ctl.Label, err)
		}
	}
}

// says dispatches a typed line of ana and returns the view.
func (w *world) says(line string) chat.View { w.t.Helper(); return w.view(w.sends(ana, line)) }

func (w *world) sends(u chat.User, line string) chat.Response {
	w.t.Helper()
	cmd, args, err := chat.ParseLine(w.c.Commands(), line)
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	return w.dispatch(w.request(u, chat.Typed, cmd.Name, args))
}

func (w *world) view(resp chat.Response) chat.View {
	w.t.Helper()
	reply, ok := resp.(chat.Reply)
	if !ok {
		w.t.Fatalf("answered with %#v, not a view", resp)
	}
	return reply.View
}

// press uses the control whose label begins so, as ana.
func (w *world) press(v chat.View, label string) chat.Response {
	w.t.Helper()
	return w.pressAs(ana, v, label)
}

func (w *world) pressAs(u chat.User, v chat.View, label string) chat.Response {
	w.t.Helper()
	for _, ctl := range v.Controls() {
		if strings.HasPrefix(ctl.Label, label) && ctl.Action.Command != "" {
			return w.dispatch(w.request(u, chat.Pressed, ctl.Action.Command, ctl.Action.Args))
		}
	}
	w.t.Fatalf("no control %q in\n%s", label, dump(v))
	return nil
}

// choose takes a choice of the menu with that parameter.
func (w *world) choose(v chat.View, param, value string) chat.Response {
	w.t.Helper()
	for _, ctl := range v.Controls() {
		if ctl.Param == param {
			a := ctl.Chosen(chat.Choice{Value: value})
			return w.dispatch(w.request(ana, chat.Pressed, a.Command, a.Args))
		}
	}
	w.t.Fatalf("no menu for %q", param)
	return nil
}

// told renders an event in ana's private chat.
func (w *world) told(e rental.Event) chat.View {
	w.t.Helper()
	v, err := w.tell(ana.Direct(), e)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) tell(to chat.Address, e rental.Event) (chat.View, error) {
	w.t.Helper()
	e.User, e.Account = ana, "acct-1"
	if e.At.IsZero() {
		e.At = w.now
	}
	v, err := w.c.Render(w.t.Context(), to, e)
	if err == nil {
		w.check(v, to == ana.Direct())
	}
	return v, err
}

type fakeBoard struct {
	snapshot *market.Snapshot
	err      error
}

func (b *fakeBoard) Snapshot(context.Context) (*market.Snapshot, error) { return b.snapshot, b.err }
func (b *fakeBoard) Peek() *market.Snapshot                             { return b.snapshot }

// fakeAPI is Clore for one account.
type fakeAPI struct {
	wallets []clore.Wallet
	orders  []clore.Order
	past    []clore.Order
	err     error
	checked []secret.Text
	panics  bool
	asked   func() // while Wallets is answered
	book    *clore.SpotMarket
	bids    []money.Amount
}

func (f *fakeAPI) API(context.Context, account.ID) (rental.API, error) { return f, nil }

func (f *fakeAPI) MyOrders(context.Context, bool) ([]clore.Order, error) { return f.orders, f.err }
func (f *fakeAPI) CreateOrder(context.Context, clore.OrderRequest) error { return f.err }
func (f *fakeAPI) CancelOrder(context.Context, clore.OrderID, string) error {
	return f.err
}

func (f *fakeAPI) Wallets(context.Context) ([]clore.Wallet, error) {
	if f.panics {
		return f.wallets[len(f.wallets)+1:], nil // which is beyond the end
	}
	if f.asked != nil {
		f.asked()
	}
	return f.wallets, f.err
}

func (f *fakeAPI) check(_ context.Context, key secret.Text) ([]clore.Wallet, []clore.Order, error) {
	f.checked = append(f.checked, key)
	return f.wallets, f.orders, f.err
}

func (f *fakeAPI) pastOrders(context.Context, secret.Text) ([]clore.Order, error) {
	return append(slices.Clone(f.orders), f.past...), f.err
}

func (f *fakeAPI) SpotMarketplace(context.Context, clore.ServerID) (*clore.SpotMarket, error) {
	if f.book == nil {
		return &clore.SpotMarket{}, f.err
	}
	return f.book, f.err
}

func (f *fakeAPI) SetSpotPrice(_ context.Context, _ clore.OrderID, bid money.Amount) error {
	f.bids = append(f.bids, bid)
	return f.err
}
