package emulator

import (
	"fmt"
	"html"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// sasVersion is the API version of Security Center.
const sasVersion = "2018-12-03"

// routeAlibaba finds the RPC operation a request names, by header in the V3
// scheme and by parameter in the legacy one. Parameters are taken from the
// query and from the form alike: the gateway does not insist on the place the
// API's metadata names.
func (s *Server) routeAlibaba(c *call) error {
	c.form = url.Values{}
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err == nil && media == "application/x-www-form-urlencoded" {
		if c.form, err = url.ParseQuery(string(c.body)); err != nil {
			return invalidParameter("body")
		}
	}
	c.params = c.r.URL.Query()
	for name, values := range c.form {
		c.params[name] = append(c.params[name], values...)
	}
	action, version := c.r.Header.Get(headerACSAction), c.r.Header.Get(headerACSVersion)
	if action == "" {
		action, version = c.params.Get("Action"), c.params.Get("Version")
	}
	switch {
	case c.r.Method != http.MethodPost && c.r.Method != http.MethodGet:
		return alibabaError(http.StatusBadRequest, "UnsupportedHTTPMethod", "This http method is not supported.")
	case action == "":
		return missingParameter("Action")
	case version == "":
		return missingParameter("Version")
	}
	op := s.router.actions[action+" "+version]
	if op == nil {
		return alibabaError(http.StatusNotFound, c.switches.get(switchSASUnknownAction),
			"Specified api is not found, please check your url and method.")
	}
	c.op = op
	return nil
}

// rpc registers an RPC operation.
func (rt *router) rpc(version string, op operation) {
	if rt.actions == nil {
		rt.actions = map[string]*operation{}
	}
	op.style = styleAlibaba
	rt.actions[op.name+" "+version] = &op
}

func alibabaError(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message, style: styleAlibaba}
}

// alibabaThrottled carries the header the SDK reads its waiting time from.
func (c *call) alibabaThrottled(delay time.Duration, perSecond int) *apiError {
	refusal := alibabaError(atoi(c.switches.get(switchSASThrottleStatus)), c.switches.get(switchSASThrottleCode),
		"Request was denied due to user flow control.")
	refusal.header = http.Header{"X-Ratelimit-User-Api": {fmt.Sprintf(
		"Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", perSecond, delay.Milliseconds()+1, c.now.Add(delay).Unix())}}
	return refusal
}

// alibabaErrorBody is the RPC gateway's error object, in JSON or in XML; a
// legacy request that asks for JSON gets it in any case. The SDK reads keys in
// either case.
func (c *call) alibabaErrorBody(e *apiError) any {
	fields := map[string]string{
		"RequestId": c.id,
		"HostId":    c.r.Host,
		"Code":      e.code,
		"Message":   e.message,
		"Recommend": "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(e.code) + "&product=Sas&requestId=" + c.id,
	}
	if c.is(switchSASErrorKeys, "lower") {
		lower := map[string]string{}
		for name, value := range fields {
			lower[strings.ToLower(name[:1])+name[1:]] = value
		}
		fields = lower
	}
	if c.is(switchSASErrorFormat, "xml") && !strings.EqualFold(c.params.Get("Format"), "json") {
		return rawBody{contentType: "text/xml;charset=utf-8", bytes: errorXML(fields)}
	}
	return fields
}

func errorXML(fields map[string]string) []byte {
	var out strings.Builder
	out.WriteString(`<?xml version='1.0' encoding='UTF-8'?><Error>`)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out.WriteString("<" + name + ">")
		out.WriteString(html.EscapeString(fields[name]))
		out.WriteString("</" + name + ">")
	}
	out.WriteString("</Error>")
	return []byte(out.String())
}
