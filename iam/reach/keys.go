package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
)

// sent are the keys that AWS documents as always included
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
var sent = []string{"aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport", "aws:viaawsservice"}

// resolver says what is known of each key in the question; fixed gives values
// to keys that are open.
func (q *question) resolver(p *problem, fixed map[string]string) func(string) keyRef {
	open := q.s.Context.Clone()
	open.Open, open.Rest = true, nil
	owner := q.s.ResourceAccount
	if q.s.elsewhere {
		owner = ""
	}
	derived := authz.Derive(&iam.Request{Principal: q.s.Principal, ResourceAccount: owner, Context: open})
	caller := readCaller(&q.s.Principal)
	return func(low string) keyRef {
		if v, ok := derived.Lookup(low); ok {
			switch {
			case v.State == iam.Known && v.Optional && !v.Multi && len(v.Values) == 1:
				return p.optional(low, v.Values[0])
			case v.State == iam.Known && !v.Optional, v.State == iam.Absent:
				return keyRef{fixed: true, val: v}
			}
		}
		if text, ok := fixed[low]; ok {
			return keyRef{fixed: true, val: iam.ContextValue{State: iam.Known, Values: []string{text}}}
		}
		if !caller.signed() && principalKey(low) {
			return keyRef{fixed: true}
		}
		if low == "kms:calleraccount" && caller.signed() && caller.kind != "someone" {
			k := p.optional(low, caller.account)
			// Requests to KMS carry it, and no others do.
			kms, has := p.like(p.action, "kms:*", plain, true, true), p.present(k.v)
			p.hard = append(p.hard, p.f.or(-kms, has), p.f.or(kms, -has))
			return k
		}
		if q.s.Fixed {
			if _, set := q.s.Context.Lookup(low); !set {
				return keyRef{fixed: true}
			}
		}
		return p.open(low, q.e.opt.Sent)
	}
}

// principalKey reports whether only members of an account have the key.
func principalKey(low string) bool {
	return low == "aws:principalorgid" || low == "aws:principalorgpaths" || strings.HasPrefix(low, "aws:principaltag/")
}

// optional is a key that is absent or has one value.
func (p *problem) optional(low, text string) keyRef {
	v := p.newVariable(low)
	v.key = true
	v.typed, _ = typeOf(low)
	v.domain = []need{{globs: []*glob{p.syms.pattern(text, plain, false, false)}, exact: true, id: -1}}
	return keyRef{v: v}
}

// open is a key of which nothing is known but what ties it to other values.
func (p *problem) open(low string, always bool) keyRef {
	k := keyRef{}
	switch low {
	case "aws:resourceaccount":
		k.tied = p.part(p.resource, 4, yes)
	case "aws:requestedregion":
		k.tied = p.part(p.resource, 3, yes)
	case "aws:sourceaccount":
		arn := p.key("aws:SourceArn")
		if !arn.fixed {
			k.tied = p.part(arn.v, 4, p.present(arn.v))
		}
	case "aws:sourceip", "aws:sourcevpce":
		// A request comes from the internet or through an endpoint
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip).
		k.v = p.newVariable(low)
		k.v.key = true
		k.v.typed, _ = typeOf(low)
		if other := p.keys[map[string]string{"aws:sourceip": "aws:sourcevpce", "aws:sourcevpce": "aws:sourceip"}[low]]; other != nil && !other.fixed {
			p.hard = append(p.hard, p.f.or(-p.present(k.v), -p.present(other.v)))
		}
	}
	for _, s := range sent {
		if always && s == low {
			if k.v == nil {
				k.v = p.newVariable(low)
				k.v.key, k.v.tie = true, k.tied
				k.v.typed, _ = typeOf(low)
				p.domain(k.v)
			}
			p.hard = append(p.hard, p.present(k.v))
		}
	}
	return k
}

// part ties a key to a part of an ARN, where the ARN has it.
func (p *problem) part(v *variable, n int, when ref) *tie {
	has := strings.Repeat("*:", n-1)
	has = "arn:" + has + "?*" + strings.Repeat(":*", 5-n)
	return &tie{
		when: p.f.and(when, p.like(v, has, arnLike, true, false)),
		to:   v,
		part: n,
		wrap: func(toks []token) [][]token {
			out := p.syms.appendText(nil, "arn:", false, false)
			for range n - 1 {
				out = append(out, token{kind: tStar, not: noColon}, token{kind: tText, r: ':'})
			}
			for _, t := range toks {
				if t.kind == tAny || t.kind == tStar {
					t.not |= noColon
				}
				out = append(out, t)
			}
			for range 5 - n {
				out = append(out, token{kind: tText, r: ':'}, token{kind: tStar})
			}
			return [][]token{out}
		},
	}
}
