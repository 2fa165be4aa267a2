package compile

import (
	"encoding/json"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

func init() { deployers[spec.CloudFormation] = (*builder).cloudformation }

// cloudformation deploys a stack: by default it makes a change set and then
// executes it. What the stack holds is made by a role of the same account,
// which CloudFormation alone may assume: a role cannot be passed to another
// account
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html).
func (b *builder) cloudformation(s *spec.Stage, st *blueprint.Stack, _ *role, in string) []blueprint.Map {
	d := s.Deploy
	home := b.target(d.Account, d.Regions[0])
	exec := b.once(home, s.Name+"-cloudformation", "CloudFormation makes the resources of the stack with this role. No person and no other service may assume it.")
	exec.makes = true
	if st == home {
		for _, p := range d.Allow {
			exec.allow(p)
		}
	}
	stack := d.StackName
	if stack == "" {
		stack = b.spec.Project + "-" + s.Name
	}
	name := b.project(blueprint.Lit(stack))
	template := in + "::" + d.Template
	config := blueprint.KV("ActionMode", "CREATE_UPDATE", "StackName", name, "TemplatePath", blueprint.Lit(template), "RoleArn", b.arn(exec, b.tools()))
	if len(d.Capabilities) > 0 {
		config.Set("Capabilities", strings.Join(d.Capabilities, ","))
	}
	if d.Configuration != "" {
		config.Set("TemplateConfiguration", blueprint.Lit(in+"::"+d.Configuration))
	}
	if len(d.Parameters) > 0 {
		config.Set("ParameterOverrides", blueprint.Lit(overrides(d.Parameters, in)))
	}
	title := "Deploy" + ident(s.Name)
	if !d.ChangeSet {
		return []blueprint.Map{action(title, "Deploy", "AWS", "CloudFormation", config, []string{in}, nil, "")}
	}
	config.Set("ActionMode", "CHANGE_SET_REPLACE")
	config.Set("ChangeSetName", blueprint.Sub("${ProjectName}-change"))
	first := action(title+"Changes", "Deploy", "AWS", "CloudFormation", config, []string{in}, nil, "")
	first.Set("RunOrder", 1)
	second := action(title, "Deploy", "AWS", "CloudFormation",
		blueprint.KV("ActionMode", "CHANGE_SET_EXECUTE", "StackName", name, "ChangeSetName", blueprint.Sub("${ProjectName}-change")), nil, nil, "")
	second.Set("RunOrder", 2)
	return []blueprint.Map{first, second}
}

// overrides are parameters as CodePipeline takes them: JSON, in their order.
// The value artifact:bucket is the bucket of the artifact that is deployed, and
// artifact:key its key: code that lies in the artifact is approved and sealed
// with it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html).
func overrides(vs []spec.Variable, in string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range vs {
		if i > 0 {
			b.WriteString(", ")
		}
		// A string always has a JSON form.
		name, _ := json.Marshal(v.Name)
		value, _ := json.Marshal(v.Value)
		if attr := map[string]string{"artifact:bucket": "BucketName", "artifact:key": "ObjectKey"}[v.Value]; attr != "" {
			value, _ = json.Marshal(map[string][]string{"Fn::GetArtifactAtt": {in, attr}})
		}
		b.Write(name)
		b.WriteString(": ")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.String()
}
