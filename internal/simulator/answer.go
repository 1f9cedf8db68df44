package simulator

import (
	"encoding/json"
	"net/http"
)

// The codes of answers.
const (
	codeOK       = 0
	codeDatabase = 1
	codeInput    = 2
	codeKey      = 3
	codeEndpoint = 4
	codeRate     = 5
	codeRefused  = 6
)

// answer is what goes back to the client.
type answer struct {
	status int
	code   int
	text   string // the refusal's name
	body   json.RawMessage
}

func plain(status, code int) answer {
	return answer{status, code, "", encode(map[string]int{"code": code})}
}

func done() answer { return plain(http.StatusOK, codeOK) }

// Statuses of codes 2, 3 and 4 are documented; that of 1 and 5 was seen.
func badInput() answer    { return plain(http.StatusBadRequest, codeInput) }
func badKey() answer      { return plain(http.StatusUnauthorized, codeKey) }
func badEndpoint() answer { return plain(http.StatusNotFound, codeEndpoint) }
func tooFast() answer     { return plain(http.StatusTooManyRequests, codeRate) }
func database() answer    { return plain(http.StatusInternalServerError, codeDatabase) }

// refuse answers code 6 with the refusal's name and what belongs to it.
func refuse(text string, extra ...any) answer {
	m := map[string]any{"error": text, "code": codeRefused}
	for i := 0; i+1 < len(extra); i += 2 {
		m[extra[i].(string)] = extra[i+1]
	}
	return answer{http.StatusOK, codeRefused, text, encode(m)}
}

func ok(v any) answer { return answer{http.StatusOK, codeOK, "", encode(v)} }
