package discord_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

const specification = "../../../shared/contracts/discord-openapi.json"

// spec reads Discord's specification of its API, once. It is nil where the file is absent.
var spec = sync.OnceValues(func() (validator.Validator, error) {
	data, err := os.ReadFile(specification)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(data)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

// judged remembers bodies that were found right: many tests send the same.
var judged sync.Map

// judge holds requests against the specification.
func judge(t testing.TB, all []request) {
	t.Helper()
	v, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		t.Log(specification + " is absent: requests are not held against Discord's specification")
		return
	}
	for _, r := range all {
		key := r.method + r.path + string(r.body)
		if _, done := judged.LoadOrStore(key, true); done {
			continue
		}
		req, err := http.NewRequest(r.method, "https://discord.com/api/v10"+r.path, bytes.NewReader(r.body))
		if err != nil {
			t.Error(err)
			continue
		}
		req.Header.Set("Authorization", "Bot x")
		if len(r.body) > 0 {
			req.Header.Set("Content-Type", "application/json")
		}
		if ok, errs := v.ValidateHttpRequestSync(req); !ok {
			for _, e := range errs {
				t.Errorf("%s %s: %s: %s", r.method, r.path, e.Message, e.Reason)
				for _, s := range e.SchemaValidationErrors {
					t.Errorf("  %s at %s", s.Reason, s.FieldPath)
				}
			}
			t.Logf("%s", r.body)
		}
	}
}

// TestVersion: what we send is held against the specification of v10, and the list of differences in
// docs/architecture.md is that of v9. With another version it has to be looked at again.
func TestVersion(t *testing.T) {
	if discordgo.APIVersion != "9" {
		t.Errorf("discordgo speaks v%s: read docs/architecture.md", discordgo.APIVersion)
	}
}

// TestSpecificationBites makes sure that requests are held against it at all.
func TestSpecificationBites(t *testing.T) {
	v, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		t.Skip(specification + " is absent")
	}
	for name, r := range map[string]request{
		"no such path":     {method: "POST", path: "/channels/1/massages", body: []byte(`{}`)},
		"content too long": {method: "POST", path: "/channels/1/messages", body: []byte(`{"content":"` + strings.Repeat("x", 4001) + `"}`)},
		"custom_id too long": {method: "POST", path: "/channels/1/messages", body: []byte(
			`{"components":[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"` + strings.Repeat("x", 101) + `"}]}]}`)},
		"command name": {method: "PUT", path: "/applications/1/commands", body: []byte(`[{"name":"` + strings.Repeat("x", 33) + `","description":"d"}]`)},
	} {
		req, err := http.NewRequest(r.method, "https://discord.com/api/v10"+r.path, bytes.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bot x")
		req.Header.Set("Content-Type", "application/json")
		if ok, _ := v.ValidateHttpRequestSync(req); ok {
			t.Errorf("%s was accepted", name)
		}
	}
}
