package emulator

import (
	"cmp"
	"net/http"
	"strconv"
)

// stsAPI describes the operation that tells who calls.
func stsAPI() *api {
	return &api{
		name: "alibaba-sts", version: "2015-04-01", product: "Sts",
		refuse: refuseSAS, body: (*call).alibabaErrorBody, denied: refusal(http.StatusForbidden, "NoPermission", "You are not authorized to do this action."),
		codes:      codes{"InvalidParameter", "NoPermission", "InternalError"},
		operations: []operation{{name: "GetCallerIdentity", handle: callerIdentity}},
	}
}

func stsSwitches() []Switch {
	return []Switch{
		choice("sts-caller-identity", "answer|refuse", "Whether GetCallerIdentity tells the account; refuse answers 403 NoPermission.",
			"The operation needs no permission; that a policy or a network can keep it from an answer is stated nowhere."),
	}
}

// callerIdentity is GetCallerIdentity.
func callerIdentity(c *call, _ *store) (reply, error) {
	if c.is("sts-caller-identity", "refuse") {
		return reply{}, c.api.denied
	}
	account := cmp.Or(c.caller.AccountID, strconv.Itoa(sasAliUID))
	return ok(map[string]string{
		"RequestId": c.id, "AccountId": account, "IdentityType": "RAMUser", "PrincipalId": "28" + account, "UserId": "28" + account,
		"Arn": "acs:ram::" + account + ":user/emulator",
	})
}
