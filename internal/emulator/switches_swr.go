package emulator

// Switch names of SWR Enterprise, and of both Huawei services.
const (
	switchSWRCreateStatus     = "swr-create-status"
	switchSWRDeleteStatus     = "swr-delete-status"
	switchSWRListDNSConf      = "swr-list-dns-conf"
	switchSWRListProjectID    = "swr-list-project-id"
	switchSWRShowDNSConf      = "swr-show-dns-conf"
	switchSWRShowProjectID    = "swr-show-project-id"
	switchSWRAccessSecret     = "swr-access-secret"
	switchSWRDuplicateName    = "swr-duplicate-name"
	switchSWRConflictStatus   = "swr-conflict-status"
	switchSWRPutOmitted       = "swr-put-omitted"
	switchSWRTypeChange       = "swr-type-change"
	switchSWRConnectivity     = "swr-connectivity"
	switchSWRInternalInsecure = "swr-internal-insecure"
	switchSWRDNSConf          = "swr-dns-conf"
	switchSWRNameCharset      = "swr-name-charset"
	switchSWRNewStatus        = "swr-new-status"
	switchSWRTimeFormat       = "swr-time-format"
	switchSWROrderByName      = "swr-order-by-name"
	switchSWRPagingPair       = "swr-paging-pair"
	switchSWRQuota            = "swr-quota"
	switchSWRUnknownInstance  = "swr-unknown-instance"
	switchSWRErrorForm        = "swr-error-form"
	switchSWRCodeStyle        = "swr-code-style"
	switchUnknownFields       = "huawei-unknown-fields"
)

func swrSwitches() []Switch {
	return append(swrAnswerSwitches(), swrRuleSwitches()...)
}

// swrAnswerSwitches shape what SWR returns.
func swrAnswerSwitches() []Switch {
	return []Switch{
		{
			Name: switchSWRCreateStatus, Values: []string{"200", "201"}, Default: "200",
			Doc:    "HTTP status of a successful CreateInstanceRegistry.",
			Source: "No page states it; Terraform's provider accepts 200, 201 and 202.",
		},
		{
			Name: switchSWRDeleteStatus, Values: []string{"200", "204"}, Default: "200",
			Doc:    "HTTP status of a successful DeleteInstanceRegistry.",
			Source: "No page states it; Terraform's provider accepts 200, 202 and 204.",
		},
		{
			Name: switchSWRListDNSConf, Values: []string{"present", "absent"}, Default: "absent",
			Doc:    "Whether ListInstanceRegistries returns dns_conf.",
			Source: "Not in the SDK's model; Terraform's resource reads it from show only.",
		},
		{
			Name: switchSWRListProjectID, Values: []string{"present", "absent"}, Default: "absent",
			Doc:    "Whether ListInstanceRegistries returns the target's project_id.",
			Source: "Not in the SDK's model; Terraform's resource reads it from show only.",
		},
		{
			Name: switchSWRShowDNSConf, Values: []string{"present", "absent"}, Default: "present",
			Doc:    "Whether ShowInstanceRegistry returns dns_conf.",
			Source: "Not in the SDK's model, but Terraform's resource reads it.",
		},
		{
			Name: switchSWRShowProjectID, Values: []string{"present", "absent"}, Default: "present",
			Doc:    "Whether ShowInstanceRegistry returns the target's project_id.",
			Source: "Not in the SDK's model, but Terraform's acceptance test only passes when it comes back.",
		},
		{
			Name: switchSWRAccessSecret, Values: []string{"absent", "blank", "masked"}, Default: "absent",
			Doc:    "What list and show return as credential.access_secret.",
			Source: "The SDK's model has the field; Terraform's documentation says the answer lacks it.",
		},
		{
			Name: switchSWRTimeFormat, Values: []string{"millis", "seconds", "epoch-millis"}, Default: "millis",
			Doc:    "Format of created_at and updated_at: ISO 8601 with milliseconds, with seconds, or epoch milliseconds as text.",
			Source: "The pages say string without a format.",
		},
		{
			Name: switchSWRNewStatus, Values: []string{"healthy", "unhealthy"}, Default: "healthy",
			Doc:    "Status of a registry that was just created.",
			Source: "The pages list both values and do not say when each is set.",
		},
		{
			Name: switchSWRErrorForm, Values: []string{"both", "flat", "array"}, Default: "both",
			Doc:    "Form of error bodies: errors[] with error_code and error_msg, the latter two alone, or a bare array.",
			Source: "Newer error pages show both forms at once, the page of the update operation the flat one, older pages the array.",
		},
		{
			Name: switchSWRCodeStyle, Values: []string{"SVCSTG.SWR", "SWR"}, Default: "SVCSTG.SWR",
			Doc:    "Style of error codes: SVCSTG.SWR.4000014 or SWR.400014.",
			Source: "The Basic Edition documents the first; Terraform's provider met the second in the Enterprise Edition. No table for Enterprise registries exists.",
		},
	}
}

// swrRuleSwitches decide what SWR accepts.
func swrRuleSwitches() []Switch {
	return []Switch{
		{
			Name: switchSWRDuplicateName, Values: []string{"refuse", "accept"}, Default: "refuse",
			Doc:    "What happens to a second registry of the same name in one instance.",
			Source: "No page states it; open-source Harbor, which the service builds on, refuses it.",
		},
		{
			Name: switchSWRConflictStatus, Values: []string{"409", "400"}, Default: "409",
			Doc:    "HTTP status of a refused duplicate name.",
			Source: "No page states it; open-source Harbor answers 409.",
		},
		{
			Name: switchSWRPutOmitted, Values: []string{"clear", "keep"}, Default: "clear",
			Doc:    "What UpdateInstanceRegistry does to optional fields that are not sent.",
			Source: "The page calls the operation a modification with mandatory fields, which reads as a full replacement.",
		},
		{
			Name: switchSWRTypeChange, Values: []string{"refuse", "accept", "ignore"}, Default: "refuse",
			Doc:    "What UpdateInstanceRegistry does when type differs from the existing one.",
			Source: "type is mandatory in the update page; Terraform's provider treats it as not updatable.",
		},
		{
			Name: switchSWRConnectivity, Values: []string{"skip", "check"}, Default: "skip",
			Doc:    "Whether create and update test the target; with check, hosts under .invalid count as unreachable.",
			Source: "No page mentions a test.",
		},
		{
			Name: switchSWRInternalInsecure, Values: []string{"refuse", "accept"}, Default: "refuse",
			Doc:    "What happens to insecure=false for type swr-pro-internal.",
			Source: "The Chinese pages allow only true there; the English ones say nothing.",
		},
		{
			Name: switchSWRDNSConf, Values: []string{"optional", "required"}, Default: "optional",
			Doc:    "Whether type swr-pro needs dns_conf.",
			Source: "Optional on the English page, mandatory on the Chinese one.",
		},
		{
			Name: switchSWRNameCharset, Values: []string{"narrow", "han"}, Default: "narrow",
			Doc:    "Characters of a name: letters, digits, _ and -, or Chinese characters too.",
			Source: "The English page has the narrow set, the SDK and the Chinese page the wide one.",
		},
		{
			Name: switchSWROrderByName, Values: []string{"accept", "refuse"}, Default: "accept",
			Doc:    "Whether a list may be ordered by name.",
			Source: "The SDK and the pages list the column, Terraform's documentation does not.",
		},
		{
			Name: switchSWRPagingPair, Values: []string{"refuse", "accept"}, Default: "refuse",
			Doc:    "What happens to offset without limit, or limit without offset.",
			Source: "The SDK says the two must be used together, not what happens otherwise.",
		},
		{
			Name: switchSWRQuota, Values: []string{"none", "3"}, Default: "none",
			Doc:    "How many registries one instance may hold.",
			Source: "A quota is not documented.",
		},
		{
			Name: switchSWRUnknownInstance, Values: []string{"accept", "not-found"}, Default: "accept",
			Doc:    "Whether instances that the state does not list exist.",
			Source: "A convenience of the emulator: the service answers 404 for an unknown instance.",
		},
		{
			Name: switchUnknownFields, Values: []string{"ignore", "refuse"}, Default: "ignore",
			Doc:    "What HSS and SWR do with body fields their pages do not list.",
			Source: "No page states it.",
		},
	}
}
