package rental

import (
	"crypto/rand"
	"encoding/base64"

	"github.com/clorebot/clorebot/internal/secret"
)

const (
	passwordLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	passwordLength  = 24 // 142 bits
)

// NewPassword makes up a password of letters and digits, which is all that Clore is documented to
// take: each is drawn with the same chance.
func NewPassword() secret.Text {
	const fair = 256 - 256%len(passwordLetters)
	var word []byte
	for len(word) < passwordLength {
		var draw [2 * passwordLength]byte
		_, _ = rand.Read(draw[:]) // never fails
		for _, b := range draw {
			if int(b) < fair && len(word) < passwordLength {
				word = append(word, passwordLetters[int(b)%len(passwordLetters)])
			}
		}
	}
	return secret.New(string(word))
}

// NewID returns 96 random bits in base64url: 16 characters that nobody guesses.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
