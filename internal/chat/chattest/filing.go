package chattest

import (
	"context"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// reportFile is the file of the suite: a table with what tables have.
func reportFile(of string) *chat.File {
	return &chat.File{Name: "report-" + of + ".csv", Type: "text/csv", Data: []byte("month,\"who, what\"\r\n" + of + ",= <b> ü\r\n")}
}

// report is a command whose answer comes with a file, also in the place of another answer.
func report(_ context.Context, req *chat.Request) (chat.Response, error) {
	of := req.Args["of"]
	if of == "" {
		of = "november"
	}
	return chat.Reply{Replace: req.Origin == chat.Pressed, View: chat.View{
		Title: "report of " + of, File: reportFile(of),
		Rows: [][]chat.Control{{chat.Button("The month before", "report", chat.Args{"of": "october"})}},
	}}, nil
}

// SeesFile waits for a file with the view of that title, or soon after it.
func (p *Person) SeesFile(title string, f *chat.File) {
	p.t.Helper()
	from := p.next
	shown := p.Sees(title)
	if p.Traits().FilesAsText {
		for _, part := range append([]string{f.Name}, strings.Fields(string(f.Data))...) {
			if !strings.Contains(shown.Text, part) {
				p.t.Errorf("the file's %q is not in %q", part, shown.Text)
			}
		}
		return
	}
	p.next = from // it may have come with the view
	p.look("the file "+f.Name, func(x Shown) bool { return x.File == f.Name && x.FileText == string(f.Data) })
}

func files(t *testing.T, s *setup) {
	s.Type("/report")
	s.SeesFile("report of november", reportFile("november"))
	s.Press("The month before")
	s.SeesFile("report of october", reportFile("october"))
	s.send(t, chat.View{Title: "by itself", File: reportFile("may")})
	s.SeesFile("by itself", reportFile("may"))
	s.send(t, chat.View{Title: "badly named", File: &chat.File{Name: "../evil.csv", Type: "text/csv", Data: []byte("evil")}})
	s.Sees("badly named")
	s.settle(t)
	for _, x := range s.Screen().All() {
		if strings.Contains(x.File+x.Text+x.FileText, "evil") {
			t.Errorf("a file that must not be sent: %+v", x)
		}
	}
}
