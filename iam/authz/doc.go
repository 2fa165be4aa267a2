// Package authz decides one IAM request over every layer of policy that AWS
// puts in its way: identity policies, permissions boundary, session policies,
// the resource's own policy (a role's trust and a KMS key policy among them),
// KMS grants, service and resource control policies, and VPC endpoint
// policies.
//
// An Engine takes an iam.Request and the Policies that bear on it. Decide
// gives the verdict; Explain gives the same verdict with the trace: each
// layer, each statement that matched, may match or nearly matched, and the
// one element or condition that kept it from matching. Collect gathers the
// Policies of a request from a cloud.Model.
//
//	p, _, err := iam.ParseJSON("policy.json", text, iam.Identity)
//	…
//	e := authz.New(authz.Options{})
//	d := e.Explain(&req, &authz.Policies{Identity: []*iam.Policy{p}})
//	fmt.Println(d.Verdict, d.Layer, d.Missing)
//
// Judge stands between the two: the verdict, the layer and the statements that
// match, without words and without allocating. DecideCases and its kin try
// each way in which unknown condition keys can be, where one by one they leave
// a verdict open.
//
// # Three values
//
// A verdict is Allow, Deny or Depends. Each unknown, a context key of which
// nothing is known, a hole in an ARN, a statement that stands under an open
// template condition, a layer that nobody described, makes what it touches
// Maybe, and Kleene's logic carries that to the verdict. Allow and Deny are
// the same for every value of what is unknown; Depends names the facts.
// Depends may be said where a cleverer engine would see that all values
// agree; Allow and Deny are never guessed.
//
// # How the layers combine
//
// An explicit deny in any layer wins. Else, with I, B and S for what the
// caller's identity policies, boundary and session policies allow (B and S
// are true where there is none), and R for how the resource's policy names
// the caller (see reach):
//
//	same account      (I∧B∧S) ∨ Rdirect ∨ (Rrole∧B∧S)
//	  KMS key, trust  (Raccount∧I∧B∧S) ∨ Rdirect ∨ (Rrole∧B∧S)
//	another account   (Rdirect∨Rrole∨Raccount) ∧ I∧B∧S
//	no account        Rdirect          (services, token holders, anonymous)
//
// and every SCP level and the VPC endpoint must allow as well. The functions
// that do this carry the AWS page for each step. Where AWS says nothing, the
// comment says "assumed", and the choice is the one that allows less.
//
// The engine needs no facts about AWS's services; Options take what makes it
// more exact.
package authz
