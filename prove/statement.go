package prove

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
)

// statement writes the Allow that a group of calls needs, in the words of the
// stack that will hold it. Key policies and trust policies name no resource
// but their own.
func (p *prover) statement(in *cloud.Resource, g *callGroup, withPrincipal bool) (splice.Value, bool) {
	c := g.calls[0]
	fields := []splice.Field{field("Effect", splice.String("Allow"))}
	if withPrincipal {
		pv, ok := p.principalValue(in, c)
		if !ok {
			return splice.Value{}, false
		}
		fields = append(fields, field("Principal", pv))
	}
	fields = append(fields, field("Action", oneOrList(g.actions())))
	trust := strings.HasPrefix(c.Request.Action, "sts:") && withPrincipal
	switch {
	case trust:
	case withPrincipal && strings.HasPrefix(c.Request.Action, "ecr:"):
		// ECR refuses a repository policy that names a resource
		// (https://github.com/aws/aws-cdk/issues/24314).
	case withPrincipal && strings.HasPrefix(c.Request.Action, "kms:"):
		fields = append(fields, field("Resource", splice.String("*")))
	default:
		var vs []splice.Value
		var seen []string
		for _, c := range g.calls {
			for _, r := range []string{c.Request.Resource, c.Target.Or} {
				if r == "" || slices.Contains(seen, r) {
					continue
				}
				seen = append(seen, r)
				v, ok := p.resourceValue(in, r)
				if !ok {
					return splice.Value{}, false
				}
				if !slices.ContainsFunc(vs, func(w splice.Value) bool { return w.Tag == v.Tag && w.Text == v.Text }) {
					vs = append(vs, v)
				}
			}
		}
		if len(vs) == 1 {
			fields = append(fields, field("Resource", vs[0]))
		} else {
			fields = append(fields, field("Resource", splice.List(vs...)))
		}
	}
	if to := passedTo(g); to != nil {
		fields = append(fields, field("Condition", splice.Map(field("StringEquals", splice.Map(field("iam:PassedToService", oneOrList(to)))))))
	}
	return splice.Map(fields...), true
}

// passedTo returns the services that a group of iam:PassRole calls hands the
// roles to, so that its fix lets the caller pass them to nobody else; nil
// where the group is of another action or a service is not known.
func passedTo(g *callGroup) []string {
	var to []string
	for _, c := range g.calls {
		v := c.Request.Context.Get("iam:PassedToService")
		if !strings.EqualFold(c.Request.Action, "iam:PassRole") || v.State != iam.Known || len(v.Values) != 1 || match.HasHole(v.Values[0]) {
			return nil
		}
		if !slices.Contains(to, v.Values[0]) {
			to = append(to, v.Values[0])
		}
	}
	return to
}

func oneOrList(ss []string) splice.Value {
	if len(ss) == 1 {
		return splice.String(ss[0])
	}
	return splice.Strings(ss...)
}

func field(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }

func (p *prover) principalValue(in *cloud.Resource, c *Call) (splice.Value, bool) {
	if svc := c.Request.Principal.Service; svc != "" {
		return splice.Map(field("Service", splice.String(svc))), true
	}
	v, ok := p.opt.Author(in, c.Request.Principal.ARN)
	return splice.Map(field("AWS", v)), ok
}

// resourceValue writes a resource for a statement. What each execution makes
// anew (an object key, a log stream) is a hole that no template can name; it
// becomes a wildcard, the smallest pattern that covers every execution.
func (p *prover) resourceValue(in *cloud.Resource, resource string) (splice.Value, bool) {
	for cut := 0; ; cut++ {
		if v, ok := p.opt.Author(in, resource); ok {
			return v, true
		}
		next := wildcard(resource)
		if next == resource || cut > 0 && !narrow(strings.TrimSuffix(next, "*")) {
			return splice.Value{}, false
		}
		resource = next
	}
}

// wildcard replaces the last hole, and what follows it, by "*"; the suffix of
// a secret by six "?", since "NAME-*" would also cover NAME-other-AbCdEf
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources).
func wildcard(s string) string {
	const mark = "\x00"
	end := strings.LastIndex(s, mark)
	if end < 0 {
		return s
	}
	start := strings.LastIndex(s[:end], mark)
	if start < 0 || match.Class(s[start+1]) == match.ID {
		return s // the name of one resource: a wildcard would give all of its kind
	}
	if s[start+1] == byte(match.Suffix) && end == len(s)-1 {
		return s[:start] + "??????"
	}
	return s[:start] + "*"
}

// narrow reports whether an ARN that is cut off names more than a service, an
// account and a type.
func narrow(head string) bool {
	a, err := arn.Parse(head)
	if err != nil {
		return false
	}
	if a.Service == "s3" {
		return strings.Contains(a.Resource, "/")
	}
	i := strings.IndexAny(a.Resource, ":/")
	return i >= 0 && strings.Trim(a.Resource[i+1:], "*/:") != ""
}
