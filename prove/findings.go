package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// layerCodes gives the code of a denied call by the layer that decides.
// Codes are stable; the pages are in codes/.
var layerCodes = map[string][2]string{
	//            implicit, explicit
	"identity": {"RUN001", "RUN011"},
	"resource": {"RUN002", "RUN012"},
	"trust":    {"RUN003", "RUN013"},
	"boundary": {"RUN004", "RUN014"},
	"session":  {"RUN005", "RUN015"},
	"scp":      {"RUN006", "RUN016"},
	"rcp":      {"RUN007", "RUN017"},
	"endpoint": {"RUN008", "RUN018"},
	"passrole": {"RUN020", "RUN020"},
}

// layerNames are what people call the layers.
var layerNames = map[string]string{
	"identity": "identity-based policy",
	"resource": "resource-based policy",
	"trust":    "role trust policy",
	"boundary": "permissions boundary",
	"session":  "session policy",
	"scp":      "service control policy",
	"rcp":      "resource control policy",
	"endpoint": "VPC endpoint policy",
}

func code(d authz.Decision) string {
	if d.Verdict == authz.Depends {
		return "RUN030"
	}
	cs, ok := layerCodes[d.Layer]
	switch {
	case !ok:
		return "RUN001"
	case d.Explicit:
		return cs[1]
	default:
		return cs[0]
	}
}

// finding states one group of calls that are not surely allowed.
func (p *prover) finding(r *Run, g *callGroup) diag.Finding {
	c := g.calls[0]
	d := c.Decision
	f := diag.Finding{
		Code:      code(d),
		Theorem:   string(Runs),
		At:        place(r, c),
		Message:   sentence(g),
		Severity:  severity(c),
		Certainty: certainty(c),
		Depends:   d.Missing,
		Principal: principal(c),
		Action:    strings.Join(g.actions(), ", "),
		Resource:  strings.Join(g.resources(), ", "),
		Layer:     d.Layer,
		Related:   related(c),
	}
	if d.Verdict == authz.Deny {
		f.AWSError = authz.AccessDenied(&c.Request, d, sessionName(c))
		if p.opt.Mend != nil && c.Row.Need != service.Listed {
			f.Fixes = p.fixes(r, g)
		}
	}
	return f
}

func severity(c *Call) diag.Severity {
	switch c.Row.Need {
	case service.Stops:
		if c.Decision.Verdict == authz.Depends {
			return diag.Warning
		}
		return diag.Error
	case service.Degrades:
		return diag.Warning
	case service.Listed:
		return diag.Info
	default:
		panic("prove: no such need")
	}
}

func certainty(c *Call) diag.Certainty {
	switch {
	case c.Decision.Verdict == authz.Depends:
		return diag.Possible
	case c.Row.Basis == service.Documented || c.Row.Basis == service.Measured:
		return diag.Proved
	default:
		return diag.Likely
	}
}

// sentence says who may not do what on what, why, and what for.
func sentence(g *callGroup) string {
	c := g.calls[0]
	who := Short(principal(c))
	what := strings.Join(g.actions(), ", ")
	on := onWhat(g)
	verb := "may not"
	if c.Decision.Verdict == authz.Depends {
		verb = "may or may not"
	}
	s := fmt.Sprintf("%s %s %s on %s: %s", who, verb, what, on, Reason(c.Decision, c.Request.Action))
	switch c.Row.Need {
	case service.Degrades:
		if c.Row.Lost != "" {
			s += "; the pipeline goes on, but " + c.Row.Lost
		}
	case service.Listed:
		if c.Row.Lost != "" {
			s += "; " + c.Row.Lost
			break
		}
		s += "; AWS lists the permission for this action, nothing shows that the action fails without it"
	case service.Stops:
	}
	return s
}

// onWhat names the resources of a group, three at most.
func onWhat(g *callGroup) string {
	rs := g.resources()
	const most = 3
	var names []string
	for _, r := range rs[:min(most, len(rs))] {
		names = append(names, match.Render(r))
	}
	if len(rs) == 1 && g.calls[0].Target.What != "" {
		names[0] += " (" + match.Render(g.calls[0].Target.What) + ")"
	}
	if more := len(rs) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return list(names)
}

// Reason says in a clause why a decision fell as it did.
func Reason(d authz.Decision, action string) string {
	layer := layerNames[d.Layer]
	switch {
	case d.Verdict == authz.Depends:
		missing := make([]string, len(d.Missing))
		for i, m := range d.Missing {
			missing[i] = match.Render(m)
		}
		return "depends on " + list(missing)
	case d.Layer == "passrole":
		return "a role cannot be passed to a service of another account, whatever the policies say"
	case d.Explicit && d.Deciding != nil:
		return fmt.Sprintf("%s of its %s denies it", statement(d.Deciding), layer)
	case d.Deciding != nil && d.Deciding.Why != "":
		return fmt.Sprintf("no %s allows it; %s comes nearest, but %s", layer, statement(d.Deciding), match.Render(d.Deciding.Why))
	case layer != "":
		return fmt.Sprintf("no %s allows it", layer)
	default:
		return "nothing allows it"
	}
}

func statement(h *authz.Hit) string {
	s := h.Statement
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = fmt.Sprintf("statement %q", s.Sid)
	}
	if !s.Span.IsZero() {
		pos := s.Span.Position()
		name += fmt.Sprintf(" (%s:%d)", pos.Name, pos.Line)
	}
	return name
}

// list joins names as a sentence does.
func list(ss []string) string {
	switch len(ss) {
	case 0:
		return "facts that are not known"
	case 1:
		return ss[0]
	default:
		return strings.Join(ss[:len(ss)-1], ", ") + " and " + ss[len(ss)-1]
	}
}

// Short names a principal without what a reader knows anyway.
func Short(p string) string {
	a, err := arn.Parse(p)
	if err != nil {
		return match.Render(p)
	}
	kind, _, ok := strings.Cut(a.Resource, "/")
	if !ok || match.HasHole(a.Account) {
		return match.Render(p)
	}
	return fmt.Sprintf("%s %s of account %s", kind, match.Render(a.Name()), match.Render(a.Account))
}

// place is where the user should look first: the statement that denies, the
// document of the layer that is silent, or what makes the call necessary.
func place(r *Run, c *Call) source.Span {
	if h := c.Decision.Deciding; h != nil && !h.Statement.Span.IsZero() && c.Decision.Explicit {
		return h.Statement.Span
	}
	if !c.Target.At.IsZero() {
		return c.Target.At
	}
	switch {
	case c.Step.Action != nil:
		return c.Step.Action.Span
	case r.Pipeline != nil:
		return r.Pipeline.Span
	default:
		return r.Entry.At
	}
}

// related lists the other places that explain the finding.
func related(c *Call) []diag.Note {
	var ns []diag.Note
	if h := c.Decision.Deciding; h != nil && !h.Statement.Span.IsZero() {
		msg := "comes nearest: " + match.Render(h.Why)
		if c.Decision.Explicit {
			msg = "denies it"
		}
		ns = append(ns, diag.Note{At: h.Statement.Span, Message: msg})
	}
	if a := c.Step.Action; a != nil && a.Span != c.Target.At {
		ns = append(ns, diag.Note{At: a.Span, Message: fmt.Sprintf("action %s makes the call: %s", a.Name, c.Row.Why)})
	}
	return slices.CompactFunc(ns, func(a, b diag.Note) bool { return a == b })
}

// sessionName is what the service calls its session of the role, as far as it
// is known (pipeline-calls: CodeBuild uses AWSCodeBuild-<uuid>; CodePipeline a
// number).
func sessionName(c *Call) string {
	switch {
	case c.Step.Job == nil:
		return "‹execution›"
	case c.Step.Job.Type == "AWS::CodeBuild::Project":
		return "AWSCodeBuild-‹build›"
	default:
		return "‹session›"
	}
}
