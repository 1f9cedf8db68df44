package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/simulator"
)

const samples = "../../../shared/contracts/samples/"

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// shape lists the paths of a JSON value with their types.
func shape(prefix string, v any, into map[string]string) map[string]string {
	into[prefix] = fmt.Sprintf("%T", v)
	switch x := v.(type) {
	case map[string]any:
		for k, v := range x {
			shape(prefix+"."+k, v, into)
		}
	case []any:
		if len(x) > 0 {
			shape(prefix+"[]", x[0], into)
		}
	}
	return into
}

// script makes an order come up at known times.
var script = simulator.OrderScript{
	Count: -1, Visible: 2500 * time.Millisecond, Deployed: 20 * time.Second, Address: 1, Shell: 40 * time.Second, App: 60 * time.Second,
}

func TestLiveOrderLooksAsCaptured(t *testing.T) {
	raw, err := os.ReadFile(samples + "gpuvietnam/clore-my-orders-sample.json")
	if err != nil {
		t.Skip("the captures are not here:", err)
	}
	var capture struct{ Sample map[string]any }
	if err := json.Unmarshal(raw, &capture); err != nil {
		t.Fatal(err)
	}
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(map[string]any{"image": capture.Sample["image"]})
		sleep(2500 * time.Millisecond)
		got := b.listed(o.ID, false)
		if d := cmp.Diff(shape("", capture.Sample, map[string]string{}), shape("", got, map[string]string{})); d != "" {
			t.Errorf("keys and types differ (-captured +ours):\n%s", d)
		}
		for _, k := range []string{"price", "creation_fee", "mrl", "image", "currency", "si", "specs", "mon_container", "online", "http_port", "rating", "reliability", "owner", "cuda_version", "gpu_array", "pub_cluster"} {
			if d := cmp.Diff(capture.Sample[k], got[k]); d != "" {
				t.Errorf("%s (-captured +ours):\n%s", k, d)
			}
		}
	})
}

func TestLifeOfAnOrder(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		x := script
		x.Address = 20 * time.Second
		b.Script(x)
		o := b.rent(nil)
		steps := []struct {
			after     time.Duration
			listed    bool
			container float64
			addressed bool
		}{
			{2 * time.Second, false, 0, false},
			{3 * time.Second, true, 0, false},
			{19 * time.Second, true, 1, false},
			{20 * time.Second, true, 2, true},
			{5 * time.Minute, true, 2, true},
		}
		for _, s := range steps {
			time.Sleep(time.Until(o.Created.Add(s.after)))
			got := b.listed(o.ID, false)
			if (got != nil) != s.listed {
				t.Fatalf("after %v: listed %v", s.after, got)
			}
			if got == nil {
				continue
			}
			_, addressed := got["pub_cluster"]
			if got["mon_container"] != s.container || addressed != s.addressed {
				t.Errorf("after %v: %v", s.after, got)
			}
			if addressed && (len(got["tcp_ports"].([]any)) != 1 || got["http_pub"] != o.Web || got["pub_cluster"].([]any)[0] != o.Host) {
				t.Errorf("after %v: endpoints %v", s.after, got)
			}
		}
		if got := b.truth(o.ID); !got.Shell.Equal(o.Created.Add(40*time.Second)) || !got.App.Equal(o.Created.Add(time.Minute)) {
			t.Errorf("came up: %+v", got)
		}
	})
}

func TestDrawnLifeIsAsSeen(t *testing.T) {
	inBubble(t, simulator.Options{NoGuard: true, Seed: 3}, func(t *testing.T, b *bench) {
		for i := range 60 {
			image := "cloreai/jupyter:ubuntu24.04-v2"
			if i%2 == 1 {
				image = "dieuhaukieuhanh/gpuvietnam-comfyui:v1"
			}
			b.rent(map[string]any{"image": image})
		}
		sleep(10 * time.Minute)
		apps, late := 0, 0
		for i, o := range b.Truth().Orders {
			seen, up := o.Visible.Sub(o.Created), o.Shell.Sub(o.Created)
			if seen < 2*time.Second || seen > 8*time.Second {
				t.Errorf("listed after %v", seen)
			}
			if i%2 == 0 && up < 35*time.Second || i%2 == 1 && (up < 110*time.Second || up > 200*time.Second) {
				t.Errorf("order %d: sshd after %v", i, up)
			}
			if o.Deployed.After(o.Shell) {
				t.Errorf("sshd before the container")
			}
			if !o.App.IsZero() {
				apps++
			}
			if l := b.listed(o.ID, false); l == nil || l["pub_cluster"] == nil {
				late++
			}
		}
		if apps == 0 || late != 0 {
			t.Errorf("%d apps, %d without address", apps, late)
		}
	})
}

func TestImagesWithoutSSH(t *testing.T) {
	inBubble(t, simulator.Options{NoGuard: true}, func(t *testing.T, b *bench) {
		b.SetBalance(b.key, usd, 100) //nolint:errcheck // it exists
		bare := b.rent(map[string]any{"image": "nvidia/cuda:12.8.0-base-ubuntu22.04"})
		helped := b.rent(map[string]any{"image": "nvidia/cuda:12.8.0-base-ubuntu22.04", "autossh_entrypoint": true})
		stuck := b.rent(map[string]any{"image": "docker.io/library/ubuntu:24.04"})
		sleep(30 * time.Minute)
		before := b.listed(stuck.ID, false)["spend"]
		sleep(30 * time.Minute)
		if got := b.truth(bare.ID); !got.Shell.IsZero() || got.Seconds > 10*60 {
			t.Errorf("bare image: %+v", got)
		}
		if got := b.truth(helped.ID); got.Shell.IsZero() {
			t.Errorf("with the supervisor: %+v", got)
		}
		after := b.listed(stuck.ID, false)
		if after["mon_container"] != 1.0 || after["spend"] != before {
			t.Errorf("stuck pull: %v, spend before %v", after, before)
		}
	})
}

func TestEndedOrders(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(nil)
		sleep(948 * time.Second)
		b.post("cancel_order", map[string]any{"id": o.ID})
		sleep(10 * time.Second)
		if got := b.listed(o.ID, false); got != nil {
			t.Errorf("still listed: %v", got)
		}
		got := b.listed(o.ID, true)
		if got["expired"] != true || got["mon_container"] != 2.0 || len(got["tcp_ports"].([]any)) != 0 || got["pub_cluster"] != nil || got["gpu_count"] != 1.0 {
			t.Errorf("completed: %v", got)
		}
		if lived := got["order_end"].(float64) - got["ct"].(float64); lived != 948 {
			t.Errorf("lived %v s", lived)
		}
		frozen := got["spend"]
		sleep(time.Hour)
		if again := b.listed(o.ID, true); again["spend"] != frozen {
			t.Errorf("spend of an ended order grew from %v to %v", frozen, again["spend"])
		}
	})
}

func TestCancelledOrderMayLinger(t *testing.T) {
	inBubble(t, simulator.Options{NoGuard: true}, func(t *testing.T, b *bench) {
		b.Script(script)
		var ids []int64
		for range 20 {
			ids = append(ids, b.rent(nil).ID)
		}
		sleep(10 * time.Second)
		lingering := 0
		for _, id := range ids {
			b.post("cancel_order", map[string]any{"id": id})
			if got := b.listed(id, false); got != nil {
				lingering++
				if got["expired"] != nil {
					t.Errorf("lingers as expired: %v", got)
				}
			}
		}
		sleep(3 * time.Second)
		if n := len(b.get("my_orders").body["orders"].([]any)); n != 0 || lingering == 0 || lingering == len(ids) {
			t.Errorf("%d of %d lingered, %d stayed", lingering, len(ids), n)
		}
	})
}

func TestOtherEnds(t *testing.T) {
	t.Run("maximum length", func(t *testing.T) {
		inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
			o := b.rent(nil)
			sleep(168*time.Hour + time.Minute)
			got := b.truth(o.ID)
			if got.Reason != "mrl" || !got.Ended.Equal(o.Created.Add(168*time.Hour)) {
				t.Errorf("%+v", got)
			}
		})
	})
	t.Run("empty wallet", func(t *testing.T) {
		inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
			b.SetBalance(b.key, usd, 0.2) //nolint:errcheck // it exists
			o := b.rent(nil)
			sleep(2 * time.Hour)
			got := b.truth(o.ID)
			// 0.1 USD is the creation fee; the rest pays 2·1.05 USD a day for 69 minutes.
			if lived := got.Ended.Sub(o.Created); got.Reason != "funds" || lived < 66*time.Minute || lived > 70*time.Minute {
				t.Errorf("%+v", got)
			}
			if left := b.balance(usd); left > 0 || left < -0.001 {
				t.Errorf("%v left", left)
			}
		})
	})
	t.Run("host away", func(t *testing.T) {
		inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
			b.Script(script)
			o := b.rent(nil)
			sleep(time.Minute)
			b.SetOnline(cheap3090, false) //nolint:errcheck // it exists
			if got := b.listed(o.ID, false); got["online"] != false {
				t.Errorf("%v", got)
			}
			sleep(30 * time.Second)
			b.SetOnline(cheap3090, true) //nolint:errcheck // it exists
			if got := b.listed(o.ID, false); got["online"] != true {
				t.Errorf("back: %v", got)
			}
			b.SetOnline(cheap3090, false) //nolint:errcheck // it exists
			sleep(59 * time.Second)
			if got := b.truth(o.ID); !got.Active {
				t.Errorf("ended too early: %+v", got)
			}
			sleep(2 * time.Second)
			if got := b.truth(o.ID); got.Reason != "host" {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestScriptedFates(t *testing.T) {
	inBubble(t, simulator.Options{NoGuard: true}, func(t *testing.T, b *bench) {
		b.Script(simulator.OrderScript{Hidden: true})
		b.Script(simulator.OrderScript{Server: other3090, Address: simulator.Never, Shell: simulator.Never})
		hidden := b.rent(nil)
		lost := b.rent(map[string]any{"renting_server": other3090})
		plain := b.rent(nil)
		sleep(time.Hour)
		if b.listed(hidden.ID, false) != nil || b.truth(hidden.ID).Seconds < 3600 {
			t.Error("a hidden order must cost and not show")
		}
		if got := b.listed(lost.ID, false); got["mon_container"] != 2.0 || got["pub_cluster"] != nil || !b.truth(lost.ID).Shell.IsZero() {
			t.Errorf("without address: %v", got)
		}
		if got := b.listed(plain.ID, false); got["pub_cluster"] == nil {
			t.Errorf("the scripts were used twice: %v", got)
		}
	})
}
