package emulator

// Switch names of IAM.
const switchIAMErrorStyle = "iam-error-style"

func iamSwitches() []Switch {
	return []Switch{
		{
			Name: switchIAMErrorStyle, Values: []string{"keystone", "iam"}, Default: "keystone",
			Doc:    "Form of IAM errors: {\"error\":{\"code\":401,...}} with a number, or error_code and error_msg.",
			Source: "The pages show both; the exact text is not stated.",
		},
	}
}
