package notify

import (
	"errors"
	"testing"
)

// The second lock: what the socket is about to connect to is checked, whatever was resolved.
func TestControl(t *testing.T) {
	p := NewProber(ProberOptions{})
	for address, allowed := range map[string]bool{
		"203.0.113.5:22": true, "[2606:4700::1111]:22": true,
		"10.0.0.1:22": false, "[::ffff:10.0.0.1]:22": false, "[fe80::1%eth0]:22": false,
		"127.0.0.1:22": false, "169.254.169.254:80": false, "nonsense": false, "": false,
	} {
		if err := p.control("tcp", address, nil); (err == nil) != allowed || err != nil && !errors.Is(err, errForbidden) {
			t.Errorf("%q: %v", address, err)
		}
	}
}
