package cfn

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// A link is a parameter of one stack that is an output of another.
type link struct {
	from, to *stack
	at       source.Span
}

// link finds the stacks and outputs that parameters name, once all stacks of
// the input are there. Nested stacks have no name that a person could give.
func (w *world) link() []link {
	var links []link
	for i := range w.loader.stacks {
		p, s := &w.loader.stacks[i], w.stacks[i]
		if !p.linked {
			continue
		}
		s.linked = map[string]*output{}
		for _, name := range p.names {
			g := p.params[name]
			if g.stack == "" || s.t.paramOf[name] == nil {
				continue
			}
			at := g.where(s)
			to := w.stackNamed(s, name, g.stack, at)
			if to == nil {
				continue
			}
			s.after(to)
			links = append(links, link{s, to, at})
			if s.linked[name] = to.outs[g.output]; s.linked[name] == nil {
				w.find(CodeImport, at, diag.Error, "parameter %q of stack %q: stack %q has no output %q%s", name, s.label, to.label, g.output, near(g.output, to.outNames))
			}
		}
	}
	return links
}

// where is the place of a value, in the template of s where it has none.
func (g given) where(s *stack) source.Span {
	if g.node != nil && !g.node.Span.IsZero() {
		return g.node.Span
	}
	if g.at.IsZero() {
		return source.Span{File: s.t.file}
	}
	return g.at
}

// stackNamed returns the stack of the input that a parameter of s names, nil with
// a finding where that is none, or several.
func (w *world) stackNamed(s *stack, param, name string, at source.Span) *stack {
	var found []*stack
	var names []string
	for i := range w.loader.stacks {
		o := w.stacks[i]
		names = append(names, o.name)
		if full := o.name + "@" + o.account; name == o.name || name == full || name == full+"."+o.region {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		w.find(CodeImport, at, diag.Error, "parameter %q of stack %q: there is no stack %q%s", param, s.label, name, near(name, names))
		return nil
	}
	var full []string
	for _, o := range found {
		full = append(full, o.name+"@"+o.account+"."+o.region)
	}
	w.find(CodeImport, at, diag.Error, "parameter %q of stack %q: %d stacks are named %q; write one of %s", param, s.label, len(found), name, strings.Join(full, ", "))
	return nil
}

// linkedValue is the value of a parameter that an output gives: the same
// unknown as in the stack that tells it, where it is one.
func (s *stack) linkedValue(name string, g given) *doc.Node {
	if o := s.linked[name]; o != nil {
		return o.value(g.where(s))
	}
	return str(g.where(s), match.Hole(match.Any, plain(fmt.Sprintf("output %s of stack %s", g.output, g.stack))))
}

// after records that o is deployed before s.
func (s *stack) after(o *stack) {
	if s != o && !slices.Contains(s.cs.Imports, o.cs) {
		s.cs.Imports = append(s.cs.Imports, o.cs)
	}
}

// waits reports stacks that wait for each other, each circle once: none of
// them can be deployed first.
func (w *world) waits(links []link) {
	var told [][]string
	for _, l := range links {
		path := chain(l.to.cs, l.from.cs, map[*cloud.Stack]bool{})
		if path == nil {
			continue
		}
		key := slices.Sorted(slices.Values(path))
		if slices.ContainsFunc(told, func(k []string) bool { return slices.Equal(k, key) }) {
			continue
		}
		told = append(told, key)
		path = append([]string{l.from.label}, path...)
		w.find(CodeCircle, l.at, diag.Error, "stacks wait for each other, each for an output of the next: %s", strings.Join(path, " → "))
	}
}

// chain names the stacks by which s waits for to, both included; nil where it
// does not.
func chain(s, to *cloud.Stack, seen map[*cloud.Stack]bool) []string {
	if s == to {
		return []string{s.Name}
	}
	if seen[s] {
		return nil
	}
	seen[s] = true
	for _, o := range s.Imports {
		if rest := chain(o, to, seen); rest != nil {
			return append([]string{s.Name}, rest...)
		}
	}
	return nil
}
