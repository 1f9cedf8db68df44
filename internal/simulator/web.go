package simulator

import (
	"fmt"
	"html"
	"net"
	"net/http"
)

const proxyError = `{"type":"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-502/","title":"Error 502: Bad gateway","status":502,"detail":"The origin web server returned an invalid or incomplete response.","error_code":502,"error_name":"origin_bad_gateway","error_category":"origin","retryable":true,"retry_after":60,"owner_action_required":true,"cloudflare_error":true}`

const appPage = `<!DOCTYPE html>
<html><head><title>Order %d</title></head>
<body><h1>It works</h1><p>The application of this order is up on server %d: %s.</p></body></html>
`

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// owns reports whether a host name belongs to an order.
func (s *Simulator) owns(host string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.webs[s.sshd.webHost(hostname(host))] != nil
}

// page answers for an order's web address: 502 until its app is up, as the proxy does.
func (s *Simulator) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	now := s.opts.Now()
	s.world.advance(now)
	o := s.world.webs[s.sshd.webHost(hostname(r.Host))]
	live := o != nil && o.running()
	up := live && o.app(now)
	s.mu.Unlock()
	switch {
	case !live:
		text(w, http.StatusNotFound, "text/plain; charset=utf-8", "Proxy Not Found")
	case !up:
		text(w, http.StatusBadGateway, "application/json", proxyError)
	default:
		page := fmt.Sprintf(appPage, o.id, o.server.ID, html.EscapeString(o.server.Specs.GPU))
		text(w, http.StatusOK, "text/html; charset=utf-8", page)
	}
}
