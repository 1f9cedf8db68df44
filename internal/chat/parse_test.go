package chat_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
)

var errStop = errors.New("a time such as 6h")

func commands() []*chat.Command {
	stop := func(s string) (string, error) {
		if n, ok := strings.CutSuffix(strings.ToLower(s), "h"); ok {
			return n + "h0m", nil
		}
		return "", errStop
	}
	return []*chat.Command{
		{Name: "market", Aliases: []string{"m"}, Params: []chat.Param{
			{Name: "gpu"},
			{Name: "count", Kind: chat.Number},
			{Name: "kind", Choices: []chat.Choice{{Label: "On demand", Value: "on-demand"}, {Label: "Spot", Value: "spot"}}},
			{Name: "query", Kind: chat.Rest},
		}},
		{Name: "rent", Params: []chat.Param{
			{Name: "server", Positional: true, Required: true, Kind: chat.Number},
			{Name: "image"},
			{Name: "stop", Parse: stop, Choices: []chat.Choice{{Label: "until I stop it", Value: "0h"}}},
		}},
		{Name: "label", Params: []chat.Param{
			{Name: "order", Positional: true},
			{Name: "text", Kind: chat.Rest},
		}},
		{Name: "key", Params: []chat.Param{
			{Name: "do", Positional: true, Choices: []chat.Choice{{Label: "Add", Value: "add"}, {Label: "Test all keys", Value: "test"}}},
			{Name: "key", Secret: true, RequiredIf: func(a chat.Args) bool { return a["do"] == "add" }},
			{Name: "name", RequiredIf: func(a chat.Args) bool { return a["do"] == "add" }},
		}},
		{Name: "cancel", Aliases: []string{"x"}},
		{Name: "stopall", Hidden: true},
	}
}

func TestParseLine(t *testing.T) {
	for _, tt := range []struct {
		line    string
		command string
		args    chat.Args
	}{
		{"/market", "market", chat.Args{}},
		{"market", "market", chat.Args{}},
		{"  /M   4090  <0.40/h ", "market", chat.Args{"query": "4090 <0.40/h"}},
		{"/market 4090 <0.40/h sort:price", "market", chat.Args{"query": "4090 <0.40/h sort:price"}},
		{"/market count:2 4090 KIND:spot <0.4", "market", chat.Args{"count": "2", "kind": "spot", "query": "4090 <0.4"}},
		{`/market kind:"on DEMAND"`, "market", chat.Args{"kind": "on-demand"}},
		{`/market query:"2x4090 rel>98"`, "market", chat.Args{"query": "2x4090 rel>98"}},
		{"rent 88411 image:pytorch stop:6h", "rent", chat.Args{"server": "88411", "image": "pytorch", "stop": "6h0m"}},
		{`rent stop:"until I stop it" 88411`, "rent", chat.Args{"server": "88411", "stop": "0h0m"}},
		{"rent image:a:b 1", "rent", chat.Args{"server": "1", "image": "a:b"}},
		{"rent image:“my image” 1", "rent", chat.Args{"server": "1", "image": "my image"}},
		{"rent server:5", "rent", chat.Args{"server": "5"}},
		{"rent", "rent", chat.Args{}},
		{`label 12 "lora run"`, "label", chat.Args{"order": "12", "text": "lora run"}},
		{`label 12 say "lora run" now`, "label", chat.Args{"order": "12", "text": `say "lora run" now`}},
		{`label 12 3.5" disk`, "label", chat.Args{"order": "12", "text": `3.5" disk`}},
		{`label 12 "open`, "label", chat.Args{"order": "12", "text": `"open`}},
		{"label 12 https://x.org", "label", chat.Args{"order": "12", "text": "https://x.org"}},
		{"label 12 a\x1b[31m\tb\x00\u202ec", "label", chat.Args{"order": "12", "text": "a[31m bc"}},
		{"x", "cancel", chat.Args{}},
		{"stopall", "stopall", chat.Args{}},
		{"key Test all keys", "key", chat.Args{"do": "test"}},
		{"key test ALL keys name:lab", "key", chat.Args{"do": "test", "name": "lab"}},
		{"key add name:lab", "key", chat.Args{"do": "add", "name": "lab"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			c, args, err := chat.ParseLine(commands(), tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if c.Name != tt.command {
				t.Errorf("command %q, want %q", c.Name, tt.command)
			}
			if diff := cmp.Diff(tt.args, args); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseLine_unknown(t *testing.T) {
	for _, tt := range []struct{ line, name, nearest string }{
		{"/makret 4090", "makret", "market"},
		{"ordrs", "ordrs", ""},
		{"cancle 5", "cancle", "cancel"},
		{"rnet", "rnet", "rent"},
		{"stopal", "stopal", ""}, // hidden commands are not suggested
		{"zz", "zz", ""},
		{"", "", ""},
		{"/", "", ""},
	} {
		_, _, err := chat.ParseLine(commands(), tt.line)
		var unknown *chat.UnknownCommandError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: got %v", tt.line, err)
			continue
		}
		if unknown.Name != tt.name || unknown.Nearest != tt.nearest {
			t.Errorf("%q: got %q, nearest %q; want %q, %q", tt.line, unknown.Name, unknown.Nearest, tt.name, tt.nearest)
		}
	}
}

func TestParseLine_refused(t *testing.T) {
	for _, tt := range []struct {
		line, param string
		reason      chat.ArgReason
		text        string
	}{
		{"rent abc", "server", chat.NotNumber, `server: not a number "abc"`},
		{"rent 1 imgae:x", "imgae", chat.Unknown, `I know no "imgae" here. Did you mean image:x? There are server, image, stop.`},
		{"rent 1 colour:x", "colour", chat.Unknown, `I know no "colour" here. There are server, image, stop.`},
		{"rent 1 2", "", chat.Unexpected, `unexpected word "2"`},
		{"rent 1 image:a image:b", "image", chat.Twice, "image: given twice"},
		{"rent 1 image:", "image", chat.Empty, "image: needs a value"},
		{`rent 1 image:""`, "image", chat.Empty, "image: needs a value"},
		{"rent 1 stop:soon", "stop", chat.Refused, "a time such as 6h"},
		{"market kind:any", "kind", chat.NotOffered, `I do not know "any" here. There are On demand, Spot.`},
		{"key name", "name", chat.Empty, "name: needs a value"},
		{"key test all", "", chat.Unexpected, `unexpected word "all"`},
		{"key add key:CANARY", "key", chat.SecretTyped, "key: must not be typed in a line"},
		{"key add CANARY", "", chat.Unexpected, `unexpected word "CANARY"`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			c, _, err := chat.ParseLine(commands(), tt.line)
			var arg *chat.ArgError
			if !errors.As(err, &arg) {
				t.Fatalf("got %v", err)
			}
			if c == nil || arg.Param != tt.param || arg.Reason != tt.reason || arg.Error() != tt.text {
				t.Errorf("got %q %q %q", arg.Param, arg.Reason, arg)
			}
		})
	}
	if _, _, err := chat.ParseLine(commands(), "rent 1 stop:soon"); !errors.Is(err, errStop) {
		t.Errorf("the error of Parse is not wrapped: %v", err)
	}
	if _, _, err := chat.ParseLine(commands(), strings.Repeat("a", chat.MaxLine+1)); !errors.Is(err, chat.ErrLineTooLong) {
		t.Errorf("long line: %v", err)
	}
}

func TestCommand_Accept(t *testing.T) {
	rent := chat.Find(commands(), "rent")
	got, err := rent.Accept(chat.Args{"server": " 7 ", "stop": "until i stop it"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(chat.Args{"server": "7", "stop": "0h0m"}, got); diff != "" {
		t.Error(diff)
	}
	var arg *chat.ArgError
	if _, err := rent.Accept(chat.Args{"sudo": "1"}); !errors.As(err, &arg) || arg.Reason != chat.Unknown {
		t.Errorf("undeclared argument: %v", err)
	}
}

func TestParam_Accept_keepsSecretsOutOfErrors(t *testing.T) {
	p := chat.Param{Name: "key", Secret: true, Kind: chat.Number}
	_, err := p.Accept("CANARY")
	if err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{
		"/market 4090 <0.40/h sort:price", `rent 88411 image:"a b" stop:6h`, `label 1 "x`, "key add key:abc",
		"rent image:“a” 1", "/", ":", `":"`, "market \xff\x1b[2J\u202e",
	} {
		f.Add(s)
	}
	all := commands()
	f.Fuzz(func(t *testing.T, line string) {
		c, args, err := chat.ParseLine(all, line)
		if err != nil {
			_ = err.Error()
			return
		}
		for name, value := range args {
			p := c.Param(name)
			if p == nil || p.Secret || value == "" {
				t.Fatalf("argument %q = %q", name, value)
			}
			if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
				t.Fatalf("control characters in %q", value)
			}
		}
	})
}
