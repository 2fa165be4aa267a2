package reach

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/authz/naive"
)

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

// rounds is how often a random test tries; PENSTOCK_ROUNDS overrides it.
func rounds(n int) int {
	if s := os.Getenv("PENSTOCK_ROUNDS"); s != "" {
		if k, err := strconv.Atoi(s); err == nil {
			return k
		}
	}
	return n
}

// TestAttackNone makes requests with every layer of policy. What authz allows,
// no question about a space that holds the request may answer with None; and
// where the space is the request alone, the answer is authz's.
func TestAttackNone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	ae := authz.New(authz.Options{RCPServices: naive.RCPService})
	vague, sure, none, open := 0, 0, 0, 0
	for i := range rounds(2500) {
		c := naive.Generate(func(n int) int { return r.IntN(n) })
		if i%500 == 0 {
			ae = authz.New(authz.Options{RCPServices: naive.RCPService})
		}
		e := New(ae, Options{})
		pol := policiesOf(&c.In)
		want := ae.Decide(&c.Req, pol)
		spaces := map[string]Space{
			"the request":  {Actions: []string{c.Req.Action}, Resources: []string{c.Req.Resource}, ResourceAccount: c.Req.ResourceAccount, Context: c.Req.Context, Fixed: !c.Req.Context.Open},
			"its resource": {Resources: []string{c.Req.Resource}, ResourceAccount: c.Req.ResourceAccount, Actions: []string{"*"}},
			"its action":   {Actions: []string{c.Req.Action}},
		}
		if low := strings.ToLower(c.Req.Action); low == "sts:getcalleridentity" || low == "sts:getsessiontoken" {
			// In a space by name only.
			delete(spaces, "its resource")
			s := spaces["its action"]
			s.Actions = append(s.Actions, "sts:*")
			spaces["its action"] = s
		}
		for name, s := range spaces {
			s.Principal = c.Req.Principal
			if name != "the request" {
				s.Context = odd(&c.Req)
			}
			a := e.Find(pol, s)
			if a.Verdict == Some {
				if d := ae.Decide(a.Witness, pol); d != authz.Allow {
					t.Fatalf("round %d, %s: the witness %+v is no witness: %v", i, name, a.Witness, d)
				}
			}
			if want == authz.Allow && a.Verdict == None {
				t.Fatalf("round %d, %s: none, but authz allows\n%s", i, name, show(&c))
			}
			if name != "the request" {
				open++
				if a.Verdict == None {
					none++
				}
				continue
			}
			switch {
			case want == authz.Allow && a.Verdict == Some, want == authz.Deny && a.Verdict == None:
				sure++
			case want == authz.Deny && a.Verdict == Some && !c.Req.Context.Open:
				if c.Req.ResourceAccount != "" && !strings.ContainsAny(c.Req.Resource, "*?") {
					t.Fatalf("round %d: some, but authz denies\n%s\nwitness %+v", i, show(&c), a.Witness)
				}
			default:
				vague++
				if testing.Verbose() && i < 1500 && want == authz.Deny {
					t.Logf("round %d: authz %v, reach %v, missing %q\n%s", i, want, a.Verdict, a.Missing, show(&c))
				}
			}
		}
	}
	t.Logf("sure of %d requests, vague of %d; none for %d of %d open questions", sure, vague, none, open)
}

func show(c *naive.Case) string {
	var s strings.Builder
	s.WriteString(fmt.Sprintf("%+v %s on %s of %q, open %v\n", c.Req.Principal, c.Req.Action, c.Req.Resource, c.Req.ResourceAccount, c.Req.Context.Open))
	for k, v := range c.Req.Context.All() {
		s.WriteString(fmt.Sprintf("  %s = %+v\n", k, v))
	}
	p := policiesOf(&c.In)
	lists := map[string][]*iam.Policy{"identity": p.Identity, "boundary": p.Boundary, "session": p.Session, "resource": p.Resource, "endpoint": p.Endpoint}
	for i, l := range p.SCP {
		lists[fmt.Sprint("scp", i)] = l
	}
	for i, l := range p.RCP {
		lists[fmt.Sprint("rcp", i)] = l
	}
	for name, l := range lists {
		for _, d := range l {
			s.WriteString(fmt.Sprintf("  %s: kind %v version %s broken %q maybe %v\n", name, d.Kind, d.Version, d.Broken, d.Maybe))
			for _, st := range d.Statements {
				s.WriteString(fmt.Sprintf("    %v not %v %v %v\n      actions %v\n      resources %v\n", st.Effect, st.NotPrincipal, st.NotAction, st.NotResource, texts(st.Actions), texts(st.Resources)))
				for _, pr := range st.Principals {
					s.WriteString(fmt.Sprintf("      principal %v %s %v\n", pr.Type, pr.Text, pr.Maybe))
				}
				for _, k := range st.Conditions {
					s.WriteString(fmt.Sprintf("      %s %s %q\n", k.Operator, k.Key, texts(k.Values)))
				}
			}
		}
	}
	s.WriteString(fmt.Sprintf("  has boundary %v session %v endpoint %v %s, management %v %v linked %v grants %v unknown %v owner %q\n", p.HasBoundary, p.HasSession, p.HasEndpoint, p.EndpointType, p.Management, p.ResourceManagement, p.ServiceLinked, p.Grants, p.Unknown, p.ObjectOwner))
	return s.String()
}

func texts(es []iam.Elem) []string {
	var out []string
	for _, e := range es {
		s := e.Text
		if len(e.Maybe) > 0 {
			s += " (maybe)"
		}
		out = append(out, s)
	}
	return out
}

// odd returns those keys of a generated request that AWS would not send so, or
// that contradict the rest of the request: a question must fix them, or is
// right in leaving the request out.
func odd(req *iam.Request) iam.Context {
	var out iam.Context
	for k, v := range req.Context.All() {
		low := strings.ToLower(k)
		f, multi := typeOf(low)
		strange := v.State == iam.Known && (v.Multi != multi && (documented(low) || len(v.Values) != 1) || !v.Multi && len(v.Values) != 1)
		for _, s := range v.Values {
			switch f {
			case famBool:
				strange = strange || s != "true" && s != "false"
			case famNumber:
				strange = strange || iam.ParseLiteral(iam.NumericEquals, s).Bad
			case famDate:
				strange = strange || iam.ParseLiteral(iam.DateEquals, s).Bad
			case famIP:
				strange = strange || iam.ParseLiteral(iam.IPAddress, s).Bad || strings.Contains(s, "/")
			case famBinary:
				strange = strange || iam.ParseLiteral(iam.BinaryEquals, s).Bad
			}
			// Bytes, numbers and the like of a key that nobody documents.
			strange = strange || !documented(low) && !strings.HasPrefix(low, "kms:")
		}
		switch {
		case strings.HasPrefix(low, "aws:principal") && !strings.HasPrefix(low, "aws:principaltag/"), strings.HasPrefix(low, "aws:source"),
			low == "aws:username", low == "aws:userid", low == "aws:resourceaccount", low == "aws:requestedregion", low == "kms:calleraccount":
			strange = true
		case strings.HasPrefix(low, "aws:principaltag/"):
			strange = strange || !readCallerSigned(req)
		}
		if strange {
			out.Put(k, v)
		}
	}
	return out
}

func readCallerSigned(req *iam.Request) bool {
	c := readCaller(&req.Principal)
	return c.signed()
}
