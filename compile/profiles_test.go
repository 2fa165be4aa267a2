package compile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/iam/authz"
	"penstock/spec"
)

// entries are the ways in from outside that the proof walks, with how many calls
// each makes that are allowed, and all.
func entries(r *Result, kind string) map[string][2]int {
	out := map[string][2]int{}
	for _, run := range r.Report.Runs {
		if run.Entry == nil || run.Entry.Kind != kind {
			continue
		}
		var n [2]int
		for _, s := range run.Steps {
			for _, c := range s.Calls {
				n[1]++
				if c.Decision.Verdict == authz.Allow {
					n[0]++
				}
			}
		}
		out[run.Entry.Title] = n
	}
	return out
}

// The profiles of the people get in, each.
func TestProfiles(t *testing.T) {
	r := proved(t, peopled(func(s *spec.Spec) { s.People.Users[1].Name = "bob.b" }))
	want := map[string][2]int{
		"mfmsapp-reader-tools of aws-config.alice": {1, 1}, "mfmsapp-reader-staging of aws-config.alice": {1, 1},
		"mfmsapp-reader-tools of aws-config.bob-b": {1, 1}, "mfmsapp-reader-staging of aws-config.bob-b": {1, 1}, "mfmsapp-operator-prod of aws-config.bob-b": {1, 1},
	}
	if d := cmp.Diff(want, entries(r, "AWS profile")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for _, f := range r.Files {
		if f.Name == "aws-config.bob-b" && !strings.Contains(string(f.Data), "duration_seconds = 7200\n") {
			t.Errorf("the longer session is not asked for:\n%s", f.Data)
		}
	}
}

func TestSessionProfiles(t *testing.T) {
	r := proved(t, peopled(centred))
	want := map[string][2]int{
		"mfmsapp-as-developers of aws-config": {}, "mfmsapp-as-operators of aws-config": {},
		"mfmsapp-reader-tools of aws-config": {1, 1}, "mfmsapp-reader-staging of aws-config": {1, 1}, "mfmsapp-operator-prod of aws-config": {1, 1},
	}
	if d := cmp.Diff(want, entries(r, "AWS profile")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestWorkflow(t *testing.T) {
	for _, g := range []spec.GitHubOIDC{{Branch: "main"}, {Environment: "prod"}} {
		g.Repository, g.Role, g.CreateProvider = "Example/mfmsapp", "mfmsapp-github", true
		r := proved(t, peopled(func(s *spec.Spec) { s.People = &spec.People{GitHub: &g} }))
		if d := cmp.Diff(map[string][2]int{"job aws of github-workflow.yml": {1, 1}}, entries(r, "GitHub Actions workflow")); d != "" {
			t.Errorf("%+v -want +got\n%s", g, d)
		}
	}
}
