package codedeploy

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	hookPage      = "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html"
	lambdaManaged = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambda.html"
	alarmPage     = "https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html (ignorePollAlarmFailure)"
)

// trafficRows: what deployments to ECS and to Lambda share, and those to
// Lambda (rows 8h and 9 of the provider list).
var trafficRows = []service.Row{
	{
		ID: "codedeploy.lambda.alias", Caller: "service role of the deployment group",
		Actions: []string{"lambda:GetAlias", "lambda:UpdateAlias"}, Resource: "function:<function>",
		Why:  "shifts the traffic of the alias to the new version",
		Need: service.Stops, Basis: service.Documented, Source: lambdaManaged,
		Targets: alias,
	},
	{
		ID: "codedeploy.lambda.concurrency", Caller: "service role of the deployment group",
		Actions: []string{"lambda:GetProvisionedConcurrencyConfig"}, Resource: "function:<function>:<alias>",
		Why:  "waits for the provisioned concurrency of the new version",
		Need: service.Listed, Basis: service.Documented, Source: lambdaManaged,
		Targets: func(s *service.Site) []service.Target {
			ts := alias(s)
			for i := range ts {
				ts[i].Resource += ":" + match.Hole(match.Name, "the alias of the deployment")
			}
			return ts
		},
	},
	{
		ID: "codedeploy.alarms", Caller: "service role of the deployment group",
		Actions: []string{"cloudwatch:DescribeAlarms"}, Resource: "alarm:<Alarms>",
		Why:  "watches the alarms of the group; a deployment stops where their state cannot be read, unless IgnorePollAlarmFailure is set",
		Need: service.Stops, Basis: service.Documented, Source: alarmPage,
		Targets: alarms,
	},
	{
		ID: "codedeploy.hook.invoke", Caller: "service role of the deployment group",
		Actions: []string{"lambda:InvokeFunction"}, Resource: "function:<hook of the AppSpec>",
		Why:  "runs a hook of the AppSpec",
		Need: service.Stops, Basis: service.Documented, Source: hookPage,
		Targets: hooks,
	},
	{
		ID: "codedeploy.hook.answer", Caller: "role of the hook function",
		Actions: []string{"codedeploy:PutLifecycleEventHookExecutionStatus"}, Resource: "deploymentgroup:<application>/<group>",
		Why:  "tells CodeDeploy how the hook went; a hook that does not answer fails the deployment after an hour",
		Need: service.Stops, Basis: service.Documented, Source: hookPage,
		Targets: answers,
	},
}

// alias is the function whose alias the deployment moves: that of the one
// alias of the group's stack. Which alias a group serves is written in the
// alias's update policy, or in the AppSpec.
func alias(s *service.Site) []service.Target {
	if platform(s) != "Lambda" {
		return nil
	}
	name := match.Hole(match.Name, "the function of deployment group "+s.Resource.ID())
	n := 0
	for r := range s.Model.OfType("AWS::Lambda::Alias") {
		if r.Stack == s.Resource.Stack {
			n++
			if f := s.Find(r.Prop("FunctionName").Str(), "AWS::Lambda::Function"); f != nil {
				name = f.Name
			}
		}
	}
	if n > 1 {
		name = match.Hole(match.Name, "the function of deployment group "+s.Resource.ID())
	}
	return []service.Target{{Resource: s.ARN("lambda", "function:"+name), At: s.Resource.Span, What: "alias of the deployment"}}
}

func alarms(s *service.Site) []service.Target {
	c := s.Resource.Prop("AlarmConfiguration")
	if c.Get("Enabled").Str() != "true" || c.Get("IgnorePollAlarmFailure").Str() == "true" {
		return nil
	}
	var ts []service.Target
	for n := range c.Get("Alarms").Elems() {
		name := n.Get("Name").Str()
		if name == "" {
			continue
		}
		ts = append(ts, service.Target{Resource: s.ARN("cloudwatch", "alarm:"+name), At: n.Where(), What: "alarm " + name})
	}
	return ts
}

// hookNames are the functions that the AppSpec beside the template names, by
// name or ARN; appspec.yaml unless the action names another file
// (action-reference-ECSbluegreen.html, AppSpecTemplatePath).
func hookNames(s *service.Site) []*doc.Node {
	return service.Remember(s, "codedeploy.hooks", func() []*doc.Node {
		if platform(s) == "Server" {
			return nil
		}
		if s.Read == nil || s.Action == nil {
			return aliasHooks(s)
		}
		path := s.Action.Get("AppSpecTemplatePath")
		if path == "" {
			path = "appspec.yaml"
		}
		f, err := s.Read(path)
		if err != nil {
			return nil
		}
		n, _, err := load.Parse(f)
		if err != nil {
			return nil
		}
		var out []*doc.Node
		list := n.Get("Hooks")
		if list == nil {
			list = n.Get("hooks")
		}
		for h := range list.Elems() {
			for _, field := range h.Fields {
				if field.Value.Str() != "" {
					out = append(out, field.Value)
				}
			}
		}
		return out
	})
}

// aliasHooks are the functions that the update policies of the aliases name
// whose traffic the group shifts when their stack is updated
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-codedeploylambdaaliasupdate).
func aliasHooks(s *service.Site) []*doc.Node {
	var out []*doc.Node
	for r := range s.Model.OfType("AWS::Lambda::Alias") {
		u := r.Update.Get("CodeDeployLambdaAliasUpdate")
		if u == nil || r.Stack != s.Resource.Stack || !same(u.Get("DeploymentGroupName").Str(), s.Resource) {
			continue
		}
		for _, hook := range []string{"BeforeAllowTrafficHook", "AfterAllowTrafficHook"} {
			if n := u.Get(hook); n.Str() != "" {
				out = append(out, n)
			}
		}
	}
	return out
}

func same(name string, r *cloud.Resource) bool {
	return name != "" && (name == r.Name || name == r.Ref)
}

func hookFunction(s *service.Site, n *doc.Node) (a string, f *cloud.Resource) {
	name := n.Str()
	f = s.Find(name, "AWS::Lambda::Function")
	switch {
	case f != nil:
		return f.ARN, f
	case arn.Account(name) != "":
		return name, nil
	default:
		return s.ARN("lambda", "function:"+name), nil
	}
}

func hooks(s *service.Site) []service.Target {
	var ts []service.Target
	for _, n := range hookNames(s) {
		a, _ := hookFunction(s, n)
		ts = append(ts, service.Target{Resource: a, At: n.Where(), What: "hook " + n.Str()})
	}
	return ts
}

func answers(s *service.Site) []service.Target {
	var ts []service.Target
	for _, n := range hookNames(s) {
		_, f := hookFunction(s, n)
		if f == nil {
			continue
		}
		role := s.RoleARN(cloud.Text(f.Prop("Role")), f.Account)
		if role != "" {
			ts = append(ts, service.Target{Caller: iam.Principal{ARN: role}, Resource: s.Resource.ARN, Account: s.Resource.Account, At: f.Span, What: "outcome of hook " + f.Name})
		}
	}
	return ts
}
