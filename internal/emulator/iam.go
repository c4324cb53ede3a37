package emulator

import "net/http"

// iamErrorBody is a Keystone error; its code is a number.
func (c *call) iamErrorBody(e *apiError) any {
	return map[string]any{"error": map[string]any{
		"code": e.status, "message": e.message, "title": http.StatusText(e.status),
	}}
}
