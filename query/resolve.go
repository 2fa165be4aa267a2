package query

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/spelling"
)

// An Unclear is a name that says nothing, or several things.
type Unclear struct {
	Kind   string // "principal", "resource", "action", "service"
	Asked  string
	Near   []string // names that were perhaps meant
	Many   []string // what the name could stand for
	Hinted string   // said where there is nothing near
}

func (e *Unclear) Error() string {
	if len(e.Many) > 0 {
		return fmt.Sprintf("%s %q could be any of %s", e.Kind, e.Asked, strings.Join(e.Many, ", "))
	}
	if e.Kind == "action" && len(e.Near) == 0 {
		return fmt.Sprintf("%q is no action", e.Asked)
	}
	return fmt.Sprintf("there is no %s %q", e.Kind, e.Asked)
}

// Hint says what would be right.
func (e *Unclear) Hint() string {
	switch {
	case len(e.Many) > 0:
		return "name it by stack and logical id, or by its ARN"
	case len(e.Near) > 0:
		return "did you mean " + strings.Join(e.Near, " or ") + "?"
	default:
		return e.Hinted
	}
}

// resolve makes the request of the question.
func (c *Case) resolve(q *Question) error {
	c.Request = iam.Request{Action: q.Action}
	var err error
	if c.Request.Principal, err = Who(c.Model, q.Who); err != nil {
		return err
	}
	if c.Request.Resource, c.Request.ResourceAccount, err = What(c.Model, q.Action, q.On); err != nil {
		return err
	}
	switch {
	case q.Owner != "":
		c.Request.ResourceAccount = q.Owner
	case c.Request.Resource == "*":
		// A call without a resource is one to the caller's own account.
		c.Request.ResourceAccount = arn.Account(c.Request.Principal.ARN)
	}
	return nil
}

// Who returns the principal that a person means by s.
func Who(m *cloud.Model, s string) (iam.Principal, error) {
	switch {
	case s == "*":
		return iam.Principal{}, nil
	case strings.HasPrefix(s, "arn:"):
		if _, err := arn.Parse(s); err != nil {
			return iam.Principal{}, &Unclear{Kind: "principal", Asked: s, Hinted: "an ARN has six parts: arn:aws:iam::111111111111:role/name"}
		}
		p := iam.Principal{ARN: s}
		if pr := m.Principal(s); pr != nil && pr.ARN != s {
			p.Role = pr.ARN
		}
		return p, nil
	case isService(s):
		return iam.Principal{Service: s}, nil
	}
	var found []*cloud.Principal
	var names []string
	for p := range m.Principals() {
		if p.Kind == cloud.Group {
			continue
		}
		own := namesOf(p)
		names = append(names, own...)
		if slices.Contains(own, s) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return iam.Principal{ARN: found[0].ARN}, nil
	case len(found) > 1:
		e := &Unclear{Kind: "principal", Asked: s}
		for _, p := range found {
			id := match.Render(p.ARN)
			if p.Resource != nil {
				id = p.Resource.ID()
			}
			e.Many = append(e.Many, id)
		}
		return iam.Principal{}, e
	}
	return iam.Principal{}, &Unclear{
		Kind: "principal", Asked: s, Near: nearest(s, names),
		Hinted: "a principal is an ARN, the name or logical id of a role or user, a service (codebuild.amazonaws.com), or \"*\"",
	}
}

// isService reports whether s names a service or an identity provider that
// policies name by its host.
func isService(s string) bool {
	return strings.Contains(s, ".") && !strings.ContainsAny(s, "/: ") &&
		(strings.HasSuffix(s, ".amazonaws.com") || strings.HasSuffix(s, ".amazonaws.com.cn"))
}

// namesOf are the names that a person may use for a principal.
func namesOf(p *cloud.Principal) []string {
	var out []string
	if !match.HasHole(p.Name) && p.Name != "" {
		out = append(out, p.Name, [...]string{"role/", "user/", "group/"}[p.Kind]+p.Name)
	}
	if p.Resource != nil && p.Resource.LogicalID != "" {
		out = append(out, p.Resource.LogicalID, p.Resource.ID())
	}
	return out
}

// What returns the resource that a person means by s, for an action, and the
// account that owns it where that is known.
func What(m *cloud.Model, action, s string) (resource, owner string, err error) {
	switch {
	case s == "*" || s == "":
		return "*", "", nil
	case strings.HasPrefix(s, "arn:"):
		if _, err := arn.Parse(s); err != nil {
			return "", "", &Unclear{Kind: "resource", Asked: s, Hinted: "an ARN has six parts: arn:aws:s3:::bucket/key"}
		}
		return anything(s), ownerOf(m, s), nil
	}
	// The longest beginning that names something; what follows lies in it.
	for end := len(s); end > 0; end = strings.LastIndexAny(s[:end], "/:") {
		found := named(m, s[:end])
		if len(found) == 0 {
			continue
		}
		if len(found) > 1 {
			e := &Unclear{Kind: "resource", Asked: s[:end]}
			for _, f := range found {
				e.Many = append(e.Many, f.id)
			}
			return "", "", e
		}
		f := found[0]
		rest := anything(s[end:])
		if rest == "" {
			rest = inside(action, f)
		}
		return f.arn + rest, f.account, nil
	}
	return "", "", &Unclear{
		Kind: "resource", Asked: s, Near: nearest(s, allNames(m)),
		Hinted: "a resource is an ARN, \"*\", or the name or logical id of one that the templates declare",
	}
}

// anything takes a "*" at the end for whatever lies there: a request names no
// pattern, and nobody calls an object "*".
func anything(s string) string {
	if head, ok := strings.CutSuffix(s, "/*"); ok {
		return head + "/" + match.Hole(match.Key, "any object")
	}
	if head, ok := strings.CutSuffix(s, ":*"); ok {
		return head + ":" + match.Hole(match.Key, "anything")
	}
	return s
}

// ownerOf returns the account of an ARN: that in it, or that of the declared
// resource.
func ownerOf(m *cloud.Model, s string) string {
	if a := arn.Account(s); a != "" {
		return a
	}
	if r := m.Owner(s); r != nil {
		return r.Account
	}
	return ""
}

type thing struct{ id, arn, account, typ string }

// named returns what the templates declare under a name.
func named(m *cloud.Model, s string) []thing {
	var out []thing
	for _, r := range m.Resources {
		if r.ARN == "" || !slices.Contains(resourceNames(r), s) {
			continue
		}
		t := thing{r.ID(), r.ARN, r.Account, r.Type}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

func resourceNames(r *cloud.Resource) []string {
	out := []string{r.LogicalID, r.ID()}
	for _, n := range [...]string{r.Name, r.Ref} {
		if n != "" && !match.HasHole(n) {
			out = append(out, n)
		}
	}
	return out
}

func allNames(m *cloud.Model) []string {
	var out []string
	for _, r := range m.Resources {
		if r.ARN != "" {
			out = append(out, r.LogicalID)
			if r.Name != "" && !match.HasHole(r.Name) {
				out = append(out, r.Name)
			}
		}
	}
	return out
}

// inside returns what follows the ARN of a container where the action is
// about what lies in it: any object of a bucket, any stream of a log group.
func inside(action string, t thing) string {
	prefix, name, _ := strings.Cut(action, ":")
	svc, ok := facts.Service(prefix)
	if !ok {
		return ""
	}
	a, ok := svc.Action(name)
	if !ok {
		return ""
	}
	has := func(typ string) bool {
		return slices.ContainsFunc(a.Resources, func(r facts.ActionResource) bool { return r.Type == typ })
	}
	switch {
	case t.typ == "AWS::S3::Bucket" && has("object") && !has("bucket"):
		return "/" + match.Hole(match.Key, "any object")
	case t.typ == "AWS::Logs::LogGroup" && has("log-stream") && !has("log-group"):
		return ":log-stream:" + match.Hole(match.Name, "any stream")
	default:
		return ""
	}
}

// nearest returns up to three names that s may be meant for: near in
// spelling, or such that contain it.
func nearest(s string, names []string) []string {
	near := spelling.Nearest(s, names)
	low := strings.ToLower(s)
	for _, n := range names {
		if len(low) >= 4 && len(near) < 3 && strings.Contains(strings.ToLower(n), low) && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	return near
}
