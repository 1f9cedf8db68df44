package simulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Control returns the HTTP interface that scripts the simulator; see the package's comment.
func (s *Simulator) Control() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /faults", take(func(_ *http.Request, b faultBody) error {
		b.Fault.Delay = time.Duration(b.Delay)
		return s.Inject(b.Fault)
	}))
	m.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	m.HandleFunc("POST /scripts", take(func(_ *http.Request, b scriptBody) error {
		s.Script(b.script())
		return nil
	}))
	m.HandleFunc("POST /servers/{id}", take(s.controlServer))
	m.HandleFunc("POST /orders/{id}", take(s.controlOrder))
	m.HandleFunc("POST /accounts", s.controlAdd)
	m.HandleFunc("POST /accounts/{key}", take(s.controlAccount))
	m.HandleFunc("POST /hostile", take(func(_ *http.Request, h Hostile) error {
		s.Poison(h)
		return nil
	}))
	m.HandleFunc("GET /payloads", func(w http.ResponseWriter, _ *http.Request) { show(w, Payloads()) })
	m.HandleFunc("GET /oracle", func(w http.ResponseWriter, _ *http.Request) { show(w, s.Truth()) })
	return m
}

// span is a duration in JSON: "2.5s" or "never".
type span time.Duration

func (d *span) UnmarshalText(b []byte) error {
	if string(b) == "never" {
		*d = span(Never)
		return nil
	}
	x, err := time.ParseDuration(string(b))
	*d = span(x)
	return err
}

type faultBody struct {
	Fault
	Delay span `json:"delay"`
}

type scriptBody struct {
	Key      string `json:"key"`
	Server   int64  `json:"server"`
	Count    int    `json:"count"`
	Hidden   bool   `json:"hidden"`
	Visible  span   `json:"visible"`
	Deployed span   `json:"deployed"`
	Address  span   `json:"address"`
	Shell    span   `json:"shell"`
	App      span   `json:"app"`
	Outbid   Outbid `json:"outbid"`
}

func (b scriptBody) script() OrderScript {
	return OrderScript{
		Key: b.Key, Server: b.Server, Count: b.Count, Hidden: b.Hidden, Outbid: b.Outbid,
		Visible: time.Duration(b.Visible), Deployed: time.Duration(b.Deployed), Address: time.Duration(b.Address),
		Shell: time.Duration(b.Shell), App: time.Duration(b.App),
	}
}

type serverBody struct {
	Online *bool    `json:"online"`
	Rented *bool    `json:"rented"`
	Factor *float64 `json:"price_factor"`
}

func (s *Simulator) controlServer(r *http.Request, b serverBody) error {
	id, err := number(r)
	if err == nil && b.Online != nil {
		err = s.SetOnline(id, *b.Online)
	}
	if err == nil && b.Rented != nil {
		err = s.SetRented(id, *b.Rented)
	}
	if err == nil && b.Factor != nil {
		err = s.ScalePrice(id, *b.Factor)
	}
	return err
}

type orderBody struct {
	Outbid Outbid `json:"outbid"`
	End    string `json:"end"`
}

func (s *Simulator) controlOrder(r *http.Request, b orderBody) error {
	id, err := number(r)
	if err == nil && b.Outbid != "" {
		err = s.Beat(id, b.Outbid)
	}
	if err == nil && b.End != "" {
		err = s.End(id, b.End)
	}
	return err
}

type accountBody struct {
	Balances map[string]float64 `json:"balances"`
	Hosts    int                `json:"hosts"`
	Revoked  bool               `json:"revoked"`
}

func (s *Simulator) controlAdd(w http.ResponseWriter, r *http.Request) {
	var b accountBody
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&b); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	show(w, map[string]string{"api_key": s.AddAccount(Account{Balances: b.Balances, Hosts: b.Hosts})})
}

func (s *Simulator) controlAccount(r *http.Request, b accountBody) error {
	key := r.PathValue("key")
	for c, amount := range b.Balances {
		if err := s.SetBalance(key, c, amount); err != nil {
			return err
		}
	}
	if b.Revoked {
		return s.Revoke(key)
	}
	return nil
}

func number(r *http.Request) (int64, error) { return strconv.ParseInt(r.PathValue("id"), 10, 64) }

// take makes a handler of a function that reads a body and may refuse it.
func take[T any](f func(*http.Request, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var b T
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4*maxRequest))
		d.DisallowUnknownFields()
		err := d.Decode(&b)
		if err == nil {
			err = f(r, b)
		}
		switch {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case errors.Is(err, ErrServer), errors.Is(err, ErrOrder), errors.Is(err, ErrAccount):
			http.Error(w, err.Error(), http.StatusNotFound)
		default:
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}
}

func show(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the client is gone
}
