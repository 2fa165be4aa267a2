package authz_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"penstock/iam/authz"
	"penstock/iam/authz/naive"
)

// policiesOf is what the engine takes for what the naive evaluator takes.
func policiesOf(in *naive.Input) *authz.Policies {
	p := &authz.Policies{
		Identity: in.Identity,
		Boundary: in.Boundary, HasBoundary: in.HasBoundary,
		Session: in.Session, HasSession: in.HasSession,
		Resource: in.Resource, SCP: in.SCP, RCP: in.RCP,
		Endpoint: in.Endpoint, HasEndpoint: in.HasEndpoint, EndpointType: in.EndpointType,
		Management: in.Management, ResourceManagement: in.ResourceManagement,
		ServiceLinked: in.ServiceLinked, AWSManagedKey: in.AWSManagedKey, ObjectOwner: in.ObjectOwner,
	}
	for _, g := range in.Grants {
		h := authz.Grant{
			Grantee: g.Grantee, Operations: g.Operations,
			EncryptionContextEquals: g.Equals, EncryptionContextSubset: g.Subset,
		}
		if g.Maybe {
			h.Maybe = []string{"a fact"}
		}
		p.Grants = append(p.Grants, h)
	}
	for _, l := range []string{"identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"} {
		if in.Unknown[l] {
			p.Unknown = append(p.Unknown, authz.Unknown{Layer: l, Fact: "more of " + l})
		}
	}
	return p
}

// differ returns how the engines differ on a case, "" where they agree, and
// the naive verdict. The engine may say Depends where the naive evaluator,
// which tries values, is sure: then it is vague, which is no error as long as
// it is rare.
func differ(e *authz.Engine, c *naive.Case, explain bool) (diff, verdict string, vague bool) {
	want := naive.Decide(&c.Req, c.In)
	var got authz.Decision
	p := policiesOf(&c.In)
	if explain {
		got = e.Explain(&c.Req, p)
	} else {
		got.Verdict = e.Decide(&c.Req, p)
	}
	switch {
	case got.Verdict.String() != want.Verdict && got.Verdict == authz.Depends:
		return "", want.Verdict, true
	case got.Verdict.String() != want.Verdict:
		diff = fmt.Sprintf("engine %s, naive %s %v", got.Verdict, want.Verdict, want.Layers)
	case !explain || got.Verdict != authz.Deny:
	case !got.Explicit && want.Explicit:
		return "", want.Verdict, true
	case got.Explicit && !want.Explicit:
		diff = fmt.Sprintf("engine explicit, naive not, %v", want.Layers)
	case !slices.Contains(want.Layers, got.Layer):
		diff = fmt.Sprintf("engine blames %q, naive %v", got.Layer, want.Layers)
	}
	return diff, want.Verdict, false
}

func engine() *authz.Engine { return authz.New(authz.Options{RCPServices: naive.RCPService}) }

// TestEnginesAgree compares the engine with the naive evaluator on generated
// cases, more of them where CI is set. PENSTOCK_CASES sets how many and stops
// at the first difference, PENSTOCK_SEED chooses others.
func TestEnginesAgree(t *testing.T) {
	cases, seed := 40_000, uint64(1)
	if os.Getenv("CI") != "" {
		cases = 200_000
	}
	if n, err := strconv.Atoi(os.Getenv("PENSTOCK_CASES")); err == nil {
		cases = n
	}
	if n, err := strconv.ParseUint(os.Getenv("PENSTOCK_SEED"), 10, 64); err == nil {
		seed = n
	}
	found := make([]score, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	var stop atomic.Bool
	for w := range found {
		wg.Go(func() { found[w].run(t, seed, w, cases, len(found), &stop) })
	}
	wg.Wait()
	verdicts, vague := map[string]int{}, 0
	for _, s := range found {
		vague += s.vague
		for v, n := range s.verdicts {
			verdicts[v] += n
		}
	}
	if vague > 2+cases/6_000 {
		t.Errorf("the engine is vague in %d of %d cases", vague, cases)
	}
	t.Logf("%d cases: %v; the engine vague in %d", cases, verdicts, vague)
	for _, v := range []string{"allow", "deny", "depends"} {
		if !stop.Load() && verdicts[v] < cases/50 {
			t.Errorf("only %d of %d cases are %s: the generator has gone blind", verdicts[v], cases, v)
		}
	}
}

// A score is what one of several runners found.
type score struct {
	verdicts        map[string]int
	vague, failures int
}

// run compares every step-th case from the first on.
func (s *score) run(t *testing.T, seed uint64, first, cases, step int, stop *atomic.Bool) {
	s.verdicts = map[string]int{}
	e := engine()
	for i := first; i < cases && !stop.Load(); i += step {
		if i%1000 < step {
			e = engine() // it remembers every policy it saw
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		c := naive.Generate(rng.IntN)
		diff, verdict, vague := differ(e, &c, i%4 == 0)
		s.verdicts[verdict]++
		if vague {
			s.vague++
		}
		if diff == "" {
			continue
		}
		t.Errorf("case %d: %s", i, shrunk(c, false))
		if s.failures++; s.failures == 5 || os.Getenv("PENSTOCK_CASES") != "" {
			stop.Store(true)
			return
		}
	}
}

// FuzzEnginesAgree is TestEnginesAgree with choices made by the fuzzer.
func FuzzEnginesAgree(f *testing.F) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var b []byte
		for range 300 {
			b = append(b, byte(rng.Uint32()))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := naive.Generate(chooser(data))
		if diff, _, _ := differ(engine(), &c, true); diff != "" {
			t.Error(shrunk(c, false))
		}
	})
}

// chooser makes choices of bytes, and of pseudo-random numbers when they run
// out.
func chooser(data []byte) naive.Chooser {
	rng := rand.New(rand.NewPCG(uint64(len(data)), 7))
	return func(n int) int {
		if len(data) == 0 {
			return rng.IntN(n)
		}
		v := int(data[0]) % n
		data = data[1:]
		return v
	}
}

// shrunk makes the case as small as it can while the engines differ on it (or
// the engine stays vague), and shows it.
func shrunk(c naive.Case, vague bool) string {
	bad := func(c naive.Case) bool {
		diff, _, v := differ(engine(), &c, true)
		return diff != "" || vague && v
	}
	if bad(c) {
		c = naive.Shrink(c, bad)
	}
	b, err := json.MarshalIndent(naive.Show(&c), "", "  ")
	if err != nil {
		return err.Error()
	}
	diff, verdict, _ := differ(engine(), &c, true)
	if diff == "" {
		diff = "naive is sure: " + verdict
	}
	return diff + "\n" + string(b)
}
