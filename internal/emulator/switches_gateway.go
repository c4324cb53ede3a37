package emulator

// Switch names of Huawei's API gateway.
const (
	switchGatewayPrefix    = "gateway-error-prefix"
	switchGatewaySkewCode  = "gateway-skew-code"
	switchGatewayTokenCode = "gateway-token-expired-code"
)

func gatewaySwitches() []Switch {
	return []Switch{
		{
			Name: switchGatewayPrefix, Values: []string{"APIGW", "APIG"}, Default: "APIGW",
			Doc:    "Prefix of the codes of gateway errors.",
			Source: "The cloud services' error pages say APIGW.xxxx, the API Gateway product pages and samples APIG.xxxx.",
		},
		{
			Name: switchGatewaySkewCode, Values: []string{"0301", "0303"}, Default: "0301",
			Doc:    "Code of the refusal of a signature date more than 15 minutes off.",
			Source: "Gateway error pages list clock differences under 0301; the wording with both times stands at 0303.",
		},
		{
			Name: switchGatewayTokenCode, Values: []string{"0307", "0301"}, Default: "0307",
			Doc:    "Code of the refusal of an expired, unknown or foreign token.",
			Source: "Gateway error pages: 0307 asks for a new token, 0301 mentions expired and unreadable tokens too.",
		},
	}
}
