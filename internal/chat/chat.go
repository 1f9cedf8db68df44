// Package chat is the vocabulary between commands and front-ends: what somebody asked
// ([Request]), what is answered ([Response], [View]), which commands there are ([Command],
// [Param]) and what a front-end must be able to do ([Frontend], [Sender], [Editor]).
//
// It knows no platform. A field is in this model only if every front-end can render it or
// degrade it without losing meaning; escaping happens in the renderers and nowhere else.
package chat

import (
	"context"
	"maps"
	"strings"
	"time"
)

// Platform names a chat network: "discord", "telegram", "terminal".
type Platform string

// The platforms for which there are front-ends.
const (
	Discord  Platform = "discord"
	Telegram Platform = "telegram"
	Terminal Platform = "terminal"
)

// User is a person on a platform. The ID is opaque to all but that platform's front-end.
type User struct {
	Platform Platform `json:"platform"`
	ID       string   `json:"id"`
}

// String returns "platform:id".
func (u User) String() string { return string(u.Platform) + ":" + u.ID }

// directPrefix marks a chat ID as "the private chat with the user of this ID".
const directPrefix = "@"

// Direct returns the address of the user's private chat. Front-ends recognise it by
// [Address.DirectUser] and open the chat where the platform wants that.
func (u User) Direct() Address { return Address{u.Platform, directPrefix + u.ID} }

// Address is a place where messages can be sent.
type Address struct {
	Platform Platform `json:"platform"`
	ChatID   string   `json:"chat"`
}

// DirectUser returns the user ID when the address is a user's private chat.
func (a Address) DirectUser() (id string, ok bool) { return strings.CutPrefix(a.ChatID, directPrefix) }

// MessageRef finds a message that was sent, for editing it.
type MessageRef struct {
	Address
	MessageID string `json:"message"`
}

// Origin tells how a request came about.
type Origin int

// The origins of requests.
const (
	Typed   Origin = iota // a line or slash command
	Pressed               // a control that was pressed or chosen
	Filled                // a prompt or modal that was filled in
)

// Args are the values of a command's parameters by name. A missing one has no entry.
type Args map[string]string

// With returns a copy of a with one value changed; an empty value removes it.
func (a Args) With(name, value string) Args {
	out := make(Args, len(a)+1)
	maps.Copy(out, a)
	if value == "" {
		delete(out, name)
	} else {
		out[name] = value
	}
	return out
}

// Request is what somebody asked, however they did it.
type Request struct {
	ID      string // unique to the event on its platform; the same event delivered twice has the same ID
	Origin  Origin
	User    User
	Chat    Address // where the answer goes
	Direct  bool    // nobody else reads Chat
	Space   string  // the group or guild that Chat belongs to, "" in private
	Locale  string  // BCP 47, "" when unknown
	Command string
	Args    Args
	At      time.Time
}

// HandlerFunc answers a request. An error is turned into words by the dispatcher.
type HandlerFunc func(context.Context, *Request) (Response, error)

// Response is a [Reply] or a [Notice].
type Response interface{ response() }

// Reply shows a view: as a new message or, with Replace, in place of the one whose control was
// pressed. A front-end that cannot replace sends a new message.
type Reply struct {
	View    View
	Replace bool
}

// Notice is a short text without a message of its own, e.g. the answer to a pressed button.
// Loud asks for one that must be dismissed.
type Notice struct {
	Text string
	Loud bool
}

func (Reply) response()  {}
func (Notice) response() {}

// Dispatcher is what front-ends pass requests to.
type Dispatcher interface {
	// Commands returns what can be asked, in the order in which menus list it.
	Commands() []*Command
	// Dispatch answers a request. It never panics and never returns nil.
	Dispatch(ctx context.Context, req *Request) Response
	// Complete suggests values for a parameter, at most 25, within a second.
	Complete(ctx context.Context, req *Request, param, typed string) []Choice
}

// Doorkeeper is a [Dispatcher] that says who is let in, so that nobody is asked for a value, let
// alone a key, whose request is refused in the end.
type Doorkeeper interface {
	Admits(ctx context.Context, req *Request) bool
}

// Sender delivers a view as a new message. A failure is a [*SendError].
type Sender interface {
	Send(ctx context.Context, to Address, v View) (MessageRef, error)
}

// Editor is a Sender that can also change what it sent. A front-end without it gets a new
// message in place of an edit. Editing to the same view is success.
type Editor interface {
	Sender
	Edit(ctx context.Context, ref MessageRef, v View) error
}

// Frontend connects one platform.
type Frontend interface {
	Sender
	Platform() Platform
	// Run serves requests until the context ends or the platform refuses for good. It
	// returns after the requests in hand are answered.
	Run(ctx context.Context, d Dispatcher) error
}
