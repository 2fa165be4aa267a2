package naive

import (
	"strings"

	"penstock/iam"
)

// A kind of caller.
type kind int

const (
	anonymous kind = iota
	service
	user
	role      // a session of this role, whose name is not known
	session   // a role session
	federated // of GetFederationToken
	root
	token // of an OIDC or SAML provider, not yet anybody in AWS
)

type caller struct {
	kind      kind
	arn       string
	partition string
	account   string // "" for service, anonymous, token
	name      string // of the user, role or federated user, without path
	roleARN   string // of a session, "" where not known; of a role, its ARN
	service   string
}

func whois(p iam.Principal) caller {
	if p.Service != "" {
		return caller{kind: service, service: p.Service}
	}
	parts := arnParts(p.ARN)
	if parts == nil {
		return caller{kind: anonymous}
	}
	c := caller{arn: p.ARN, partition: parts[1], account: parts[4]}
	words := strings.Split(parts[5], "/")
	last := words[len(words)-1]
	switch {
	case parts[5] == "root":
		c.kind = root
	case words[0] == "user":
		c.kind, c.name = user, last
	case words[0] == "role":
		c.kind, c.name, c.roleARN = role, last, p.ARN
	case words[0] == "assumed-role":
		c.kind, c.name, c.roleARN = session, words[1], p.Role
	case words[0] == "federated-user":
		c.kind, c.name = federated, last
	case words[0] == "oidc-provider", words[0] == "saml-provider":
		c.kind, c.account = token, ""
	}
	return c
}

// hasAccount: the caller is somebody in an account.
func (c caller) hasAccount() bool { return c.account != "" }

// serviceLinked reports whether the caller is a service-linked role: their
// path is /aws-service-role/…; of a session only the name is seen.
// (using-service-linked-roles.html)
func (c caller) serviceLinked() bool {
	switch c.kind {
	case role, session:
		if parts := arnParts(c.roleARN); parts != nil {
			return strings.HasPrefix(parts[5], "role/aws-service-role/")
		}
		return strings.HasPrefix(c.name, "AWSServiceRoleFor")
	}
	return false
}

// world is one request being decided.
type world struct {
	req  *iam.Request
	in   Input
	who  caller
	verb string // the service in the action, lower case
	// tried is a key that is unknown and tried with a value.
	tried *trial
}

type trial struct {
	key string
	v   iam.ContextValue
}

// key returns what is known of a context key: what the request says, or what
// AWS always puts there for such a caller
// (reference_policies_condition-keys.html, reference_policies_variables.html
// "Principal key values").
func (w *world) key(name string) iam.ContextValue {
	if w.tried != nil && w.tried.key == strings.ToLower(name) {
		return w.tried.v
	}
	ctx := &w.req.Context
	if ctx.Has(name) {
		return ctx.Get(name)
	}
	absent := iam.ContextValue{}
	is := func(v string) iam.ContextValue {
		return iam.ContextValue{State: iam.Known, Values: []string{v}}
	}
	surely := func(k string) bool {
		v := ctx.Get(k)
		return ctx.Has(k) && v.State == iam.Known && !v.Optional && len(v.Values) > 0
	}
	c := w.who
	low := strings.ToLower(name)
	switch low {
	case "aws:principalarn":
		switch c.kind {
		case user, federated, root, role:
			return is(c.arn)
		case session:
			if c.roleARN != "" {
				return is(c.roleARN)
			}
			return is("arn:" + c.partition + ":iam::" + c.account + ":role/" + c.name)
		}
		return absent
	case "aws:principalaccount":
		if c.hasAccount() {
			return is(c.account)
		}
		return absent
	case "aws:principaltype":
		switch c.kind {
		case user:
			return is("User")
		case role, session:
			return is("AssumedRole")
		case federated:
			return is("FederatedUser")
		case root:
			return is("Account")
		case anonymous:
			return is("Anonymous")
		}
	case "aws:principalisawsservice":
		switch c.kind {
		case service:
			return is("true")
		case anonymous, token:
			return absent // only signed requests have it
		}
		return is("false")
	case "aws:principalservicename":
		if c.kind == service {
			return is(c.service)
		}
		return absent
	case "aws:principalservicenameslist":
		if c.kind == service {
			return iam.ContextValue{State: iam.Unknown}
		}
		return absent
	case "aws:username":
		if c.kind == user {
			return is(c.name)
		}
		return absent
	case "aws:userid":
		switch c.kind {
		case root:
			return is(c.account)
		case federated:
			return is(c.account + ":" + c.name)
		case anonymous, token:
			return absent // "included in … all signed requests"
		}
	case "aws:resourceaccount":
		if w.req.ResourceAccount != "" {
			return is(w.req.ResourceAccount)
		}
		if arn := arnParts(w.req.Resource); arn != nil && arn[4] != "" {
			return is(arn[4])
		}
	case "aws:sourceip":
		if surely("aws:SourceVpce") {
			return absent
		}
	case "aws:sourcevpce":
		if surely("aws:SourceIp") {
			return absent
		}
	case "kms:calleraccount":
		if w.verb == "kms" && c.hasAccount() {
			return is(c.account)
		}
	case "aws:principalorgid", "aws:principalorgpaths":
		if !c.hasAccount() {
			return absent
		}
	}
	if strings.HasPrefix(low, "aws:principaltag/") && !c.hasAccount() {
		return absent
	}
	return ctx.Get(name)
}
