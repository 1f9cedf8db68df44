package commands

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// reportHead names the columns of a report's file. They are the same in every language, and new
// ones come at the end: programs read them.
func reportHead() []string {
	return []string{
		"order", "account", "label", "server", "gpu", "gpus", "kind", "started_utc", "ended_utc", "end",
		"seconds_in_month", "currency", "price_per_day", "base", "fee", "creation_fee", "total", "total_usd",
		"usd_per_hour", "median_usd_per_hour",
	}
}

// reportCSV writes the entries as a table after RFC 4180. Amounts are exact, with a point; what is
// not known is empty. Nothing in it opens a rental.
func (a *ask) reportCSV(entries []entry, accounts map[account.ID]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{reportHead()}
	for i := range entries {
		rows = append(rows, a.reportRow(&entries[i], accounts))
	}
	// A buffer takes everything, and there is no separator to be refused.
	if err := w.WriteAll(rows); err != nil {
		return nil
	}
	return b.Bytes()
}

func (a *ask) reportRow(e *entry, accounts map[account.ID]string) []string {
	r, s := &e.Rental, &e.share
	gpu, count := r.Terms.GPU, r.Terms.Count
	if gpu == "" {
		gpu, count = market.Model(r.Order.GPUs), len(r.Order.GPUs)
	}
	ended, why := "", ""
	if r.Stage == rental.Ended {
		ended, why = stamp(r.Order.Created.Add(r.Lived(a.now))), string(r.Reason)
	}
	usd, rate := "", ""
	if s.Rated {
		usd = s.USD.String()
		if s.Lived > 0 {
			rate = perHour(s.USD, s.Lived).String()
		}
	}
	coin := r.Order.Price.Currency
	return []string{
		orderText(r.Order.ID), cell(accounts[r.Account]), cell(r.Label), strconv.FormatInt(int64(r.Order.Server), 10),
		cell(clip(gpu, maxForeign)), strconv.Itoa(count), cell(string(r.Order.Kind)), stamp(r.Order.Created), ended, cell(why),
		strconv.FormatInt(int64(s.Lived/time.Second), 10), cell(coin.Symbol()), r.Order.Price.Amount.String(),
		s.Base.String(), s.Fee.String(), s.Creation.String(), s.Total.String(), usd, rate, known(r.Terms.Median),
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// known writes an amount, and nothing for one that is not known.
func known(m money.Amount) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// cell makes a text harmless to spreadsheets: in one that begins like a formula, or that would do
// so behind a separator of another region, an apostrophe stands before it.
func cell(text string) string {
	var b strings.Builder
	begins := true
	for _, r := range clip(text, maxForeign) {
		if begins && strings.ContainsRune("=+-@＝＋－＠|%", r) {
			b.WriteByte('\'')
		}
		b.WriteRune(r)
		begins = begins && (r == ' ' || r == '"') || r == ';' || r == ','
	}
	return b.String()
}
