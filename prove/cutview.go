package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/chain"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// partOf names a statement that allows a request.
func (c *Cutter) partOf(q *iam.Request, pol *iam.Policy, st *iam.Statement) (cutPart, bool) {
	if st.Span.File == nil || st.Effect != iam.Allow {
		return cutPart{}, false
	}
	if !strings.HasPrefix(st.Span.File.Name, "arn:") {
		return cutPart{file: st.Span.File, start: st.Span.Start}, true
	}
	who := c.model.Principal(q.Principal.ARN)
	if q.Principal.Role != "" {
		who = c.model.Principal(q.Principal.Role)
	}
	if who == nil || pol.Kind != iam.Identity {
		return cutPart{}, false
	}
	return cutPart{file: st.Span.File, who: who.ARN}, true
}

// is reports whether a statement of somebody's policy is the one that is named.
func (p *cutPart) is(who string, pol *iam.Policy, st *iam.Statement) bool {
	if st.Span.File != p.file || st.Effect != iam.Allow {
		return false
	}
	return p.who == "" && st.Span.Start == p.start || p.who == who && p.who != "" && pol.Kind == iam.Identity
}

// A view is the model without some statements, or with what the pipeline needs
// of them.
type view struct {
	model *cloud.Model
	graph *chain.Graph
	kept  map[cutPart][]iam.Statement
	stops []*Call // calls of the pipeline that it denies
}

func (c *Cutter) view(removed []cutPart, whole bool) *view {
	key := cutKey(removed, whole)
	if v := c.views[key]; v != nil {
		return v
	}
	v := &view{model: c.model, graph: c.graph}
	if len(removed) > 0 {
		v = c.less(removed, nil)
		if v.stops = c.stopped(v.model, removed); len(v.stops) > 0 && !whole {
			kept := c.keep(removed, v.stops)
			v = c.less(removed, kept)
			v.kept = kept
			v.stops = c.stopped(v.model, removed)
		}
		v.graph = c.graph.Less(v.model)
	}
	c.views[key] = v
	return v
}

// less is the model with what is kept of the removed in their place.
func (c *Cutter) less(removed []cutPart, kept map[cutPart][]iam.Statement) *view {
	type of struct {
		p   *iam.Policy
		who string
	}
	done := map[of]*iam.Policy{}
	return &view{model: c.model.Less(func(who string, p *iam.Policy) *iam.Policy {
		k := of{p, ""}
		if len(p.Statements) > 0 && p.Statements[0].Span.File != nil && strings.HasPrefix(p.Statements[0].Span.File.Name, "arn:") {
			k.who = who
		}
		if q, ok := done[k]; ok {
			return q
		}
		q := p
		for i := range p.Statements {
			st := &p.Statements[i]
			n := slices.IndexFunc(removed, func(r cutPart) bool { return r.is(who, p, st) })
			switch {
			case n < 0 && q != p:
				q.Statements = append(q.Statements, *st)
			case n >= 0:
				if q == p {
					r := *p
					r.Statements = slices.Clone(p.Statements[:i])
					q = &r
				}
				q.Statements = append(q.Statements, kept[removed[n]]...)
			}
		}
		done[k] = q
		return q
	})}
}

// A needed is a call of the pipeline that a statement allows.
type needed map[cutPart][]*Call

// needs finds, once, which calls of the pipeline each statement allows.
func (c *Cutter) needs() needed {
	return Remember(c.proof, fmt.Sprintf("needed %p", c.model), func() needed {
		n := needed{}
		for _, r := range c.proof.Runs(c.model) {
			for _, s := range r.Steps {
				for _, call := range s.Calls {
					if call.Row.Need == service.Listed || call.Decision.Verdict == authz.Deny || r.Entry != nil && r.Entry.Kind == Grants {
						continue
					}
					for _, ps := range c.allowing(&call.Request, call.Collect(c.model)) {
						for _, p := range ps {
							n[p] = append(n[p], call)
						}
					}
				}
			}
		}
		return n
	})
}

// stopped returns the calls of the pipeline that are less allowed in a model
// which lacks statements.
func (c *Cutter) stopped(m *cloud.Model, removed []cutPart) []*Call {
	var out []*Call
	for _, p := range removed {
		for _, call := range c.needs()[p] {
			if !slices.Contains(out, call) && worse(call.Decision.Verdict, c.proof.Options.Engine.DecideCases(&call.Request, call.Collect(m))) {
				out = append(out, call)
			}
		}
	}
	return out
}

// keep returns what is to be left of statements so that calls stay allowed: of
// the first that allows it each call, under the conditions and for the callers
// that the statement has, and nothing more.
func (c *Cutter) keep(removed []cutPart, calls []*Call) map[cutPart][]iam.Statement {
	kept := map[cutPart][]iam.Statement{}
	for _, call := range calls {
		for _, l := range c.proof.Options.Engine.Explain(&call.Request, call.Collect(c.model)).Layers {
			for _, h := range l.Hits {
				if h.Match == truth.No {
					continue
				}
				p, ok := c.partOf(&call.Request, h.Policy, h.Statement)
				if !ok || !slices.Contains(removed, p) {
					continue
				}
				kept[p] = merge1(kept[p], only(h.Statement, &call.Request))
				break
			}
		}
	}
	return kept
}

// only is the part of a statement that speaks of one request.
func only(st *iam.Statement, q *iam.Request) iam.Statement {
	s := *st
	s.Actions, s.NotAction = []iam.Elem{{Text: q.Action}}, false
	switch {
	case !st.HasResource:
	case !strings.ContainsAny(q.Resource, "*?"):
		s.Resources, s.NotResource = []iam.Elem{{Text: q.Resource}}, false
	case !st.NotResource:
		s.Resources = slices.DeleteFunc(slices.Clone(st.Resources), func(e iam.Elem) bool {
			p := match.CompileARN(e.Text)
			return e.Text != "*" && p.Match(q.Resource) == truth.No
		})
	}
	if st.HasPrincipal && !st.NotPrincipal {
		who := q.Principal.Service
		if who == "" {
			who = owns(q)
		}
		if i := slices.IndexFunc(st.Principals, func(e iam.PrincipalElem) bool { return e.Text == who }); i >= 0 {
			s.Principals = st.Principals[i : i+1]
		}
	}
	return s
}

// owns is the ARN of the role or user that makes a request.
func owns(q *iam.Request) string {
	if q.Principal.Role != "" {
		return q.Principal.Role
	}
	return q.Principal.ARN
}

// merge1 adds a statement of one action to statements, to the one that speaks
// of the same resources and callers where there is one.
func merge1(list []iam.Statement, s iam.Statement) []iam.Statement {
	texts := func(es []iam.Elem) string {
		var b strings.Builder
		for _, e := range es {
			b.WriteString(e.Text + "\n")
		}
		return b.String()
	}
	callers := func(s *iam.Statement) string {
		var b strings.Builder
		for _, e := range s.Principals {
			b.WriteString(e.Text + "\n")
		}
		return b.String()
	}
	for i := range list {
		o := &list[i]
		if texts(o.Resources) == texts(s.Resources) && callers(o) == callers(&s) && o.NotResource == s.NotResource {
			if !slices.ContainsFunc(o.Actions, func(e iam.Elem) bool { return e.Text == s.Actions[0].Text }) {
				o.Actions = append(slices.Clip(o.Actions), s.Actions[0])
			}
			return list
		}
	}
	return append(list, s)
}
