package emulator

// Switch names of SAS.
const (
	switchSASAddID            = "sas-add-id"
	switchSASListPort         = "sas-list-port"
	switchSASListVPC          = "sas-list-vpc-id"
	switchSASEmptyList        = "sas-empty-list"
	switchSASListOrder        = "sas-list-order"
	switchSASPageMax          = "sas-page-max"
	switchSASErrorFormat      = "sas-error-format"
	switchSASErrorKeys        = "sas-error-keys"
	switchSASUnknownAction    = "sas-unknown-action"
	switchSASUnknownKeyStatus = "sas-unknown-key-status"
	switchSASSignatureStatus  = "sas-signature-status"
	switchSASTokenCode        = "sas-security-token-code"
	switchSASThrottleStatus   = "sas-throttle-status"
	switchSASThrottleCode     = "sas-throttle-code"
	switchSASDuplicate        = "sas-duplicate"
	switchSASModifyOmitted    = "sas-modify-omitted"
	switchSASUnknownID        = "sas-unknown-id"
	switchSASMissingID        = "sas-missing-id"
	switchSASDeleteUnknown    = "sas-delete-unknown"
	switchSASDeleteBuiltIn    = "sas-delete-built-in"
	switchSASSecretsInBody    = "sas-secrets-in-body"
	switchSASVpcID            = "sas-vpc-id"
	switchSASDefaultPort      = "sas-default-port"
	switchSASDefaultRate      = "sas-default-rate"
	switchSASRateRange        = "sas-rate-range"
	switchSASUnknownRegion    = "sas-unknown-region"
	switchSASFeature          = "sas-feature"
)

func sasSwitches() []Switch {
	return append(append(sasAnswerSwitches(), sasGatewaySwitches()...), sasRuleSwitches()...)
}

// sasAnswerSwitches shape what SAS returns.
func sasAnswerSwitches() []Switch {
	return []Switch{
		{
			Name: switchSASAddID, Values: []string{"real", "zero"}, Default: "real",
			Doc:    "What AddPrivateRegistry returns as Data.Id.",
			Source: "The page's example shows 0, the SDK's example a real identifier.",
		},
		{
			Name: switchSASListPort, Values: []string{"present", "absent"}, Default: "present",
			Doc:    "Whether ListPrivateRegistryList returns Port.",
			Source: "Absent from the page of 2024, present in the SDK since March 2026.",
		},
		{
			Name: switchSASListVPC, Values: []string{"present", "absent"}, Default: "present",
			Doc:    "Whether ListPrivateRegistryList returns VpcId.",
			Source: "On the page and in the SDK; that it is filled is stated nowhere.",
		},
		{
			Name: switchSASEmptyList, Values: []string{"array", "absent"}, Default: "array",
			Doc:    "What a list operation returns when nothing matches: an empty array, or no key at all.",
			Source: "Not stated.",
		},
		{
			Name: switchSASListOrder, Values: []string{"id-ascending", "id-descending"}, Default: "id-ascending",
			Doc:    "Order of ListPrivateRegistryList and PageImageRegistry.",
			Source: "Not stated.",
		},
		{
			Name: switchSASPageMax, Values: []string{"100", "20"}, Default: "100",
			Doc:    "The largest PageSize of PageImageRegistry.",
			Source: "The page gives the default of 20 and no maximum.",
		},
		{
			Name: switchSASMissingID, Values: []string{"error", "success-false"}, Default: "error",
			Doc:    "What ModifyImageRegistry answers without Id.",
			Source: "The page calls Id optional, although the operation makes no sense without it.",
		},
		{
			Name: switchSASUnknownID, Values: []string{"error", "success-false", "server-error"}, Default: "error",
			Doc:    "What ModifyImageRegistry answers for an Id that does not exist: 400 InvalidParameter, HTTP 200 with Success=false, or 500.",
			Source: "The page documents only 403 and 500, and a Success flag.",
		},
		{
			Name: switchSASDeleteUnknown, Values: []string{"data-false", "error"}, Default: "data-false",
			Doc:    "What DeletePrivateRegistry answers for an identifier that does not exist.",
			Source: "The answer has a flag for failure; when it is false is not stated.",
		},
		{
			Name: switchSASDeleteBuiltIn, Values: []string{"refuse", "data-false"}, Default: "refuse",
			Doc:    "What DeletePrivateRegistry answers for an acr or CI/CD entry: 403 NoPermission, or Data=false.",
			Source: "The operation is described for self-managed registries only.",
		},
	}
}

// sasGatewaySwitches concern Alibaba Cloud's gateway in front of SAS.
func sasGatewaySwitches() []Switch {
	return []Switch{
		{
			Name: switchSASErrorFormat, Values: []string{"json", "xml"}, Default: "json",
			Doc:    "Format of error bodies.",
			Source: "The SDK reads XML errors too, with the content type text/xml.",
		},
		{
			Name: switchSASErrorKeys, Values: []string{"upper", "lower"}, Default: "upper",
			Doc:    "Case of the first letter of the keys of error bodies.",
			Source: "The SDK reads Code and code, Message and message, RequestId and requestId.",
		},
		{
			Name: switchSASUnknownAction, Values: []string{"InvalidAction.NotFound", "InvalidApi.NotFound"}, Default: "InvalidAction.NotFound",
			Doc:    "Code of the answer to an unknown operation.",
			Source: "The common error page has the second, products answer the first too.",
		},
		{
			Name: switchSASUnknownKeyStatus, Values: []string{"404", "400"}, Default: "404",
			Doc:    "HTTP status of InvalidAccessKeyId.NotFound.",
			Source: "404 on the common error page, 400 for some products.",
		},
		{
			Name: switchSASSignatureStatus, Values: []string{"400", "403"}, Default: "400",
			Doc:    "HTTP status of SignatureDoesNotMatch.",
			Source: "400 on the common error page, 403 for some products.",
		},
		{
			Name: switchSASTokenCode, Values: []string{"InvalidSecurityToken.MismatchWithAccessKey", "InvalidSecurityToken.Malformed"}, Default: "InvalidSecurityToken.MismatchWithAccessKey",
			Doc:    "Code of the answer to a security token that does not belong to the access key.",
			Source: "Only the prefix InvalidSecurityToken is certain.",
		},
		{
			Name: switchSASThrottleStatus, Values: []string{"400", "429", "503"}, Default: "400",
			Doc:    "HTTP status of throttling answers.",
			Source: "400 is usual; the common error page allows others.",
		},
		{
			Name: switchSASThrottleCode, Values: []string{"Throttling.User", "Throttling", "Throttling.Api", "Rejected.Throttling"}, Default: "Throttling.User",
			Doc:    "Code of throttling answers.",
			Source: "All four are documented; which one SAS uses is not.",
		},
	}
}

// sasRuleSwitches decide what SAS accepts and does.
func sasRuleSwitches() []Switch {
	return []Switch{
		{
			Name: switchSASDuplicate, Values: []string{"refuse", "accept", "server-error"}, Default: "refuse",
			Doc:    "What happens to a second entry of the same type, region, host, address and port: 400, a second entry, or 500.",
			Source: "Not stated; the page documents only 403 and 500.",
		},
		{
			Name: switchSASModifyOmitted, Values: []string{"keep", "clear"}, Default: "keep",
			Doc:    "What ModifyImageRegistry does to fields that are not sent.",
			Source: "Every field is optional, which reads as a partial update.",
		},
		{
			Name: switchSASSecretsInBody, Values: []string{"accept", "refuse"}, Default: "accept",
			Doc:    "Whether AddPrivateRegistry takes Password and ExtraParam from the form; refuse answers MissingPassword.",
			Source: "The SDK puts them in the query; six other SAS operations are known to accept query parameters in the form.",
		},
		{
			Name: switchSASVpcID, Values: []string{"required", "optional"}, Default: "required",
			Doc:    "Whether AddPrivateRegistry needs VpcId with NetType=2.",
			Source: "Optional on the page; a VPC connection without a VPC makes no sense.",
		},
		{
			Name: switchSASDefaultPort, Values: []string{"by-protocol", "zero"}, Default: "by-protocol",
			Doc:    "Port of an entry added without one: 80 or 443, or 0.",
			Source: "Not stated.",
		},
		{
			Name: switchSASDefaultRate, Values: []string{"10", "0"}, Default: "10",
			Doc:    "TransPerHour of an entry added without one.",
			Source: "The page has an example of 10 and no default.",
		},
		{
			Name: switchSASRateRange, Values: []string{"positive", "any"}, Default: "positive",
			Doc:    "Whether TransPerHour may be 0.",
			Source: "The page gives no range.",
		},
		{
			Name: switchSASUnknownRegion, Values: []string{"refuse", "accept"}, Default: "refuse",
			Doc:    "What happens to a RegistryRegionId that ListImageRegistryRegion does not list.",
			Source: "The page says to take the value from that list, not what happens otherwise.",
		},
		{
			Name: switchSASFeature, Values: []string{"enabled", "disabled"}, Default: "enabled",
			Doc:    "Whether container image scan is bought; without it AddPrivateRegistry answers 403 NoPermission.",
			Source: "The user guide requires the feature; the error without it is not documented.",
		},
	}
}
