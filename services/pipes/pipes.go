// Package pipes is what Penstock knows about Amazon EventBridge Pipes: the
// calls that a pipe makes with its role, from its source to its target.
package pipes

import "penstock/service"

// Service is EventBridge Pipes.
var Service = service.Service{
	Name:  "pipes",
	Title: "Amazon EventBridge Pipes",
	Types: types,
	Jobs:  jobs,
}

// types are the resources of EventBridge Pipes.
var types = []service.Type{{
	Name: pipeType, Source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pipes-pipe.html",
	NameProp: "Name",
	ARN:      "arn:${Partition}:pipes:${Region}:${Account}:pipe/${Name}",
	ARNs:     []string{"RoleArn", "Source", "Target", "Enrichment"},
	Attrs: map[string]string{
		"CreationTime": "${Hole:CreationTime}", "CurrentState": "${Hole:CurrentState}",
		"LastModifiedTime": "${Hole:LastModifiedTime}", "StateReason": "${Hole:StateReason}",
	},
	Props: []string{
		"Description", "DesiredState", "Enrichment", "EnrichmentParameters", "KmsKeyIdentifier", "LogConfiguration", "Name",
		"RoleArn", "Source", "SourceParameters", "Tags", "Target", "TargetParameters",
	},
}}
