// Package chatbot is what Penstock knows about Amazon Q Developer in chat applications:
// the channels that notifications reach.
package chatbot

import "penstock/service"

// Service is Amazon Q Developer in chat applications.
var Service = service.Service{
	Name:  "chatbot",
	Title: "Amazon Q Developer in chat applications",
	Types: types,
	Jobs:  jobs,
}
