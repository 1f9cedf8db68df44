// Command bot rents GPUs on Clore.ai for people in Discord, Telegram and the terminal.
// Run `bot help` for its commands.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // people's time zones, also where the system knows none
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, process{os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// process is what a run of the program gets from outside.
type process struct {
	args   []string
	env    []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // it was tried and did not work
	exitMisused = 2 // the command line or the configuration is wrong
)
