package reach

import (
	"fmt"
	"penstock/iam"
	"slices"
	"strconv"
	"strings"
)

// common finds the allows that both sides have. Where old denies nothing that
// new does not deny in the same words, they can give no witness.
func (c *comparison) common() {
	c.idle = true
	had, denied := map[string]bool{}, map[string]bool{}
	for _, p := range c.new {
		for i := range p.Statements {
			if st := &p.Statements[i]; st.Effect == iam.Deny {
				denied[spell(p, st)] = true
			}
		}
	}
	same := true
	for _, p := range c.old {
		for i := range p.Statements {
			st := &p.Statements[i]
			if st.Effect == iam.Allow {
				had[spell(p, st)] = true
			} else {
				same = same && denied[spell(p, st)]
			}
			same = same && len(st.Maybe)+len(p.Maybe) == 0
		}
	}
	c.skip = map[*iam.Statement]bool{}
	for _, p := range c.new {
		for i := range p.Statements {
			if st := &p.Statements[i]; st.Effect == iam.Allow {
				c.skip[st] = same && len(st.Maybe) == 0 && had[spell(p, st)]
				c.idle = c.idle && c.skip[st]
			}
		}
	}
}

// maxPiece is how many actions are asked about at once. A long policy is taken
// apart: a request that it allows, some piece of it allows.
const maxPiece = 64

// pieces takes what new allows, but for what is common, apart.
func (c *comparison) pieces() [][]*iam.Policy {
	var out [][]*iam.Policy
	var piece []*iam.Policy
	n := 0
	add := func(p *iam.Policy, st iam.Statement) {
		if n += len(st.Actions); n > maxPiece && len(piece) > 0 {
			out = append(out, piece)
			piece, n = nil, len(st.Actions)
		}
		q := *p
		q.Statements = []iam.Statement{st}
		piece = append(piece, &q)
	}
	for _, p := range c.new {
		for i := range p.Statements {
			st := p.Statements[i]
			if st.Effect != iam.Allow || c.skip[&p.Statements[i]] {
				continue
			}
			if st.NotAction {
				add(p, st)
				continue
			}
			for part := range slices.Chunk(st.Actions, maxPiece) {
				st.Actions = part
				add(p, st)
			}
		}
	}
	if len(piece) > 0 {
		out = append(out, piece)
	}
	return out
}

// narrow finds the scope of the piece at hand.
func (c *comparison) narrow() {
	c.scope = newScope()
	for _, p := range c.allows {
		if !c.scope.add(&p.Statements[0]) {
			c.scope = nil
			return
		}
	}
}

// spell writes a statement so that two with the same text mean the same.
func spell(p *iam.Policy, st *iam.Statement) string {
	var b strings.Builder
	list := func(name string, es []iam.Elem, low bool) {
		words := make([]string, 0, len(es))
		for _, e := range es {
			w := e.Text
			if low {
				w = strings.ToLower(w)
			}
			if len(e.Maybe) > 0 {
				w += "\x01" + strings.Join(e.Maybe, "\x01")
			}
			words = append(words, w)
		}
		slices.Sort(words)
		fmt.Fprintf(&b, "%s %d", name, len(es))
		for _, w := range words {
			b.WriteString("\x02")
			b.WriteString(w)
		}
		b.WriteString("\x03")
	}
	fmt.Fprint(&b, p.Version == iam.Version2012, p.Kind, st.Effect, st.NotAction, st.NotResource, st.HasResource, st.NotPrincipal, st.HasPrincipal)
	list("action", st.Actions, true)
	list("resource", st.Resources, false)
	ps := make([]iam.Elem, len(st.Principals))
	for i, q := range st.Principals {
		ps[i] = q.Elem
		ps[i].Text = strconv.Itoa(int(q.Type)) + q.Text
	}
	list("principal", ps, false)
	for _, k := range st.Conditions {
		list(k.Operator+"\x04"+k.Key, k.Values, false)
	}
	return b.String()
}
