package states

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/sdk"
	"penstock/source"
)

const (
	guide     = "https://docs.aws.amazon.com/step-functions/latest/dg/"
	caller    = "states.amazonaws.com"
	rolePage  = guide + "procedure-create-iam-role.html"
	tasksPage = guide + "service-integration-iam-templates.html"
	syncPage  = guide + "connect-to-resource.html#connect-sync"
	logPage   = guide + "cw-logs.html#cloudwatch-iam-policy"
)

// jobs: an execution of a machine, with the role of the machine.
var jobs = []service.Job{{
	Type: machineType, Role: machineRole, Principal: caller,
	Assume:       assume,
	AssumeSource: rolePage + "#prevent-cross-service-confused-deputy",
	Alone:        func(*service.Site) bool { return true },
	Rows: []service.Row{
		{
			ID: "states.task.assume", Caller: "role of the state machine",
			Actions: []string{"sts:AssumeRole"}, Resource: "<Credentials.RoleArn>",
			Why:  "takes on the role of the task",
			Need: service.Stops, Basis: service.Documented, Source: guide + "concepts-access-cross-acct-resources.html",
			Targets: credentials,
		},
		{
			ID: "states.task", Caller: "role of the state machine",
			Resource: "what the task names",
			Why:      "the call of a task",
			Need:     service.Stops, Basis: service.Documented, Source: tasksPage,
			Targets: called,
		},
		{
			ID: "states.task.pass", Caller: "role of the state machine",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the task",
			Need:    service.Stops, Basis: service.Documented, Source: guide + "connect-ecs.html#ecs-iam",
			Targets: passed,
		},
		{
			ID: "states.task.wait", Caller: "role of the state machine",
			Resource: "the rule that Step Functions manages, and what it started",
			Why:      "waits for the end of what a .sync task started; asked when the machine is made",
			Made:     true, Need: service.Stops, Basis: service.Documented, Source: syncPage,
			Targets: func(s *service.Site) []service.Target { return waits(s, service.Stops) },
		},
		{
			ID: "states.task.stop", Caller: "role of the state machine",
			Resource: "what a .sync task started",
			Why:      "stops what a .sync task started, when the execution is stopped",
			Need:     service.Listed, Basis: service.Documented, Source: syncPage,
			Targets: func(s *service.Site) []service.Target { return waits(s, service.Listed) },
		},
		{
			ID: "states.map", Caller: "role of the state machine",
			Actions: []string{"states:StartExecution"}, Resource: "<the machine itself>",
			Why:  "starts the child executions of a Map state in distributed mode",
			Need: service.Stops, Basis: service.Documented, Source: guide + "iam-policies-eg-dist-map.html",
			Targets: func(s *service.Site) []service.Target {
				if !read(s).distributed {
					return nil
				}
				return []service.Target{{Resource: s.Resource.ARN, Account: s.Resource.Account, At: s.Resource.Span, What: "its own child executions"}}
			},
		},
		{
			// "The state machine IAM Role is not authorized to access the Log
			// Destination", when the machine is made. None of the actions takes a
			// resource.
			ID: "states.logs", Caller: "role of the state machine",
			Actions: []string{
				"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:ListLogDeliveries",
				"logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
			},
			Resource: "*", Why: "sets up the delivery of its log (LoggingConfiguration)",
			Made: true, Need: service.Stops, Basis: service.Documented, Source: logPage,
			Targets: logging,
		},
		{
			ID: "states.logs.delete", Caller: "role of the state machine",
			Actions: []string{"logs:DeleteLogDelivery"}, Resource: "*",
			Why:  "takes the delivery of its log down again",
			Need: service.Listed, Basis: service.Documented, Source: logPage,
			Targets: func(s *service.Site) []service.Target {
				ts := logging(s)
				for i := range ts {
					ts[i].Only = nil
				}
				return ts[:min(1, len(ts))]
			},
		},
		{
			ID: "states.trace", Caller: "role of the state machine",
			Actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, Resource: "*",
			Why:  "sends traces (TracingConfiguration)",
			Need: service.Degrades, Lost: "there are no traces", Basis: service.Documented, Source: guide + "concepts-xray-tracing.html",
			Targets: func(s *service.Site) []service.Target {
				n := s.Resource.Prop("TracingConfiguration", "Enabled")
				if n.Str() != "true" {
					return nil
				}
				return []service.Target{{Resource: "*", At: n.Where(), What: "traces"}}
			},
		},
		{
			ID: "states.key", Caller: "role of the state machine",
			Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: "<EncryptionConfiguration.KmsKeyId>",
			Why:  "encrypts and decrypts the data of its executions",
			Need: service.Stops, Basis: service.Documented, Source: guide + "encryption-at-rest.html",
			Targets: key,
		},
	},
}}

func machineRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("RoleArn")
	name := cloud.Text(n)
	if name == "" {
		name = match.Hole(match.Path, "the role of "+s.Resource.ID()) // CloudFormation requires one
	}
	return s.RoleARN(name, s.Resource.Account), n.Where()
}

func assume(s *service.Site) iam.Context {
	return service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
}

func credentials(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range read(s).tasks {
		if t.role != "" {
			ts = append(ts, service.Target{Resource: t.role, Account: arn.Account(t.role), At: t.node.Get("Credentials").Where(), What: "role of task " + t.name})
		}
	}
	return ts
}

func key(s *service.Site) []service.Target {
	e := s.Resource.Encryption
	if e == nil || e.Mode != cloud.Customer {
		return nil
	}
	t := service.Target{Resource: e.Key, Account: arn.Account(e.Key), At: e.Span, What: "key of the state machine"}
	t.Context.Open = true
	t.Context.Set("kms:EncryptionContext:aws:states:stateMachineArn", s.Resource.ARN)
	return []service.Target{t}
}

func logging(s *service.Site) []service.Target {
	n := s.Resource.Prop("LoggingConfiguration")
	for range n.Get("Destinations").Elems() {
		if l := n.Get("Level").Str(); l != "" && l != "OFF" {
			t := service.Target{Resource: "*", At: n.Where(), What: "log of the state machine"}
			// AWS's page has "*" for all of them; roles that have the logs of
			// the account and region for some are in use (AWS Solutions
			// Constructs, S3 to Step Functions).
			u := t
			u.Or = s.ARN("logs", "log-group:"+match.Hole(match.Name, "any log group")+":log-stream:")
			t.Only = []string{"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:ListLogDeliveries"}
			u.Only = []string{"logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"}
			return []service.Target{t, u}
		}
	}
	return nil
}

// called: the one call of each task.
func called(s *service.Site) []service.Target {
	m := read(s)
	var ts []service.Target
	for _, t := range m.tasks {
		for _, c := range m.call(s, t) {
			if t.role != "" {
				c.Caller = iam.Principal{ARN: t.role}
			}
			c.At, c.What = t.node.Get("Resource").Where(), "task "+t.name
			same := func(o service.Target) bool {
				return o.Resource == c.Resource && slices.Equal(o.Only, c.Only) && o.Caller == c.Caller
			}
			if !slices.ContainsFunc(ts, same) {
				ts = append(ts, c)
			}
		}
	}
	return ts
}

// call: what a task calls
// (https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html).
func (m *machineOf) call(s *service.Site, t *task) []service.Target {
	p := func(name string) (string, bool) { return m.param(t, name) }
	one := func(action string) []service.Target {
		c := sdk.Target(s, action, p)
		c.Only = []string{action}
		return []service.Target{c}
	}
	if t.api == "" {
		a, err := arn.Parse(t.resource)
		if err != nil || a.Service != "lambda" {
			return nil // an activity is worked on by somebody else
		}
		return []service.Target{{Resource: t.resource, Account: a.Account, Only: []string{"lambda:InvokeFunction"}, Starts: function(s, t.resource)}}
	}
	if !t.known() {
		return nil // RUN062
	}
	svc, op, _ := strings.Cut(t.api, ":")
	switch svc {
	case "aws-sdk":
		svc, op, _ = strings.Cut(op, ":")
	case "lambda":
		ts := one("lambda:InvokeFunction")
		for i := range ts {
			ts[i].Starts = function(s, ts[i].Resource)
		}
		return ts
	case "ecs":
		return m.runTask(s, t)
	case "batch":
		return m.batch(s, t)
	case "codebuild":
		ts := one("codebuild:" + strings.ToUpper(op[:min(1, len(op))]) + op[min(1, len(op)):])
		for i := range ts {
			if r := s.Model.Resource(ts[i].Resource); r != nil && op == "startBuild" {
				ts[i].Starts = r
			}
		}
		return ts
	case "states":
		ts := one("states:StartExecution")
		for i := range ts {
			if r := s.Model.Resource(ts[i].Resource); r != nil && r != s.Resource {
				ts[i].Starts = r
			}
		}
		return ts
	case "http":
		return m.http(s, t)
	case "events":
		return m.putEvents(s, t)
	case "glue":
		if v, ok := p("JobName"); ok {
			return []service.Target{{Resource: sdk.Named(s, "glue", "job/", v), Account: s.Account, Only: []string{"glue:StartJobRun"}}}
		}
	case "apigateway", "eks", "elasticmapreduce", "emr-containers", "mediaconvert", "sagemaker", "bedrock", "databrew", "athena":
		s.Model.Assume("what task " + t.name + " of state machine " + match.Render(s.Resource.Name) + " calls (" + t.api + ") is not in the catalogue, and taken to be allowed")
		return nil
	}
	prefix, ok := sdk.Prefix(svc)
	if !ok {
		return nil
	}
	action, ok := sdk.Action(prefix, op)
	if !ok {
		return nil
	}
	return one(action)
}

// function is the declared function that an ARN names, an alias or a version
// included.
func function(s *service.Site, a string) *cloud.Resource {
	if r := s.Model.Owner(a); r != nil && r.Type == "AWS::Lambda::Function" {
		return r
	}
	return nil
}

func (m *machineOf) http(s *service.Site, t *task) []service.Target {
	connection, _ := m.param(t, "Authentication", "ConnectionArn")
	c := service.Target{Resource: s.Resource.ARN, Account: s.Resource.Account, Only: []string{"states:InvokeHTTPEndpoint"}}
	c.Context.SetUnknown("states:HTTPEndpoint")
	c.Context.SetUnknown("states:HTTPMethod")
	ts := []service.Target{c}
	if connection == "" || strings.HasPrefix(connection, "\x00") {
		return ts
	}
	ts = append(ts, service.Target{Resource: connection, Account: arn.Account(connection), Only: []string{"events:RetrieveConnectionCredentials"}})
	secret := s.ARN("secretsmanager", "secret:events!connection/"+match.Hole(match.Key, "the secret of the connection"))
	return append(ts, service.Target{Resource: secret, Account: s.Account, Only: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}})
}

func (m *machineOf) batch(s *service.Site, t *task) []service.Target {
	var ts []service.Target
	for _, p := range [...]struct{ param, kind string }{{"JobDefinition", "job-definition/"}, {"JobQueue", "job-queue/"}} {
		v, ok := m.param(t, p.param)
		if !ok {
			continue
		}
		c := service.Target{Resource: sdk.Named(s, "batch", p.kind, v), Account: s.Account, Only: []string{"batch:SubmitJob"}}
		c.Context.Open = true
		ts = append(ts, c)
	}
	return ts
}

// putEvents: the buses that the entries name, the default one where they name
// none (https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html).
func (m *machineOf) putEvents(s *service.Site, t *task) []service.Target {
	var ts []service.Target
	args := t.node.Get("Parameters")
	if args == nil {
		args = t.node.Get("Arguments")
	}
	for e := range args.Get("Entries").Elems() {
		bus := m.fill(e.Get("EventBusName").Str())
		switch {
		case e.Kind != doc.Map, e.Get("EventBusName.$") != nil, strings.HasPrefix(bus, "{%"):
			bus = match.Hole(match.Any, "the bus of task "+t.name)
		case bus == "":
			bus = "default"
		}
		ts = append(ts, service.Target{Resource: sdk.Named(s, "events", "event-bus/", bus), Account: s.Account, Only: []string{"events:PutEvents"}})
	}
	if len(ts) == 0 {
		ts = append(ts, service.Target{Resource: match.Hole(match.Any, "what task "+t.name+" puts events on"), Only: []string{"events:PutEvents"}})
	}
	return ts
}

// runTask: the resource is the task definition, with its revision if the task
// gives one.
func (m *machineOf) runTask(s *service.Site, t *task) []service.Target {
	v, ok := m.param(t, "TaskDefinition")
	if !ok {
		return nil
	}
	c := service.Target{Resource: sdk.Named(s, "ecs", "task-definition/", v), Account: s.Account, Only: []string{"ecs:RunTask"}}
	if r := taskDefinition(s, v); r != nil {
		c.Starts = r
		if v == r.Name {
			c.Resource = r.ARN
		}
	} else if a, err := arn.Parse(c.Resource); err == nil && !strings.Contains(a.Resource, ":") && !match.HasHole(a.Resource) {
		c.Resource += ":" + match.Hole(match.Name, "the latest revision of "+a.Resource)
	}
	if cl, ok := m.param(t, "Cluster"); ok {
		c.Context.Set("ecs:cluster", sdk.Named(s, "ecs", "cluster/", cl))
	} else {
		c.Context.Set("ecs:cluster", s.ARN("ecs", "cluster/default"))
	}
	for _, k := range []string{"ecs:capacity-provider", "ecs:enable-execute-command", "ecs:enable-ebs-volumes", "ecs:enable-ecs-managed-tags", "ecs:propagate-tags", "ecs:subnet", "ecs:auto-assign-public-ip"} {
		c.Context.SetUnknown(k)
	}
	return []service.Target{c}
}

// taskDefinition returns the declared task definition that a text names, by
// ARN or family, with or without revision.
func taskDefinition(s *service.Site, v string) *cloud.Resource {
	const typ = "AWS::ECS::TaskDefinition"
	if r := s.Find(v, typ); r != nil {
		return r
	}
	if a, err := arn.Parse(v); err == nil {
		v = a.Name()
	}
	fam, _, _ := strings.Cut(v, ":")
	for r := range s.Model.OfType(typ) {
		if r.Account == s.Account && r.Region == s.Region && fam != "" && r.Name == fam {
			return r
		}
	}
	return nil
}

func passed(s *service.Site) []service.Target {
	m := read(s)
	var ts []service.Target
	for _, t := range m.tasks {
		v, ok := m.param(t, "TaskDefinition")
		if !ok || t.api != "ecs:runTask" {
			continue
		}
		def := taskDefinition(s, v)
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
			c := service.Target{
				Resource: role, Account: arn.Account(role), At: t.node.Get("Resource").Where(), What: p.what,
				Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
			}
			if t.role != "" {
				c.Caller = iam.Principal{ARN: t.role}
			}
			ts = append(ts, c)
		}
	}
	return ts
}

// A sync says what Step Functions needs to wait for the end of what a task
// started: the rule that it manages, and the calls that look and stop
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html,
// the page of each service). Of Batch the page lists batch:DescribeJobs too,
// and the roles that the CDK makes do without: the end of a job is an event.
type sync struct {
	rule       string
	look, stop []string
}

var syncs = map[string]sync{
	"codebuild:startBuild":      {"StepFunctionsGetEventForCodeBuildStartBuildRule", []string{"codebuild:BatchGetBuilds"}, []string{"codebuild:StopBuild"}},
	"codebuild:startBuildBatch": {"StepFunctionsGetEventForCodeBuildStartBuildBatchRule", []string{"codebuild:BatchGetBuildBatches"}, []string{"codebuild:StopBuildBatch"}},
	"ecs:runTask":               {"StepFunctionsGetEventsForECSTaskRule", []string{"ecs:DescribeTasks"}, []string{"ecs:StopTask"}},
	"states:startExecution":     {"StepFunctionsGetEventsForStepFunctionsExecutionRule", []string{"states:DescribeExecution"}, []string{"states:StopExecution"}},
	"batch:submitJob":           {"StepFunctionsGetEventsForBatchJobsRule", nil, []string{"batch:DescribeJobs", "batch:TerminateJob"}},
	"glue:startJobRun":          {"", []string{"glue:GetJobRun"}, []string{"glue:BatchStopJobRun"}},
}

// waits: the calls of .sync tasks beside their own.
func waits(s *service.Site, need service.Need) []service.Target {
	m := read(s)
	var ts []service.Target
	add := func(c service.Target) {
		same := func(o service.Target) bool { return o.Resource == c.Resource && slices.Equal(o.Only, c.Only) }
		if !slices.ContainsFunc(ts, same) {
			ts = append(ts, c)
		}
	}
	for _, t := range m.tasks {
		y, ok := syncs[t.api]
		if !ok || !strings.HasPrefix(t.pattern, ".sync") || t.role != "" {
			continue
		}
		at := t.node.Get("Resource").Where()
		actions := y.look
		if need == service.Listed {
			actions = y.stop
		} else if y.rule != "" {
			add(service.Target{
				Resource: s.ARN("events", "rule/"+y.rule), Account: s.Account, At: at, What: "the rule that Step Functions manages",
				Only: []string{"events:PutTargets", "events:PutRule", "events:DescribeRule"},
			})
		}
		if actions == nil {
			continue
		}
		c := service.Target{At: at, What: "task " + t.name, Only: actions, Resource: m.started(s, t)}
		if c.Resource != "*" {
			c.Account = s.Account
		}
		c.Context.Open = true
		add(c)
	}
	return ts
}

// started is what a .sync task waits for.
func (m *machineOf) started(s *service.Site, t *task) string {
	switch t.api {
	case "codebuild:startBuild", "codebuild:startBuildBatch":
		if v, ok := m.param(t, "ProjectName"); ok {
			return sdk.Named(s, "codebuild", "project/", v)
		}
	case "states:startExecution":
		v, _ := m.param(t, "StateMachineArn")
		if a, err := arn.Parse(v); err == nil {
			a.Resource = "execution:" + strings.TrimPrefix(a.Resource, "stateMachine:") + ":" + match.Hole(match.Name, "the execution of task "+t.name)
			return a.String()
		}
	case "ecs:runTask":
		cluster, ok := m.param(t, "Cluster")
		if a, err := arn.Parse(cluster); err == nil {
			cluster = a.Name()
		}
		if !ok {
			cluster = "default"
		}
		return s.ARN("ecs", "task/"+cluster+"/"+match.Hole(match.Name, "the task of "+t.name))
	case "batch:submitJob":
		return "*" // DescribeJobs takes none
	case "glue:startJobRun":
		if v, ok := m.param(t, "JobName"); ok {
			return sdk.Named(s, "glue", "job/", v)
		}
	}
	return match.Hole(match.Any, "what task "+t.name+" started")
}
