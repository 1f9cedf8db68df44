// Package words holds every text that a person sees, by language, and writes numbers, money and
// times the way that language does.
//
// Texts live in one TOML file a language. English is complete; another language is one more file
// and falls back to English for what it lacks. A text has an identifier ("quote.title"),
// arguments ({{.Price}}) and a small markup: **bold** and `code`. Arguments are never read as
// markup: what a stranger has named stays what it is.
package words
