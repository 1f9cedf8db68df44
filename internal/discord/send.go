package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

var (
	errAddress = errors.New("not an address on Discord")
	errRef     = errors.New("not a message on Discord")
)

// Send implements [chat.Sender].
func (f *Frontend) Send(ctx context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	f.recall(ctx)
	ref, err := f.sendOnce(ctx, to, v)
	if user, direct := to.DirectUser(); direct && codeOf(err) == unknownChannel {
		f.forgetChannel(ctx, user) // it was opened long ago
		ref, err = f.sendOnce(ctx, to, v)
	}
	if err != nil {
		return chat.MessageRef{}, f.sendFailed(ctx, to, err)
	}
	return ref, nil
}

func (f *Frontend) sendOnce(ctx context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	channel, err := f.channel(ctx, to)
	if err != nil {
		return chat.MessageRef{}, err
	}
	m := render(v)
	m.Nonce, m.EnforceNonce = nonce(channel, v.Key, m), true
	var sent struct {
		ID string `json:"id"`
	}
	endpoint := discordgo.EndpointChannelMessages(channel)
	if err := f.rest.do(ctx, "POST", endpoint, endpoint, m, &sent); err != nil {
		return chat.MessageRef{}, err
	}
	if user, direct := to.DirectUser(); direct {
		f.reached(ctx, user)
	}
	return chat.MessageRef{Address: to, MessageID: channel + "/" + sent.ID}, nil
}

// Edit implements [chat.Editor].
func (f *Frontend) Edit(ctx context.Context, ref chat.MessageRef, v chat.View) error {
	channel, id, ok := strings.Cut(ref.MessageID, "/")
	if ref.Platform != chat.Discord || !ok || !snowflake(channel) || !snowflake(id) {
		return &chat.SendError{Kind: chat.Rejected, Err: errRef}
	}
	m := render(v)
	m.asChange()
	endpoint := discordgo.EndpointChannelMessage(channel, id)
	err := f.rest.do(ctx, "PATCH", endpoint, discordgo.EndpointChannelMessage(channel, ""), m, nil)
	if err == nil {
		f.presses.noteEdit(id, m.Components)
		return nil
	}
	failed := f.sendFailed(ctx, ref.Address, err)
	if codeOf(err) == unknownChannel {
		failed.Kind = chat.Rejected // a new message may still find a way
	}
	return failed
}

// sendFailed sorts an error and does what follows from it.
func (f *Frontend) sendFailed(ctx context.Context, to chat.Address, err error) *chat.SendError {
	f.noteRefusal(err)
	if errors.Is(err, errAddress) {
		return &chat.SendError{Kind: chat.Rejected, Err: err}
	}
	if user, direct := to.DirectUser(); direct && closedDirect(codeOf(err)) {
		f.closed(user)
	} else if direct && codeOf(err) == unknownChannel {
		f.forgetChannel(ctx, user)
	}
	return sendError(err)
}

// channel returns the channel of an address, opening that with a user.
func (f *Frontend) channel(ctx context.Context, to chat.Address) (string, error) {
	user, direct := to.DirectUser()
	switch {
	case to.Platform != chat.Discord:
		return "", errAddress
	case !direct && snowflake(to.ChatID):
		return to.ChatID, nil
	case !direct || !snowflake(user):
		return "", errAddress
	}
	if channel := f.people.channel(user); channel != "" {
		return channel, nil
	}
	var opened struct {
		ID string `json:"id"`
	}
	endpoint := discordgo.EndpointUserChannels("@me")
	if err := f.rest.do(ctx, "POST", endpoint, endpoint, map[string]string{"recipient_id": user}, &opened); err != nil {
		return "", err
	}
	if !snowflake(opened.ID) {
		return "", fmt.Errorf("discord opened a channel without an ID")
	}
	f.people.setChannel(user, opened.ID)
	f.note(ctx, directNote, user, []byte(opened.ID), keepDirect)
	return opened.ID, nil
}

// snowflake reports whether a text is one of Discord's IDs. It becomes part of an address.
func snowflake(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// nonce names what is sent, so that sending it again within minutes makes no second message: by its
// delivery, since two alerts may have the same words, or else by its words.
func nonce(channel, delivery string, m *message) string {
	body, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	const length = 25 // the most that Discord takes
	all := append([]byte(channel+"\n"), body...)
	switch {
	case delivery != "":
		all = []byte(channel + "\n\n" + delivery)
	case m.file != nil:
		all = append(all, m.file.Data...)
	}
	sum := sha256.Sum256(all)
	return base64.RawURLEncoding.EncodeToString(sum[:])[:length]
}
