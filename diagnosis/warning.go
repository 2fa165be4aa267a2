package diagnosis

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/iam/authz"
	"penstock/iam/denial"
)

const (
	guide    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	pipeline = "https://docs.aws.amazon.com/codepipeline/latest/userguide/"
)

// warnings says, from the error alone, where the fix that comes to mind first
// would be wrong.
func (x *Diagnosis) warnings() {
	d := &x.Denial
	warn := func(text, source string) { x.Warnings = append(x.Warnings, Remark{text, source}) }
	service, _, _ := strings.Cut(d.Action, ":")
	if d.Form == denial.PassAcross {
		warn("Do not grant iam:PassRole: it never works across accounts. Give the action a role of the account that owns the passed role, and let that role pass it.", pipeline+"pipelines-create-cross-account.html")
	}
	if d.Action == "iam:PassRole" && d.Form == denial.Sentence {
		from, to := arn.Account(d.Principal), arn.Account(d.Resource)
		switch {
		case arn.IsAccountID(from) && arn.IsAccountID(to) && from != to:
			warn(fmt.Sprintf("The role belongs to account %s, the caller to %s: granting iam:PassRole does not help, no role is passed across accounts.", to, from), guide+"id_roles_use_passrole.html")
		default:
			warn("Name the role and the service (iam:PassedToService). iam:PassRole on \"*\" lets the caller run code as any role of the account that trusts some service.", guide+"id_roles_use_passrole.html")
		}
	}
	if service == "secretsmanager" && d.Resource != "" && d.Resource != "*" && !whole(d.Resource) {
		name := d.Resource[strings.LastIndexByte(d.Resource, ':')+1:]
		warn(fmt.Sprintf("The error shows the secret as the program names it. Policies see its ARN, which ends in a hyphen and six random characters: a statement on %q never matches. Write …:secret:%s-??????; with -* it would also cover %s-other-AbCdEf.", d.Resource, name, name), "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources")
	} else if r := d.Resource; r != "" && r != "*" && !strings.HasPrefix(r, "arn:") && d.Form == denial.Sentence && !strings.Contains(r, " ") && d.Action != "sts:AssumeRole" {
		warn(fmt.Sprintf("%q is a name, not an ARN: copied into the Resource of a statement it matches nothing.", r), guide+"reference_policies_elements_resource.html")
	}
	switch d.Layer {
	case "scp":
		warn("No policy of this account can mend it: the organization's policies stand above all. Whoever manages the organization changes the service control policy; an exception for this call is enough, detaching it is not needed.", "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html")
	case "rcp":
		warn("No policy of the caller or the resource can mend it: the resource control policy of the organization that owns the resource stands above them.", "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html")
	case "boundary":
		warn("Adding the permission to the caller's own policies does not help, and taking the boundary off gives away what it guards: widen the boundary by this call. A boundary grants nothing by itself.", guide+"access_policies_boundaries.html")
	case "session":
		warn("The role's policies may well allow it: whoever made the session (AssumeRole, or GetFederationToken, or a permission set) passed a policy that limits it. That is where it is mended.", guide+"access_policies.html#policies_session")
	case "endpoint":
		warn("The role's policies may well allow it: the endpoint's policy is a gate of its own. Widen it by this call, or leave the endpoint.", "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html")
	}
	if d.Form == denial.WebToken {
		warn("Do not widen the subject to repo:OWNER/*: it lets every repository of the owner in, with whatever its branches run. Name the repository, and the branch or the environment.", guide+"id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub")
	}
	if d.Service == "AWSCodePipeline" && d.Action == "sts:AssumeRole" {
		warn("Naming codepipeline.amazonaws.com in the trust of an action's role does not help: the pipeline's role makes the call, not the service. The action's role must trust the pipeline's role, which needs sts:AssumeRole on it.", pipeline+"pipelines-create-cross-account.html")
	}
	if service == "kms" && d.Layer != "identity" && d.Layer != "scp" && d.Layer != "boundary" {
		warn("The statement of a key policy that names the root of the key's own account lets that account's roles in by their own policies; it never lets another account in. A caller of another account needs a statement of its own there, and a policy at home.", "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html")
	}
}

// wiser adds what only the templates can tell.
func (x *Diagnosis) wiser() {
	c := x.Asked.Main()
	dec := c.Decision
	if dec.Verdict != authz.Deny {
		return
	}
	warn := func(text, source string) { x.Warnings = append(x.Warnings, Remark{text, source}) }
	if dec.Layer == "passrole" && x.Denial.Form != denial.PassAcross && !x.warned("no role is passed across accounts") {
		warn("The passed role belongs to another account than the caller: granting iam:PassRole does not help.", guide+"id_roles_use_passrole.html")
	}
	h := dec.Deciding
	if h == nil || h.Condition == nil {
		return
	}
	switch strings.ToLower(h.Condition.Key) {
	case "sts:externalid":
		warn("The trust wants an external id. No action of CodePipeline and no AWS service can send one; only a program that calls sts:AssumeRole itself can. Taking the condition off is right for a service, wrong for a third party: for that it is the guard against a confused deputy.", guide+"id_roles_common-scenarios_third-party.html")
	case "aws:sourcearn", "aws:sourceaccount":
		warn(fmt.Sprintf("The statement wants %s, which only the service that makes the call can send, and not every service does. Where it is not sent, the condition must go, or take IfExists.", h.Condition.Key), guide+"confused-deputy.html")
	case "aws:multifactorauthpresent":
		warn("The statement wants a second factor, which no pipeline and no build shows: it is meant for people.", guide+"reference_policies_condition-keys.html#condition-keys-multifactorauthpresent")
	}
}

func (x *Diagnosis) warned(words string) bool {
	for _, w := range x.Warnings {
		if strings.Contains(w.Text, words) {
			return true
		}
	}
	return false
}
