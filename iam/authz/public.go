package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// Whether a bucket policy is public, and what S3 Block Public Access makes of
// it: with RestrictPublicBuckets only the bucket owner's account and AWS
// services get in by a public policy, whatever it grants beside
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html,
// "The meaning of 'public'").

// fixing lists the keys that take a statement out of the public by a fixed
// value: no wildcard and no policy variable.
var fixing = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principalservicename",
	"aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceip", "aws:userid",
	"s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}

// public reports whether a statement grants to the public.
func (s *statement) public() truth.Value {
	if !s.allow || !s.hasPrincipal {
		return truth.No
	}
	who := truth.No
	for i := range s.principals {
		p := &s.principals[i]
		switch {
		case p.kind == pAll && p.maybe, p.kind == pHole:
			who = who.Or(truth.Maybe)
		case p.kind == pAll:
			who = truth.Yes
		}
	}
	for i := range s.conditions {
		who = who.And(s.conditions[i].fixes().Not())
	}
	if s.maybe {
		who = who.And(truth.Maybe)
	}
	return who
}

// fixes reports whether a condition ties the caller to fixed values.
func (c *condition) fixes() truth.Value {
	listed := false
	for _, k := range fixing {
		listed = listed || k == c.key
	}
	if !listed || !c.ok || c.op.Negated || c.op.IfExists || c.op.Set == iam.ForAllValues || c.op.Base == iam.Null {
		return truth.No
	}
	v := truth.Yes
	for i := range c.values {
		text := c.values[i].src.Text
		switch {
		case c.values[i].maybe || match.HasHole(text):
			v = v.And(truth.Maybe)
		case c.op.Base == iam.IPAddress:
			// S3 calls broad blocks public: IPv4 wider than /8, IPv6 wider than
			// /32.
			v = v.And(truth.Of(c.values[i].lit.Narrow(8, 32)))
		case c.op.Base == iam.StringEquals && !strings.Contains(text, "${"):
		case strings.ContainsAny(text, "*?") || strings.Contains(text, "${"):
			return truth.No
		}
	}
	return v
}

// publicPolicy reports whether the resource's policy is public.
func (e *eval) publicPolicy() truth.Value {
	v := truth.No
	for _, p := range e.c.resource.policies {
		if p.broken {
			continue
		}
		for i := range p.statements {
			m := p.statements[i].public()
			if p.maybe {
				m = m.And(truth.Maybe)
			}
			v = v.Or(m)
		}
	}
	return v
}

// blockPublic applies Block Public Access to what a bucket policy grants to
// those who are neither of the bucket's account nor an AWS service.
func (e *eval) blockPublic(r *result) {
	if e.pol.PublicBlock == truth.No || e.service() != "s3" || e.caller.kind == service || r.same == truth.Yes {
		return
	}
	blocked := e.pol.PublicBlock.And(e.publicPolicy()).And(r.same.Not())
	if blocked == truth.No {
		return
	}
	r.blocked = blocked
	r.resource.by = r.resource.by.and(blocked.Not())
	r.resource.allow = r.resource.allow.And(blocked.Not())
}
