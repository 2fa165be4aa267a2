package cloudformation

import (
	"strings"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/iam"
	"penstock/service"
)

// references are the parameters and secrets that the resources of the stack
// name by dynamic references. That the caller may read them in the place of
// the execution role is taken to do.
func references(s *service.Site) []service.Target {
	role, _, rs := resources(s)
	var ts []service.Target
	seen := map[string]bool{}
	for _, r := range rs {
		for _, ref := range r.Stack.Resolves {
			if ref.Resource != r.LogicalID {
				continue
			}
			t, action := s.Parameter(r.Region, ref.Name), "ssm:GetParameters"
			switch ref.Service {
			case "ssm", "ssm-secure":
				if strings.HasPrefix(ref.Name, "/aws/service/") {
					continue
				}
			case "secretsmanager":
				t, action = s.Secret(r.Region, ref.Name), "secretsmanager:GetSecretValue"
			default:
				continue
			}
			if t.Resource == "" || seen[t.Resource] {
				continue
			}
			seen[t.Resource] = true
			t.At, t.Only = ref.At, []string{action}
			own := t
			t.Caller, t.Instead = iam.Principal{ARN: role}, &own
			ts = append(ts, t)
		}
	}
	return ts
}

// parameters are the SSM parameters that a template names by default. That the
// caller may read them in the place of the execution role is taken to do.
func parameters(s *service.Site) []service.Target {
	role, _, rs := resources(s)
	st := deployed(s)
	if role == "" || st == nil || st.File == nil || len(rs) == 0 {
		return nil
	}
	root, _, err := load.Parse(st.File)
	if err != nil {
		return nil
	}
	ps := root.Get("Parameters")
	if ps == nil || ps.Kind != doc.Map {
		return nil
	}
	var ts []service.Target
	for _, f := range ps.Fields {
		name := f.Value.Get("Default").Str()
		if !strings.HasPrefix(f.Value.Get("Type").Str(), "AWS::SSM::Parameter::Value<") || name == "" || strings.HasPrefix(name, "/aws/service/") {
			continue
		}
		name, _, _ = strings.Cut(name, ":")
		t := s.Parameter(st.Region, name)
		t.At, t.Only = s.Action.Config.Get("TemplatePath").Where(), []string{"ssm:GetParameters"}
		own := t
		t.Caller, t.Instead = iam.Principal{ARN: role}, &own
		ts = append(ts, t)
	}
	return ts
}
