package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
)

// setting is one thing that a user can set.
type setting struct {
	name   string
	title  string // identifier of its text
	value  func(a *ask) string
	offers func(a *ask) []chat.Choice
	set    func(a *ask, p *account.Profile, value string) error
}

func (c *Commands) settingsFamily() []*chat.Command {
	which := c.param("setting", "param.setting")
	which.Choices = c.choices("pay", "settings.pay", "preset", "settings.preset", "run", "settings.run",
		"login", "settings.login", "alerts", "settings.alerts", "quiet", "settings.quiet",
		"word", "settings.word", "zone", "settings.zone", "language", "settings.language")
	value := c.param("value", "param.value")
	cmd := c.command("settings", "cmd.settings", c.doSettings, which, value)
	cmd.Examples = []string{
		"/settings", "/settings pay CLORE", "/settings run 6h", "/settings quiet 23:00-07:00", "/settings zone Europe/Berlin",
	}
	return []*chat.Command{cmd}
}

func (c *Commands) settings() []setting {
	return []setting{
		{"pay", "settings.pay", func(a *ask) string { return a.pay().Symbol() }, offerCurrencies, c.setPay},
		{"preset", "settings.preset", presetName, offerPresets, c.setPreset},
		{"run", "settings.run", func(a *ask) string { return a.runText(a.runFor()) }, offerRunTimes, c.setRun},
		{"login", "settings.login", loginName, offerLogins, c.setLogin},
		{"quiet", "settings.quiet", quietText, offerQuiet, c.setQuiet},
		{"word", "settings.word", wordText, offerWords, c.setWord},
		{"zone", "settings.zone", func(a *ask) string { return a.zone.String() }, offerZones, c.setZone},
		{"language", "settings.language", func(a *ask) string { return a.S("language.name") }, c.offerLanguages, c.setLanguage},
	}
}

func (c *Commands) doSettings(ctx context.Context, a *ask) (chat.Response, error) {
	name, value := a.arg("setting"), a.arg("value")
	if name == "alerts" {
		return c.alerts(ctx, a, value)
	}
	for _, s := range c.settings() {
		if s.name != name {
			continue
		}
		if value == "" {
			return a.show(settingView(a, s))
		}
		err := c.changeProfile(ctx, a, func(p *account.Profile) error { return s.set(a, p, value) })
		if err != nil {
			return nil, err
		}
		return c.showSettings(ctx, a)
	}
	return c.showSettings(ctx, a)
}

func (c *Commands) showSettings(_ context.Context, a *ask) (chat.Response, error) {
	a = c.ask(a.Request, a.profile) // the language and the zone may be new
	v := chat.View{Topic: "settings", Title: a.S("settings.title"), Footer: a.S("settings.footer")}
	var buttons []chat.Control
	for _, s := range c.settings() {
		v.Fields = append(v.Fields, chat.Field{Name: a.S(s.title), Value: chat.Text{chat.P(s.value(a))}})
		buttons = append(buttons, chat.Button(a.S(s.title), "settings", chat.Args{"setting": s.name}))
	}
	v.Fields = append(v.Fields, chat.Field{Name: a.S("settings.alerts"), Value: chat.Text{chat.P(a.S("settings.alerts.value", "Changed", len(a.profile.Levels)))}})
	buttons = append(buttons, chat.Button(a.S("settings.alerts"), "settings", chat.Args{"setting": "alerts"}))
	v.Rows = append(rows(buttons, 4), []chat.Control{
		chat.Button(a.S("button.presets"), "presets", nil),
		chat.Button(a.S("button.sshkeys"), "sshkey", nil),
		chat.Button(a.S("button.keys"), "key", nil),
	})
	return a.show(v)
}

// rows arranges controls.
func rows(controls []chat.Control, width int) [][]chat.Control {
	var out [][]chat.Control
	for len(controls) > width {
		out, controls = append(out, controls[:width:width]), controls[width:]
	}
	if len(controls) > 0 {
		out = append(out, controls)
	}
	return out
}

// settingView offers the values of one setting.
func settingView(a *ask, s setting) chat.View {
	v := chat.View{
		Topic: "settings", Title: a.S(s.title),
		Body: a.T("settings.one", "Value", chat.B(s.value(a)), "Line", chat.C("/settings "+s.name+" …")),
	}
	if offers := s.offers(a); len(offers) > 0 {
		v.Rows = append(v.Rows, []chat.Control{{
			Label: a.S("button.choose"), Action: chat.Action{Command: "settings", Args: chat.Args{"setting": s.name}},
			Param: "value", Choices: offers[:min(len(offers), chat.MaxChoices)],
		}})
	}
	v.Rows = append(v.Rows, []chat.Control{chat.Button(a.S("button.back"), "settings", nil)})
	return v
}

// pay returns the currency that the asker prefers to pay with.
func (a *ask) pay() money.Currency {
	if a.profile.Currency != "" {
		return a.profile.Currency
	}
	return money.USD
}

func offerCurrencies(*ask) []chat.Choice {
	var out []chat.Choice
	for _, c := range money.Currencies() {
		out = append(out, chat.Choice{Label: c.Symbol(), Value: c.Symbol()})
	}
	return out
}

func (c *Commands) setPay(_ *ask, p *account.Profile, value string) error {
	currency, err := money.ParseCurrency(value)
	if err != nil {
		return c.wrong("settings.bad_currency", "Value", clip(value, maxLabel))
	}
	p.Currency = currency
	return nil
}

func presetName(a *ask) string {
	if a.profile.Preset == "" {
		return a.builtin()[0].Name
	}
	return a.profile.Preset
}

func offerPresets(a *ask) []chat.Choice {
	var out []chat.Choice
	for _, p := range a.presets() {
		out = append(out, presetChoice(p))
	}
	return out
}

func (c *Commands) setPreset(a *ask, p *account.Profile, value string) error {
	if _, ok := a.preset(value); !ok {
		return c.wrong("preset.unknown", "Name", clip(value, maxLabel))
	}
	p.Preset = value
	return nil
}

func loginName(a *ask) string {
	if a.profile.SSHKey == "" {
		return a.S("settings.login.password")
	}
	return a.profile.SSHKey
}

// passwordLogin is the value that asks for a password in place of a key.
const passwordLogin = "password"

func offerLogins(a *ask) []chat.Choice {
	out := []chat.Choice{{Label: a.S("settings.login.password"), Value: passwordLogin}}
	for _, k := range a.profile.SSHKeys {
		out = append(out, chat.Choice{Label: k.Name, Value: k.Name})
	}
	return out
}

func (c *Commands) setLogin(_ *ask, p *account.Profile, value string) error {
	if value == passwordLogin {
		p.SSHKey = ""
		return nil
	}
	if findSSHKey(*p, value) == nil {
		return c.wrong("sshkey.unknown", "Name", clip(value, maxLabel))
	}
	p.SSHKey = value
	return nil
}

func offerZones(*ask) []chat.Choice {
	var out []chat.Choice
	for _, name := range []string{
		"UTC", "Europe/London", "Europe/Berlin", "Europe/Kyiv", "Europe/Istanbul", "Asia/Dubai",
		"Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
		"America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
	} {
		out = append(out, chat.Choice{Label: name, Value: name})
	}
	return out
}

func (c *Commands) setZone(_ *ask, p *account.Profile, value string) error {
	if _, err := time.LoadLocation(value); err != nil || value == "Local" {
		return c.wrong("settings.bad_zone", "Value", clip(value, maxLabel))
	}
	p.Zone = value
	return nil
}

func (c *Commands) offerLanguages(a *ask) []chat.Choice {
	out := []chat.Choice{{Label: a.S("settings.language.auto"), Value: "auto"}}
	for _, tag := range c.Words.Languages() {
		out = append(out, chat.Choice{Label: c.Words.In(tag).S("language.name"), Value: tag})
	}
	return out
}

func (c *Commands) setLanguage(_ *ask, p *account.Profile, value string) error {
	if value == "auto" {
		p.Locale = ""
		return nil
	}
	for _, tag := range c.Words.Languages() {
		if tag == value {
			p.Locale = tag
			return nil
		}
	}
	return c.wrong("settings.bad_language", "Value", clip(value, maxLabel))
}

func quietText(a *ask) string {
	q := a.profile.Quiet
	if q.From == q.Until {
		return a.S("settings.quiet.none")
	}
	return fmt.Sprintf("%02d:%02d–%02d:%02d", q.From/60, q.From%60, q.Until/60, q.Until%60)
}

func offerQuiet(a *ask) []chat.Choice {
	out := []chat.Choice{{Label: a.S("settings.quiet.none"), Value: "off"}}
	for _, span := range []string{"22:00-06:00", "22:00-08:00", "23:00-07:00", "00:00-08:00"} {
		out = append(out, chat.Choice{Label: span, Value: span})
	}
	return out
}

func (c *Commands) setQuiet(_ *ask, p *account.Profile, value string) error {
	if value == "off" {
		p.Quiet = account.Quiet{}
		return nil
	}
	var fromHour, fromMinute, untilHour, untilMinute int
	n, err := fmt.Sscanf(value, "%d:%d-%d:%d", &fromHour, &fromMinute, &untilHour, &untilMinute)
	from, until := fromHour*60+fromMinute, untilHour*60+untilMinute
	const day = 24 * 60
	bad := err != nil || n != 4 || min(from, until, fromMinute, untilMinute) < 0 ||
		max(fromMinute, untilMinute) > 59 || max(from, until) >= day || from == until
	if bad {
		return c.wrong("settings.bad_quiet", "Value", clip(value, maxLabel))
	}
	p.Quiet = account.Quiet{From: from, Until: until}
	return nil
}
