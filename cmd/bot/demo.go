package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/simulator"
)

func demo(ctx context.Context, i *invocation) error {
	var d app.DemoOptions
	i.flags.Uint64Var(&d.Seed, "seed", 7, "decides the whole simulated market: the same seed, the same servers")
	i.flags.Float64Var(&d.Speed, "speed", 10, "how many times faster than life orders start and prices move")
	i.flags.StringVar(&d.Dir, "data", "", "a `folder` to keep the data in; without it the data is gone in the end")
	if err := i.parse(0); err != nil {
		return err
	}
	if d.Speed < 1 || d.Speed > 1000 {
		return &misuseError{"--speed must be from 1 to 1000"}
	}
	if _, err := fmt.Fprintf(i.stdout, demoWelcome, d.Seed, d.Speed); err != nil {
		return err
	}
	return app.Demo(ctx, app.Options{
		Version: buildVersion(), Log: app.NewLogger(i.stderr, config.Log{Level: "error", Format: "text"}),
		In: i.stdin, Out: i.stdout, Env: i.env, Notice: io.Discard,
	}, d)
}

const demoWelcome = `clorebot demo. Clore is simulated here (seed %d): servers, prices and money are made up, and
time runs %g times faster than life where you would wait. SSH lines really answer.
Try /market 4090 <0.40/h, then 1. /help lists everything; Ctrl-D leaves.

`

func simulate(ctx context.Context, i *invocation) error {
	switch code := simulator.Main(ctx, i.args, i.stdout, i.stderr); code {
	case exitOK:
		return nil
	case exitMisused:
		return &misuseError{"wrong options"}
	default:
		return errors.New("the simulator ended")
	}
}
