package main

import (
	"context"

	"github.com/clorebot/clorebot/internal/app"
)

func check(ctx context.Context, i *invocation) error {
	c, err := i.configuration(0)
	if err != nil {
		return err
	}
	return app.Check(ctx, c, buildVersion(), i.stdout)
}

func rekey(ctx context.Context, i *invocation) error {
	dropOld := i.flags.Bool("drop-old", false, "remove the older master keys too, as after a leak; backups made before do not open any more")
	c, err := i.configuration(0)
	if err != nil {
		return err
	}
	return app.Rekey(ctx, c, *dropOld, i.stdout)
}

func backup(ctx context.Context, i *invocation) error {
	c, err := i.configuration(1)
	if err != nil {
		return err
	}
	if i.flags.NArg() != 1 {
		return &misuseError{"name the file to copy to"}
	}
	return app.BackupTo(ctx, c, i.flags.Arg(0), i.stdout)
}

func restore(ctx context.Context, i *invocation) error {
	c, err := i.configuration(1)
	if err != nil {
		return err
	}
	if i.flags.NArg() != 1 {
		return &misuseError{"name the copy to restore from"}
	}
	return app.Restore(ctx, c, i.flags.Arg(0), i.stdout)
}
