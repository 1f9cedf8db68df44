package commands

import (
	"maps"
	"slices"

	"github.com/clorebot/clorebot/internal/account"
)

// builtin are the presets that everybody has. Their images were seen to start at Clore or stand
// in its documentation.
func (a *ask) builtin() []account.Preset {
	return []account.Preset{
		{
			Name: "jupyter", Title: a.S("preset.jupyter"), Image: "cloreai/jupyter:ubuntu24.04-v2",
			Ports: map[int]string{22: "tcp", 8888: "http"},
		},
		{
			Name: "ssh", Title: a.S("preset.ssh"), Image: "cloreai/jupyter:ubuntu24.04-v2",
			Ports: map[int]string{22: "tcp"},
		},
		{
			Name: "pytorch", Title: a.S("preset.pytorch"), Image: "cloreai/torch:2.0.1",
			Ports: map[int]string{22: "tcp", 8888: "http"},
		},
		{
			Name: "cuda", Title: a.S("preset.cuda"), Image: "nvidia/cuda:12.8.0-base-ubuntu22.04",
			Ports: map[int]string{22: "tcp"}, AutoSSH: true,
		},
	}
}

// presets returns those that the asker can choose from, the own ones first.
func (a *ask) presets() []account.Preset {
	var all []account.Preset
	for _, name := range slices.Sorted(maps.Keys(a.profile.Presets)) {
		all = append(all, a.profile.Presets[name])
	}
	return append(all, a.builtin()...)
}

// preset finds one by its name.
func (a *ask) preset(name string) (account.Preset, bool) {
	for _, p := range a.presets() {
		if p.Name == name {
			return p, true
		}
	}
	return account.Preset{}, false
}
