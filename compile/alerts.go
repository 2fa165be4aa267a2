package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
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

// byHand draws the rules about what only the pipeline itself does: starting
// it, starting its builds, reading its secrets, writing votes. Of these the
// caller matters, so they tell of everybody but those roles.
func (w *watch) byHand(p *place) {
	if p.account.ID != w.b.spec.Tools.ID {
		return
	}
	var starts, secrets, votes []*branch
	for _, st := range w.drawn {
		if st.Account != p.account.ID || st.Region != p.stack.Region {
			continue
		}
		for _, r := range st.Resources {
			switch r.Type {
			case "AWS::CodePipeline::Pipeline":
				if w.b.spec.Trigger.Manual {
					break
				}
				starts = append(starts, &branch{source: "codepipeline.amazonaws.com", events: []string{"StartPipelineExecution"}, field: request("name"), names: []blueprint.Sub{w.b.nameIn(p.stack, st, r, "Name")}})
			case "AWS::CodeBuild::Project":
				starts = append(starts, &branch{source: "codebuild.amazonaws.com", events: []string{"RetryBuild", "RetryBuildBatch", "StartBuild", "StartBuildBatch"}, field: request("projectName"), form: holding, names: []blueprint.Sub{w.b.nameIn(p.stack, st, r, "Name")}})
			case "AWS::StepFunctions::StateMachine":
				starts = append(starts, &branch{source: "states.amazonaws.com", events: []string{"StartExecution", "StopExecution"}, field: request("stateMachineArn"), form: whole,
					names: []blueprint.Sub{w.b.arnIn(p.stack, st, r, "StateMachineName", "arn:${AWS::Partition}:states:%r:%a:stateMachine:%s")}})
			case "AWS::DynamoDB::Table":
				votes = append(votes, &branch{source: "dynamodb.amazonaws.com", events: []string{"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}, field: request("tableName"), form: holding,
					names: []blueprint.Sub{w.b.nameIn(p.stack, st, r, "TableName")}})
			}
		}
	}
	for _, s := range w.b.buildSecrets() {
		br := &branch{source: "secretsmanager.amazonaws.com", events: []string{"GetSecretValue"}, field: request("secretId"), form: holding, names: []blueprint.Sub{blueprint.Lit(s.Name)}}
		more := &branch{source: "secretsmanager.amazonaws.com", events: []string{"BatchGetSecretValue"}, field: request("secretIdList"), form: holding, names: br.names}
		if s.Kind == "ssm" {
			br = &branch{source: "ssm.amazonaws.com", events: []string{"GetParameter", "GetParameterHistory"}, field: request("name"), form: holding, names: br.names}
			more = &branch{source: "ssm.amazonaws.com", events: []string{"GetParameters"}, field: request("names"), form: holding, names: br.names}
		}
		secrets = append(secrets, br, more)
	}
	w.others(p, "by-hand", "it was started, or a part of it, by somebody other than the pipeline", "", starts, w.rolesOf("AWS::Events::Rule", "AWS::CodePipeline::Pipeline"))
	w.others(p, "secrets", "a secret of a build was read by somebody else", allManagement, secrets, w.rolesOf("AWS::CodeBuild::Project"))
	w.others(p, "votes", "votes were written by something other than the approval", "", votes, w.rolesOf("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"))
}

// others draws a rule about calls by anybody but some roles.
func (w *watch) others(p *place, rule, what, state string, branches []*branch, but []*role) {
	var merged []*branch
	for _, br := range branches {
		i := slices.IndexFunc(merged, func(o *branch) bool { return o.source == br.source && o.field == br.field })
		if i < 0 {
			merged = append(merged, br)
			continue
		}
		merged[i].names = append(merged[i].names, br.names...)
	}
	if len(merged) == 0 {
		return
	}
	// Sessions of a role; a caller without an ARN, of another account or a
	// service, is somebody else too.
	tests := blueprint.List{blueprint.KV("exists", false)}
	var sessions blueprint.List
	for _, r := range but {
		sessions = append(sessions, "arn:${AWS::Partition}:sts::"+w.b.account(p.stack, r.stack.Account)+":assumed-role/${ProjectName}"+blueprint.Lit(strings.TrimPrefix(r.name, w.b.spec.Project))+"/")
	}
	switch len(sessions) {
	case 0:
		tests = nil
	case 1:
		tests = append(tests, blueprint.KV("anything-but", blueprint.KV("prefix", sessions[0])))
	default:
		tests = append(tests, blueprint.KV("anything-but", blueprint.KV("prefix", sessions)))
	}
	for i, br := range merged {
		br.finish()
		m := pattern([]*branch{br})
		if tests != nil {
			detail := m.Get("detail").(blueprint.Map)
			detail.Set("userIdentity", blueprint.KV("arn", tests))
			m.Set("detail", detail)
		}
		id, name := "Watch"+ident(rule), ruleName(rule)
		if i > 0 {
			suffix := string(rune('1' + i))
			id, name = id+suffix, name+"-"+blueprint.Sub(suffix)
		}
		w.rule(p, id, name, what, state, m)
	}
}

// rolesOf lists the roles that resources of some types of the pipeline run
// with, in the tools account.
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
