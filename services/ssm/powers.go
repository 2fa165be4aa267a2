package ssm

import (
	"slices"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const (
	apiPage  = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
	ssmGuide = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
)

// powers: Systems Manager runs commands on instances, which have their role,
// and automations with a role that it is passed.
var powers = []service.Power{
	{
		ID: "ssm.send-command", Kind: service.Execute,
		Why:   "runs commands on an instance, which has the role of its profile",
		Basis: service.Documented, Source: apiPage + "API_SendCommand.html; " + ssmGuide + "run-command.html",
		Find: func(m *cloud.Model) []service.Gain {
			return instances(m, "runs commands on the instance", "ssm:SendCommand", "ssm:CreateAssociation", "ssm:StartAssociationsOnce")
		},
	},
	{
		ID: "ssm.start-session", Kind: service.Execute,
		Why:   "opens a shell on an instance, which has the role of its profile",
		Basis: service.Documented, Source: apiPage + "API_StartSession.html; " + ssmGuide + "session-manager.html",
		Find: func(m *cloud.Model) []service.Gain { return instances(m, "opens a shell", "ssm:StartSession") },
	},
	{
		ID: "ssm.automation", Kind: service.Execute,
		Why:   "runs an automation of its own with a role that it passes",
		Basis: service.Documented, Source: apiPage + "API_StartAutomationExecution.html; " + ssmGuide + "automation-setup.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, "ssm.amazonaws.com", "an automation", func(role string) []service.PowerCall {
				account := arn.Account(role)
				return []service.PowerCall{
					{Actions: []string{"ssm:StartAutomationExecution", "ssm:StartChangeRequestExecution", "ssm:RegisterTaskWithMaintenanceWindow"}, Account: account, Why: "runs an automation with the role"},
				}
			})
		},
	},
	{
		ID: "ssm.document", Kind: service.Tamper,
		Why:   "changes a document that runs on instances or as an automation",
		Basis: service.Documented, Source: apiPage + "API_UpdateDocument.html; " + apiPage + "API_UpdateDocumentDefaultVersion.html",
		Find: service.Change("AWS::SSM::Document", "document", service.TouchesDefinition, "changes the document",
			"ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:DeleteDocument", "ssm:ModifyDocumentPermission"),
	},
	{
		ID: "ssm.parameter", Kind: service.Tamper,
		Why:   "changes a parameter that builds, containers or templates read",
		Basis: service.Documented, Source: apiPage + "API_PutParameter.html",
		Find: func(m *cloud.Model) []service.Gain { return parameters(m) },
	},
	{
		ID: "ssm.session-log", Kind: service.Blind,
		Why:   "changes where sessions are logged",
		Basis: service.Documented, Source: ssmGuide + "session-manager-logging.html",
		Find: sessionLogs,
	},
}

// instances: by SSM a command reaches what the caller may send it to, an
// instance by its id, which a template does not know, and by its tags.
func instances(m *cloud.Model, why string, actions ...string) []service.Gain {
	var gs []service.Gain
	seen := map[string]bool{}
	for _, st := range m.Stacks {
		at := st.Account + " " + st.Region
		if seen[at] {
			continue
		}
		seen[at] = true
		s := service.Site{Model: m, Account: st.Account, Region: st.Region}
		for _, i := range s.Instances(func(map[string]string) bool { return true }) {
			if i.Role == "" {
				continue
			}
			on := i.Resource.ARN
			if i.Resource.Type != "AWS::EC2::Instance" {
				on = s.ARN("ec2", "instance/"+match.Hole(match.ID, "an instance of "+i.Resource.ID()))
			}
			agent := service.PowerCall{
				Actions: []string{"ssmmessages:CreateControlChannel", "ssm:UpdateInstanceInformation", "ec2messages:GetMessages"},
				Account: st.Account, Why: "has the agent of Systems Manager",
			}
			agent.Caller.ARN = i.Role
			call := service.PowerCall{Actions: actions, Resources: []string{on}, Account: st.Account, Why: why}
			for k, v := range i.Tags {
				call.Context.Set("ssm:resourceTag/"+k, v)
				call.Context.Set("aws:ResourceTag/"+k, v)
			}
			gs = append(gs, service.Gain{
				Calls: []service.PowerCall{call, agent}, Principal: i.Role, Resource: i.Resource, Touches: service.TouchesTarget,
				What: "instance " + match.Render(service.Called(i.Resource)), Maybe: i.Resource.Maybe,
			})
		}
	}
	return gs
}

// readers are the properties by which a resource takes in a parameter: the
// types of variables, and the names of dynamic references are not looked for.
func parameters(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	read := map[string][]*cloud.Resource{}
	note := func(r *cloud.Resource, name string) {
		if name != "" && !slices.Contains(read[name], r) {
			read[name] = append(read[name], r)
		}
	}
	for r := range m.OfType("AWS::CodeBuild::Project") {
		for v := range r.Prop("Environment", "EnvironmentVariables").Elems() {
			if v.Get("Type").Str() == "PARAMETER_STORE" {
				note(r, cloud.Text(v.Get("Value")))
			}
		}
	}
	for r := range m.OfType("AWS::ECS::TaskDefinition") {
		for c := range r.Prop("ContainerDefinitions").Elems() {
			for v := range c.Get("Secrets").Elems() {
				note(r, cloud.Text(v.Get("ValueFrom")))
			}
		}
	}
	names := make([]string, 0, len(read))
	for name := range read {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, r := range read[name] {
			s := service.Site{Model: m, Account: r.Account, Region: r.Region}
			on := name
			if a, err := arn.Parse(name); err != nil {
				for len(name) > 0 && name[0] == '/' {
					name = name[1:]
				}
				on = s.ARN("ssm", "parameter/"+name)
			} else if a.Service != "ssm" {
				continue
			}
			gs = append(gs, service.Gain{
				Calls: []service.PowerCall{{
					Actions: []string{"ssm:PutParameter", "ssm:DeleteParameter"}, Resources: []string{on}, Account: arn.Account(on), Why: "changes the parameter",
				}},
				Resource: r, Touches: service.TouchesTarget, What: "parameter " + match.Render(name) + " of " + match.Render(service.Called(r)), Maybe: r.Maybe,
			})
		}
	}
	return gs
}

func sessionLogs(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::SSM::Document", func(r *cloud.Resource) []service.Gain {
		if r.Prop("DocumentType").Str() != "Session" {
			return nil
		}
		return []service.Gain{{
			Calls:    []service.PowerCall{service.On(r, "changes the session preferences", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:DeleteDocument")},
			Resource: r, What: "session log of document " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}
