package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bot": main})
}

// TestScript runs the scripts below testdata/script with the built program. Beside the usual
// commands of testscript they have:
//
//	sim [options]     start `bot simulator` and set BASE_URL, CONTROL_URL and API_KEY
//	control PATH      POST standard input to the simulator's control API; the answer is stdout
//	keyscript         write a file "typed" that gives API_KEY to the bot and rents
//	oracle QUERY N    fail unless the oracle counts N of API_KEY: orders, alive
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim": sim, "control": controlSim, "oracle": askOracle, "keyscript": keyScript,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// sim starts a simulator that ends with the script.
func sim(ts *testscript.TestScript, _ bool, args []string) {
	args = append([]string{"simulator", "--listen", "127.0.0.1:0"}, args...)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "bot", args...)
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	if path, err := lookBot(ts); err == nil {
		cmd.Path, cmd.Err = path, nil
	}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cancel()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	var ready struct {
		BaseURL    string `json:"base_url"`
		ControlURL string `json:"control_url"`
		APIKey     string `json:"api_key"`
	}
	ts.Check(json.Unmarshal([]byte(line), &ready))
	ts.Setenv("BASE_URL", ready.BaseURL)
	ts.Setenv("CONTROL_URL", ready.ControlURL)
	ts.Setenv("API_KEY", ready.APIKey)
}

// lookBot finds the program in the script's PATH.
func lookBot(ts *testscript.TestScript) (string, error) {
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		path := dir + string(os.PathSeparator) + "bot"
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func controlSim(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: control PATH BODY")
	}
	body, err := call(ts.Getenv("CONTROL_URL")+args[0], args[1])
	ts.Check(err)
	_, _ = fmt.Fprintln(ts.Stdout(), body)
}

func call(url, body string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = errors.New(res.Status + ": " + string(b))
	}
	return string(b), err
}

// oracle is the part of the simulator's truth that scripts ask for.
type oracle struct {
	Total  int `json:"total"`
	Orders []struct {
		ID      int64     `json:"id"`
		Server  int64     `json:"server"`
		Key     string    `json:"key"`
		Created time.Time `json:"created"`
		Ended   time.Time `json:"ended"`
	} `json:"orders"`
	Violations map[string]int `json:"violations"`
}

func (o *oracle) count(what, key string) int {
	n := 0
	for _, x := range o.Orders {
		if x.Key == key && (what == "orders" || x.Ended.IsZero()) {
			n++
		}
	}
	return n
}

func askOracle(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: oracle orders|alive N")
	}
	text, err := call(ts.Getenv("CONTROL_URL")+"/oracle", "")
	ts.Check(err)
	var o oracle
	ts.Check(json.Unmarshal([]byte(text), &o))
	got := fmt.Sprint(o.count(args[0], ts.Getenv("API_KEY")))
	if (got == args[1]) == neg {
		ts.Fatalf("%s: %s, want %s", args[0], got, args[1])
	}
}

// keyScript writes what a person types who has the simulator's key.
func keyScript(ts *testscript.TestScript, _ bool, _ []string) {
	lines := "/key add\n" + ts.Getenv("API_KEY") + "\n/market 4090\n1\n1\nwait ready 2m\n"
	ts.Check(os.WriteFile(ts.MkAbs("typed"), []byte(lines), 0o600))
}
