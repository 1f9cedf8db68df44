package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/rental"
)

// explain turns an error into words with a next step. It logs only what nobody foresaw.
func (c *Commands) explain(ctx context.Context, req *chat.Request, err error) chat.Response {
	profile := account.Profile{}
	if !errors.Is(err, errStranger) {
		if p, profileErr := c.Profiles.Profile(context.WithoutCancel(ctx), req.User); profileErr == nil {
			profile = p
		}
	}
	a := c.ask(req, profile)
	if errors.Is(err, errStranger) {
		return c.refuse(a)
	}
	for _, try := range []func(*ask, error) (chat.View, bool){
		explainSaid, c.explainArguments, explainQuery, explainLimit, explainBid, explainDesk, explainClore, explainTime,
		explainWatch,
	} {
		if v, ok := try(a, err); ok {
			return chat.Reply{View: v, Replace: false}
		}
	}
	return c.unforeseen(a, err)
}

// unforeseen answers with an identifier that is also in the log, and with nothing of the error:
// it may hold what the asker must not see.
func (c *Commands) unforeseen(a *ask, err error) chat.Response {
	id := c.NewID()[:8]
	c.Log.Error("request failed", "id", id, "command", a.Command, "error", err)
	v := a.trouble("error.unforeseen", "ID", chat.C(id))
	v.Tone = chat.Danger
	return chat.Reply{View: v}
}

// trouble makes an error view: what happened and what to do next.
func (a *ask) trouble(id string, args ...any) chat.View {
	return chat.View{Topic: "error", Tone: chat.Warning, Body: a.T(id, args...)}
}

// then adds a row of next steps.
func then(v chat.View, row ...chat.Control) chat.View {
	v.Rows = append(v.Rows, row)
	return v
}

func explainSaid(a *ask, err error) (chat.View, bool) {
	var s *said
	if !errors.As(err, &s) {
		return chat.View{}, false
	}
	v := a.trouble(s.id, s.args...)
	v.Rows = s.rows
	return v, true
}

func (c *Commands) explainArguments(a *ask, err error) (chat.View, bool) {
	if unknown, ok := errors.AsType[*chat.UnknownCommandError](err); ok {
		v := a.trouble("error.command", "Name", chat.C("/"+clip(unknown.Name, maxLabel)))
		return then(v, chat.Button(a.S("button.help_all"), "help", nil)), true
	}
	if errors.Is(err, chat.ErrLineTooLong) {
		return a.trouble("error.too_long", "Max", chat.MaxLine), true
	}
	var arg *chat.ArgError
	if !errors.As(err, &arg) {
		return chat.View{}, false
	}
	v := c.argumentTrouble(a, arg)
	return then(v, chat.Button(a.S("button.help_command", "Name", a.Command), "help", chat.Args{"command": a.Command})), true
}

func (c *Commands) argumentTrouble(a *ask, arg *chat.ArgError) chat.View {
	name := chat.C(arg.Param)
	switch arg.Reason {
	case chat.SecretTyped:
		return a.trouble("error.secret_typed")
	case chat.Empty:
		return a.trouble("error.missing", "Param", name)
	case chat.NotOffered:
		var offered chat.Text
		for i, choice := range arg.Allowed {
			if i > 0 {
				offered = append(offered, chat.P(", "))
			}
			offered = append(offered, chat.C(choice.Value))
		}
		return a.trouble("error.not_offered", "Param", name, "Offered", offered)
	case chat.NotNumber:
		return a.trouble("error.not_number", "Param", name)
	default:
		return a.trouble("error.argument", "Param", name)
	}
}

func explainQuery(a *ask, err error) (chat.View, bool) {
	var q *market.QueryError
	if !errors.As(err, &q) {
		return chat.View{}, false
	}
	word := chat.C(clip(q.Word, maxLabel))
	id := queryReason(q.Reason)
	v := a.trouble(id, "Word", word, "Place", q.Offset+1)
	if q.Suggestion != "" && !strings.HasPrefix(q.Word, "#") { // "0" for "#0" leads nowhere
		v.Body = append(v.Body, a.T("query.suggestion", "Suggestion", chat.C(q.Suggestion))...)
	}
	return then(v, chat.Button(a.S("button.help_command", "Name", "market"), "help", chat.Args{"command": "market"})), true
}

func queryReason(r market.Reason) string {
	switch r {
	case market.UnknownSort:
		return "query.unknown_sort"
	case market.UnknownCountry:
		return "query.unknown_country"
	case market.UnknownCurrency:
		return "query.unknown_currency"
	case market.BadNumber:
		return "query.bad_number"
	case market.BadUnit:
		return "query.bad_unit"
	case market.BadOperator:
		return "query.bad_operator"
	case market.MissingOperator:
		return "query.missing_operator"
	case market.MissingValue:
		return "query.missing_value"
	case market.Contradiction:
		return "query.contradiction"
	case market.TooLong:
		return "query.too_long"
	default:
		return "query.unknown_word"
	}
}

// explainDesk speaks of what the bot itself would not do.
func explainDesk(a *ask, err error) (chat.View, bool) {
	is := func(target error) bool { return errors.Is(err, target) }
	orders := chat.Button(a.S("button.orders"), "orders", nil)
	switch {
	case is(errNoKey):
		return then(a.trouble("error.no_key"),
			chat.Button(a.S("button.add_key"), "key", chat.Args{"do": "add"}).Styled(chat.Good)), true
	case is(rental.ErrNoAccount):
		return then(a.trouble("error.no_account"), chat.Button(a.S("button.keys"), "key", nil)), true
	case is(errNotOwner):
		return a.trouble("error.not_owner"), true
	case is(rental.ErrNoQuote):
		return then(a.trouble("error.no_quote"), chat.Button(a.S("button.market"), "market", nil)), true
	case is(rental.ErrNoOrder), is(rental.ErrNoIntent):
		return then(a.trouble("error.no_order"), orders), true
	case is(rental.ErrEnding):
		return then(a.trouble("error.ending"), orders), true
	case is(rental.ErrStopMoved):
		return then(a.trouble("error.stop_moved"), orders), true
	case is(rental.ErrIntentState):
		return then(a.trouble("error.settled"), orders), true
	case is(rental.ErrCreated):
		return then(a.trouble("error.created"), orders), true
	case is(rental.ErrManyIntents):
		return then(a.trouble("error.many_intents"), orders), true
	case is(rental.ErrKeyRejected):
		return keyTrouble(a), true
	case is(rental.ErrNoMandate), is(rental.ErrManyMandates), is(rental.ErrBounds):
		return mandateTrouble(a, err), true
	case is(ErrNoConfirmation):
		return then(a.trouble("error.no_confirmation"), orders), true
	default:
		return chat.View{}, false
	}
}

func keyTrouble(a *ask) chat.View {
	return then(a.trouble("error.key"), chat.Button(a.S("button.keys"), "key", nil))
}

// explainClore speaks of Clore's answers.
func explainClore(a *ask, err error) (chat.View, bool) {
	var answer *clore.Error
	var input *clore.InputError
	switch {
	case errors.Is(err, clore.ErrOutcomeUnknown):
		return a.trouble("error.outcome_unknown"), true
	case errors.As(err, &input):
		return a.trouble("error.input", "Field", chat.C(clip(input.Field, maxLabel))), true
	case clore.IsCode(err, clore.CodeKey):
		return keyTrouble(a), true
	case clore.IsCode(err, clore.CodeRate):
		return a.retry(a.trouble("error.rate")), true
	case errors.As(err, &answer):
		return a.retry(a.trouble(reasonText(string(answer.Text)))), true
	case errors.Is(err, clore.ErrUnavailable), errors.Is(err, clore.ErrNotSent):
		return a.retry(a.trouble("error.unavailable")), true
	default:
		return chat.View{}, false
	}
}

func explainTime(a *ask, err error) (chat.View, bool) {
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return chat.View{}, false
	}
	return a.retry(a.trouble("error.timeout")), true
}

// retry adds a control that asks the same again, if that fits one and holds no secret.
func (a *ask) retry(v chat.View) chat.View {
	ctl := chat.Button(a.S("button.try_again"), a.Command, a.Args)
	if _, err := ctl.Action.Encode(); err != nil || a.Origin == chat.Filled {
		return v
	}
	return then(v, ctl)
}

// reasonText returns the text for why an order was not placed, or a cancellation refused:
// Clore's own word, or one of the bot's reasons.
func reasonText(reason string) string {
	switch reason {
	case string(clore.ServerRented), string(clore.ServerUnknown), string(clore.ServerOffline),
		rental.ReasonRented, rental.ReasonUnlisted:
		return "reason.gone"
	case string(clore.NotEnoughBalance):
		return "reason.balance"
	case string(clore.CurrencyNotAllowed), rental.ReasonCoin, rental.ReasonNoPrice:
		return "reason.coin"
	case string(clore.TooLowPrice), string(clore.AmountTooLow):
		return "reason.bid_too_low"
	case string(clore.HaveSpotOrder):
		return "reason.have_spot"
	case string(clore.OnGigaSPOT), rental.ReasonGigaSPOT:
		return "reason.gigaspot"
	case string(clore.OwnServer):
		return "reason.own_server"
	case string(clore.OrderNotActive), string(clore.OrderNotFound), string(clore.OrderUnknown):
		return "reason.over"
	case string(clore.NotYourOrder):
		return "reason.not_yours"
	default:
		return botReason(reason)
	}
}

// notSent says why an order was not placed: with the limit, where it was one.
func (a *ask) notSent(in *rental.Intent, reason string) string {
	if reason == rental.ReasonLimit && in.Limit != "" {
		return a.S("reason.limit_of", "Limit", strings.TrimPrefix(a.limitText(in.Limit), "⏸ "))
	}
	return a.S(reasonText(reason))
}

// botReason returns the text for the reasons of the bot itself.
func botReason(reason string) string {
	switch reason {
	case rental.ReasonDearer:
		return "reason.dearer"
	case rental.ReasonTooOld:
		return "reason.too_old"
	case rental.ReasonYours:
		return "reason.yours"
	case rental.ReasonKey:
		return "reason.key"
	case rental.ReasonBusy:
		return "reason.busy"
	case rental.ReasonInput:
		return "reason.input"
	case rental.ReasonNotSent:
		return "reason.not_sent"
	case rental.ReasonLimit:
		return "reason.limit"
	case rental.ReasonCalledOff:
		return "reason.called_off"
	case rental.ReasonMandate:
		return "reason.mandate"
	default:
		return "reason.refused"
	}
}
