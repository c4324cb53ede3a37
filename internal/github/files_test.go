package github_test

import (
	"errors"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/github/githubtest"
)

// TestFilesOfACommitAreReadWhole and only those that are asked for; none is an answer of its own.
func TestFilesOfACommitAreReadWhole(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	base := githubtest.SHA("base")
	long := strings.Repeat("line\r\n", 1000)
	p.SetFiles(base, githubtest.File{Path: "registries.yaml", Content: long}, githubtest.File{Path: "conf/a.yaml", Content: "a"},
		githubtest.File{Path: "conf/b.yml", Mode: "100755", Content: ""}, githubtest.File{Path: "conf/deep/c.yaml", Content: "c"},
		githubtest.File{Path: "upper/A.YAML", Content: "A"}, githubtest.File{Path: "upper/B.Yml", Content: "B"},
		githubtest.File{Path: "conf/link.md", Mode: "120000", Content: "../../etc/passwd"}, githubtest.File{Path: "vendor", Mode: "160000", Content: "x"})
	for asked, want := range map[string]string{
		"registries.yaml": "registries.yaml", "conf": "conf/a.yaml conf/b.yml", "conf/*.yaml": "conf/a.yaml", "upper": "upper/A.YAML upper/B.Yml", "*/b.yml": "", "other.yaml": "", ".": "registries.yaml",
	} {
		got, err := p.client.Files(t.Context(), site(), base, []string{asked})
		if asked == "*/b.yml" { // vendor may hold one
			if err == nil || !strings.Contains(err.Error(), "vendor is not a file") {
				t.Errorf("%s: %v", asked, err)
			}
			continue
		}
		var names []string
		for _, f := range got {
			names = append(names, f.Path)
		}
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%s: %v, %v", asked, names, err)
		}
		if asked == "registries.yaml" && string(got[0].Data) != long {
			t.Errorf("%q", got[0].Data)
		}
	}
}

// TestFilesFailClosed: whatever is not a file that came whole, or the verified absence of one, is an error.
func TestFilesFailClosed(t *testing.T) {
	t.Parallel()
	base, path := githubtest.SHA("base"), []string{"conf/registries.yaml"}
	file := githubtest.File{Path: "conf/registries.yaml", Content: "version: 1\n"}
	answer := func(operation, body string) func(*place) {
		return func(p *place) {
			p.Fail(githubtest.Fault{Operation: operation, Kind: githubtest.FaultGarbage, Body: body, Times: -1})
		}
	}
	tree := func(entry, truncated string) func(*place) {
		return answer(githubtest.OpGetTree, `{"sha":"x","tree":[`+entry+`],"truncated":`+truncated+`}`)
	}
	const sha = "8f3b2a1c8f3b2a1c8f3b2a1c8f3b2a1c8f3b2a1c"
	for name, c := range map[string]struct {
		files []githubtest.File
		do    func(*place)
		says  string
	}{
		"cut list":             {nil, tree("", "true"), "is cut"},
		"not said whether cut": {nil, answer(githubtest.OpGetTree, `{"sha":"x","tree":[]}`), "no identity"},
		"no list":              {nil, answer(githubtest.OpGetTree, `{"truncated":false}`), "no identity"},
		"unknown commit":       {nil, nil, "contents: read"},
		"link":                 {[]githubtest.File{{Path: file.Path, Mode: "120000", Content: "x"}}, nil, "not a file but a link"},
		"link to its folder":   {[]githubtest.File{{Path: "conf", Mode: "120000", Content: "x"}}, nil, "conf is not a file"},
		"another repository":   {[]githubtest.File{{Path: "conf", Mode: "160000", Content: "x"}}, nil, "conf is not a file"},
		"too large":            {nil, tree(`{"path":"conf/registries.yaml","mode":"100644","type":"blob","size":10485761,"sha":"`+sha+`"}`, "false"), "larger than 10 MiB"},
		"another encoding":     {[]githubtest.File{file}, answer(githubtest.OpGetBlob, `{"content":"dmVyc2lvbjogMQo=","encoding":"none","size":11}`), "encoding"},
		"no base64":            {[]githubtest.File{file}, answer(githubtest.OpGetBlob, `{"content":"!","encoding":"base64","size":11}`), "base64"},
		"another size":         {[]githubtest.File{file}, answer(githubtest.OpGetBlob, `{"content":"dmVyc2lvbjogMQo=","encoding":"base64","size":12}`), "bytes"},
		"cut content":          {[]githubtest.File{file}, answer(githubtest.OpGetBlob, `{"content":"dmVyc2lvbg==","encoding":"base64","size":7}`), "7 bytes of 11"},
		"another content":      {[]githubtest.File{file}, answer(githubtest.OpGetBlob, `{"content":"dmVyc2lvbjogMgo=","encoding":"base64","size":11}`), "not the one that the commit names"},
		"content is not there": {[]githubtest.File{file}, func(p *place) {
			p.Fail(githubtest.Fault{Operation: githubtest.OpGetBlob, Kind: githubtest.FaultStatus, Status: 404, Times: -1})
		}, "contents: read"},
		"list is not available": {nil, func(p *place) {
			p.Fail(githubtest.Fault{Operation: githubtest.OpGetTree, Kind: githubtest.FaultStatus, Status: 409, Times: -1})
		}, "409"},
	} {
		p := open(t, githubtest.Options{}, all)
		if len(c.files) > 0 {
			p.SetFiles(base, c.files...)
		}
		if c.do != nil {
			c.do(p)
		}
		got, err := p.client.Files(t.Context(), site(), base, path)
		if err == nil || !strings.Contains(err.Error(), c.says) || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		p.silent(t, err)
	}
	p := open(t, githubtest.Options{}, map[string]string{"pull-requests": "write"})
	p.SetFiles(base, file)
	_, err := p.client.Files(t.Context(), site(), base, path)
	if d, ok := errors.AsType[*github.DeniedError](err); !ok || d.Permission != "contents: read" {
		t.Error(err)
	}
}
