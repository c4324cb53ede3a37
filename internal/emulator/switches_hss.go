package emulator

// Switch names of HSS.
const (
	switchHSSAddStatus        = "hss-add-status"
	switchHSSDeleteStatus     = "hss-delete-status"
	switchHSSPutOmitted       = "hss-put-omitted"
	switchHSSDuplicateName    = "hss-duplicate-name"
	switchHSSNameFilter       = "hss-name-filter"
	switchHSSAddrFilter       = "hss-addr-filter"
	switchHSSIDFilter         = "hss-id-filter"
	switchHSSListOrder        = "hss-list-order"
	switchHSSPageCap          = "hss-page-cap"
	switchHSSLimitRange       = "hss-limit-range"
	switchHSSQuota            = "hss-quota"
	switchHSSNewStatus        = "hss-new-status"
	switchHSSUpdateStatus     = "hss-update-status"
	switchHSSAddAllEPS        = "hss-add-all-eps"
	switchHSSErrorDescription = "hss-error-description"
)

func hssSwitches() []Switch {
	return append(hssAnswerSwitches(), hssRuleSwitches()...)
}

// hssAnswerSwitches shape what HSS returns.
func hssAnswerSwitches() []Switch {
	return []Switch{
		{
			Name: switchHSSAddStatus, Values: []string{"200", "201", "204"}, Default: "200",
			Doc:    "HTTP status of a successful AddRegistry.",
			Source: "The SDK expects an empty body; which 2xx comes with it is not stated.",
		},
		{
			Name: switchHSSDeleteStatus, Values: []string{"200", "204"}, Default: "200",
			Doc:    "HTTP status of a successful DeleteRegistry or BatchDeleteRegistry.",
			Source: "The SDK expects an empty body; which 2xx comes with it is not stated.",
		},
		{
			Name: switchHSSListOrder, Values: []string{"newest", "oldest", "name"}, Default: "newest",
			Doc:    "Order of ListRegistry.",
			Source: "The page has no sort parameter and states no order.",
		},
		{
			Name: switchHSSPageCap, Values: []string{"200", "100"}, Default: "200",
			Doc:    "The most entries one answer holds, whatever limit asks for.",
			Source: "limit is documented up to 200, the list in the answer up to 100.",
		},
		{
			Name: switchHSSNewStatus, Values: []string{"success", "fail", "accessing", "success-at-once"}, Default: "success",
			Doc:    "What becomes of a new entry: accessing in the first list and then success or fail, accessing for ever, or success at once.",
			Source: "The three states are documented, their timing is not.",
		},
		{
			Name: switchHSSUpdateStatus, Values: []string{"reconnect", "keep"}, Default: "reconnect",
			Doc:    "Whether UpdateRegistry sets the status back to accessing.",
			Source: "Not stated.",
		},
		{
			Name: switchHSSErrorDescription, Values: []string{"present", "absent"}, Default: "present",
			Doc:    "Whether error bodies have the third key error_description.",
			Source: "The error pages list two keys; an answer quoted in Terraform's provider has three.",
		},
	}
}

// hssRuleSwitches decide what HSS accepts and finds.
func hssRuleSwitches() []Switch {
	return []Switch{
		{
			Name: switchHSSPutOmitted, Values: []string{"keep", "clear"}, Default: "keep",
			Doc:    "What UpdateRegistry does to fields that are not sent.",
			Source: "The edit page's example sends two fields only, which reads as a partial update.",
		},
		{
			Name: switchHSSDuplicateName, Values: []string{"refuse", "accept"}, Default: "refuse",
			Doc:    "What happens to a second entry of the same name in one project.",
			Source: "No page states uniqueness, and no error code for it exists.",
		},
		{
			Name: switchHSSNameFilter, Values: []string{"exact", "fuzzy"}, Default: "exact",
			Doc:    "How ListRegistry matches registry_name.",
			Source: "Not stated; Terraform's acceptance test expects equality.",
		},
		{
			Name: switchHSSAddrFilter, Values: []string{"exact", "fuzzy"}, Default: "exact",
			Doc:    "How ListRegistry matches registry_addr.",
			Source: "Not stated.",
		},
		{
			Name: switchHSSIDFilter, Values: []string{"exact", "ignored"}, Default: "exact",
			Doc:    "Whether ListRegistry honours registry_id.",
			Source: "Documented, but Terraform's provider notes that the results are inaccurate.",
		},
		{
			Name: switchHSSLimitRange, Values: []string{"refuse", "clamp"}, Default: "refuse",
			Doc:    "What happens to a limit below 10 or above 200.",
			Source: "The range is documented, the reaction is not.",
		},
		{
			Name: switchHSSQuota, Values: []string{"none", "100"}, Default: "none",
			Doc:    "How many registries a project may add.",
			Source: "Only the ranges of the list's model (0 to 100) hint at a limit.",
		},
		{
			Name: switchHSSAddAllEPS, Values: []string{"default-project", "refuse"}, Default: "default-project",
			Doc:    "What AddRegistry does with enterprise_project_id=all_granted_eps.",
			Source: "The value is documented for every operation; what an add means by it is not.",
		},
	}
}
