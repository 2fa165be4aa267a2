package codestarnotifications

import "penstock/service"

const apiPage = "https://docs.aws.amazon.com/codestar-notifications/latest/APIReference/"

// powers: a notification rule tells people of approvals and failures.
var powers = []service.Power{{
	ID: "codestar-notifications.rule", Kind: service.Blind,
	Why:   "changes or removes the rule that tells people what a pipeline does",
	Basis: service.Documented, Source: apiPage + "API_UpdateNotificationRule.html; " + apiPage + "API_DeleteNotificationRule.html; " + apiPage + "API_Unsubscribe.html",
	Find: service.Change("AWS::CodeStarNotifications::NotificationRule", "notification rule", "", "changes the rule",
		"codestar-notifications:UpdateNotificationRule", "codestar-notifications:DeleteNotificationRule", "codestar-notifications:Unsubscribe"),
}}
