package clore_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
)

func TestSafeWebHost(t *testing.T) {
	for host, want := range map[string]bool{
		"2q8138x0hvvzh.us.clorecloud.net": true,
		"2q8138x0hvvzh.localhost:37443":   true,
		"localhost:80":                    false,
		"evil.example:443":                false,
		"a.localhost:0":                   false,
		"a.localhost:70000":               false,
		"a.localhost:80:80":               false,
		"-a.localhost:80":                 false,
		"a b.clorecloud.net":              false,
		"a.clorecloud.net/x":              false,
		"user@a.clorecloud.net":           false,
		"":                                false,
	} {
		if got := clore.SafeWebHost(host); got != want {
			t.Errorf("SafeWebHost(%q) = %v", host, got)
		}
	}
}
