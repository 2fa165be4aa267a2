package more

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/harm"
	"penstock/match"
	"penstock/prove"
	"penstock/truth"
)

// judge states what a subject has beyond its needs. What nobody can explain
// of a role whose work is not known is said once.
func (f *finder) judge(s *subject, t *tally) (out []diag.Finding, patches []patch) {
	var loose []granted
	for _, x := range f.extras(s) {
		grave, mild := x.split()
		t.unexplained += len(mild)
		f.count(s, t, len(grave))
		all := slices.Concat(grave, mild)
		if len(grave) > 0 {
			gs := grave
			if s.open == "" {
				gs = all
			}
			if fix, ok := f.patch(x, gs); ok {
				patches = append(patches, patch{len(out), fix})
			}
			out = append(out, f.grave(x, grave))
		}
		switch {
		case len(mild) == 0:
		case s.open != "":
			loose = append(loose, mild...)
		default:
			if fix, ok := f.patch(x, all); ok && len(grave) == 0 {
				patches = append(patches, patch{len(out), fix})
			}
			out = append(out, f.unneeded(x, mild))
		}
	}
	if len(loose) > 0 {
		out = append(out, f.unexplained(s, loose))
	}
	return out, patches
}

// split tells what does harm whoever has it from what only lacks a reason.
// Passing and assuming roles is judged by where it leads.
func (x *extra) split() (grave, mild []granted) {
	for _, g := range slices.Concat(x.idle, x.wide) {
		low := strings.ToLower(g.action)
		chain := low == "iam:passrole" || strings.HasPrefix(low, "sts:assumerole")
		if (g.sweeping || x.all || x.subject.answers(low)) && g.class >= harm.Destroy && !chain && g.missing == nil {
			grave = append(grave, g)
		} else {
			mild = append(mild, g)
		}
	}
	byClass := func(a, b granted) int {
		return cmp.Or(cmp.Compare(b.class, a.class), cmp.Compare(gateFirst(a.action), gateFirst(b.action)))
	}
	slices.SortStableFunc(grave, byClass)
	slices.SortStableFunc(mild, byClass)
	return grave, mild
}

// gateFirst puts the calls that answer a gate before others of their class.
func gateFirst(action string) int {
	if gates[strings.ToLower(action)] {
		return 0
	}
	return 1
}

func (f *finder) grave(x *extra, gs []granted) diag.Finding {
	worst := gs[0]
	d := f.finding(x, gs)
	d.Severity, d.Certainty = diag.Error, diag.Proved
	f.soften(x.subject, &d)
	d.Code = codeOf(worst.class)
	what := x.words(gs)
	if x.all {
		what = allowsAll(x)
	}
	could := worst.class.String()
	if gates[strings.ToLower(worst.action)] {
		could = "answer what waits for somebody else to"
	}
	d.Message = fmt.Sprintf("%s may %s, which nothing that it does needs: it could %s%s", x.subject.name(), what, could, example(worst))
	return d
}

// unneeded states what a statement grants a role of which the catalogue knows all
// that it does.
func (f *finder) unneeded(x *extra, gs []granted) diag.Finding {
	d := f.finding(x, gs)
	d.Code, d.Severity, d.Certainty = "MORE006", diag.Warning, diag.Possible
	if gs[0].class == harm.Look {
		d.Severity = diag.Info
	}
	on := ""
	if slices.ContainsFunc(gs, func(g granted) bool {
		return slices.ContainsFunc(x.wide, func(w granted) bool { return w.action == g.action })
	}) {
		on = ", some of it on more than it does that to"
	}
	d.Message = fmt.Sprintf("%s may %s, which nothing that it does needs%s%s", x.subject.name(), x.words(gs), on, example(gs[0]))
	d.Depends = []string{"whether something beside the pipeline uses " + match.Render(x.subject.Name)}
	return d
}

// unexplained states what a role is granted by name whose work nobody knows.
func (f *finder) unexplained(s *subject, gs []granted) diag.Finding {
	slices.SortStableFunc(gs, func(a, b granted) int { return cmp.Compare(b.class, a.class) })
	d := diag.Finding{
		Code: "MORE006", Theorem: string(prove.NothingMore), Severity: diag.Info, Certainty: diag.Possible,
		Principal: s.ARN, Layer: "identity", Action: strings.Join(names(gs), ", "), Depends: []string{s.open},
		Message: fmt.Sprintf("%s may %s, and nothing in the templates says what for", s.name(), actions(gs)),
	}
	if s.Resource != nil {
		d.At = s.Resource.Span
	}
	return d
}

func (f *finder) finding(x *extra, gs []granted) diag.Finding {
	d := diag.Finding{
		Theorem: string(prove.NothingMore), At: x.stmt.Span, Principal: x.subject.ARN, Layer: "identity",
		Action: strings.Join(names(gs), ", "),
	}
	if gs[0].witness != nil {
		d.Resource = match.Render(gs[0].witness.Resource)
	}
	if d.At.IsZero() {
		d.At = x.at.Span
	}
	return d
}

// name is how a finding names a subject.
func (s *subject) name() string {
	n := kind(s) + " " + match.Render(s.Name)
	if len(s.does) > 0 {
		n += " (" + strings.Join(s.does[:min(len(s.does), 2)], ", ") + ")"
	}
	return n
}

func names(gs []granted) []string {
	var out []string
	for _, g := range gs {
		if !slices.Contains(out, g.action) {
			out = append(out, g.action)
		}
	}
	return out
}

// actions names some actions, the gravest first.
func actions(gs []granted) string {
	ns := names(gs)
	const shown = 6
	if len(ns) > shown {
		return strings.Join(ns[:shown], ", ") + fmt.Sprintf(" and %d more", len(ns)-shown)
	}
	return strings.Join(ns, ", ")
}

// words names the actions of an extra as its statement does: a wildcard is
// written as it stands, with the gravest of what it names.
func (x *extra) words(gs []granted) string {
	var out []string
	left := slices.Clone(gs)
	for _, e := range x.stmt.Actions {
		if !strings.ContainsAny(e.Text, "*?") {
			continue
		}
		p := match.CompileFold(e.Text)
		var of []string
		left = slices.DeleteFunc(left, func(g granted) bool {
			hit := p.Match(g.action) == truth.Yes
			if hit && len(of) < 3 {
				of = append(of, g.action)
			}
			return hit
		})
		if len(of) > 0 {
			out = append(out, match.Render(e.Text)+" ("+strings.Join(of, ", ")+" …)")
		}
	}
	if len(left) > 0 {
		out = append(out, actions(left))
	}
	return strings.Join(out, ", ")
}

func allowsAll(x *extra) string {
	if x.stmt.NotAction {
		return "make every call but a few"
	}
	var as []string
	for _, e := range x.stmt.Actions {
		as = append(as, match.Render(e.Text))
	}
	return "make every call that " + strings.Join(as, ", ") + " names"
}

// example shows the request that proves it.
func example(g granted) string {
	q := g.witness
	if q == nil || g.owned == nil {
		return ""
	}
	return ", as by " + q.Action + " on " + match.Render(q.Resource)
}

func codeOf(c harm.Class) string {
	switch c {
	case harm.Rights:
		return "MORE001"
	case harm.Write:
		return "MORE002"
	case harm.Secrets:
		return "MORE003"
	case harm.Hide:
		return "MORE004"
	default:
		return "MORE005"
	}
}

func kind(s *subject) string {
	if s.Kind == cloud.User {
		return "user"
	}
	return "role"
}
