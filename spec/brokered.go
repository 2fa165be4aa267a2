package spec

import (
	"cmp"
	"strings"
	"time"

	"penstock/arn"
	"penstock/doc"
	"penstock/source"
)

// A BrokeredRole is a role that somebody takes on who sends an external id: a
// vendor, a script in a build, one's own tools. Never an action of
// CodePipeline's own, which can send none.
type BrokeredRole struct {
	Name    string
	Account Account
	// By is who takes it on: the id of an account, or the ARN of a role.
	By         string
	ExternalID string
	Allow      []Permission
	Session    time.Duration
	At         source.Span
}

// Broker returns the account of who takes the role on, and the ARN of the one
// role there that does; "" for whomever that account lets.
func (r *BrokeredRole) Broker() (account, role string) {
	if strings.HasPrefix(r.By, "arn:") {
		return arn.Account(r.By), r.By
	}
	return r.By, ""
}

// Rules of brokered roles.
var (
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, ExternalId
	externalRule = &rule{
		what: `2 to 1224 letters, digits and _ + = , . @ : / -`, pattern: `^[A-Za-z0-9_+=,.@:/-]{2,}$`, max: 1224,
	}
	// Only roles: a user has a key that lasts, and whoever wants several roles
	// names their account.
	brokerRule = &rule{
		what:    "an account id in quotes, or the ARN of a role",
		pattern: `^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+)$`,
	}
)

// brokered reads the roles that are taken on with an external id.
func (r *reader) brokered(s *Spec, n *doc.Node) {
	for f := range entries(n) {
		v := f.Value
		o := &BrokeredRole{
			Name: f.Name(), By: str(v.Get("by")), ExternalID: str(v.Get("externalId")), Allow: permissions(v.Get("allow")),
			Session: lasts(v.Get("session"), time.Hour), At: v.Span,
		}
		if a := v.Get("account"); a != nil {
			found, ok := s.Account(str(a))
			if !ok && str(a) != "" {
				r.noAccount(s, a, "brokered."+o.Name+".account")
			}
			o.Account = found
			if found.Alias == "logs" {
				r.add("SPEC012", a.Span, "brokered.%s.account is \"logs\", the account of the audit log, which nobody is let into: take another", o.Name)
			}
		}
		s.Brokered = append(s.Brokered, o)
	}
}

// verifyBrokered asks that no action of the pipeline, and no service that it
// deploys, is given a role that only who sends an external id can take on.
func (r *reader) verifyBrokered(s *Spec, n *doc.Node) {
	names := map[string]*BrokeredRole{}
	for _, o := range s.Brokered {
		if other := names[plain(o.Name)]; other != nil {
			d := r.add("SPEC008", o.At, "brokered.%s differs from %s by hyphens only: names of resources would clash", o.Name, other.Name)
			d.Related = append(d.Related, note(other.At, "the other one"))
		}
		names[plain(o.Name)] = o
		if s.People == nil {
			continue
		}
		for _, w := range s.People.Roles {
			if w.Name == o.Name {
				d := r.add("SPEC008", o.At, "brokered.%s has the name of a role of people: one role is taken on either with a second factor or with an external id, so name one of them otherwise", o.Name)
				d.Related = append(d.Related, note(w.At, "the role of people"))
			}
		}
	}
	r.eachStage(s, n, func(st *Stage, at *doc.Node) {
		if st.Deploy == nil {
			return
		}
		for _, part := range at.Fields {
			for _, key := range [...]string{"taskRole", "executionRole", "instanceRole"} {
				v := part.Value.Get(key)
				for _, o := range s.Brokered {
					if v != nil && str(v) == s.Project+"-"+o.Name {
						d := r.add("SPEC012", v.Span, "%s of %s is the brokered role %s, which asks for an external id, and no service sends one: name another role, or leave it out", key, st.Name, cmp.Or(str(v), o.Name))
						d.Related = append(d.Related, note(o.At, "the brokered role"))
					}
				}
			}
		}
	})
}
