package all

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/service"
)

var update = flag.Bool("update", false, "rewrite docs/catalogue.md and docs/services.md")

func TestCatalogue(t *testing.T) { document(t, "../../docs/catalogue.md", Catalogue(Services())) }

func TestMatrix(t *testing.T) { document(t, "../../docs/services.md", Matrix(Services())) }

// document compares a generated page with the one in the repository.
func document(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is not current; run go test ./services/all -update\n%s", file, d)
	}
}

// allRows yields every row with where it stands.
func allRows(yield func(s *service.Service, r *service.Row)) {
	for _, s := range Services() {
		seen := map[*service.Row]bool{}
		visit := func(rs []service.Row) {
			for i := range rs {
				if !seen[&rs[i]] {
					seen[&rs[i]] = true
					yield(s, &rs[i])
				}
			}
		}
		for _, a := range s.Actions {
			visit(a.Rows)
		}
		for _, j := range s.Jobs {
			visit(j.Rows)
		}
		for _, e := range s.Entries {
			visit(e.Rows)
		}
	}
}

// hasSource reports whether a text cites something that one can open.
func hasSource(s string) bool { return strings.Contains(s, "https://") }

func TestEveryRowHasASource(t *testing.T) {
	action := regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$`)
	ids := map[string]bool{}
	allRows(func(s *service.Service, r *service.Row) {
		if !hasSource(r.Source) {
			t.Errorf("%s: row %s has no source", s.Name, r.ID)
		}
		if !strings.HasPrefix(r.ID, s.Name+".") {
			t.Errorf("row %s of room %s: the id must begin with the room's name", r.ID, s.Name)
		}
		if ids[r.ID] {
			t.Errorf("two rows have the id %s", r.ID)
		}
		ids[r.ID] = true
		if r.Targets == nil {
			t.Errorf("row %s has no targets", r.ID)
		}
		if r.Caller == "" || r.Resource == "" || r.Why == "" {
			t.Errorf("row %s does not say who calls, on what, or what for", r.ID)
		}
		if r.Need == service.Degrades && r.Lost == "" || r.Need == service.Stops && r.Lost != "" {
			t.Errorf("row %s: Lost says what a call that Degrades loses, or what one that is Listed would", r.ID)
		}
		for _, a := range r.Actions {
			if !action.MatchString(a) {
				t.Errorf("row %s: %q is no IAM action", r.ID, a)
			}
		}
	})
	for _, s := range Services() {
		for _, j := range s.Jobs {
			if j.Role != nil && !hasSource(j.AssumeSource) {
				t.Errorf("job %s: how its role is assumed has no source", j.Type)
			}
		}
		for _, e := range s.Effects {
			if !hasSource(e.Source) || e.Why == "" || e.Then == nil {
				t.Errorf("effect %s has no source, reason or consequence", e.ID)
			}
			if ids[e.ID] {
				t.Errorf("two rows or effects have the id %s", e.ID)
			}
			ids[e.ID] = true
		}
	}
}

func TestEveryCheckHasAPage(t *testing.T) {
	pages := map[string]string{}
	for _, s := range Services() {
		for _, c := range s.Codes {
			if pages[c.Code] != "" {
				t.Errorf("%s is documented by %s and by %s", c.Code, pages[c.Code], s.Name)
			}
			pages[c.Code] = s.Name
			if c.Title == "" || !hasSource(c.Doc) || !strings.Contains(c.Doc, "**Sources**") {
				t.Errorf("%s: its page has no title or no sources", c.Code)
			}
		}
	}
	for _, s := range Services() {
		for _, c := range s.Checks {
			if pages[c.Code] != s.Name {
				t.Errorf("room %s reports %s and does not document it", s.Name, c.Code)
			}
			if !slices.Contains([]string{"pipeline", "action", "job", "call", "entry"}, c.On) {
				t.Errorf("%s is asked at %q", c.Code, c.On)
			}
		}
	}
}

// Who moves the artifacts of an action is a fact of its provider that the
// room of CodePipeline repeats.
func TestArtifactsOfProviders(t *testing.T) {
	for _, s := range Services() {
		for _, a := range s.Actions {
			if a.Provider == "*" || a.Artifacts == "" {
				continue
			}
			if got, want := a.Artifacts == "job", a.Provider == "CodeBuild"; got != want {
				t.Errorf("%s %s leaves its artifacts to a job (%v); services/codepipeline believes %v", a.Category, a.Provider, got, want)
			}
		}
	}
}
