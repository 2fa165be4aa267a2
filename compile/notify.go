package compile

import (
	"strings"

	"penstock/blueprint"
)

// notify tells people of executions: a rule on what CodePipeline says of them
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html),
// and not a notification rule, which would say the same by a service more.
func (b *builder) notify() {
	n := b.spec.Notifications
	if len(n.Emails) == 0 {
		return
	}
	st := b.tools()
	const key, topic = "NotificationKey", "NotificationTopic"
	const source blueprint.Sub = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${ProjectName}-executions"
	b.key(st, key, "Notifications of executions", "", "notifications", &blueprint.Statement{
		Sid: "TheRuleTells", Principal: blueprint.KV("Service", "events.amazonaws.com"),
		Comment: "Without a condition on the source: EventBridge sends none to KMS.",
		Actions: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resources: []blueprint.Sub{"*"},
		Uses: []blueprint.Use{{Row: "sns.encrypt", Call: "kms:GenerateDataKey", Why: "SNS encrypts the message with the publisher's rights"}},
	})
	b.topic(st, topic, "${ProjectName}-executions", key, n.Emails, publisher("TheRuleTells", "events.amazonaws.com", topic, source, "events.target.resource"))
	detail := blueprint.KV("pipeline", blueprint.List{blueprint.Sub("${ProjectName}")})
	if len(n.On) > 0 {
		var states []string
		for _, s := range n.On {
			states = addOnce(states, strings.ToUpper(s))
		}
		detail.Set("state", blueprint.Strings(states...))
	}
	st.Add(&blueprint.Resource{
		ID: "NotificationRule", Type: "AWS::Events::Rule",
		Props: blueprint.KV(
			"Name", blueprint.Sub("${ProjectName}-executions"),
			"Description", "Tells of executions of the pipeline",
			"EventPattern", blueprint.KV("source", blueprint.Strings("aws.codepipeline"), "detail-type", blueprint.Strings("CodePipeline Pipeline Execution State Change"), "detail", detail),
			"Targets", blueprint.List{blueprint.KV("Id", "tell", "Arn", blueprint.Ref(topic), "InputTransformer", blueprint.KV(
				"InputPathsMap", blueprint.KV("pipeline", "$.detail.pipeline", "state", "$.detail.state", "execution", "$.detail.execution-id", "region", "$.region"),
				"InputTemplate", blueprint.Sub(`"<pipeline>: execution <execution> is <state>. https://<region>.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/executions/<execution>/timeline?region=<region>"`),
			))},
		),
	})
}
