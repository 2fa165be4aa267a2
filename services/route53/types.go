package route53

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-"

// types are the resources of Amazon Route 53.
var types = []service.Type{
	{
		Name: "AWS::Route53::HostedZone", Source: page + "hostedzone.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:route53:::hostedzone/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"HostedZoneConfig", "HostedZoneFeatures", "HostedZoneTags", "Name", "QueryLoggingConfig", "VPCs",
		},
		Declare: tagged("HostedZoneTags"),
	},
	{
		Name: "AWS::Route53::RecordSet", Source: page + "recordset.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"AliasTarget", "CidrRoutingConfig", "Comment", "Failover", "GeoLocation", "HealthCheckId",
			"HostedZoneId", "HostedZoneName", "MultiValueAnswer", "Name", "Region", "ResourceRecords",
			"SetIdentifier", "TTL", "Type", "Weight",
		},
	},
	{
		Name: "AWS::Route53::RecordSetGroup", Source: page + "recordsetgroup.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"Comment", "HostedZoneId", "HostedZoneName", "RecordSets",
		},
	},
	{
		Name: "AWS::Route53::HealthCheck", Source: page + "healthcheck.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:route53:::healthcheck/${Ref}",
		Attrs: map[string]string{"HealthCheckId": "${Ref}"},
		Props: []string{
			"HealthCheckConfig", "HealthCheckTags",
		},
		Declare: tagged("HealthCheckTags"),
	},
}

// tagged reads the tags of a type whose property of tags has its own name.
func tagged(prop string) func(*cloud.Model, *cloud.Resource) {
	return func(_ *cloud.Model, r *cloud.Resource) { r.ReadTags(prop) }
}
