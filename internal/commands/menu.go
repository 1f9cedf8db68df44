package commands

import "github.com/clorebot/clorebot/internal/chat"

// build makes all commands, with summaries in the language of c.menu.
func (c *Commands) build() []*chat.Command {
	var list []*chat.Command
	for _, family := range [][]*chat.Command{
		c.firstSteps(), c.marketFamily(), c.favouriteFamily(), c.reportFamily(), c.rentFamily(), c.orderFamily(), c.cancelFamily(),
		c.spotFamily(), c.pilotFamily(), c.mandateFamily(),
		c.stopAllFamily(), c.limitFamily(), c.freezeFamily(),
		c.watchFamily(), c.armFamily(),
		c.walletFamily(), c.keyFamily(), c.settingsFamily(), c.presetFamily(), c.sshKeyFamily(),
		c.accessFamily(), c.confirmFamily(),
	} {
		for _, cmd := range family {
			c.rename(cmd)
			list = append(list, cmd, twin(cmd))
		}
	}
	return list
}

// rename gives a command and its parameters their names in the language of c.menu, where it has
// any. English has none: there the names are the program's own.
func (c *Commands) rename(cmd *chat.Command) {
	cmd.ShownAs, _ = c.menu.Own("name.command." + cmd.Name)
	for i := range cmd.Params {
		cmd.Params[i].ShownAs, _ = c.menu.Own("name.option." + cmd.Params[i].Name)
	}
}

// translate makes the list in the other languages.
func (c *Commands) translate() {
	c.menus = map[string][]*chat.Command{}
	for _, tag := range c.Words.Languages() {
		if tag == c.menu.Language() {
			continue
		}
		other := *c
		other.menu, other.about = c.Words.In(tag), map[string]string{}
		c.menus[tag] = other.build()
	}
}

// Menu returns the commands with names, summaries and choices in a language, which is a tag of
// [words.Catalogue.Languages]; what it lacks is English, as are the texts of any other language.
func (c *Commands) Menu(language string) []*chat.Command {
	if list, ok := c.menus[language]; ok {
		return list
	}
	return c.list
}
