package sqs

import "penstock/service"

const apiPage = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"

// powers: a queue carries events to those who act on them.
var powers = []service.Power{
	{
		ID: "sqs.queue", Kind: service.Blind,
		Why:   "keeps messages from reaching who reads the queue: its policy, its deletion, taking them away",
		Basis: service.Documented, Source: apiPage + "API_SetQueueAttributes.html; " + apiPage + "API_PurgeQueue.html; " + apiPage + "API_DeleteMessage.html",
		Find: service.Change(queueType, "queue", "", "changes or empties the queue",
			"sqs:SetQueueAttributes", "sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:RemovePermission", "sqs:AddPermission", "sqs:DeleteMessage"),
	},
	{
		ID: "sqs.send", Kind: service.Tamper,
		Why:   "sends a message that who reads the queue acts on",
		Basis: service.Documented, Source: apiPage + "API_SendMessage.html",
		Find: service.Change(queueType, "messages of queue", service.TouchesTarget, "sends a message", "sqs:SendMessage"),
	},
}
