package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

// metricSpace is the namespace of the metrics that are counted in the log.
const metricSpace blueprint.Sub = "${ProjectName}/audit"

// A counted is an alarm on what stands in the log of a trail: what no rule can
// tell, since it is about how often, or about who rather than what.
type counted struct {
	name, metric string
	comment      string
	pattern      blueprint.Sub
	threshold    int
	tells        string
}

var countedTable = []counted{
	{
		name: "root-use", metric: "RootUse", threshold: 1, tells: "The root user of the account did something",
		pattern: `{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }`,
	},
	{
		name: "sign-in-without-mfa", metric: "SignInWithoutMFA", threshold: 1, tells: "A user signed in to the console without MFA",
		comment: "Of users only: whoever comes from an identity provider has shown a second factor there, and the event does not say.",
		pattern: `{ ($.eventName = "ConsoleLogin") && ($.userIdentity.type = "IAMUser") && ($.additionalEventData.MFAUsed != "Yes") && ($.responseElements.ConsoleLogin = "Success") }`,
	},
	{
		name: "denied", metric: "DeniedCalls", threshold: 5, tells: "A role of the pipeline was refused again and again",
		comment: "What a role of the pipeline needs is proved: five refusals in five minutes are somebody who tries what else it can do.",
		pattern: `{ (($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation")) && ($.userIdentity.sessionContext.sessionIssuer.userName = "${ProjectName}-*") }`,
	},
}

// alarms draws the metric filters on the log group of a trail, each with an
// alarm on the very metric that it counts: no dimensions there, none here.
func (b *builder) alarms(st *blueprint.Stack) {
	for i, c := range countedTable {
		section := ""
		if i == 0 {
			section = "alarms"
		}
		st.Add(&blueprint.Resource{
			ID: c.metric, Type: "AWS::Logs::MetricFilter", Comment: c.comment, Section: section,
			Props: blueprint.KV(
				"FilterName", blueprint.Sub("${ProjectName}-"+c.name),
				"LogGroupName", blueprint.Ref(trailLogs),
				"FilterPattern", c.pattern,
				"MetricTransformations", blueprint.List{blueprint.KV(
					"MetricNamespace", metricSpace, "MetricName", c.metric, "MetricValue", "1", "DefaultValue", 0,
				)},
			),
		})
		st.Add(&blueprint.Resource{
			ID: c.metric + "Alarm", Type: "AWS::CloudWatch::Alarm",
			Props: blueprint.KV(
				"AlarmName", blueprint.Sub("${ProjectName}-"+c.name),
				"AlarmDescription", c.tells,
				"Namespace", metricSpace, "MetricName", c.metric, "Statistic", "Sum",
				"Period", 300, "EvaluationPeriods", 1, "Threshold", c.threshold,
				"ComparisonOperator", "GreaterThanOrEqualToThreshold", "TreatMissingData", "notBreaching",
				"AlarmActions", blueprint.List{blueprint.Ref(watchTopic)},
			),
		})
	}
}

// What is done with the secrets of builds, by name: they may be somebody
// else's, whom no stack declares. Giving a secret a new value is left out,
// since rotation does that.
func (w *watch) secrets(p *place) []*branch {
	if p.account.ID != w.b.spec.Tools.ID || p.stack.Region != w.b.spec.Region {
		return nil
	}
	var out []*branch
	for _, s := range w.b.buildSecrets() {
		name := []blueprint.Sub{blueprint.Lit(s.Name)}
		if s.Kind == spec.Parameter {
			out = append(out,
				&branch{source: "ssm.amazonaws.com", events: []string{"DeleteParameter", "PutParameter"}, field: request("name"), form: holding, names: name},
				&branch{source: "ssm.amazonaws.com", events: []string{"DeleteParameters"}, field: request("names"), form: holding, names: name})
			continue
		}
		out = append(out, &branch{source: "secretsmanager.amazonaws.com", field: request("secretId"), form: holding, names: name,
			events: []string{"CancelRotateSecret", "DeleteResourcePolicy", "DeleteSecret", "PutResourcePolicy", "UpdateSecret"}})
	}
	return out
}

// secretReads counts how often each secret is read, for the dashboard: a metric
// with a dimension, on which there is no alarm.
func (b *builder) secretReads(st *blueprint.Stack) {
	if !slices.ContainsFunc(b.buildSecrets(), func(s spec.Secret) bool { return s.Kind == spec.Secrets }) {
		return
	}
	st.Add(&blueprint.Resource{
		ID: "SecretReads", Type: "AWS::Logs::MetricFilter", Comment: "How often each secret is read, for the dashboard.",
		Props: blueprint.KV(
			"FilterName", projectName+"secret-reads",
			"LogGroupName", blueprint.Ref(trailLogs),
			"FilterPattern", `{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") && ($.requestParameters.secretId = "*") }`,
			"MetricTransformations", blueprint.List{blueprint.KV(
				"MetricNamespace", metricSpace, "MetricName", "SecretReads", "MetricValue", "1",
				"Dimensions", blueprint.List{blueprint.KV("Key", "SecretId", "Value", "$.requestParameters.secretId")},
			)},
		),
	})
}

// byHand draws the rules about what only the pipeline itself does: starting
// it, starting its builds, writing its artifacts, images and votes, reading its
// secrets. Of these the caller matters, so they tell of everybody but the roles
// that do it daily.
func (w *watch) byHand(p *place) {
	if p.account.ID != w.b.spec.Tools.ID {
		return
	}
	const machine blueprint.Sub = "arn:${AWS::Partition}:states:%r:%a:stateMachine:%s"
	var starts, secrets, votes, images, artifacts []*branch
	for _, st := range w.drawn {
		if st.Account != p.account.ID || st.Region != p.stack.Region {
			continue
		}
		for _, r := range st.Resources {
			name := func(prop string) []blueprint.Sub { return []blueprint.Sub{w.b.nameIn(p.stack, st, r, prop)} }
			switch r.Type {
			case "AWS::CodePipeline::Pipeline":
				if !w.b.spec.Trigger.Manual {
					starts = append(starts, &branch{source: "codepipeline.amazonaws.com", events: []string{"StartPipelineExecution"}, field: request("name"), names: name("Name")})
				}
			case "AWS::CodeBuild::Project":
				starts = append(starts, &branch{source: "codebuild.amazonaws.com", events: []string{"RetryBuild", "RetryBuildBatch", "StartBuild", "StartBuildBatch"}, field: request("projectName"), form: holding, names: name("Name")})
			case "AWS::StepFunctions::StateMachine":
				starts = append(starts, &branch{source: "states.amazonaws.com", events: []string{"StartExecution"}, field: request("stateMachineArn"), form: whole,
					names: []blueprint.Sub{w.b.arnIn(p.stack, st, r, "StateMachineName", machine)}})
			case "AWS::DynamoDB::Table":
				votes = append(votes, &branch{source: "dynamodb.amazonaws.com", events: []string{"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}, field: request("tableName"), form: holding, names: name("TableName")})
			case "AWS::ECR::Repository":
				images = append(images, &branch{source: "ecr.amazonaws.com", events: []string{"PutImage"}, field: request("repositoryName"), names: name("RepositoryName")})
			case "AWS::S3::Bucket":
				artifacts = append(artifacts, &branch{source: "s3.amazonaws.com", events: []string{"CompleteMultipartUpload", "CopyObject", "DeleteObject", "DeleteObjects", "PutObject"}, field: request("bucketName"), names: name("BucketName")})
			}
		}
	}
	if p.stack.Region == w.b.spec.Region {
		for _, s := range w.b.buildSecrets() {
			source, one, many := "secretsmanager.amazonaws.com", "GetSecretValue", "BatchGetSecretValue"
			field, fields := "secretId", "secretIdList"
			if s.Kind == spec.Parameter {
				source, one, many, field, fields = "ssm.amazonaws.com", "GetParameter", "GetParameters", "name", "names"
			}
			name := []blueprint.Sub{blueprint.Lit(s.Name)}
			secrets = append(secrets,
				&branch{source: source, events: []string{one}, field: request(field), form: holding, names: name},
				&branch{source: source, events: []string{many}, field: request(fields), form: holding, names: name})
		}
	}
	if len(votes) > 0 {
		// Whether CloudTrail records every answer to a waiting task is assumed;
		// theorem four does not rest on it.
		votes = append(votes, &branch{source: "states.amazonaws.com", events: []string{"SendTaskFailure", "SendTaskSuccess"}})
	}
	builds, starters := w.rolesOf("AWS::CodeBuild::Project"), w.rolesOf("AWS::Events::Rule", "AWS::CodePipeline::Pipeline")
	if slices.ContainsFunc(w.b.spec.Builds, func(d *spec.Build) bool { return d.Batch }) {
		starters = append(starters, builds...) // a batch starts builds
	}
	w.others(p, "by-hand", "the pipeline, or a part of it, started by somebody else than itself", "", starts, starters)
	w.others(p, "artifacts", "an artifact written or removed by somebody else than the pipeline", "", artifacts, append(w.rolesOf("AWS::CodePipeline::Pipeline"), builds...))
	w.others(p, "images", "an image pushed by somebody else than the builds", "", images, builds)
	w.others(p, "secrets", "a secret of a build read by somebody else", allManagement, secrets, builds)
	w.others(p, "votes", "votes written by something else than the approval", "", votes, w.rolesOf("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"))
}

// others draws rules about calls by anybody but some roles. A caller without an
// ARN, of another account or a service, is somebody else too.
func (w *watch) others(p *place, rule, what, state string, branches []*branch, but []*role) {
	var merged []*branch
	for _, br := range branches {
		i := slices.IndexFunc(merged, func(o *branch) bool { return o.source == br.source && o.field == br.field })
		if i < 0 {
			merged = append(merged, br)
			continue
		}
		merged[i].names = append(slices.Clone(merged[i].names), br.names...)
	}
	var sessions, anyOf []blueprint.Sub
	for _, r := range but {
		head := "arn:${AWS::Partition}:sts::" + w.b.account(p.stack, r.stack.Account) + ":assumed-role/${ProjectName}"
		sessions = append(sessions, head+blueprint.Lit(strings.TrimPrefix(r.name, w.b.spec.Project))+"/")
		if s := head + "-"; !slices.Contains(anyOf, s) {
			anyOf = append(anyOf, s)
		}
	}
	// Of many roles only the project is named.
	if length(blueprint.Subs(sessions...)) > patternLimit/2 {
		sessions = anyOf
	}
	var who any
	switch len(sessions) {
	case 0:
	case 1:
		who = blueprint.KV("arn", blueprint.List{blueprint.KV("exists", false), blueprint.KV("anything-but", blueprint.KV("prefix", sessions[0]))})
	default:
		who = blueprint.KV("arn", blueprint.List{blueprint.KV("exists", false), blueprint.KV("anything-but", blueprint.KV("prefix", blueprint.Subs(sessions...)))})
	}
	w.parts(p, rule, what, state, merged, who)
}

// rolesOf lists the roles that resources of some types of the pipeline name,
// in the tools account.
func (w *watch) rolesOf(types ...string) []*role {
	var out []*role
	for _, st := range w.drawn {
		if st.Account != w.b.spec.Tools.ID {
			continue
		}
		for _, r := range st.Resources {
			if !slices.Contains(types, r.Type) {
				continue
			}
			for v := range blueprint.Values(r.Props) {
				s, ok := v.(blueprint.Sub)
				if !ok {
					continue
				}
				for _, o := range w.b.roles {
					if (o.stack == st && s == blueprint.Att(o.id, "Arn") || s == w.b.arn(o, st)) && !slices.Contains(out, o) {
						out = append(out, o)
					}
				}
			}
		}
	}
	return out
}
