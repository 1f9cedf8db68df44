package commands_test

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// spent is an ended rental that cost so much base price.
func spent(id clore.OrderID, begin time.Time, hours int, base money.Amount) rental.Rental {
	r := past(id)
	r.Order.Created, r.Order.Spend.Amount = begin, base
	r.EndedAt = begin.Add(time.Duration(hours) * time.Hour)
	r.Terms.Median = money.Coin / 5
	return r
}

// books are rentals of October and November 2026, one of them still running.
func (w *world) books() {
	w.t.Helper()
	november := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	second := spent(3, november.AddDate(0, 0, 9), 10, 3*money.Coin)
	second.Account, second.Terms.Hardware, second.Terms.GPU, second.Terms.Count = "acct-2", "2× RTX 3090 24 GB", "RTX 3090", 2
	coins := spent(4, november.AddDate(0, 0, 10), 5, 0)
	coins.Order.Price = money.Money{Amount: 1600 * money.Coin, Currency: money.CLORE}
	coins.Order.Spend = money.Money{Amount: 400 * money.Coin, Currency: money.CLORE}
	coins.Order.CreationFee = money.Money{Amount: 80 * money.Coin, Currency: money.CLORE}
	coins.Terms.Price, coins.Terms.USD = coins.Order.Price, 2*money.Coin
	btc := coins
	btc.Order.ID, btc.Terms.USD = 5, 0
	btc.Order.Price.Currency, btc.Order.Spend.Currency, btc.Order.CreationFee.Currency = money.BTC, money.BTC, money.BTC
	w.mem.history = []rental.Rental{
		spent(1, november.AddDate(0, 0, -10), 5, money.Coin),
		spent(2, november.Add(-2*time.Hour), 8, 8*money.Coin/10), second, coins, btc,
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
}

func (w *world) rows(v chat.View) (rows []map[string]string) {
	w.t.Helper()
	all, err := csv.NewReader(strings.NewReader(string(v.File.Data))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestReport(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	w.books()
	november := w.says("/report")
	october := w.view(w.press(november, "◀ 2026-10"))
	none := w.says("/report 1999-01")
	golden(t, "report", november, october, w.says("/report 2026-09"), none, w.says("/report 2031-01"))
	if w.view(w.press(none, "2026-10")).Title != october.Title {
		t.Error("a month without rentals does not lead to one that has some")
	}
	if v := newWorld(t).withKey().says("/report 2020-01"); !strings.Contains(dump(v), "You have rented nothing yet") {
		t.Errorf("of somebody who never rented:\n%s", dump(v))
	}
	if w.view(w.press(october, "▶ 2026-11")).Title != november.Title || strings.Contains(dump(november), "▶") {
		t.Error("the months cannot be turned")
	}
	if november.File.Name != "clorebot-2026-11.csv" {
		t.Errorf("file %s", november.File.Name)
	}
	text := string(november.File.Data)
	if strings.Count(text, "\r\n") != strings.Count(text, "\n") || strings.Contains(text, canaryKey) {
		t.Error(text)
	}
	golden(t, "report-file", chat.View{Topic: "file", Body: chat.Text{chat.Pre(strings.ReplaceAll(text, "\r", ""))}})
}

// TestReportMonthsAddUp compares the months' rows of a rental with the whole.
func TestReportMonthsAddUp(t *testing.T) {
	w := newWorld(t).withKey()
	w.books()
	sum := map[string]money.Amount{}
	for _, month := range []string{"2026-10", "2026-11"} {
		for _, row := range w.rows(w.says("/report " + month)) {
			var parts money.Amount
			for _, name := range []string{"base", "fee", "creation_fee"} {
				parts += amount(t, row[name])
			}
			if total := amount(t, row["total"]); total != parts {
				t.Errorf("%s: %s is not the sum of its parts, %s", row["order"], total, parts)
			}
			sum[row["order"]] += amount(t, row["total"])
		}
	}
	for _, r := range append(w.mem.history, running(1939941)) {
		if want := r.Spent(start).Total; sum[strconv.FormatInt(int64(r.Order.ID), 10)] != want {
			t.Errorf("%d: %s, want %s", r.Order.ID, sum[strconv.FormatInt(int64(r.Order.ID), 10)], want)
		}
	}
}

func amount(t *testing.T, text string) money.Amount {
	t.Helper()
	m, err := money.Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

// TestReportFileIsNoProgram puts formulas wherever people and hosts can write.
func TestReportFileIsNoProgram(t *testing.T) {
	w := newWorld(t).withKey()
	for i, label := range []string{
		"=HYPERLINK(\"http://e.vil\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", " =1", "a;=1+1", "a,@b", "\"=1", "|cmd", "%x", "fine-label", "x; y",
	} {
		r := spent(clore.OrderID(i+1), start.AddDate(0, 0, -1), 3, money.Coin)
		r.Label, r.Terms.GPU = label, label
		w.mem.history = append(w.mem.history, r)
	}
	w.ledger(func(l *rental.Ledger) { l.Account.Label = "=cmd|' /C calc'!A0" })
	v := w.says("/report")
	for _, row := range w.rows(v) {
		for name, text := range row {
			for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
				if part = strings.TrimLeft(part, " \""); part != "" && strings.ContainsAny(part[:1], "=+-@|%\t") || strings.HasPrefix(part, "＝") {
					t.Errorf("%s: %q", name, text)
				}
			}
		}
	}
	for _, row := range w.rows(v) {
		if row["order"] == "13" && row["label"] != "fine-label" || row["order"] == "14" && row["label"] != "x; y" {
			t.Errorf("a harmless label became %q", row["label"])
		}
	}
}

// TestLongReport has as many rentals as are kept, each of the longest texts.
func TestLongReport(t *testing.T) {
	w := newWorld(t).withKey()
	for i := range 1000 {
		r := spent(clore.OrderID(9_000_000_000+i), start.AddDate(0, 0, -1), 3, 123_456*money.Coin)
		r.Label, r.Terms.GPU = strings.Repeat("ü;=", 100), strings.Repeat("W", 300)
		r.Terms.Hardware = strconv.Itoa(i) + "× " + strings.Repeat("W", 300)
		w.mem.history = append(w.mem.history, r)
	}
	v := w.says("/report")
	if len(w.rows(v)) != 1000 || !strings.Contains(dump(v), "older ones of this month are missing") || !strings.Contains(dump(v), "others") {
		t.Error(dump(v))
	}
}

func TestReportIsPrivate(t *testing.T) {
	w := newWorld(t).withKey()
	w.books()
	w.group = true
	if v := w.says("/report"); v.File != nil || v.Topic != "error" {
		t.Error(dump(v))
	}
	w.group = false
	for _, line := range []string{"/report 2026-13", "/report november", "/report 0000-01"} {
		if _, _, err := chat.ParseLine(w.c.Commands(), line); err == nil || !strings.Contains(err.Error(), "2026-11") {
			t.Errorf("%s: %v", line, err)
		}
	}
	if v := w.says("/report 2020-01"); strings.Contains(dump(v), "◀") {
		t.Error(dump(v))
	}
	w = newWorld(t)
	if v := w.says("/report"); v.Topic == "report" {
		t.Error(dump(v))
	}
}
