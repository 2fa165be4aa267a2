package authz

import (
	"slices"

	"penstock/iam"
	"penstock/truth"
)

// A Match is one statement that matches a request, or may: Explain's Hit
// without the words.
type Match struct {
	Layer     string // as Decision.Layer
	Level     int    // of an SCP or RCP: which list of Policies.SCP; else 0
	Policy    int    // which policy of its list
	Statement *iam.Statement
	Match     truth.Value // Yes or Maybe
}

// Judge is between Decide and Explain, for those who ask often: the verdict,
// whether it is explicit, and the layer that decides, as Explain names them,
// with neither trace nor missing facts. The statements that match the request
// or may match it are appended to *matches, in the order of Explain's layers;
// nil wants none. It allocates no more than Decide does, but for *matches.
func (e *Engine) Judge(req *iam.Request, p *Policies, matches *[]Match) Decision {
	var ev eval
	ev.init(e, req, p)
	r := ev.run()
	d := Decision{Verdict: r.verdict()}
	switch {
	case r.always:
		d.Layer = "identity"
		return d
	case d.Verdict == Allow:
		d.Layer = ev.grantor(&r)
	case d.Verdict == Deny:
		if d.Layer = r.explicitLayer(); d.Layer != "" {
			d.Explicit = true
		} else {
			d.Layer = ev.implicit(&r)
		}
	}
	if matches != nil {
		*matches = ev.matched(&r, *matches)
	}
	return d
}

// explicitLayer names the first layer, in the order of the trace, that surely
// denies; "" where none does.
func (r *result) explicitLayer() string {
	yes := truth.Yes
	switch {
	case r.rcpDeny == yes:
		return "rcp"
	case r.scpDeny == yes:
		return "scp"
	case r.endpoint.deny == yes:
		return "endpoint"
	case r.resource.deny == yes:
		return r.resourceLayer()
	case r.identity.deny == yes:
		return "identity"
	case r.boundary.deny == yes:
		return "boundary"
	case r.session.deny == yes:
		return "session"
	default:
		return ""
	}
}

// matched appends the statements that match.
func (e *eval) matched(r *result, list []Match) []Match {
	if r.rcps {
		for i := range e.c.rcp {
			list = e.matchedIn(&e.c.rcp[i], "rcp", i, list)
		}
	}
	if r.scps {
		for i := range e.c.scp {
			list = e.matchedIn(&e.c.scp[i], "scp", i, list)
		}
	}
	if r.through {
		list = e.matchedIn(&e.c.endpoint, "endpoint", 0, list)
	}
	list = e.matchedIn(&e.c.resource, r.resourceLayer(), 0, list)
	if e.caller.kind.iamPrincipal() {
		list = e.matchedIn(&e.c.identity, "identity", 0, list)
		list = e.matchedIn(&e.c.boundary, "boundary", 0, list)
		list = e.matchedIn(&e.c.session, "session", 0, list)
	}
	return list
}

func (e *eval) matchedIn(l *layer, name string, level int, list []Match) []Match {
	for i, p := range l.policies {
		first := len(list)
		add := func(s *statement) {
			if slices.ContainsFunc(list[first:], func(m Match) bool { return m.Statement == s.src }) {
				return
			}
			if s.allow && p.broken {
				return // it grants nothing
			}
			v, _ := e.matches(s)
			if p.maybe || p.broken {
				v = v.And(truth.Maybe)
			}
			if v != truth.No {
				list = append(list, Match{name, level, i, s.src, v})
			}
		}
		e.candidates(p, add)
		slices.SortFunc(list[first:], func(a, b Match) int { return a.Statement.Index - b.Statement.Index })
	}
	return list
}
