package words

import "time"

// Duration writes a span of time by its two largest units: "3 d 17 h", "2 min 31 s", "6 h".
func (p *Printer) Duration(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return p.pair("unit.days", d/day, "unit.hours", d%day/time.Hour)
	case d >= time.Hour:
		return p.pair("unit.hours", d/time.Hour, "unit.minutes", d%time.Hour/time.Minute)
	case d >= time.Minute:
		return p.pair("unit.minutes", d/time.Minute, "unit.seconds", d%time.Minute/time.Second)
	default:
		return p.unit("unit.seconds", d/time.Second)
	}
}

func (p *Printer) pair(unit string, n time.Duration, smaller string, m time.Duration) string {
	if m == 0 {
		return p.unit(unit, n)
	}
	return p.unit(unit, n) + " " + p.unit(smaller, m)
}

func (p *Printer) unit(id string, n time.Duration) string { return p.N(id, int(n)) }

// Clock writes the time of day in a zone: "14:02".
func (p *Printer) Clock(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04") }

// Seconds writes the time of day to the second: "14:02:11".
func (p *Printer) Seconds(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("15:04:05")
}

// Moment writes a time near now: the time of day, with the weekday when it is another day and
// the date when it is a week or more away.
func (p *Printer) Moment(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	clock := p.Clock(t, zone)
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return clock
	case t.Sub(now).Abs() < 7*24*time.Hour:
		return p.weekday(t.Weekday()) + " " + clock
	default:
		return t.Format(time.DateOnly) + " " + clock
	}
}

func (p *Printer) weekday(d time.Weekday) string {
	return p.S([...]string{
		"weekday.sunday", "weekday.monday", "weekday.tuesday", "weekday.wednesday",
		"weekday.thursday", "weekday.friday", "weekday.saturday",
	}[d])
}
