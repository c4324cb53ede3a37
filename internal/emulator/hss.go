package emulator

// hssErrorBody is HSS's error object; the third key shows in answers quoted by
// Terraform's provider.
func (c *call) hssErrorBody(e *apiError) any {
	return map[string]string{"error_code": e.code, "error_msg": e.message, "error_description": e.message}
}
