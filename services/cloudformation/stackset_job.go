package cloudformation

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
	"penstock/source"
)

const setType = "AWS::CloudFormation::StackSet"

// jobs: a stack set that a template declares makes its instances with the
// administration role, which takes on the execution role of each account
// (PermissionModel SELF_MANAGED).
var jobs = []service.Job{{
	Type: setType, Role: setRole, Principal: "cloudformation.amazonaws.com",
	Assume:       setContext,
	AssumeSource: setRoles + " (aws:SourceAccount and aws:SourceArn in the trust policy)",
	Alone:        func(*service.Site) bool { return true },
	Rows: []service.Row{{
		ID: "cloudformation.stackset.accounts", Caller: "administration role of the stack set",
		Actions: []string{"sts:AssumeRole"}, Resource: "<ExecutionRoleName> of each account of StackInstancesGroup",
		Why:  "takes on the execution role of a target account",
		Need: service.Stops, Basis: service.Documented, Source: setRoles,
		Targets: setAccounts,
	}},
}}

// ownSet reports whether the stack set works with roles of the customer's.
func ownSet(r *cloud.Resource) bool { return r.Prop("PermissionModel").Str() == "SELF_MANAGED" }

// setRole is the role that the stack set names, or the one of the usual name.
func setRole(s *service.Site) (string, source.Span) {
	if !ownSet(s.Resource) {
		return "", source.Span{}
	}
	if n := s.Resource.Prop("AdministrationRoleARN"); cloud.Text(n) != "" {
		return cloud.Text(n), n.Where()
	}
	return s.RoleARN(adminDef, s.Resource.Account), s.Resource.Span
}

func setContext(s *service.Site) iam.Context {
	var c iam.Context
	c.Put("aws:SourceArn", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.ARN}, Optional: true})
	c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
	return c
}

func setAccounts(s *service.Site) []service.Target {
	if !ownSet(s.Resource) {
		return nil
	}
	name := s.Resource.Prop("ExecutionRoleName").Str()
	if name == "" {
		name = execDef
	}
	var ts []service.Target
	for g := range s.Resource.Prop("StackInstancesGroup").Elems() {
		for a := range g.At("DeploymentTargets", "Accounts").Elems() {
			account := cloud.Text(a)
			if account == "" {
				continue
			}
			t := service.Target{Resource: s.RoleARN(name, account), Account: account, At: a.Where(), What: "execution role in account " + account}
			t.Context.SetAbsent("sts:ExternalId")
			t.Context.SetUnknown("sts:RoleSessionName")
			ts = append(ts, t)
		}
	}
	return ts
}
