package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Switch is one behaviour no vendor page settles. Default is the first of Values.
type Switch struct {
	Name    string   `json:"name"`
	Values  []string `json:"values"`
	Default string   `json:"default"`
	Doc     string   `json:"doc"`    // what it decides, one sentence
	Source  string   `json:"source"` // what is known, and from where
}

// choice is a switch whose values are separated by bars, the default first.
func choice(name, values, doc, source string) Switch {
	all := strings.Split(values, "|")
	return Switch{Name: name, Values: all, Default: all[0], Doc: doc, Source: source}
}

// switches are the values of all switches. The map is never changed in place, so a call may keep the one it started with.
type switches struct {
	mu  sync.RWMutex
	set map[string]string
}

// current returns the set a new call works with.
func (s *switches) current() map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.set
}

// change changes some switches for all later requests.
func (s *switches) change(changes map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, table := maps.Clone(s.set), switchTable()
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		i := slices.IndexFunc(table, func(entry Switch) bool { return entry.Name == name })
		if i < 0 {
			return fmt.Errorf("emulator: unknown switch %q", name)
		}
		if !slices.Contains(table[i].Values, changes[name]) {
			return fmt.Errorf("emulator: switch %s cannot be %q; it is one of %s", name, changes[name], strings.Join(table[i].Values, ", "))
		}
		next[name] = changes[name]
	}
	s.set = next
	return nil
}

func defaultSwitches() map[string]string {
	set := map[string]string{}
	for _, entry := range switchTable() {
		set[entry.Name] = entry.Default
	}
	return set
}

// Switches returns every switch the emulator knows, with its default. The order is fixed: by API, then as documented.
func (s *Server) Switches() []Switch { return switchTable() }

// switchTable lists every switch. One stands here when a client notices what it decides and a test plays each value.
func switchTable() []Switch {
	return slices.Concat(sasSwitches(), stsSwitches(), hssSwitches(), swrSwitches(), huaweiSwitches())
}

func sasSwitches() []Switch {
	return []Switch{
		choice("sas-add-id", "real|zero", "What AddPrivateRegistry returns as Data.Id.", "The page's example shows 0, the SDK's example a real identifier."),
		choice("sas-list-port", "present|absent", "Whether ListPrivateRegistryList returns Port.", "Absent from the page of 2024, present in the SDK since March 2026."),
		choice("sas-list-vpc-id", "present|absent", "Whether ListPrivateRegistryList returns VpcId.", "On the page and in the SDK; that it is filled is stated nowhere."),
		choice("sas-empty-list", "array|absent", "What a list operation returns when nothing matches: an empty array, or no key at all.", "Not stated."),
		choice("sas-list-order", "id-ascending|id-descending", "Order of ListPrivateRegistryList and PageImageRegistry.", "Not stated."),
		choice("sas-unknown-id", "error|success-false|server-error", "What ModifyImageRegistry answers for an Id that does not exist: 400 InvalidParameter, HTTP 200 with Success=false, or 500.",
			"The page documents only 403 and 500, and a Success flag."),
		choice("sas-delete-unknown", "data-false|error", "What DeletePrivateRegistry answers for an identifier that does not exist.",
			"The answer has a flag for failure; when it is false is not stated."),
		choice("sas-error-format", "json|xml", "Format of error bodies.", "The SDK reads XML errors too, with the content type text/xml."),
		choice("sas-error-keys", "upper|lower", "Case of the first letter of the keys of error bodies.", "The SDK reads Code and code, Message and message, RequestId and requestId."),
		choice("sas-unknown-key-status", "404|400", "HTTP status of InvalidAccessKeyId.NotFound.", "404 on the common error page, 400 for some products."),
		choice("sas-signature-status", "400|403", "HTTP status of SignatureDoesNotMatch.", "400 on the common error page, 403 for some products."),
		choice("sas-security-token-code", "InvalidSecurityToken.MismatchWithAccessKey|InvalidSecurityToken.Malformed", "Code of the answer to a security token that does not belong to the access key.",
			"Only the prefix InvalidSecurityToken is certain."),
		choice("sas-throttle-status", "400|429|503", "HTTP status of throttling answers.", "400 is usual; the common error page allows others."),
		choice("sas-throttle-code", "Throttling.User|Throttling|Throttling.Api|Rejected.Throttling", "Code of throttling answers.", "All four are documented; which one SAS uses is not."),
		choice("sas-duplicate", "refuse|accept|server-error", "What happens to a second entry of the same type, region, host, address and port: 400, a second entry, or 500.",
			"Not stated; the page documents only 403 and 500."),
		choice("sas-modify-omitted", "keep|clear", "What ModifyImageRegistry does to fields that are not sent.", "Every field is optional, which reads as a partial update."),
		choice("sas-secrets-in-body", "accept|refuse", "Whether AddPrivateRegistry takes Password and ExtraParam from the form; refuse answers MissingPassword.",
			"The SDK puts them in the query; six other SAS operations are known to accept query parameters in the form."),
		choice("sas-feature", "enabled|disabled", "Whether container image scan is bought; without it AddPrivateRegistry answers 403 NoPermission.",
			"The user guide requires the feature; the error without it is not documented."),
	}
}

func hssSwitches() []Switch {
	return []Switch{
		choice("hss-add-status", "200|201|204", "HTTP status of a successful AddRegistry.", "The SDK expects an empty body; which 2xx comes with it is not stated."),
		choice("hss-delete-status", "200|204", "HTTP status of a successful DeleteRegistry or BatchDeleteRegistry.", "The SDK expects an empty body; which 2xx comes with it is not stated."),
		choice("hss-list-order", "newest|oldest|name", "Order of ListRegistry.", "The page has no sort parameter and states no order."),
		choice("hss-page-cap", "200|100", "The most entries one answer holds, whatever limit asks for.", "limit is documented up to 200, the list in the answer up to 100."),
		choice("hss-new-status", "success|fail|accessing|success-at-once", "What becomes of a new entry: accessing in the first list and then success or fail, accessing for ever, or success at once.",
			"The three states are documented, their timing is not."),
		choice("hss-update-status", "reconnect|keep", "Whether UpdateRegistry sets the status back to accessing.", "Not stated."),
		choice("hss-put-omitted", "keep|clear", "What UpdateRegistry does to fields that are not sent.", "The edit page's example sends two fields only, which reads as a partial update."),
		choice("hss-duplicate-name", "refuse|accept", "What happens to a second entry of the same name in one project.", "No page states uniqueness, and no error code for it exists."),
		choice("hss-quota", "none|100", "How many registries a project may add.", "Only the ranges of the list's model (0 to 100) hint at a limit."),
	}
}

func swrSwitches() []Switch {
	return []Switch{
		choice("swr-create-status", "200|201", "HTTP status of a successful CreateInstanceRegistry.", "No page states it; Terraform's provider accepts 200, 201 and 202."),
		choice("swr-delete-status", "200|204", "HTTP status of a successful DeleteInstanceRegistry.", "No page states it; Terraform's provider accepts 200, 202 and 204."),
		choice("swr-list-dns-conf", "absent|present", "Whether ListInstanceRegistries returns dns_conf.", "Not in the SDK's model; Terraform's resource reads it from show only."),
		choice("swr-list-project-id", "absent|present", "Whether ListInstanceRegistries returns the target's project_id.", "Not in the SDK's model; Terraform's resource reads it from show only."),
		choice("swr-show-dns-conf", "present|absent", "Whether ShowInstanceRegistry returns dns_conf.", "Not in the SDK's model, but Terraform's resource reads it."),
		choice("swr-show-project-id", "present|absent", "Whether ShowInstanceRegistry returns the target's project_id.",
			"Not in the SDK's model, but Terraform's acceptance test only passes when it comes back."),
		choice("swr-access-secret", "absent|blank|masked", "What list and show return as credential.access_secret.",
			"The SDK's model has the field; Terraform's documentation says the answer lacks it."),
		choice("swr-time-format", "millis|seconds|epoch-millis", "Format of created_at and updated_at: ISO 8601 with milliseconds, with seconds, or epoch milliseconds as text.",
			"The pages say string without a format."),
		choice("swr-new-status", "healthy|unhealthy", "Status of a registry that was just created.", "The pages list both values and do not say when each is set."),
		choice("swr-error-form", "both|flat|array", "Form of error bodies: errors[] with error_code and error_msg, the latter two alone, or a bare array.",
			"Newer error pages show both forms at once, the page of the update operation the flat one, older pages the array."),
		choice("swr-code-style", "SVCSTG.SWR|SWR", "Style of error codes: SVCSTG.SWR.4000014 or SWR.400014.",
			"The Basic Edition documents the first; Terraform's provider met the second in the Enterprise Edition. No table for Enterprise registries exists."),
		choice("swr-duplicate-name", "refuse|accept", "What happens to a second registry of the same name in one instance.",
			"No page states it; open-source Harbor, which the service builds on, refuses it."),
		choice("swr-conflict-status", "409|400", "HTTP status of a refused duplicate name.", "No page states it; open-source Harbor answers 409."),
		choice("swr-put-omitted", "clear|keep", "What UpdateInstanceRegistry does to optional fields that are not sent.",
			"The page calls the operation a modification with mandatory fields, which reads as a full replacement."),
		choice("swr-connectivity", "skip|check", "Whether create and update test the target; with check, hosts under .invalid count as unreachable.", "No page mentions a test."),
		choice("swr-internal-insecure", "refuse|accept", "What happens to insecure=false for type swr-pro-internal.", "The Chinese pages allow only true there; the English ones say nothing."),
		choice("swr-name-charset", "narrow|han", "Characters of a name: letters, digits, _ and -, or Chinese characters too.",
			"The English page has the narrow set, the SDK and the Chinese page the wide one."),
		choice("swr-quota", "none|3", "How many registries one instance may hold.", "A quota is not documented."),
		choice("swr-unknown-instance", "accept|not-found", "Whether instances that the state does not list exist.", "A convenience of the emulator: the service answers 404 for an unknown instance."),
	}
}

// huaweiSwitches are those of both services, of the gateway in front of them, and of IAM.
func huaweiSwitches() []Switch {
	return []Switch{
		choice("huawei-unknown-fields", "ignore|refuse", "What HSS and SWR do with body fields their pages do not list.", "No page states it."),
		choice("gateway-error-prefix", "APIGW|APIG", "Prefix of the codes of gateway errors.", "The cloud services' error pages say APIGW.xxxx, the API Gateway product pages and samples APIG.xxxx."),
		choice("gateway-skew-code", "0301|0303", "Code of the refusal of a signature date more than 15 minutes off.",
			"Gateway error pages list clock differences under 0301; the wording with both times stands at 0303."),
		choice("gateway-token-expired-code", "0307|0301", "Code of the refusal of an expired, unknown or foreign token.",
			"Gateway error pages: 0307 asks for a new token, 0301 mentions expired and unreadable tokens too."),
		choice("iam-error-style", "keystone|iam", "Form of IAM errors: {\"error\":{\"code\":401,...}} with a number, or error_code and error_msg.",
			"The pages show both; the exact text is not stated."),
	}
}
