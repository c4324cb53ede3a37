package e2e

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// BenchmarkActionPullRequestToComment measures a run of the program for a push to a pull request that has a comment,
// against an emulator and a GitHub without latency: what regent adds to the time of the APIs. The bar is one second.
func BenchmarkActionPullRequestToComment(b *testing.B) {
	for _, changes := range []int{2, 20, 200, 2000} {
		b.Run(fmt.Sprint(changes, " changes"), func(b *testing.B) {
			clouds, err := emulator.New(emulator.Options{})
			if err != nil {
				b.Fatal(err)
			}
			listener := httptest.NewServer(clouds)
			b.Cleanup(listener.Close)
			hub := githubtest.New(b, githubtest.Options{})
			token := hub.Token(bot, map[string]string{"contents": "read", "pull-requests": "write"})
			hub.AddPull(githubtest.Pull{Number: 7, HeadSHA: head(1)})
			config := together(changes/2, dialects()[1:]...)
			once := func(n int) {
				payload := githubtest.Event("pull_request_synchronize", number7, githubtest.Set("pull_request.head.sha", head(n)))
				run := githubtest.Runner(b, hub, "pull_request", payload, map[string]string{"github-token": token})
				for _, v := range clouds.Env(listener.URL) {
					run.Env[v.Name] = v.Value
				}
				for _, d := range dialects() {
					maps.Copy(run.Env, d.env)
				}
				if err := os.WriteFile(filepath.Join(run.Workspace, "registries.yaml"), []byte(config), 0o600); err != nil {
					b.Fatal(err)
				}
				cmd := exec.Command(built(b), "action")
				cmd.Env, cmd.Dir = run.Environ(), run.Workspace
				b.StartTimer()
				out, err := cmd.CombinedOutput()
				b.StopTimer()
				if err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
			b.StopTimer()
			once(1)
			hub.Forget()
			b.ResetTimer()
			for n := range b.N {
				once(n + 2)
			}
			if calls := len(hub.Requests()); calls != 2*b.N || len(hub.Comments(7)) != 1 {
				b.Errorf("%d calls to GitHub for %d comments, want 2 each", calls, b.N)
			}
		})
	}
}
