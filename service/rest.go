package service

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/facts"
)

// Rest tells what is known of a condition key that neither a row nor the
// request itself fixes, for a request that an AWS service or a build makes. It
// is asked only for the keys that policies name.
//
// A key of a service is in a request only if the service authorization
// reference lists it for the action; then it is unknown, with the exceptions
// below. That a tag of a resource is absent from a call that names no
// resource follows from that, and is what breaks
// many a condition on aws:ResourceTag.
func Rest(m *cloud.Model, q iam.Request) func(string) iam.ContextValue {
	return func(low string) iam.ContextValue {
		prefix, name, ok := strings.Cut(low, ":")
		switch {
		case !ok:
			return iam.ContextValue{}
		case prefix == "aws":
			return global(m, &q, low, name)
		default:
			return own(m, &q, low, prefix, name)
		}
	}
}

var (
	absent  = iam.ContextValue{}
	unknown = iam.ContextValue{State: iam.Unknown}
)

func known(values ...string) iam.ContextValue {
	return iam.ContextValue{State: iam.Known, Values: values}
}

// global: the keys of every service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func global(m *cloud.Model, q *iam.Request, low, name string) iam.ContextValue {
	service := q.Principal.Service != ""
	switch {
	case strings.HasPrefix(name, "principaltag/"):
		return principalTag(m, q, name[len("principaltag/"):])
	case strings.HasPrefix(name, "resourcetag/"):
		return resourceTag(m, q, low, name[len("resourcetag/"):])
	case strings.HasPrefix(name, "requesttag/"):
		if v, ok := q.Context.Lookup("aws:tagkeys"); ok && v.State != iam.Unknown {
			return absent // the row names the tags, and this is none of them
		}
		return listed(q, low)
	case name == "tagkeys":
		return listed(q, low)
	}
	switch name {
	case "principalorgid":
		return org(m, arn.Account(q.Principal.ARN), service)
	case "resourceorgid":
		return org(m, q.ResourceAccount, false)
	case "sourcearn", "sourceaccount", "sourceorgid", "sourceorgpaths", "sourceowner":
		// aws:SourceOwner stands in the policy that a topic has by default, and
		// roles of its account are refused all the same without a policy of
		// their own
		// (https://github.com/aws-ia/terraform-aws-control_tower_account_factory/issues/151).
		// Sent where a service acts as itself, not where a role acts.
		if service {
			return unknown
		}
		return absent
	case "viaawsservice":
		// False for what a service does with a service role; rows of forward
		// access sessions say so themselves.
		if service {
			return unknown
		}
		return known("false")
	case "calledvia", "calledviafirst", "calledvialast":
		if service {
			return unknown
		}
		return absent
	case "multifactorauthpresent":
		// No service and no build shows a second factor.
		return iam.ContextValue{State: iam.Known, Values: []string{"false"}, Optional: true}
	case "multifactorauthage", "federatedprovider":
		return absent
	}
	if _, ok := facts.KeyType(low); !ok {
		return absent // there is no such key
	}
	return unknown
}

// org is the organization of an account: the one that was described holds the
// accounts that the stacks describe.
func org(m *cloud.Model, account string, service bool) iam.ContextValue {
	switch {
	case service:
		return absent
	case m.Org != nil && m.Org.ID != "" && m.Owned(account):
		return known(m.Org.ID)
	default:
		return unknown
	}
}

// principalTag: the services pass no session tags, so a declared role has its
// own tags and no others.
func principalTag(m *cloud.Model, q *iam.Request, tag string) iam.ContextValue {
	p := m.Principal(q.Principal.ARN)
	if p == nil || p.Resource != nil && len(p.Resource.Opaque) > 0 {
		return unknown
	}
	return tagged(p.Tags, tag)
}

func tagged(tags map[string]string, tag string) iam.ContextValue {
	if strings.HasPrefix(tag, "aws:") {
		return unknown // CloudFormation's own
	}
	for k, v := range tags {
		if strings.EqualFold(k, tag) {
			return known(v)
		}
	}
	return absent
}

// resourceTag: the tags of a declared resource are those that it declares.
func resourceTag(m *cloud.Model, q *iam.Request, low, tag string) iam.ContextValue {
	if v := listed(q, low); v.State == iam.Absent {
		return v
	}
	r := m.Resource(q.Resource)
	if r == nil || len(r.Opaque) > 0 {
		if p := m.Principal(q.Resource); p != nil && p.ARN == q.Resource && (p.Resource == nil || len(p.Resource.Opaque) == 0) {
			return tagged(p.Tags, tag)
		}
		return unknown
	}
	return tagged(r.Tags, tag)
}

// listed is unknown where the service authorization reference lists the key
// for the action or for a resource type of it, and absent otherwise.
func listed(q *iam.Request, low string) iam.ContextValue {
	prefix, name, _ := strings.Cut(q.Action, ":")
	s, ok := facts.Service(prefix)
	if !ok {
		return unknown
	}
	a, ok := s.Action(name)
	if !ok {
		return unknown
	}
	for _, k := range a.ConditionKeys {
		if keyFits(k, low) {
			return unknown
		}
	}
	for _, r := range a.Resources {
		for _, k := range r.ConditionKeys {
			if keyFits(k, low) {
				return unknown
			}
		}
		if t, ok := s.ResourceType(r.Type); ok {
			for _, k := range t.ConditionKeys {
				if keyFits(k, low) {
					return unknown
				}
			}
		}
	}
	return absent
}

// keyFits matches a key of the reference, which may end in a variable
// ("aws:ResourceTag/${TagKey}"), with one in lower case.
func keyFits(template, low string) bool {
	head, _, ok := strings.Cut(template, "${")
	for _, v := range [...]string{"tag-key", "<key>"} { // as Secrets Manager, Systems Manager and S3 write it
		if !ok {
			head, ok = strings.CutSuffix(template, v)
		}
	}
	if ok {
		return len(low) >= len(head) && strings.EqualFold(head, low[:len(head)])
	}
	return strings.EqualFold(template, low)
}

// own: the keys of one service.
func own(m *cloud.Model, q *iam.Request, low, prefix, name string) iam.ContextValue {
	if i := strings.Index(name, "resourcetag/"); i == 0 {
		return resourceTag(m, q, low, name[len("resourcetag/"):])
	}
	switch low {
	case "s3:resourceaccount":
		if q.ResourceAccount != "" {
			return known(q.ResourceAccount)
		}
		return unknown
	case "s3:tlsversion":
		// No endpoint of AWS takes less
		// (https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/).
		return known("1.2")
	case "s3:signatureversion":
		return known("AWS4-HMAC-SHA256")
	case "sts:externalid":
		// No service has a member that could carry one; a row of a build's own
		// call says what it sends.
		return absent
	case "sts:transitivetagkeys":
		return absent
	case "kms:resourcealiases":
		if names := cloud.Aliases(m, q.Resource); len(names) > 0 {
			return iam.ContextValue{State: iam.Known, Values: names, Multi: true}
		}
		return unknown
	case "kms:viaservice":
		return absent // rows of forward access sessions say so themselves
	case "codebuild:buildarn", "codebuild:projectarn":
		// In the requests of a build
		// (https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html).
		return unknown
	}
	if strings.HasPrefix(low, "kms:encryptioncontext:") {
		if _, ok := q.Context.Lookup("kms:encryptioncontextkeys"); ok {
			return absent // the row names them all
		}
	}
	if prefix == "s3" && strings.HasPrefix(name, "x-amz-") && strings.EqualFold(q.Action, "s3:GetObject") {
		return absent // headers of writes
	}
	return listed(q, low)
}

// Never reports whether no request for an action that a role or a user makes
// carries a condition key: the service authorization reference does not list
// the key for the action, or AWS sends it only where a service acts as itself.
// It speaks of tags, of the keys of the action's own service, and of the
// source of a service's call.
func Never(action, key string) bool {
	low := strings.ToLower(key)
	prefix, name, ok := strings.Cut(low, ":")
	svc, _, _ := strings.Cut(strings.ToLower(action), ":")
	q := &iam.Request{Action: action}
	switch {
	case !ok:
		return false
	case low == "aws:sourcearn", low == "aws:sourceaccount":
		return true
	case prefix == "aws" && (strings.HasPrefix(name, "resourcetag/") || strings.HasPrefix(name, "requesttag/") || name == "tagkeys"):
	case prefix == svc && svc != "kms" && svc != "sts":
	default:
		return false
	}
	f, ok := facts.Service(svc)
	if !ok {
		return false
	}
	if _, name, _ := strings.Cut(action, ":"); name != "" {
		if _, ok := f.Action(name); !ok {
			return false
		}
	}
	return listed(q, low).State == iam.Absent
}
