package lambda

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	invokePage        = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html"
	jobPage           = "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html"
	rulePage          = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-LambdaInvoke.html"
	deployPage        = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html"
	deployPermissions = deployPage + "#action-reference-LambdaDeploy-permissions-action"
	versionPage       = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html"
)

// actions: the invoke action and the rule that invokes a function (row 12 of
// the provider list), and the action that deploys one.
var actions = []service.Action{
	{
		Category: "Invoke", Owner: "AWS", Provider: "Lambda", Artifacts: "action",
		Rows: []service.Row{
			invoke("lambda.invoke", service.Documented, invokePage+"#edit-role-lambda"),
			{
				ID: "lambda.invoke.list", Caller: "pipeline or action role",
				Actions: []string{"lambda:ListFunctions"}, Resource: "*",
				Why:  "lists the functions",
				Need: service.Listed, Basis: service.Documented, Source: invokePage + "#edit-role-lambda",
				Targets: func(s *service.Site) []service.Target { return []service.Target{{Resource: "*"}} },
			},
			{
				ID: "lambda.answer", Caller: "role of the function",
				Actions: []string{"codepipeline:PutJobSuccessResult"}, Resource: "*",
				Why:  "tells CodePipeline that the job is done; without an answer the action waits until its time is over and fails",
				Need: service.Stops, Basis: service.Documented, Source: jobPage + "#actions-invoke-lambda-function-create-function",
				Targets: answer,
			},
			{
				ID: "lambda.answer.failure", Caller: "role of the function",
				Actions: []string{"codepipeline:PutJobFailureResult"}, Resource: "*",
				Why:  "tells CodePipeline that the job failed",
				Need: service.Degrades, Lost: "a job that fails leaves the action waiting until its time is over", Basis: service.Documented,
				Source:  jobPage + "#actions-invoke-lambda-function-create-function",
				Targets: answer,
			},
		},
	},
	{
		Category: "Rule", Owner: "AWS", Provider: "LambdaInvoke",
		Rows: []service.Row{
			invoke("lambda.rule", service.Documented, rulePage),
			{
				ID: "lambda.rule.answer", Caller: "role of the function",
				Actions: []string{"codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"}, Resource: "*",
				Why:  "tells CodePipeline whether the condition is met, as the function of an action does",
				Need: service.Listed, Basis: service.Reasoned, Source: rulePage,
				Targets: answer,
			},
		},
	},
	{
		Category: "Deploy", Owner: "AWS", Provider: "Lambda", Artifacts: "action",
		Rows: []service.Row{
			{
				ID: "lambda.deploy.code", Caller: "pipeline or action role",
				Actions: []string{"lambda:UpdateFunctionCode", "lambda:PublishVersion"}, Resource: "function:<FunctionName>",
				Why:  "deploys the artifact and makes a version of it",
				Need: service.Stops, Basis: service.Documented, Source: deployPage + " (FunctionAlias)",
				Targets: func(s *service.Site) []service.Target {
					if len(s.Action.Inputs) == 0 {
						return nil // it deploys a version that there is
					}
					return functions(s, true)
				},
			},
			{
				ID: "lambda.deploy.alias", Caller: "pipeline or action role",
				Actions: []string{"lambda:GetAlias", "lambda:UpdateAlias"}, Resource: "function:<FunctionName>",
				Why:  "shifts the alias to the new version",
				Need: service.Stops, Basis: service.Documented, Source: deployPage + " (FunctionAlias, DeployStrategy); " + versionPage,
				Targets: func(s *service.Site) []service.Target {
					if s.Action.Get("FunctionAlias") == "" {
						return nil
					}
					return functions(s, true)
				},
			},
			{
				ID: "lambda.deploy.look", Caller: "pipeline or action role",
				Actions: []string{"lambda:GetFunctionConfiguration"}, Resource: "function:<FunctionName>",
				Why:  "waits until the new code is in place",
				Need: service.Listed, Basis: service.Documented, Source: deployPermissions,
				Targets: func(s *service.Site) []service.Target { return functions(s, true) },
			},
			{
				ID: "lambda.deploy.concurrency", Caller: "pipeline or action role",
				Actions: []string{"lambda:GetProvisionedConcurrencyConfig"}, Resource: "function:<FunctionName>:<FunctionAlias>",
				Why:  "looks at the provisioned concurrency of the alias",
				Need: service.Listed, Basis: service.Documented, Source: deployPermissions,
				Targets: func(s *service.Site) []service.Target {
					alias := s.Action.Get("FunctionAlias")
					if alias == "" {
						return nil
					}
					ts := functions(s, true)
					for i := range ts {
						ts[i].Resource += ":" + alias
					}
					return ts
				},
			},
			{
				ID: "lambda.deploy.alarms", Caller: "pipeline or action role",
				Actions: []string{"cloudwatch:DescribeAlarms"}, Resource: "alarm:<Alarms>",
				Why:  "watches the alarms of the deployment",
				Need: service.Stops, Basis: service.Documented, Source: deployPage + " (Alarms)",
				Targets: alarms,
			},
			{
				ID: "lambda.deploy.log", Caller: "pipeline or action role",
				Actions: []string{"logs:CreateLogGroup"}, Resource: "log-group:/aws/codepipeline/<pipeline>",
				Why:  "makes the log group of the deployment, unless the stacks declare it",
				Need: service.Listed, Basis: service.Documented, Source: deployPermissions,
				Targets: func(s *service.Site) []service.Target {
					group := deployLog(s)
					if s.Find(group, "AWS::Logs::LogGroup") != nil {
						return nil
					}
					return []service.Target{{
						Resource: s.ARN("logs", "log-group:"+group), Or: s.ARN("logs", "log-group:"+group+":log-stream:"), What: "log group " + group, At: s.Action.Span,
					}}
				},
			},
			{
				ID: "lambda.deploy.stream", Caller: "pipeline or action role",
				Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "log-group:/aws/codepipeline/<pipeline>:log-stream:<execution>",
				Why:  "writes the log of the deployment",
				Need: service.Listed, Basis: service.Documented, Source: deployPermissions,
				Targets: func(s *service.Site) []service.Target {
					return []service.Target{{
						Resource: s.ARN("logs", "log-group:"+deployLog(s)+":log-stream:"+match.Hole(match.Name, "the log stream of the action")),
						What:     "log of the action", At: s.Action.Span,
					}}
				},
			},
		},
	},
}

// deployLog is the log group of the action. Its page has
// /us-east-1/codepipeline/<pipeline> where those of all other actions have
// /aws/codepipeline/<pipeline>, which is taken to be meant.
func deployLog(s *service.Site) string { return "/aws/codepipeline/" + s.Pipeline.Name }

// alarms are those that the deployment watches, by name, with commas between.
func alarms(s *service.Site) []service.Target {
	n := s.Action.Config.Get("Alarms")
	var ts []service.Target
	for name := range strings.SplitSeq(cloud.Text(n), ",") {
		if name = strings.TrimSpace(name); name != "" {
			ts = append(ts, service.Target{Resource: s.ARN("cloudwatch", "alarm:"+name), At: n.Where(), What: "alarm " + match.Render(name)})
		}
	}
	return ts
}

func invoke(id string, basis service.Basis, source string) service.Row {
	return service.Row{
		ID: id, Caller: "pipeline or action role",
		Actions: []string{"lambda:InvokeFunction"}, Resource: "function:<FunctionName>",
		Why:  "runs the function",
		Need: service.Stops, Basis: basis, Source: source,
		Targets: func(s *service.Site) []service.Target { return functions(s, false) },
	}
}

// config is the configuration of the action, or of the rule.
func config(s *service.Site) *doc.Node {
	switch {
	case s.Rule != nil:
		return s.Rule.Config
	case s.Action != nil:
		return s.Action.Config
	default:
		return nil
	}
}

// named returns the function that the configuration names, and its ARN with
// the qualifier that it names: by name or ARN, of a function, a version or an
// alias.
func named(s *service.Site) (target string, f *cloud.Resource) {
	name := cloud.Text(config(s).Get("FunctionName"))
	if name == "" {
		return "", nil
	}
	plain, qualifier := function(name)
	if f = s.Find(name, functionType); f == nil {
		if q := s.Find(name, "AWS::Lambda::Alias", "AWS::Lambda::Version"); q != nil {
			return q.ARN, s.Find(cloud.Text(q.Prop("FunctionName")), functionType)
		}
		f = s.Find(plain, functionType)
	}
	switch {
	case f != nil:
		return f.ARN + qualifier, f
	case arn.Account(name) != "":
		return name, nil
	default:
		return s.ARN("lambda", "function:"+plain+qualifier), nil
	}
}

// functions: what is deployed to is the function, whatever its qualifier.
func functions(s *service.Site, whole bool) []service.Target {
	target, f := named(s)
	if target == "" {
		return nil
	}
	if whole && f != nil {
		target = f.ARN
	}
	t := service.Target{Resource: target, Account: arn.Account(target), At: config(s).Get("FunctionName").Where(), What: "function " + match.Render(target)}
	if f != nil {
		t.What = "function " + f.Name
		if !whole {
			t.Starts = f
		}
	}
	return []service.Target{t}
}

// answer: the function itself answers, or hands the job on to something that
// does, which no template tells.
func answer(s *service.Site) []service.Target {
	_, f := named(s)
	if f == nil {
		return nil
	}
	role := s.RoleARN(cloud.Text(f.Prop("Role")), f.Account)
	if role == "" {
		return nil
	}
	return []service.Target{{Caller: iam.Principal{ARN: role}, Resource: "*", Account: f.Account, Region: f.Region, At: f.Prop("Role").Where(), What: "job of the pipeline"}}
}
