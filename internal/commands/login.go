package commands

import (
	"context"
	"fmt"
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

func portText(port int) string { return strconv.Itoa(port) }

// sshLine is the command that opens a shell, or false when there is no address that could safely
// stand in one.
func sshLine(o *clore.Order) (string, bool) {
	host, port, ok := o.SSH()
	if !ok {
		return "", false
	}
	return fmt.Sprintf("ssh -p %d root@%s", port, host), true
}

// sshConfig is the entry that makes "ssh clore-1939941" work.
func sshConfig(o *clore.Order) string {
	host, port, _ := o.SSH()
	return fmt.Sprintf("Host clore-%d\n  HostName %s\n  Port %d\n  User root\n", o.ID, host, port)
}

// webLink is the address of the container's web server, or "".
func webLink(o *clore.Order) string {
	link := "https://" + o.HTTPHost
	if o.HTTPHost == "" || !clore.SafeWebHost(o.HTTPHost) || !chat.LinkOK(link) {
		return ""
	}
	return link
}

// reach tells how to reach a rental. What opens it is shown in the private chat of its owner
// only, and hidden until it is tapped.
func (c *Commands) reach(ctx context.Context, a *ask, r *rental.Rental, v *chat.View) error {
	if !a.Direct {
		v.Fields = append(v.Fields, field(a.S("login.title"), a.S("login.private", "Line", "/order "+orderText(r.Order.ID))))
		return nil
	}
	v.Guarded = true
	line, ok := sshLine(&r.Order)
	switch {
	case ok:
		v.Fields = append(v.Fields, chat.Field{Name: a.S("login.ssh"), Value: chat.Text{chat.C(line)}},
			chat.Field{Name: a.S("login.config"), Value: chat.Text{chat.Pre(sshConfig(&r.Order))}})
	case len(r.Order.Hosts) > 0:
		v.Fields = append(v.Fields, chat.Field{Name: a.S("login.ssh"), Value: a.rawAddress(&r.Order)})
	}
	if link := webLink(&r.Order); link != "" {
		v.Fields = append(v.Fields, chat.Field{Name: a.S("login.web"), Value: chat.Text{chat.A(r.Order.HTTPHost, link)}})
	}
	open, err := c.Desk.Credentials(ctx, a.User, r)
	if err != nil {
		return err
	}
	a.credentials(r, open, v)
	return nil
}

// rawAddress shows an address that is no safe part of a command line, as it is and with a warning.
func (a *ask) rawAddress(o *clore.Order) chat.Text {
	address := clip(o.Hosts[0], maxForeign)
	for _, p := range o.Ports {
		if p.Container == 22 {
			return a.T("login.unsafe", "Address", chat.C(address+" : "+portText(p.Public)))
		}
	}
	return a.T("login.unsafe", "Address", chat.C(address))
}

// credentials shows what opens a rental, hidden.
func (a *ask) credentials(r *rental.Rental, open rental.Credentials, v *chat.View) {
	name := a.S("login.password")
	switch {
	case r.Intent == "":
		v.Fields = append(v.Fields, field(name, a.S("login.elsewhere")))
	case r.Terms.SSHKey.Name != "":
		v.Fields = append(v.Fields, chat.Field{
			Name:  a.S("login.key"),
			Value: a.T("login.by_key", "Name", clip(r.Terms.SSHKey.Name, maxLabel), "Fingerprint", chat.C(r.Terms.SSHKey.Fingerprint)),
		})
	case open.Password.Empty():
		v.Fields = append(v.Fields, field(name, a.S("login.forgotten")))
	default:
		v.Fields = append(v.Fields, chat.Field{Name: name, Value: chat.Text{chat.Spoiler(open.Password.Reveal())}})
	}
	if !open.Token.Empty() {
		v.Fields = append(v.Fields, chat.Field{Name: a.S("login.token"), Value: chat.Text{chat.Spoiler(open.Token.Reveal())}})
	}
}

// copies are the controls that copy what the view shows: the command, the entry of a
// configuration, the address of the web server. What is too long for a button is left to the view.
func (a *ask) copies(r *rental.Rental) []chat.Control {
	row := a.copySSH(r)
	add := func(id, text string) {
		if text != "" && chat.Units(text) <= chat.MaxCopy {
			row = append(row, chat.Control{Label: a.S(id), Copy: text})
		}
	}
	if len(row) > 0 {
		add("button.copy_config", sshConfig(&r.Order))
	}
	if a.Direct {
		add("button.copy_web", webLink(&r.Order))
	}
	return row
}

// copySSH is the control that copies the command, if there is one and it may be shown here.
func (a *ask) copySSH(r *rental.Rental) []chat.Control {
	line, ok := sshLine(&r.Order)
	if !ok || !a.Direct {
		return nil
	}
	return []chat.Control{{Label: a.S("button.copy_ssh"), Copy: line, Style: chat.Good}}
}

// showLogin answers a tap on "Credentials".
func (c *Commands) showLogin(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "login", Title: a.S("login.of", "Order", orderText(r.Order.ID))}
	if err := c.reach(ctx, a, &r, &v); err != nil {
		return nil, err
	}
	if _, ok := sshLine(&r.Order); !ok && len(r.Order.Hosts) == 0 {
		v.Body = a.T("login.not_yet")
	}
	v.Rows = [][]chat.Control{append(a.copies(&r), orderButton(a, &r))}
	return a.show(v)
}
