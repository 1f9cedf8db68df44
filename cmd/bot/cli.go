package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/clorebot/clorebot/internal/app"
)

// develop is the version of a build that the Go toolchain knows none of.
const develop = "devel"

// command is a subcommand of the program.
type command struct {
	name, args, summary string
	run                 func(context.Context, *invocation) error
}

// invocation is a subcommand on its way: its flags are declared, then parsed.
type invocation struct {
	process
	flags *flag.FlagSet
}

// parse reads the arguments; at most most of them may be left over.
func (i *invocation) parse(most int) error {
	switch err := i.flags.Parse(i.args); {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return &misuseError{err.Error()}
	case i.flags.NArg() > most:
		return &misuseError{fmt.Sprintf("%q is one argument too many", i.flags.Arg(most))}
	}
	return nil
}

// misuseError is a wrong command line.
type misuseError struct{ reason string }

func (e *misuseError) Error() string { return e.reason }

func commands() []command {
	return []command{
		{"demo", "[--seed N] [--speed N] [--data DIR]", "the whole product on this machine, with a simulated Clore", demo},
		{"run", "[--config FILE]", "the bot", serve},
		{"check", "[--config FILE]", "try the configuration, the data file and every credential", check},
		{"simulator", "[--listen ADDR] [--seed N] [--speed N] [--limiter strict|lenient]", "a simulated Clore alone, for any client", simulate},
		{"rekey", "[--config FILE] [--drop-old]", "add a new master key and seal everything with it; the bot must be stopped", rekey},
		{"backup", "[--config FILE] FILE", "copy the data file, also while the bot runs", backup},
		{"restore", "[--config FILE] FILE", "check a copy and put it in place; the bot must be stopped", restore},
		{"healthcheck", "[--config FILE]", "ask a running bot whether it is well", healthcheck},
		{"version", "", "print the version", printVersion},
	}
}

// run is the program. It returns the exit code.
func run(ctx context.Context, p process) int {
	if len(p.args) == 0 || p.args[0] == "help" || p.args[0] == "-h" || p.args[0] == "--help" {
		usage(p.stdout)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == p.args[0] {
			return execute(ctx, c, p)
		}
	}
	_, _ = fmt.Fprintf(p.stderr, "bot: no command %q. `bot help` lists them.\n", p.args[0])
	return exitMisused
}

func execute(ctx context.Context, c command, p process) int {
	p.args = p.args[1:]
	i := &invocation{p, flag.NewFlagSet(c.name, flag.ContinueOnError)}
	i.flags.SetOutput(io.Discard)
	err := c.run(ctx, i)
	var misuse *misuseError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprintf(p.stdout, "usage: bot %s %s\n%s\n", c.name, c.args, c.summary)
		i.flags.SetOutput(p.stdout)
		i.flags.PrintDefaults()
		return exitOK
	case errors.As(err, &misuse):
		_, _ = fmt.Fprintf(p.stderr, "bot %s: %v\nusage: bot %s %s\n", c.name, err, c.name, c.args)
		return exitMisused
	case errors.Is(err, errConfig), errors.Is(err, app.ErrNotReady):
		_, _ = fmt.Fprintf(p.stderr, "bot %s: %v\n", c.name, err)
		return exitMisused
	default:
		_, _ = fmt.Fprintf(p.stderr, "bot %s: %v\n", c.name, err)
		return exitFailed
	}
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "bot rents GPUs on Clore.ai for people in a chat.\n\n")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  bot %-12s %s\n", c.name, c.summary)
	}
	_, _ = fmt.Fprint(w, "\nStart with `bot demo`. `bot COMMAND --help` tells more of one.\n")
}

func printVersion(_ context.Context, i *invocation) error {
	if err := i.parse(0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(i.stdout, "clorebot "+buildVersion())
	return err
}

// buildVersion returns the version that the Go toolchain recorded: a tag or a commit.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return develop
	}
	if v := info.Main.Version; v != "" && v != "("+develop+")" {
		return strings.TrimPrefix(v, "v")
	}
	return develop
}
