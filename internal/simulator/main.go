package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Main is the command: it prints one line of JSON with base_url, control_url and api_key when
// it is ready and runs until the context ends. It returns the exit status.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, listen, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil: // parse has told it
		return 2
	}
	r, err := Start(ctx, opts, listen)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	line := struct {
		BaseURL    string `json:"base_url"`
		ControlURL string `json:"control_url"`
		Key        string `json:"api_key"`
	}{r.BaseURL, r.ControlURL, r.Key}
	if err := json.NewEncoder(stdout).Encode(line); err != nil {
		r.Stop()
		return 1
	}
	r.Wait()
	return 0
}

func parse(args []string, stderr io.Writer) (opts Options, listen string, err error) {
	f := flag.NewFlagSet("simulator", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&listen, "listen", "127.0.0.1:8080", "address of the API")
	f.Uint64Var(&opts.Seed, "seed", 1, "decides everything random")
	f.Float64Var(&opts.Speed, "speed", 1, "divides the delays of orders and price moves")
	f.IntVar(&opts.Servers, "servers", defaultServers, "how many servers the market has")
	f.Float64Var(&opts.Accidents, "accidents", 0, "host failures and rival bids per order and day")
	f.Float64Var(&opts.Bidders, "bidders", 0, "share of the servers that strangers bid on, beside those that some bid on anyway")
	f.DurationVar(&opts.Latency, "latency", 400*time.Millisecond, "longest time of an answer, divided by the speed")
	f.BoolVar(&opts.NoGuard, "no-guard", false, "let an account rent a server twice, which Clore refuses")
	limiter := f.String("limiter", string(Strict), "strict, lenient or unlimited")
	verbose := f.Bool("v", false, "log refused and spoiled requests")
	if err := f.Parse(args); err != nil {
		return opts, "", err
	}
	if *verbose {
		opts.Log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	opts.Limiter = Limiter(*limiter)
	if err := opts.check(f.Args()); err != nil {
		fmt.Fprintln(stderr, err)
		return opts, "", err
	}
	opts.Latency = opts.faster(opts.Latency)
	return opts, listen, nil
}

func (o Options) check(rest []string) error {
	switch {
	case o.Bidders < 0 || o.Bidders > 1:
		return errors.New("bidders is a share, 0 to 1")
	case o.Limiter != Strict && o.Limiter != Lenient && o.Limiter != Unlimited:
		return fmt.Errorf("limiter: strict, lenient or unlimited, not %q", o.Limiter)
	case o.Speed <= 0:
		return fmt.Errorf("speed: more than 0, not %v", o.Speed)
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	}
	return nil
}
