package secret_test

// The places of the text of a secret that several rules name.
const (
	header     = "(net/http.Header).Set"
	requestIAM = "(*regent/internal/cloud/huawei.IAMClient).post"
	hss        = "regent/internal/provider/huaweihss"
	swr        = "regent/internal/provider/huaweiswr"
	sas        = "regent/internal/provider/alibabasas"
	huawei     = "regent/internal/cloud/huawei"
	alibaba    = "regent/internal/cloud/alibaba"
)

// rules are all functions that may reveal a secret. Each puts it into a request, or into what cannot be turned back.
func rules() map[string]rule {
	return map[string]rule{
		// Requests to the clouds: bodies.
		"(regent/internal/provider.Rows).body": {
			why: "it makes the body of an add or a modify", gives: true, to: []string{"(regent/internal/provider.Body).Put"},
		},
		"(regent/internal/provider.Rows).Body": {why: "it makes the body of an add or a modify", gives: true},
		"(*regent/internal/provider.Row).sent": {
			why: "a login may come from a variable", harmless: "a login is no secret; what servers say is scrubbed of it all the same",
		},
		hss + ".request": {why: "it makes the body of an add or a modify", gives: true},
		"(*" + hss + ".writer).Add": {
			why: "it sends the body", to: []string{"(*" + hss + ".writer).send"},
		},
		"(*" + hss + ".writer).Modify": {
			why: "it sends the body", to: []string{"(*" + hss + ".writer).send"},
		},
		"(regent/internal/provider.Rows).Whole": {why: "it makes the body of an add or a modify", gives: true},
		swr + ".request": {
			why: "it makes the body of an add or a modify", gives: true, to: []string{"(regent/internal/provider.Body).Put"},
		},
		"(*" + swr + ".writer).Add": {
			why: "it sends the body", to: []string{"(*regent/internal/cloud.Client).JSON"},
		},
		"(*" + swr + ".writer).Modify": {
			why: "it sends the body", to: []string{"(*regent/internal/cloud.Client).JSON"},
		},
		sas + ".extraParam": {
			why: "it makes the form's parameter with the tokens of namespaces", gives: true,
			to: []string{sas + ".namespace.AuthToken", "encoding/json.Marshal"},
		},
		"(*" + sas + ".writer).Add": {
			// maps.Copy puts the form into the URL where the account has secretsInQuery, and only there.
			why: "it makes the form and sends it", to: []string{"(net/url.Values).Set", "maps.Copy", sas + ".rpc"},
		},
		sas + ".parameters": {
			why: "it makes query and form", gives: true, to: []string{"(net/url.Values).Set", "fmt.Sprint", sas + ".inForm"},
		},
		"(*" + sas + ".writer).Modify": {
			why: "it makes the form and sends it", to: []string{"(net/url.Values).Set", sas + ".rpc"},
		},
		"(*" + huawei + ".passwordSource).login":     {why: "it sends a user's password to IAM", to: []string{requestIAM}},
		"(*" + huawei + ".oidcSource).exchange":      {why: "it sends an identity token to IAM", to: []string{requestIAM}},
		"(*" + huawei + ".oidcSource).temporaryKeys": {why: "it sends a token to IAM", to: []string{requestIAM}},
		"regent/internal/github.authorize":           {why: "it sends the job's token, to GitHub's own host", to: []string{header}},
		huawei + ".authenticate": {
			why: "it signs a request, and sends the tokens that go with a signature or stand for one",
			to: []string{
				header, "strings.EqualFold", "github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer.Sign",
				"(*github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request.HttpRequestBuilder).AddHeaderParam",
			},
		},
		alibaba + ".sign": {
			why: "it signs a request, and sends the token that goes with temporary keys",
			to:  []string{header, "github.com/alibabacloud-go/tea/dara.String"},
		},
		"regent/internal/cloud.proxyPasswords": {
			why: "it cuts the password out of a proxy's address, for the masker",
			to:  []string{"strings.LastIndex", "net/url.PathUnescape", "regent/internal/secret.New"},
		},
		// What is made of a secret and is none.
		"regent/internal/github.CheckKey": {why: "it measures the key"},
		"regent/internal/github.sum": {
			why: "it signs a plan", to: []string{"crypto/hmac.New"}, harmless: "a signature does not tell its key",
		},
		"(" + huawei + ".static).Identity": {
			why: "credentials are told apart by it", to: []string{"crypto/sha256.Sum256"}, harmless: "a hash of a token does not tell it",
		},
		"(regent/internal/provider.Write).Text": {
			why: "a login may come from a variable", harmless: "a login is no secret; it is cut out of what servers say all the same",
		},
		"(*regent/internal/provider.Session).huaweiFile": {
			why: "the name of an access key comes from a variable, and is no secret",
			to:  []string{huawei + ".Credential.AccessKey", huawei + ".Static"},
		},
		"(*regent/internal/provider.Session).alibabaSource": {
			why: "the name of an access key comes from a variable, and is no secret",
			to:  []string{alibaba + ".Keys.AccessKeyID", alibaba + ".Static"},
		},
	}
}

// environment are the functions that read variables by name, and what for. All others get a secret from secret.Ref, and a
// login from Session.Login.
func environment() map[string]string {
	return map[string]string{
		"(*regent/internal/provider.Session).Login":    "a login, which the masker is told of",
		"(*regent/internal/provider.Session).askSTS":   "whether requests of Security Center go elsewhere",
		"(*regent/internal/provider.Session).endpoint": "the variables of endpoints",
		"regent/internal/provider.checkEndpointNames":  "variables that look like those of endpoints",
		"regent/internal/cloud.CheckProxies":           "whether an address of a proxy can be read; no error shows it",
		"regent/internal/cloud.CheckRoots":             "where certificates are",
		alibaba + ".Chain":                             "the name of an access key",
		"(*" + alibaba + ".official).explain":          "whether a source of credentials is configured",
		"(" + huawei + ".reader).text":                 "the names of keys, users and files, and whether a variable is set",
		"regent/internal/cli.leakySwitch":              "switches of libraries that print requests",
		"regent/internal/cli.sandboxLookup":            "it hides the variables of real clouds from the sandbox",
		"(*regent/internal/cli.app).color":             "wishes about colours",
		"regent/internal/action.newWorkflow":           "variables that GitHub's runner sets",
		"regent/internal/action.readInputs":            "the two inputs that are secrets become values at once",
		"(*regent/internal/action.run).prepare":        "the two inputs that are secrets are told to the masker first",
		"(*regent/internal/action.reader).text":        "inputs that are no secrets",
	}
}
