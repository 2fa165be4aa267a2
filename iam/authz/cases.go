package authz

import (
	"penstock/iam"
)

// maxCases bounds the keys that are told apart; beyond it a request is
// decided as it stands.
const maxCases = 4

// DecideCases is Decide for a request with keys that AWS may or may not send
// (iam.ContextValue.Optional). Where the request as it stands Depends, it is
// decided once for each way in which those keys can be there or not: if all
// ways agree, that is the verdict. It settles what no single condition can:
//
//	Deny … {"Null": {"k": "false"}, "StringNotEquals": {"k": "v"}}
//
// cannot match a request in which k is v or absent.
func (e *Engine) DecideCases(req *iam.Request, p *Policies) Verdict {
	v := e.Decide(req, p)
	if v != Depends {
		return v
	}
	if all, ok := e.cases(req, p); ok {
		return all
	}
	return v
}

// ExplainCases is Explain, settled as DecideCases settles it. The trace is
// that of the first case where the cases agree.
func (e *Engine) ExplainCases(req *iam.Request, p *Policies) Decision {
	d := e.Explain(req, p)
	if d.Verdict != Depends {
		return d
	}
	all, ok := e.cases(req, p)
	if !ok {
		return d
	}
	keys := optional(req)
	c := fix(req, keys, 0)
	d = e.Explain(&c, p)
	d.Verdict = all
	return d
}

// cases decides every way in which the optional keys can be there, and
// reports whether all agree on a verdict that is not Depends.
func (e *Engine) cases(req *iam.Request, p *Policies) (Verdict, bool) {
	keys := optional(req)
	if len(keys) == 0 || len(keys) > maxCases {
		return Depends, false
	}
	var all Verdict
	for i := range 1 << len(keys) {
		c := fix(req, keys, i)
		v := e.Decide(&c, p)
		if v == Depends || i > 0 && v != all {
			return Depends, false
		}
		all = v
	}
	return all, true
}

func optional(req *iam.Request) []string {
	var keys []string
	for k, v := range req.Context.All() {
		if v.State == iam.Known && v.Optional {
			keys = append(keys, k)
		}
	}
	return keys
}

// fix returns the request with each optional key there or absent, as the bits
// of which say.
func fix(req *iam.Request, keys []string, which int) iam.Request {
	c := *req
	c.Context = req.Context.Clone()
	for i, k := range keys {
		v := c.Context.Get(k)
		v.Optional = false
		if which>>i&1 == 1 {
			v = iam.ContextValue{State: iam.Absent}
		}
		c.Context.Put(k, v)
	}
	return c
}
