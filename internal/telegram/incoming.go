package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// incoming is what somebody did, whichever way.
type incoming struct {
	id     string // of the request
	user   chat.User
	name   string // as others see it
	locale string
	from   place     // where it was done
	to     place     // where the answer goes: from, or the private chat
	said   int       // the person's message; 0 for a press, or one that stayed in an old group
	press  *press    // nil for a message
	on     int       // the message whose button was pressed
	safe   bool      // that message is protected against forwarding
	at     time.Time // when it was done
	say    Phrases
	// erasing is the removal of what the person wrote, since there is a secret in it; nil for none
	// yet.
	erasing *erasure
}

// private reports whether nobody else reads where it was done.
func (in *incoming) private() bool { return !in.from.group() }

// mention addresses the person in a group.
func (in *incoming) mention() string {
	return `<a href="tg://user?id=` + in.user.ID + `">` + escape(label(in.name)) + "</a>: "
}

// request makes the request of a command.
func (in *incoming) request(origin chat.Origin, command string, args chat.Args) *chat.Request {
	req := &chat.Request{
		ID: in.id, Origin: origin, User: in.user, Chat: in.to.address(), Direct: !in.to.group(),
		Locale: in.locale, Command: command, Args: args, At: in.at,
	}
	if in.from.group() {
		req.Space = decimal64(in.from.Chat)
	}
	return req
}

// relevant reports whether an update concerns the bot. In a group only commands, answers to the
// bot, what happens to the chat and a key by itself do; what else people say to each other is not
// even stored.
func (f *Frontend) relevant(u *models.Update) bool {
	m := u.Message
	if m == nil && u.EditedMessage != nil {
		return f.editedIn(u.EditedMessage)
	}
	switch {
	case u.CallbackQuery != nil, u.MyChatMember != nil:
		return true
	case m == nil || m.From == nil || (m.From.IsBot && m.SenderChat == nil):
		return false
	case m.Chat.ID > 0:
		return hasContent(m)
	case m.MigrateToChatID != 0, m.MigrateFromChatID != 0:
		return true
	}
	text := f.written(m)
	word, ok := splitCommand(text)
	return (ok && f.forUs(word)) || (f.repliesToUs(m) && hasContent(m)) || chat.RevealsKey(text)
}

// editedIn reports whether there is a secret in a message that was changed.
func (f *Frontend) editedIn(m *models.Message) bool {
	return m.From != nil && !m.From.IsBot && f.leaks(f.incoming(m.From, placeOfMessage(m), "", f.o.Now()), f.written(m))
}

// hasContent reports whether somebody wrote or sent something. Telegram also gives word of what is
// done to a chat, such as pinning a message, in the form of messages.
func hasContent(m *models.Message) bool {
	return m.Text != "" || m.Caption != "" || m.Photo != nil || m.Document != nil || m.Video != nil || m.Voice != nil ||
		m.Audio != nil || m.Sticker != nil || m.Animation != nil || m.VideoNote != nil || m.Contact != nil ||
		m.Location != nil || m.Poll != nil || m.Dice != nil || m.Story != nil || m.PaidMedia != nil || m.Game != nil
}

func (f *Frontend) repliesToUs(m *models.Message) bool {
	r := m.ReplyToMessage
	return r != nil && r.From != nil && r.From.ID == f.bot.ID()
}

// take puts an update into the lane of its chat, and returns what became of it.
func (f *Frontend) take(u *models.Update, a arrival) room {
	var chatID, person int64
	var p *press
	switch {
	case u.Message != nil:
		chatID = u.Message.Chat.ID
		if u.Message.From != nil {
			person = u.Message.From.ID
		}
	case u.EditedMessage != nil:
		chatID, person = u.EditedMessage.Chat.ID, u.EditedMessage.From.ID
	case u.CallbackQuery != nil:
		q := u.CallbackQuery
		person = q.From.ID
		if chatID = pressedIn(q).Chat; chatID == 0 {
			chatID = person
		}
		p = f.newPress(q.ID, a.mute)
	case u.MyChatMember != nil:
		chatID, person = u.MyChatMember.Chat.ID, u.MyChatMember.From.ID
	default:
		return taken // known already, or nothing for us
	}
	chatID = f.moves.current(chatID)
	if a.at.IsZero() {
		a = f.arrived(u, a)
	}
	if a.erasing == nil {
		a.erasing = f.eraseAhead(u, a.at)
	}
	became := f.lanes.put(chatID, person, u.ID, a, func(ctx context.Context) { f.handle(ctx, u, p, a) })
	switch became {
	case flood:
		f.log.Warn("an update was dropped: too many of one person", "update", u.ID)
		f.answered(u.ID)
	case full:
		f.log.Debug("an update waits in the inbox: too many of all", "update", u.ID)
	case taken, closed: // what comes at the end is in the inbox
	}
	return became
}

// handle answers an update and then takes it from the inbox.
func (f *Frontend) handle(ctx context.Context, u *models.Update, p *press, a arrival) {
	id := f.requestID(u)
	ctx, errand := newErrand(ctx, id, u.ID)
	defer func() {
		if r := recover(); r != nil {
			f.log.Error("handling an update panicked", "update", u.ID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
		if p != nil {
			p.answer("", false)
		}
		f.conclude(errand)
	}()
	switch {
	case u.Message != nil:
		f.message(ctx, u.Message, id, a)
	case u.EditedMessage != nil:
		f.edited(ctx, u.EditedMessage, id, a)
	case u.CallbackQuery != nil:
		f.pressed(ctx, u.CallbackQuery, p, id, a)
	case u.MyChatMember != nil:
		f.member(ctx, u.MyChatMember)
	}
}

func (f *Frontend) requestID(u *models.Update) string {
	return fmt.Sprintf("telegram-%d-%d", f.bot.ID(), u.ID)
}

func (f *Frontend) answered(id int64) {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	if err := f.o.Store.Answered(ctx, f.bot.ID(), id); err != nil {
		f.log.Error("an answered update stays in the inbox", "update", id, "err", err)
	}
}

// resume handles what an earlier run did not get to.
func (f *Frontend) resume(ctx context.Context) error {
	waiting, err := f.o.Store.Waiting(ctx, f.bot.ID())
	if err != nil {
		return err
	}
	for _, w := range waiting {
		var u models.Update
		if err := json.Unmarshal(w.Raw, &u); err != nil {
			f.log.Warn("an update in the inbox cannot be read", "update", w.ID, "err", err)
			f.answered(w.ID)
			continue
		}
		f.take(&u, arrival{old: true, unsure: f.absence.long()})
	}
	return nil
}

// from reads who did something, and where.
func (f *Frontend) incoming(u *models.User, p place, id string, at time.Time) *incoming {
	p.Chat = f.moves.current(p.Chat)
	return &incoming{
		id: id, user: chat.User{Platform: chat.Telegram, ID: decimal64(u.ID)}, name: u.FirstName, locale: u.LanguageCode,
		from: p, to: p, at: at, say: f.o.Phrases(u.LanguageCode),
	}
}

// directly moves the answer to the private chat.
func (in *incoming) directly() {
	id := in.user.Direct()
	if p, err := placeOf(id); err == nil {
		in.to = p
	}
}

// member takes note that the bot was let in or put out.
func (f *Frontend) member(ctx context.Context, m *models.ChatMemberUpdated) {
	old, present := memberType(m.OldChatMember), memberType(m.NewChatMember)
	if gone(present) || !gone(old) {
		return
	}
	p := place{Chat: m.Chat.ID}
	if !p.group() {
		f.veils.back(p.Chat)
		if err := f.o.Store.Wake(ctx, p.address()); err != nil {
			f.log.Warn("cannot wake an address", "err", err)
		}
		return
	}
	f.tell(ctx, p, 0, f.o.Phrases(m.From.LanguageCode).Greeting)
}

func memberType(m models.ChatMember) models.ChatMemberType { return m.Type }

func gone(t models.ChatMemberType) bool {
	return t == models.ChatMemberTypeLeft || t == models.ChatMemberTypeBanned
}
