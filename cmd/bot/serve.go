package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
)

// errConfig marks a configuration that cannot be used; the program then exits as misused.
var errConfig = errors.New("configuration")

// configuration declares --config, parses the command line and loads the settings. Without
// the flag it reads what CLOREBOT_CONFIG names, or no file.
func (i *invocation) configuration(most int) (config.Config, error) {
	var path string
	for _, pair := range i.env {
		if value, ok := strings.CutPrefix(pair, "CLOREBOT_CONFIG="); ok {
			path = value
		}
	}
	i.flags.StringVar(&path, "config", path, "the settings `file`; config.example.toml names them all")
	if err := i.parse(most); err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(path, i.env)
	if err != nil {
		lines := strings.ReplaceAll(err.Error(), "\n", "\n  ")
		return c, fmt.Errorf("%w: these settings are wrong:\n  %s", errConfig, lines)
	}
	return c, nil
}

func serve(ctx context.Context, i *invocation) error {
	c, err := i.configuration(0)
	if err != nil {
		return err
	}
	return runApp(ctx, app.Options{
		Config: c, Version: buildVersion(), Log: app.NewLogger(i.stderr, c.Log),
		In: i.stdin, Out: i.stdout, Env: i.env, Notice: i.stderr,
	})
}

func runApp(ctx context.Context, o app.Options) error {
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

func healthcheck(ctx context.Context, i *invocation) error {
	c, err := i.configuration(0)
	if err != nil {
		return err
	}
	if err := app.CheckHealth(ctx, c); err != nil {
		return err
	}
	_, err = fmt.Fprintln(i.stdout, "ok")
	return err
}
