package simulator

import (
	"strings"
	"time"
)

const never time.Duration = -1

// plan is how an order will come up. Visible counts from its creation, the others from the
// start of its container; never is for what will not happen.
type plan struct {
	hidden   bool // never appears at all
	visible  time.Duration
	pulling  time.Duration
	deployed time.Duration
	address  time.Duration
	shell    time.Duration
	app      time.Duration
	pause    time.Duration // a container that cannot start stops costing
	lag      int           // seconds until the service notices that it runs
	linger   time.Duration // how long an ended order stays listed
	outbid   Outbid
}

// newPlan draws the fate of an order: listed after 2 to 8 s, sshd after 35 s at best and 2 to
// 3 min typically. Three orders of ten get their address only once deployed.
func newPlan(o *order, opts Options) plan {
	d := newDice(opts.Seed, streamOrder, uint64(o.id))
	p := plan{
		visible: d.span(2*time.Second, 8*time.Second),
		pulling: d.span(time.Second, 8*time.Second),
		lag:     d.IntN(3),
		outbid:  opts.Outbid,
	}
	if official(o.Image) {
		p.shell = d.span(35*time.Second, 75*time.Second)
	} else {
		p.shell = d.span(110*time.Second, 190*time.Second)
	}
	p.deployed = p.pulling + time.Duration(float64(p.shell-p.pulling)*d.between(0.3, 0.8))
	p.address = 0
	if d.chance(0.3) {
		p.address = p.deployed
	}
	p.app = never
	if d.chance(o.server.web) {
		p.app = p.shell + d.span(5*time.Second, 60*time.Second)
	}
	if d.chance(0.5) {
		p.linger = d.span(time.Second, 3*time.Second)
	}
	if p.outbid == "" {
		p.outbid = pick(d, []Outbid{Vanish, Frozen})
	}
	p.pause = never
	p.spoil(o)
	return p.faster(opts)
}

// spoil applies what is known to go wrong with some images.
func (p *plan) spoil(o *order) {
	switch {
	case strings.HasPrefix(o.Image, "docker.io/"): // the pull hangs
		p.deployed, p.shell, p.app, p.pause = never, never, never, 20*time.Minute
	case bare(o.Image) && !o.AutoSSH: // its only process ends at once
		p.shell, p.app, p.pause = never, never, p.deployed+4*time.Minute
	}
	if o.http == "" {
		p.app = never
	}
}

func (p plan) faster(opts Options) plan {
	for _, d := range []*time.Duration{&p.visible, &p.pulling, &p.deployed, &p.address, &p.shell, &p.app, &p.pause, &p.linger} {
		if *d > 0 {
			*d = opts.faster(*d)
		}
	}
	return p
}

// official reports whether hosts are likely to have the image already.
func official(image string) bool { return strings.HasPrefix(image, "cloreai/") }

// bare reports whether an image has no sshd of its own.
func bare(image string) bool {
	name, _, _ := strings.Cut(image, ":")
	return strings.HasPrefix(image, "nvidia/") || !strings.Contains(name, "/")
}
