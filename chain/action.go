package chain

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/pipeline"
	"penstock/service"
)

// RolesOf returns the roles with which an action of a pipeline runs what the
// author of a change wrote, or where it runs nothing such the role of the
// action. The action is named stage/action, with its pipeline in front where
// several have one; nil where there is none.
func RolesOf(m *cloud.Model, services []*service.Service, name string) []string {
	var out []string
	add := func(role string) {
		if role != "" && !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	for _, x := range actions(m) {
		if x.name != name && x.p.Name+"/"+x.name != name {
			continue
		}
		s := &service.Site{
			Model: m, Pipeline: x.p, Stage: x.stage, Action: x.action, Account: x.action.Account, Region: x.action.Region,
			Role: service.RoleARN(m, x.p.RoleOf(x.action), x.action.Account, x.action.Region),
		}
		n := len(out)
		for _, a := range authored(s, services) {
			add(a.Role)
		}
		if len(out) == n {
			add(s.Role)
		}
	}
	return out
}

// ActionNames lists the names that RolesOf takes, without pipelines.
func ActionNames(m *cloud.Model) []string {
	var out []string
	for _, x := range actions(m) {
		if !slices.Contains(out, x.name) && !strings.ContainsRune(x.name, 0) {
			out = append(out, x.name)
		}
	}
	return out
}

type action struct {
	name   string // stage/action
	p      *pipeline.Pipeline
	stage  *pipeline.Stage
	action *pipeline.Action
}

func actions(m *cloud.Model) []action {
	var out []action
	for p := range pipeline.Find(m) {
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				out = append(out, action{st.Name + "/" + a.Name, p, st, a})
			}
		}
	}
	return out
}
