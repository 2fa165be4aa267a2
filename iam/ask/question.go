package ask

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/iam"
)

// A question is one line, read. Its strings are pieces of the line.
type question struct {
	id       string // as written, "null" where the line has none
	req      iam.Request
	policies string // as written
	grants   string // as written; "" for none
	flags    flags
	owner    string // of the S3 object, where that is not the bucket's
	seen     parts
}

// flags are what a question says beside documents.
type flags uint16

const (
	management flags = 1 << iota
	resourceManagement
	serviceLinked
	trust // the resource's policy is a role's trust
	publicBlock
	gateway // of the VPC endpoint's types
	interfaceType
)

// parts are the parts of a question that were met.
type parts uint8

const (
	hasID parts = 1 << iota
	hasRequest
	hasPolicies
)

func (q *question) reset() {
	ctx := q.req.Context
	ctx.Reset()
	*q = question{id: "null", req: iam.Request{Context: ctx}}
}

// question reads the line's map.
func (a *Asker) question(c *cursor) error {
	q := &a.q
	once := func(p parts, key string) error {
		if q.seen&p != 0 {
			return c.fail("%q stands twice", key)
		}
		q.seen |= p
		return nil
	}
	return c.object(func(key string) error {
		switch key {
		case "id":
			if err := once(hasID, key); err != nil {
				return err
			}
			return q.readID(c)
		case "request":
			if err := once(hasRequest, key); err != nil {
				return err
			}
			return a.request(c)
		case "policies":
			if err := once(hasPolicies, key); err != nil {
				return err
			}
			raw, err := a.seen.again(c)
			q.policies = raw
			return err
		default:
			if ok, err := q.extra(c, key); ok || err != nil {
				return err
			}
			return c.skip(0) // a note
		}
	})
}

// extra reads what may stand beside the request, in it, or with the policies.
func (q *question) extra(c *cursor, key string) (bool, error) {
	var f flags
	switch key {
	case "grants":
		if q.grants != "" {
			return true, c.fail("%q stands twice", key)
		}
		raw, err := c.raw()
		q.grants = raw
		return true, err
	case "management":
		f = management
	case "resourceManagement":
		f = resourceManagement
	case "serviceLinked":
		f = serviceLinked
	case "publicBlock":
		f = publicBlock
	case "endpointType":
		text, null, err := c.scalar()
		switch {
		case err != nil || null:
		case strings.EqualFold(text, "Gateway"):
			q.flags |= gateway
		case strings.EqualFold(text, "Interface"):
			q.flags |= interfaceType
		default:
			err = c.fail("the endpointType is %q; it is Gateway or Interface", text)
		}
		return true, err
	case "objectOwner":
		text, null, err := c.scalar()
		if !null && err == nil {
			if !arn.IsAccountID(text) {
				err = c.fail("the objectOwner %q is no account of twelve digits", text)
			}
			q.owner = text
		}
		return true, err
	default:
		return false, nil
	}
	yes, err := c.boolean()
	if yes {
		q.flags |= f
	}
	return true, err
}

func (q *question) readID(c *cursor) error {
	c.space()
	start := c.i
	if _, _, err := c.scalar(); err != nil {
		return err
	}
	q.id = c.s[start:c.i]
	return nil
}

// request reads the request.
func (a *Asker) request(c *cursor) error {
	req := &a.q.req
	var principal string
	var seen uint8
	err := c.object(func(key string) error {
		var to *string
		var bit uint8
		switch key {
		case "principal":
			to, bit = &principal, 1
		case "action":
			to, bit = &req.Action, 2
		case "resource":
			to, bit = &req.Resource, 4
		case "resourceAccount":
			to, bit = &req.ResourceAccount, 8
		case "role":
			to, bit = &req.Principal.Role, 16
		case "context":
			if seen&32 != 0 {
				return c.fail("%q stands twice", key)
			}
			seen |= 32
			return a.context(c)
		case "open":
			if seen&64 != 0 {
				return c.fail("%q stands twice", key)
			}
			seen |= 64
			yes, err := c.boolean()
			req.Context.Open = yes
			return err
		case "note":
			return c.skip(0)
		default:
			if ok, err := a.q.extra(c, key); ok || err != nil {
				return err
			}
			return c.fail("a request has no %q; it has principal, action, resource, resourceAccount, role, context and open", key)
		}
		if seen&bit != 0 {
			return c.fail("%q stands twice", key)
		}
		seen |= bit
		text, null, err := c.scalar()
		if !null {
			*to = text
		}
		return err
	})
	if err != nil {
		return err
	}
	return readPrincipal(&req.Principal, principal)
}

// readPrincipal takes a principal as a question writes it: an ARN, the name of
// a service, or "*" for an anonymous caller.
func readPrincipal(p *iam.Principal, s string) error {
	switch {
	case s == "*":
	case strings.HasPrefix(s, "arn:"):
		p.ARN = s
		return checkARN(s)
	case s == "":
		return fmt.Errorf("the request has no principal: an ARN, the name of a service, or \"*\" for an anonymous caller")
	case strings.Contains(s, ".") && !strings.ContainsAny(s, ":/ *"):
		p.Service = s
	default:
		return fmt.Errorf("the principal %q is no ARN, no name of a service such as codebuild.amazonaws.com, and not \"*\"", s)
	}
	return nil
}

// checkARN reports an ARN that is nobody who makes requests.
func checkARN(s string) error {
	at, colons := 0, 0
	for ; at < len(s) && colons < 5; at++ {
		if s[at] == ':' {
			colons++
		}
	}
	if colons == 5 {
		kind, name, _ := strings.Cut(s[at:], "/")
		switch kind {
		case "root":
			if at+len(kind) == len(s) {
				return nil
			}
		case "user", "role", "federated-user", "oidc-provider", "saml-provider":
			if name != "" {
				return nil
			}
		case "assumed-role":
			if role, session, _ := strings.Cut(name, "/"); role != "" && session != "" {
				return nil
			}
		case "group":
			return fmt.Errorf("the principal %q is a group; a group makes no requests, its users do", s)
		}
	}
	return fmt.Errorf("the principal %q is nobody who makes requests: want the ARN of a user, a role, a session (assumed-role/NAME/SESSION), a federated user, a root user or an identity provider", s)
}

// context reads the condition keys. Null is known to be absent.
func (a *Asker) context(c *cursor) error {
	if c.space() == 'n' {
		_, _, err := c.scalar()
		return err
	}
	ctx := &a.q.req.Context
	return c.object(func(key string) error {
		v := iam.ContextValue{State: iam.Known}
		from := len(a.values)
		if c.space() == '[' {
			v.Multi = true
			err := c.array(func() error {
				text, null, err := c.scalar()
				if null {
					return c.fail("a null stands among the values of %q", key)
				}
				a.values = append(a.values, text)
				return err
			})
			if err != nil {
				return err
			}
		} else {
			text, null, err := c.scalar()
			if err != nil {
				return err
			}
			if null {
				v.State = iam.Absent
			} else {
				a.values = append(a.values, text)
			}
		}
		v.Values = a.values[from:len(a.values):len(a.values)]
		n := ctx.Len()
		old := ctx.Get(key)
		if ctx.Put(key, v); ctx.Len() == n {
			return c.again(ctx, key, old, v)
		}
		return nil
	})
}

// again judges a context key that stands twice. Tag keys differ by case,
// condition keys do not, and which of two tags AWS then compares is not
// documented
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating):
// the key is then unknown, unless both are the same.
func (c *cursor) again(ctx *iam.Context, key string, old, v iam.ContextValue) error {
	if !strings.Contains(strings.ToLower(key), "tag/") {
		return c.fail("the context has %q twice; keys do not differ by case", key)
	}
	if old.State != v.State || !slices.Equal(old.Values, v.Values) {
		ctx.SetUnknown(key)
	}
	return nil
}

// check completes the question, or says what it lacks.
func (a *Asker) check() error {
	q := &a.q
	if q.seen&hasRequest == 0 {
		return fmt.Errorf("the question has no \"request\"")
	}
	req := &q.req
	prefix, name, ok := strings.Cut(req.Action, ":")
	switch {
	case req.Action == "":
		return fmt.Errorf("the request has no action")
	case !ok || prefix == "" || name == "" || strings.ContainsAny(req.Action, "*? ,"):
		return fmt.Errorf("the action %q is not one action, such as s3:GetObject", req.Action)
	}
	if req.Resource == "" {
		req.Resource = "*"
	}
	if req.Principal.Role == "" && strings.Contains(req.Principal.ARN, ":assumed-role/") {
		// aws:PrincipalArn of a session is its role, with the path.
		if v, _ := req.Context.Lookup("aws:principalarn"); v.State == iam.Known && len(v.Values) == 1 {
			req.Principal.Role = roleOf(req.Principal.ARN, v.Values[0])
		}
	}
	if r := req.Principal.Role; r != "" && r != req.Principal.ARN && roleOf(req.Principal.ARN, r) == "" {
		return fmt.Errorf("the role %q is not that of the session %q", r, req.Principal.ARN)
	}
	if governedByTrust(req.Action) {
		q.flags |= trust
	}
	return nil
}

// roleOf returns role where it is the role of a session, else "".
func roleOf(session, role string) string {
	s, r := strings.SplitN(session, ":", 6), strings.SplitN(role, ":", 6)
	if len(s) < 6 || len(r) < 6 || s[1] != r[1] || r[2] != "iam" || s[4] != r[4] || !strings.HasPrefix(r[5], "role/") {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(s[5], "assumed-role/"), "/")
	if r[5][strings.LastIndexByte(r[5], '/')+1:] != name {
		return ""
	}
	return role
}

// governedByTrust reports whether the policy of the resource is a trust policy
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html).
func governedByTrust(action string) bool {
	if len(action) < 4 || !strings.EqualFold(action[:4], "sts:") {
		return false
	}
	switch strings.ToLower(action[4:]) {
	case "assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity", "setcontext":
		return true
	default:
		return false
	}
}
