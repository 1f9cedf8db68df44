package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

func (c *Commands) presetFamily() []*chat.Command {
	do := c.param("do", "param.preset.do")
	do.Choices = c.choices("list", "choice.list", "add", "choice.add", "use", "choice.use", "delete", "choice.delete")
	name := c.param("name", "param.preset.name")
	name.RequiredIf = func(args chat.Args) bool {
		return args["do"] == "add" || args["do"] == "use" || args["do"] == "delete"
	}
	image := c.param("image", "param.preset.image")
	image.RequiredIf = func(args chat.Args) bool { return args["do"] == "add" }
	image.Parse, image.FormOnly = c.checkImage, true
	ports := chat.Param{Name: "ports", Summary: c.menu.S("param.preset.ports"), FormOnly: true}
	env := chat.Param{Name: "env", Summary: c.menu.S("param.preset.env"), FormOnly: true}
	start := chat.Param{Name: "command", Summary: c.menu.S("param.preset.command"), Kind: chat.Rest, FormOnly: true}
	cmd := c.command("presets", "cmd.presets", c.doPresets, do, name, image, ports, env, start)
	cmd.Aliases = []string{"preset"}
	cmd.Examples = []string{
		"/presets", "/presets add vllm vllm/vllm-openai:latest ports:22,8000:http", "/presets use vllm", "/presets delete vllm",
	}
	return []*chat.Command{cmd}
}

func (c *Commands) doPresets(ctx context.Context, a *ask) (chat.Response, error) {
	switch a.arg("do") {
	case "add":
		preset, err := c.readPreset(a)
		if err != nil {
			return nil, err
		}
		return c.changePresets(ctx, a, func(p *account.Profile) error { return c.addPreset(p, preset) })
	case "use":
		return c.usePreset(ctx, a, a.arg("name"))
	case "delete":
		name := a.arg("name")
		return c.changePresets(ctx, a, func(p *account.Profile) error {
			if _, own := p.Presets[name]; !own {
				return c.wrong("preset.unknown", "Name", clip(name, maxLabel))
			}
			p.Presets = maps.Clone(p.Presets)
			delete(p.Presets, name)
			if p.Preset == name {
				p.Preset = ""
			}
			return nil
		})
	default:
		return a.show(presetsView(a))
	}
}

func (c *Commands) readPreset(a *ask) (account.Preset, error) {
	p := account.Preset{Name: slug(a.arg("name"), maxName), Title: clip(a.arg("name"), maxLabel), Image: a.arg("image"), Command: a.arg("command")}
	if p.Name == "" {
		return p, c.wrong("preset.bad_name")
	}
	for _, b := range a.builtin() {
		if b.Name == p.Name {
			return p, c.wrong("preset.taken", "Name", p.Name)
		}
	}
	if len(p.Command) > maxCommand {
		return p, c.wrong("preset.long_command", "Max", maxCommand)
	}
	var err error
	if p.Ports, err = c.readPorts(a.arg("ports")); err != nil {
		return p, err
	}
	p.Env, err = c.readEnv(a.arg("env"))
	// Images of others have no SSH server of Clore's making.
	p.AutoSSH = !strings.HasPrefix(p.Image, "cloreai/")
	return p, err
}

func (c *Commands) addPreset(p *account.Profile, preset account.Preset) error {
	if _, known := p.Presets[preset.Name]; !known && len(p.Presets) >= maxPresets {
		return c.wrong("preset.too_many", "Max", maxPresets)
	}
	p.Presets = maps.Clone(p.Presets)
	if p.Presets == nil {
		p.Presets = map[string]account.Preset{}
	}
	p.Presets[preset.Name] = preset
	return nil
}

func (c *Commands) usePreset(ctx context.Context, a *ask, name string) (chat.Response, error) {
	if _, ok := a.preset(name); !ok {
		return nil, c.wrong("preset.unknown", "Name", clip(name, maxLabel))
	}
	return c.changePresets(ctx, a, func(p *account.Profile) error {
		p.Preset = name
		return nil
	})
}

func (c *Commands) changePresets(ctx context.Context, a *ask, change func(*account.Profile) error) (chat.Response, error) {
	if err := c.changeProfile(ctx, a, change); err != nil {
		return nil, err
	}
	return a.show(presetsView(a))
}

// changeProfile alters what the asker has set, in the store and in the ask.
func (c *Commands) changeProfile(ctx context.Context, a *ask, change func(*account.Profile) error) error {
	return c.Profiles.UpdateProfile(ctx, a.User, func(p *account.Profile) error {
		if err := change(p); err != nil {
			return err
		}
		a.profile = *p
		return nil
	})
}

func presetsView(a *ask) chat.View {
	v := chat.View{Topic: "presets", Title: a.S("preset.title"), Body: a.T("preset.body"), Footer: a.S("preset.footer")}
	var use []chat.Choice
	for _, p := range a.presets() {
		name := p.Name
		if p.Name == a.profile.Preset {
			name = a.S("preset.default", "Name", p.Name)
		}
		if len(v.Fields) < shownPresets {
			v.Fields = append(v.Fields, chat.Field{Name: name, Value: a.T("preset.line",
				"Title", clip(p.Title, maxLabel), "Image", chat.C(clip(p.Image, maxForeign)), "Ports", portList(p.Ports))})
		}
		use = append(use, presetChoice(p))
	}
	v.Rows = [][]chat.Control{
		{{
			Label: a.S("button.use_preset"), Action: chat.Action{Command: "presets", Args: chat.Args{"do": "use"}},
			Param: "name", Choices: use[:min(len(use), chat.MaxChoices)],
		}},
		{
			chat.Button(a.S("button.add_preset"), "presets", chat.Args{"do": "add"}),
			chat.Button(a.S("button.settings"), "settings", nil),
		},
	}
	return v
}

// presetChoice offers a preset by its name and title.
func presetChoice(p account.Preset) chat.Choice {
	return chat.Choice{Label: clip(p.Name+" · "+p.Title, maxForeign), Value: p.Name}
}

// portList writes ports in their order: "22, 8888 (http)".
func portList(ports map[int]string) string {
	var words []string
	for _, n := range slices.Sorted(maps.Keys(ports)) {
		if ports[n] == "http" {
			words = append(words, fmt.Sprintf("%d (http)", n))
		} else {
			words = append(words, fmt.Sprint(n))
		}
	}
	return strings.Join(words, ", ")
}
