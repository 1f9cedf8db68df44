package words

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed *.toml
var embedded embed.FS

// Catalogue holds the texts of all languages. It is safe for concurrent use.
type Catalogue struct {
	bundle *i18n.Bundle
	ids    []string // of the English texts
	parser *template.TextParser
}

// New returns the catalogue that is built into the program.
func New() (*Catalogue, error) { return Load(embedded) }

// Load reads the files "en.toml", "de.toml", … of a folder. English must be among them.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{
		bundle: i18n.NewBundle(language.English),
		parser: &template.TextParser{Option: "missingkey=error"},
	}
	c.bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, name := range names {
		if err := c.add(files, name); err != nil {
			return nil, fmt.Errorf("texts of %s: %w", name, err)
		}
	}
	if len(c.ids) == 0 {
		return nil, errors.New("texts: there is no English")
	}
	return c, nil
}

func (c *Catalogue) add(files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	file, err := c.bundle.ParseMessageFileBytes(text, name)
	if err != nil {
		return err
	}
	if file.Tag == language.English {
		for _, m := range file.Messages {
			c.ids = append(c.ids, m.ID)
		}
		slices.Sort(c.ids)
	}
	return nil
}

// IDs returns the identifiers of all texts, sorted.
func (c *Catalogue) IDs() []string { return slices.Clone(c.ids) }

// Languages returns the languages there are texts in, as BCP 47 tags, English first.
func (c *Catalogue) Languages() []string {
	var tags []string
	for _, t := range c.bundle.LanguageTags() {
		tags = append(tags, t.String())
	}
	return tags
}

// In returns the printer of the language that fits the locale best, English if none does.
// The locale is BCP 47 and may be empty.
func (c *Catalogue) In(locale string) *Printer {
	_, i, _ := language.NewMatcher(c.bundle.LanguageTags()).Match(language.Make(locale))
	tag := c.bundle.LanguageTags()[i]
	return &Printer{
		catalogue: c,
		localizer: i18n.NewLocalizer(c.bundle, tag.String()),
		numbers:   newNumbers(tag),
		tag:       tag,
	}
}
