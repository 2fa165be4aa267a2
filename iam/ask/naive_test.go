package ask

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/iam/authz"
	"penstock/iam/authz/naive"
	"penstock/iam/facts"
	"penstock/truth"
)

// TestVectorsNaive asks the second evaluator the same questions: the vectors
// hold what AWS's pages say, and both must say it.
func TestVectorsNaive(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	a := New(Options{Authz: authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP}})
	n := 0
	for _, f := range files {
		archive, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for line := range strings.Lines(string(archive.Files[1].Data)) {
			id, w, _ := strings.Cut(strings.TrimSpace(line), " ")
			want[`"`+id+`"`] = w
		}
		for line := range strings.Lines(string(archive.Files[0].Data)) {
			a.seen.tidy()
			a.q.reset()
			a.values = nil
			if err := a.read(strings.TrimSuffix(line, "\n")); err != nil {
				t.Fatal(err)
			}
			s, err := a.seen.policies(&a.q)
			if err != nil {
				t.Fatal(err)
			}
			if s.policies.PublicBlock != truth.No {
				continue // the naive evaluator knows nothing of it
			}
			req := a.q.req
			if ok, known := (facts.Actions{}).ResourceLevel(req.Action); known && !ok {
				req.Resource = "*"
			}
			got := naive.Decide(&req, image(s.policies))
			verdict, rest, _ := strings.Cut(want[a.q.id], " ")
			if got.Verdict != verdict || verdict == "deny" && got.Explicit != strings.HasPrefix(rest, "explicit") {
				t.Errorf("%s/%s: got %s, explicit %t, want %s", filepath.Base(f), a.q.id, got.Verdict, got.Explicit, want[a.q.id])
			}
			n++
		}
	}
	t.Logf("%d questions", n)
}

func image(p *authz.Policies) naive.Input {
	in := naive.Input{
		Identity: p.Identity, Boundary: p.Boundary, HasBoundary: p.HasBoundary, Session: p.Session, HasSession: p.HasSession,
		Resource: p.Resource, SCP: p.SCP, RCP: p.RCP, Endpoint: p.Endpoint, HasEndpoint: p.HasEndpoint, EndpointType: p.EndpointType,
		Management: p.Management, ResourceManagement: p.ResourceManagement, ServiceLinked: p.ServiceLinked,
		AWSManagedKey: p.AWSManagedKey, ObjectOwner: p.ObjectOwner, Unknown: map[string]bool{}, RCPService: facts.RCP,
	}
	for _, g := range p.Grants {
		in.Grants = append(in.Grants, naive.Grant{
			Grantee: g.Grantee, Operations: g.Operations, Equals: g.EncryptionContextEquals, Subset: g.EncryptionContextSubset, Maybe: len(g.Maybe) > 0,
		})
	}
	return in
}
