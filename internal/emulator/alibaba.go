package emulator

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

func upper(text string) string { return strings.ToUpper(text) }

// routeAlibaba finds the RPC operation a request names.
func (s *Server) routeAlibaba(c *call) error {
	return alibabaError(http.StatusNotFound, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
}

func alibabaError(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message, style: styleAlibaba}
}

// alibabaThrottled carries the header the SDK reads its waiting time from.
func (c *call) alibabaThrottled(delay time.Duration, perSecond int) *apiError {
	refusal := alibabaError(http.StatusBadRequest, "Throttling.User", "Request was denied due to user flow control.")
	refusal.header = http.Header{"X-Ratelimit-User-Api": {fmt.Sprintf(
		"Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", perSecond, delay.Milliseconds()+1, c.now.Add(delay).Unix())}}
	return refusal
}

// alibabaErrorBody is the RPC gateway's error object.
func (c *call) alibabaErrorBody(e *apiError) any {
	return map[string]string{
		"RequestId": c.id, "HostId": c.r.Host, "Code": e.code, "Message": e.message,
		"Recommend": "https://api.aliyun.com/troubleshoot?q=" + e.code + "&product=Sas&requestId=" + c.id,
	}
}
