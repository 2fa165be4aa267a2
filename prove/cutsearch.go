package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/truth"
)

// A cutSearch is one search: for a cut that takes statements away whole, or for
// one that leaves the pipeline what it calls; for one that leaves nothing
// possible, or nothing certain.
type cutSearch struct {
	c      *Cutter
	goals  []string
	least  reach.Verdict
	whole  bool
	tried  map[string]bool
	found  [][]cutPart
	ways   []string // the ways that were met
	gaveUp bool
}

// run searches for cuts of one statement, of two, and so on, and last for one
// that is not known to be the smallest.
func (s *cutSearch) run() *diag.Cut {
	for n := 1; n <= mostSmall && !s.gaveUp; n++ {
		s.tried = map[string]bool{}
		s.visit(nil, n)
		if len(s.found) > 0 {
			return s.tell(true)
		}
	}
	if s.gaveUp || !s.greedy() {
		return nil
	}
	return s.tell(false)
}

// visit tries the sets of n more statements that end each way which is open
// without the removed: of each some request has to go. Of single statements it
// finds all that do, of larger sets the first.
func (s *cutSearch) visit(removed []cutPart, n int) {
	key := s.key(removed)
	if s.tried[key] {
		return
	}
	s.tried[key] = true
	w, open := s.open(removed)
	switch {
	case s.gaveUp:
		return
	case !open:
		s.found = append(s.found, removed)
		return
	case n == 0:
		return
	}
	for _, o := range s.options(removed, w) {
		if len(o) > n {
			continue
		}
		s.visit(plus(removed, o), n-len(o))
		if len(s.found) > 0 && len(s.found[0]) > 1 {
			return
		}
	}
}

// greedy ends one way after another, and then puts back what is not needed.
func (s *cutSearch) greedy() bool {
	var removed []cutPart
	for {
		w, open := s.open(removed)
		if s.gaveUp {
			return false
		}
		if !open {
			break
		}
		os := s.options(removed, w)
		if len(os) == 0 {
			return false
		}
		if removed = plus(removed, os[0]); len(removed) > mostRemoved {
			s.gaveUp = true
			return false
		}
	}
	for i := 0; i < len(removed); {
		without := slices.Delete(slices.Clone(removed), i, i+1)
		if _, open := s.open(without); open || s.gaveUp {
			i++
			continue
		}
		removed = without
	}
	s.found, s.gaveUp = [][]cutPart{removed}, false
	return true
}

// open returns a way that is open without the removed: to a goal, or to what
// nothing led to before.
func (s *cutSearch) open(removed []cutPart) (Way, bool) {
	all, ok := s.ask(removed)
	if !ok {
		s.gaveUp = true
		return Way{}, true
	}
	for _, g := range s.goals {
		if w, ok := all[g]; ok && w.Verdict >= s.least {
			s.note(w)
			return w, true
		}
	}
	best := ""
	for g, w := range all {
		if _, ok := s.c.first[g]; !ok && w.Verdict >= s.least && (best == "" || g < best) {
			best = g
		}
	}
	return all[best], best != ""
}

// note tells the ways apart that were met.
func (s *cutSearch) note(w Way) {
	var b strings.Builder
	for _, a := range w.Asks {
		if a.Request != nil {
			b.WriteString(a.Who.ARN + a.Request.Principal.Service + " " + a.Request.Action + " " + a.Request.Resource + "\n")
		}
	}
	if t := b.String(); !slices.Contains(s.ways, t) {
		s.ways = append(s.ways, t)
	}
}

// ask answers the whole question without some statements; false where too much
// was asked already.
func (s *cutSearch) ask(removed []cutPart) (map[string]Way, bool) {
	key := s.key(removed)
	if a, ok := s.c.asked[key]; ok {
		return a, true
	}
	if len(s.c.asked) > mostAsked {
		return nil, false
	}
	v := s.c.view(removed, s.whole)
	a := s.c.look(v.model, v.graph)
	s.c.asked[key] = a
	return a, true
}

// key names a set of statements, and whether they go whole.
func (s *cutSearch) key(removed []cutPart) string { return cutKey(removed, s.whole) }

func cutKey(removed []cutPart, whole bool) string {
	if len(removed) == 0 {
		return ""
	}
	ks := make([]string, len(removed))
	for i, p := range removed {
		ks[i] = fmt.Sprint(p.file.Name, ":", p.start, " ", p.who)
	}
	slices.Sort(ks)
	return fmt.Sprint(whole, ks)
}

func plus(a, b []cutPart) []cutPart {
	out := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// options are the sets of statements without which one of the requests of a way
// is no longer allowed as it was, small sets and early requests first: those of
// one layer, or of the caller's own policies and the resource's together.
func (s *cutSearch) options(removed []cutPart, w Way) [][]cutPart {
	var out [][]cutPart
	engine := s.c.proof.Options.Engine
	now := s.c.view(removed, s.whole).graph
	for _, a := range w.Asks {
		q := a.Request
		if q == nil || q.Action == "" {
			continue
		}
		pol := now.Policies(a.Who, q)
		before := engine.DecideCases(q, pol)
		try := func(o []cutPart) bool {
			o = slices.DeleteFunc(slices.Clone(o), func(p cutPart) bool { return slices.Contains(removed, p) })
			if len(o) == 0 {
				return false
			}
			less := s.c.view(plus(removed, o), s.whole).graph
			if after := engine.DecideCases(q, less.Policies(a.Who, q)); !worse(before, after) && (before != authz.Depends || s.kept(plus(removed, o))) {
				return false // of what is not known here the whole question has to be asked
			}
			if !slices.ContainsFunc(out, func(x []cutPart) bool { return subset(x, o) }) {
				out = append(out, o)
			}
			return true
		}
		layers := s.c.allowing(q, pol)
		ended := false
		for _, l := range []string{"identity", "resource", "boundary", "session"} {
			ended = try(layers[l]) || ended
		}
		if !ended && len(layers["identity"]) > 0 && len(layers["resource"]) > 0 {
			try(plus(layers["identity"], layers["resource"]))
		}
	}
	slices.SortStableFunc(out, func(a, b []cutPart) int { return cmp.Compare(len(a), len(b)) })
	return out
}

// kept reports whether the pipeline needs some of what is removed.
func (s *cutSearch) kept(ps []cutPart) bool { return len(s.c.view(ps, s.whole).kept) > 0 }

func subset(a, b []cutPart) bool {
	return !slices.ContainsFunc(a, func(p cutPart) bool { return !slices.Contains(b, p) })
}

// worse reports whether a request is less allowed than it was.
func worse(before, after authz.Verdict) bool {
	return before == authz.Allow && after != authz.Allow || before == authz.Depends && after == authz.Deny
}

// allowing returns the statements that allow a request, or may, by layer; the
// trust of a role is its resource policy.
func (c *Cutter) allowing(q *iam.Request, pol *authz.Policies) map[string][]cutPart {
	out := map[string][]cutPart{}
	for _, l := range c.proof.Options.Engine.Explain(q, pol).Layers {
		layer := l.Layer
		if layer == "trust" {
			layer = "resource"
		}
		for _, h := range l.Hits {
			if h.Match == truth.No {
				continue
			}
			if p, ok := c.partOf(q, h.Policy, h.Statement); ok && !slices.Contains(out[layer], p) {
				out[layer] = append(out[layer], p)
			}
		}
	}
	return out
}
