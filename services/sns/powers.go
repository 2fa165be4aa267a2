package sns

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/sns/latest/api/"

// powers: a topic carries alerts and requests for approval.
var powers = []service.Power{
	{
		ID: "sns.topic", Kind: service.Blind,
		Why:   "keeps what is published to the topic from reaching anybody: its policy, its key, its deletion",
		Basis: service.Documented, Source: apiPage + "API_SetTopicAttributes.html; " + apiPage + "API_DeleteTopic.html; " + apiPage + "API_RemovePermission.html",
		Find: service.Change(topicType, "topic", "", "changes the topic", "sns:SetTopicAttributes", "sns:DeleteTopic", "sns:RemovePermission", "sns:AddPermission", "sns:PutDataProtectionPolicy"),
	},
	{
		// The permission is checked on the topic.
		ID: "sns.unsubscribe", Kind: service.Blind,
		Why:   "takes away who hears of an alert, or filters what they hear",
		Basis: service.Documented, Source: apiPage + "API_Unsubscribe.html; " + apiPage + "API_SetSubscriptionAttributes.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, topicType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls: []service.PowerCall{{
						Actions: []string{"sns:Unsubscribe", "sns:SetSubscriptionAttributes"}, Resources: []string{r.ARN, r.ARN + ":*"}, Account: r.Account, Why: "changes a subscription",
					}},
					Resource: r, What: "subscriptions of topic " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
	{
		ID: "sns.publish", Kind: service.Tamper,
		Why:   "sends a message that looks like an alert or a request for approval",
		Basis: service.Documented, Source: apiPage + "API_Publish.html",
		Find: service.Change(topicType, "messages of topic", service.TouchesTarget, "publishes a message", "sns:Publish"),
	},
}
