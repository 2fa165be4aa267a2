package events

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	guide        = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
	resourcePage = guide + "eb-use-resource-based.html"
	identityPage = guide + "eb-use-identity-based.html#eb-target-permissions"
	deputyPage   = guide + "cross-service-confused-deputy-prevention.html"
	principal    = "events.amazonaws.com"
	ruleType     = "AWS::Events::Rule"
)

// jobs: a rule that matches. A delivery that fails shows nowhere but in the
// metric FailedInvocations, so that a rule whose target cannot be reached does
// nothing at all.
var jobs = []service.Job{{
	Type:  ruleType,
	Alone: alone,
	Rows: []service.Row{
		{
			ID: "events.target.assume", Caller: principal,
			Actions: []string{"sts:AssumeRole"}, Resource: "role of the target",
			Context: "aws:SourceArn = the rule, aws:SourceAccount = its account",
			Why:     "EventBridge assumes the role of the target",
			Need:    service.Stops, Basis: service.Documented, Source: deputyPage,
			Targets: assumed,
		},
		{
			ID: "events.target.resource", Caller: principal,
			Resource: "topic, queue, function or log group",
			Context:  "aws:SourceArn = the rule",
			Why:      "EventBridge delivers the event, as the policy of the target allows",
			Need:     service.Stops, Basis: service.Documented, Source: resourcePage,
			Targets: byPolicy,
		},
		{
			ID: "events.target.role", Caller: "role of the target",
			Resource: "bus, state machine, build project, pipeline, stream, cluster, API destination …",
			Why:      "EventBridge delivers the event with the role of the target",
			Need:     service.Stops, Basis: service.Documented, Source: identityPage,
			Targets: byRole,
		},
		{
			ID: "events.target.pass", Caller: "role of the target",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the task",
			Need:    service.Stops, Basis: service.Documented,
			Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html",
			Targets: func(s *service.Site) []service.Target { return passed(s, service.Stops) },
		},
		{
			// The page asks for it, and the rules that the CDK makes for tasks
			// on EC2 instances run without (aws-events-targets, EcsTask: "for
			// Fargate task we need permission to pass the task role").
			ID: "events.target.pass-ec2", Caller: "role of the target",
			Actions: []string{"iam:PassRole"}, Resource: "task role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the task role of the task definition to a task on EC2 instances",
			Need:    service.Listed, Basis: service.Documented,
			Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html",
			Targets: func(s *service.Site) []service.Target { return passed(s, service.Listed) },
		},
		{
			ID: "events.dlq", Caller: principal,
			Actions: []string{"sqs:SendMessage"}, Resource: "<DeadLetterConfig.Arn>",
			Context: "aws:SourceArn = the rule",
			Why:     "keeps events that could not be delivered",
			Need:    service.Degrades, Lost: "events that are not delivered are lost", Basis: service.Documented,
			Source:  guide + "eb-rule-dlq.html#eb-dlq-perms",
			Targets: deadLetters,
		},
	},
}}

// alone reports whether the rule does anything but start pipelines of the
// stacks.
func alone(s *service.Site) bool {
	return s.Resource.Prop("State").Str() != "DISABLED" &&
		slices.ContainsFunc(targets(s), func(t *target) bool { return !inPipeline(s, t) })
}

// A target is one target of the site's rule.
type target struct {
	node *doc.Node
	arn  arn.ARN
	text string // the ARN as given
	role string // "" where the target has none
	at   source.Span
}

func (t *target) service() string { return t.arn.Service }

// targets reads those whose ARN can be told apart; the rule's own RoleArn
// stands in for one that a target does not have
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html#cfn-events-rule-rolearn).
func targets(s *service.Site) []*target {
	return service.Remember(s, "events.targets", func() []*target {
		var ts []*target
		for n := range s.Resource.Prop("Targets").Elems() {
			text := cloud.Text(n.Get("Arn"))
			a, err := arn.Parse(text)
			if err != nil {
				if text != "" {
					s.Model.Assume("what rule " + match.Render(s.Resource.Name) + " delivers to (" + match.Render(text) + ") is not known, and taken to be reached")
				}
				continue
			}
			role := n.Get("RoleArn")
			if role == nil {
				role = s.Resource.Prop("RoleArn")
			}
			ts = append(ts, &target{n, a, text, s.RoleARN(cloud.Text(role), s.Resource.Account), n.Where()})
		}
		return ts
	})
}

// policed are the targets that EventBridge reaches by their own policy, and
// what it calls there.
var policed = map[string][]string{
	"sns": {"sns:Publish"}, "sqs": {"sqs:SendMessage"}, "lambda": {"lambda:InvokeFunction"},
	"logs": {"logs:CreateLogStream", "logs:PutLogEvents"},
}

// roled are the targets that EventBridge reaches with the role of the target.
// The targets of ECS, Batch and Systems Manager have more to say.
var roled = map[string][]string{
	"events": {"events:PutEvents"}, "states": {"states:StartExecution"}, "codebuild": {"codebuild:StartBuild"},
	"codepipeline": {"codepipeline:StartPipelineExecution"}, "kinesis": {"kinesis:PutRecord"},
	"firehose": {"firehose:PutRecord"}, "ecs": {"ecs:RunTask"},
}

// from is what EventBridge sends with its calls: the rule, and its account.
// Of the account only the page for roles speaks.
func from(s *service.Site) iam.Context {
	c := service.Context("aws:SourceArn", s.Resource.ARN)
	c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: true})
	// The policy that a topic has by default lets nothing through that
	// EventBridge sends: a statement of one's own is needed
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-no-messages-published-sns).
	c.SetAbsent("aws:SourceOwner")
	return c
}

func assumed(s *service.Site) []service.Target {
	var ts []service.Target
	seen := map[string]bool{}
	for _, t := range targets(s) {
		if t.role == "" || seen[t.role] || inPipeline(s, t) || policed[t.service()] != nil && t.arn.Account == s.Resource.Account {
			continue
		}
		seen[t.role] = true
		ts = append(ts, service.Target{
			Caller: iam.Principal{Service: principal}, Resource: t.role, Account: arn.Account(t.role), At: t.at,
			What: "role of the target", Context: service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account),
		})
	}
	return ts
}

// inPipeline reports whether the target is a pipeline of the stacks, which is
// walked with its triggers.
func inPipeline(s *service.Site, t *target) bool {
	r := s.Model.Resource(t.text)
	return r != nil && r.Type == "AWS::CodePipeline::Pipeline"
}

func byPolicy(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range targets(s) {
		actions := policed[t.service()]
		if actions == nil || t.role != "" && t.arn.Account != s.Resource.Account {
			continue
		}
		out := service.Target{
			Caller: iam.Principal{Service: principal}, Resource: t.text, Account: t.arn.Account, At: t.at,
			What: what(t), Only: actions, Context: from(s), Starts: started(s, t),
		}
		if t.role != "" {
			out.Missing = []string{"whether EventBridge uses the role of target " + match.Render(t.node.Get("Id").Str()) + ", which AWS says not to give to such a target, or the policy of the target"}
		}
		if t.service() == "logs" {
			group := strings.TrimSuffix(t.text, ":*")
			if s.Model.Resource(group) == nil {
				out.Missing = append(out.Missing, "the policies of CloudWatch Logs for "+match.Render(group)+", which no stack declares")
			}
			out.Resource = group + ":log-stream:" + match.Hole(match.Name, "the stream of the rule")
		}
		ts = append(ts, out)
	}
	return ts
}

func byRole(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range targets(s) {
		actions := roled[t.service()]
		switch {
		case t.role == "" || inPipeline(s, t):
			continue
		case policed[t.service()] != nil && t.arn.Account != s.Resource.Account:
			// Delivery to another account is with the role, which the policy of
			// the target has to let in as well
			// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html).
			actions = policed[t.service()]
		case t.service() == "events" && strings.HasPrefix(t.arn.Resource, "api-destination/"):
			actions = []string{"events:InvokeApiDestination"}
		case actions == nil:
			s.Model.Assume("what rule " + match.Render(s.Resource.Name) + " calls at " + match.Render(t.text) + " is not in the catalogue, and taken to be allowed")
			continue
		}
		out := service.Target{
			Caller: iam.Principal{ARN: t.role}, Resource: t.text, Account: t.arn.Account, At: t.at,
			What: what(t), Only: actions, Starts: started(s, t),
		}
		if t.service() == "ecs" {
			out = runTask(s, t, out)
			if out.Resource == "" {
				continue
			}
		}
		if t.arn.Region != "" {
			out.Region = t.arn.Region
		}
		ts = append(ts, out)
	}
	return ts
}

// runTask: a target of ECS is a cluster, and what is run a task definition.
// A task definition without a revision is named with "*" in its place in the
// request, as the page's example has it.
func runTask(s *service.Site, t *target, out service.Target) service.Target {
	def := cloud.Text(t.node.At("EcsParameters", "TaskDefinitionArn"))
	out.Resource, out.Context = def, service.Context("ecs:cluster", t.text)
	for _, k := range []string{"ecs:capacity-provider", "ecs:enable-execute-command", "ecs:enable-ebs-volumes", "ecs:enable-ecs-managed-tags", "ecs:propagate-tags", "ecs:subnet", "ecs:auto-assign-public-ip"} {
		out.Context.SetUnknown(k)
	}
	out.What, out.Starts = "task definition "+match.Render(name(def)), definition(s, def)
	if a, err := arn.Parse(def); err == nil {
		out.Account = a.Account
		if i := strings.IndexByte(a.Resource, '/'); i >= 0 && !strings.Contains(a.Resource[i:], ":") {
			out.Resource += ":" + match.Hole(match.Name, "the latest revision of "+name(def))
		}
	}
	return out
}

// definition returns the declared task definition that text names, by ARN
// with or without a revision, nil where there is none.
func definition(s *service.Site, text string) *cloud.Resource {
	const typ = "AWS::ECS::TaskDefinition"
	if r := s.Find(text, typ); r != nil {
		return r
	}
	fam, _, _ := strings.Cut(name(text), ":")
	for r := range s.Model.OfType(typ) {
		if r.Account == s.Account && r.Region == s.Region && fam != "" && r.Name == fam {
			return r
		}
	}
	return nil
}

func name(a string) string {
	if x, err := arn.Parse(a); err == nil {
		return x.Name()
	}
	return a
}

// passed are the roles of the task definition: with Listed the task roles of
// tasks on EC2 instances, else all others.
func passed(s *service.Site, need service.Need) []service.Target {
	var ts []service.Target
	for _, t := range targets(s) {
		if t.service() != "ecs" || t.role == "" {
			continue
		}
		def := definition(s, cloud.Text(t.node.At("EcsParameters", "TaskDefinitionArn")))
		if def == nil {
			continue
		}
		seen := ""
		for _, p := range [...]struct{ prop, what string }{{"ExecutionRoleArn", "task execution role"}, {"TaskRoleArn", "task role"}} {
			role := s.RoleARN(cloud.Text(def.Prop(p.prop)), def.Account)
			if role == "" || role == seen {
				continue
			}
			seen = role
			if (p.prop == "TaskRoleArn" && onInstances(t.node.Get("EcsParameters"), def)) != (need == service.Listed) {
				continue
			}
			ts = append(ts, service.Target{
				Caller: iam.Principal{ARN: t.role}, Resource: role, Account: arn.Account(role), At: t.at, What: p.what,
				Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
			})
		}
	}
	return ts
}

// onInstances reports whether a task surely runs on EC2 instances: that is the
// launch type where the target names none, nor a capacity provider, and the
// task definition is not for Fargate
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html, launchType).
func onInstances(params *doc.Node, def *cloud.Resource) bool {
	for n := range def.Prop("RequiresCompatibilities").Elems() {
		if n.Str() != "EC2" {
			return false
		}
	}
	launch := params.Get("LaunchType")
	return params.Get("CapacityProviderStrategy") == nil && (launch == nil || launch.Str() == "EC2")
}

// started is the declared resource that the event sets going.
func started(s *service.Site, t *target) *cloud.Resource {
	r := s.Model.Resource(t.text)
	if r == nil && t.service() == "lambda" {
		r = s.Model.Owner(t.text) // an alias or a version of it
	}
	if r == nil {
		return nil
	}
	switch r.Type {
	case "AWS::CodeBuild::Project", "AWS::StepFunctions::StateMachine", "AWS::Lambda::Function":
		return r
	}
	return nil
}

func what(t *target) string {
	kind := map[string]string{
		"sns": "topic ", "sqs": "queue ", "lambda": "function ", "logs": "log group ", "states": "state machine ",
		"codebuild": "build project ", "codepipeline": "pipeline ", "kinesis": "stream ", "ecs": "cluster ",
	}[t.service()]
	return kind + match.Render(t.arn.Name())
}

func deadLetters(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range targets(s) {
		n := t.node.At("DeadLetterConfig", "Arn")
		queue := cloud.Text(n)
		if queue == "" {
			continue
		}
		ts = append(ts, service.Target{
			Caller: iam.Principal{Service: principal}, Resource: queue, Account: arn.Account(queue), At: n.Where(),
			What: "dead-letter queue", Context: from(s),
		})
	}
	return ts
}
