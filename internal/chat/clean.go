package chat

import (
	"net"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean removes from foreign text what could deceive or attack the reader of a rendered
// message: control characters (terminal escapes among them), marks that reorder text, invisible
// characters, and bytes that are no UTF-8. Line feeds stay and tabs become spaces. Renderers
// clean first and escape afterwards.
func Clean(s string) string { return strings.Map(cleanRune, strings.ToValidUTF8(s, "\uFFFD")) }

// CleanLine is [Clean] for text that must stay on one line.
func CleanLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		return r
	}, Clean(s))
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t', r == '\u2028', r == '\u2029':
		return ' '
	case unicode.IsControl(r):
		return -1
	case r == '\u200C', r == '\u200D':
		return r // joiners: needed by emoji and by several scripts
	case unicode.Is(unicode.Cf, r), invisible(r):
		return -1
	default:
		return r
	}
}

// invisible lists the characters without a glyph that Unicode does not class as format
// characters.
func invisible(r rune) bool {
	switch r {
	case '\u034F', '\u115F', '\u1160', '\u17B4', '\u17B5', '\u3164', '\uFFA0':
		return true
	default:
		return false
	}
}

// maxURL is the longest address that is shown as a link: Discord's limit of a button.
const maxURL = 512

// LinkOK reports whether an address may be shown as a link: https, or http on a loopback
// host, in plain ASCII.
func LinkOK(address string) bool {
	if len(address) > maxURL || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r >= utf8.RuneSelf || r == 0x7f || strings.ContainsRune("<>\"`\\", r)
	}) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || (u.Scheme == "http" && loopback(u.Hostname()))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}
