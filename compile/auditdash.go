package compile

import (
	"encoding/json"
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

// buildSecrets lists the secrets of builds and tests, each once.
func (b *builder) buildSecrets() []spec.Secret {
	var out []spec.Secret
	seen := map[string]bool{}
	add := func(d *spec.Build) {
		for _, s := range d.Secrets {
			if k := string(s.Kind) + s.Name; s.Name != "" && !seen[k] {
				seen[k] = true
				out = append(out, s)
			}
		}
	}
	for _, d := range b.spec.Builds {
		add(d)
	}
	for _, s := range b.spec.Stages {
		if s.Test != nil {
			add(s.Test)
		}
	}
	return out
}

// A widget is one part of the dashboard.
type widget struct {
	Type       string         `json:"type"`
	Width      int            `json:"width"`
	Height     int            `json:"height"`
	Properties map[string]any `json:"properties"`
}

// dashboard draws what people look at: metrics that their services publish,
// found by their dimensions, and questions to the log of the trail.
func (b *builder) dashboard(st *blueprint.Stack) {
	const region = "${AWS::Region}"
	metric := func(title, stat string, period int, metrics ...any) widget {
		return widget{"metric", 8, 6, map[string]any{"title": title, "region": region, "stat": stat, "period": period, "metrics": metrics}}
	}
	search := func(label, in, dimension, name, stat string) any {
		return []any{map[string]any{
			"expression": fmt.Sprintf(`SEARCH('{%s,%s} MetricName="%s" ${ProjectName}', '%s', 3600)`, in, dimension, name, stat), "label": label,
		}}
	}
	logs := func(title, query string) widget {
		return widget{"log", 12, 6, map[string]any{"title": title, "region": region, "view": "table", "query": "SOURCE '/aws/cloudtrail/${ProjectName}-trail' | " + query}}
	}
	var alarms []string
	for _, c := range countedTable {
		alarms = append(alarms, "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${ProjectName}-"+c.name)
	}
	ws := []widget{
		// https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html
		metric("Failed executions", "Sum", 3600, []any{"AWS/CodePipeline", "FailedPipelineExecutions", "PipelineName", "${ProjectName}"}),
		metric("Duration of executions", "Average", 3600, []any{"AWS/CodePipeline", "PipelineDuration", "PipelineName", "${ProjectName}"}),
		// https://docs.aws.amazon.com/codebuild/latest/userguide/cloudwatch_metrics-codebuild.html
		metric("Failed builds", "Sum", 3600, search("", "AWS/CodeBuild", "ProjectName", "FailedBuilds", "Sum")),
		// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
		metric("Alerts, and those that did not arrive", "Sum", 3600,
			search("told ", "AWS/Events", "RuleName", "TriggeredRules", "Sum"), search("lost ", "AWS/Events", "RuleName", "FailedInvocations", "Sum")),
	}
	if st.Resource("SecretReads") != nil {
		ws = append(ws, metric("Secrets read", "Sum", 3600, []any{map[string]any{
			"expression": `SEARCH('{"${ProjectName}/audit",SecretId} MetricName="SecretReads"', 'Sum', 3600)`, "label": "",
		}}))
	}
	if b.gated() {
		// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
		ws = append(ws, metric("Approvals, refusals, no answer", "Sum", 3600,
			search("approved ", "AWS/States", "StateMachineArn", "ExecutionsSucceeded", "Sum"),
			search("refused ", "AWS/States", "StateMachineArn", "ExecutionsFailed", "Sum"),
			search("no answer ", "AWS/States", "StateMachineArn", "ExecutionsTimedOut", "Sum")))
	}
	ws = append(ws,
		widget{"alarm", 8, 6, map[string]any{"title": "Alarms", "alarms": alarms}},
		logs("Calls of CodePipeline", "filter eventSource = 'codepipeline.amazonaws.com' | stats count(*) as calls by eventName, userIdentity.arn | sort calls desc | limit 50"),
		logs("Refused calls of the pipeline's roles", "filter ispresent(errorCode) and userIdentity.sessionContext.sessionIssuer.userName like /^${ProjectName}-/ | stats count(*) as calls by userIdentity.sessionContext.sessionIssuer.userName, eventSource, eventName, errorCode | sort calls desc | limit 50"),
		logs("Changes of roles and policies", "filter eventSource = 'iam.amazonaws.com' and readOnly = 0 | stats count(*) as calls by eventName, userIdentity.arn | sort calls desc | limit 50"),
	)
	if len(b.buildSecrets()) > 0 {
		ws = append(ws, logs("Who read secrets", "filter eventName in ['GetSecretValue', 'BatchGetSecretValue', 'GetParameters', 'GetParameter'] | stats count(*) as reads by coalesce(requestParameters.secretId, requestParameters.name, requestParameters.names.0) as secret, userIdentity.arn | sort reads desc | limit 50"))
	}
	// The order of a map's keys is that of encoding/json: sorted. HTML is not
	// escaped, since nobody reads the body as HTML.
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"widgets": ws}); err != nil {
		return // cannot be: strings, numbers, lists and maps are encoded
	}
	st.Add(&blueprint.Resource{
		ID: "Dashboard", Type: "AWS::CloudWatch::Dashboard", Section: "dashboard",
		Props: blueprint.KV("DashboardName", blueprint.Sub("${ProjectName}-audit"), "DashboardBody", blueprint.Sub(text.String())),
	})
}

// gated reports whether the pipeline has a gate of several people.
func (b *builder) gated() bool {
	for _, st := range b.set.Stacks {
		for _, r := range st.Resources {
			if r.Type == "AWS::StepFunctions::StateMachine" {
				return true
			}
		}
	}
	return false
}
