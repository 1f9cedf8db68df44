package discord_test

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// file is what came as a part of its own.
type file struct{ name, kind, text string }

// unpack takes a request of parts apart: its JSON, which is judged like any other, and its file.
// The lock is held.
func (f *fake) unpack(r *http.Request, req *request) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		if len(req.body) > 0 && kind != "application/json" {
			f.fault("%s %s with content type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
		}
		return
	}
	parts := multipart.NewReader(strings.NewReader(string(req.body)), params["boundary"])
	req.body = nil
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		data, _ := io.ReadAll(part)
		switch part.FormName() {
		case "payload_json":
			req.body = data
		case "files[0]":
			req.file = &file{part.FileName(), part.Header.Get("Content-Type"), string(data)}
		default:
			f.fault("part %q", part.FormName())
		}
	}
	f.checkFile(req)
}

func (f *fake) checkFile(req *request) {
	var m struct {
		Attachments []struct{ ID, Filename string }
	}
	if err := json.Unmarshal(req.body, &m); err != nil {
		f.fault("parts without payload_json: %v", err)
		return
	}
	if req.file == nil || len(m.Attachments) != 1 || m.Attachments[0].ID != "0" || m.Attachments[0].Filename != req.file.name {
		f.fault("file %+v with attachments %+v", req.file, m.Attachments)
	}
	if strings.Contains(req.path, "/callback") {
		f.fault("first answer with a file")
	}
}

// attach gives a message the file of a request; a change that lists no attachments keeps what
// there is, and one that lists them keeps no other.
func (f *fake) attach(m *message, r request) {
	var listed struct{ Attachments *[]struct{ ID string } }
	_ = json.Unmarshal(r.body, &listed)
	if r.method == "PATCH" && r.file != nil && listed.Attachments == nil {
		f.fault("API v10 drops the files that a change with a file does not list: %s", r.body)
	}
	if listed.Attachments != nil || r.file != nil {
		m.File = r.file
	}
	if r.file != nil && f.onMessage != nil {
		f.onMessage(m, true)
	}
}
