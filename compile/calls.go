package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/prove"
)

// A call is one request that the pipeline makes, from the walk of the
// blueprint or from a grant.
type call struct {
	caller   iam.Principal
	action   string
	resource string // an ARN, possibly symbolic and, from a grant, a pattern; "*" for none
	account  string // that owns the resource
	conds    []cond // what the call carries by its nature
	use      blueprint.Use
	session  int // seconds that an AssumeRole asks for
}

// A cond is one condition that a statement for a call can have.
type cond struct{ operator, key, value string }

// calls returns the calls of walks. What AWS only lists is among them, although
// nothing shows that it is asked: a pipeline has to run on the day that it is.
func calls(runs []*prove.Run) []call {
	var out []call
	for _, r := range runs {
		if r.Entry != nil && r.Entry.Kind == prove.Grants {
			continue
		}
		for _, s := range r.Steps {
			for _, c := range s.Calls {
				k := call{
					caller: c.Request.Principal, action: c.Request.Action, resource: c.Request.Resource,
					account: c.Request.ResourceAccount, conds: pinned(&c.Request), session: c.Target.Seconds,
					use: blueprint.Use{Row: c.Row.ID, Call: c.Request.Action, Why: why(c), Source: c.Row.Source},
				}
				if s.Stage != nil {
					k.use.Stage = s.Stage.Name
				}
				if s.Action != nil {
					k.use.Action = s.Action.Name
				}
				if k.resource == "*" {
					k.account = ""
				}
				out = append(out, k)
				if c.Target.Or != "" {
					k.resource = c.Target.Or
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// why says what a call is for, and of what.
func why(c *prove.Call) string {
	w := c.Row.Why
	if what := match.Render(c.Target.What); what != "" && !strings.Contains(w, what) && len(w)+len(what) < 90 {
		w += ": " + what
	}
	return w
}

// pins are the condition keys that a statement names where the call is known
// to carry them. They say by which way, to whom and for what something may be
// used; a key that every call of its kind carries (aws:SecureTransport) is for
// the policy of what is called.
var pins = map[string]string{
	"iam:passedtoservice":             "StringEquals",
	"iam:policyarn":                   "ArnEquals",
	"kms:viaservice":                  "StringEquals",
	"ecs:cluster":                     "ArnEquals",
	"ecs:createaction":                "StringEquals",
	"ec2:authorizedservice":           "StringEquals",
	"ec2:subnet":                      "ArnEquals",
	"cloudformation:changesetname":    "StringEquals",
	"cloudformation:rolearn":          "ArnEquals",
	"codeconnections:passedtoservice": "StringEquals",
	"sns:protocol":                    "StringEquals",
}

// encryptionContext is the prefix of the keys that hold it.
const encryptionContext = "kms:encryptioncontext:"

// pinned returns the conditions that a statement for a request can have.
func pinned(q *iam.Request) []cond {
	var out []cond
	for key, v := range q.Context.All() {
		low := strings.ToLower(key)
		op := pins[low]
		if op == "" && strings.HasPrefix(low, encryptionContext) {
			op = "StringEquals"
		}
		if op == "" && q.Principal.Service != "" && (low == "aws:sourcearn" || low == "aws:sourceaccount") {
			op = "StringEquals"
			if low == "aws:sourcearn" {
				op = "ArnEquals"
			}
		}
		if op == "" || v.State != iam.Known || v.Optional || v.Multi || len(v.Values) != 1 {
			continue
		}
		value := v.Values[0]
		if match.HasHole(value) && !strings.HasPrefix(op, "Arn") && !declaredHole(value) {
			continue
		}
		out = append(out, cond{op, key, value})
	}
	if q.Principal.Service == "" && strings.HasPrefix(q.Action, "s3:") && q.ResourceAccount != "" && !match.HasHole(q.ResourceAccount) {
		out = append(out, cond{"StringEquals", "aws:ResourceAccount", q.ResourceAccount})
	}
	slices.SortFunc(out, func(a, b cond) int {
		return strings.Compare(a.operator+a.key+a.value, b.operator+b.key+b.value)
	})
	return out
}

// declaredHole reports whether all holes of s are attributes of resources,
// which a reference can stand for: "stack.Logical.Attr".
func declaredHole(s string) bool {
	for _, h := range match.Holes(s) {
		if strings.Count(h, ".") < 1 || strings.ContainsAny(h, " ") {
			return false
		}
	}
	return true
}

// granted returns the grants of roles as calls. The texts are evaluated in the
// model that was read from the blueprint.
func (b *builder) granted(w *writer) []call {
	var out []call
	for _, r := range b.roles {
		for i := range r.grants {
			g := &r.grants[i]
			for _, res := range g.resources {
				for _, a := range g.actions {
					k := call{
						caller:   iam.Principal{ARN: w.roleARN(r)},
						action:   a,
						resource: w.text(r.stack, res),
						use:      blueprint.Use{Call: a, Why: g.why, Source: "granted"},
					}
					k.account = w.owner(k.resource)
					for _, c := range g.conditions {
						for _, v := range c.Values {
							k.conds = append(k.conds, cond{c.Operator, c.Key, w.text(r.stack, v)})
						}
					}
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// roleOf returns the role that calls, nil where it is none of the blueprint's.
func (b *builder) roleOf(m *cloud.Model, c *call) *role {
	if c.caller.ARN == "" {
		return nil
	}
	for _, r := range b.roles {
		if strings.HasSuffix(c.caller.ARN, ":role/"+r.name) && strings.Contains(c.caller.ARN, ":"+r.stack.Account+":") {
			return r
		}
	}
	return nil
}
