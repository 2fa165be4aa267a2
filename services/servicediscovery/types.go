package servicediscovery

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-"

// types are the resources of AWS Cloud Map.
var types = []service.Type{
	{
		Name: "AWS::ServiceDiscovery::HttpNamespace", Source: page + "httpnamespace.html",
		Ref:   "ns-${Hole:Id}",
		ARN:   "arn:${Partition}:servicediscovery:${Region}:${Account}:namespace/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Description", "Name", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ServiceDiscovery::PrivateDnsNamespace", Source: page + "privatednsnamespace.html",
		Ref:   "ns-${Hole:Id}",
		ARN:   "arn:${Partition}:servicediscovery:${Region}:${Account}:namespace/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Description", "Name", "Properties", "Tags", "Vpc",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ServiceDiscovery::PublicDnsNamespace", Source: page + "publicdnsnamespace.html",
		Ref:   "ns-${Hole:Id}",
		ARN:   "arn:${Partition}:servicediscovery:${Region}:${Account}:namespace/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Description", "Name", "Properties", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ServiceDiscovery::Service", Source: page + "service.html",
		NameProp: "Name",
		Ref:      "srv-${Hole:Id}",
		ARN:      "arn:${Partition}:servicediscovery:${Region}:${Account}:service/${Ref}",
		Attrs:    map[string]string{"Id": "${Ref}", "Name": "${Name}"},
		Props: []string{
			"Description", "DnsConfig", "HealthCheckConfig", "HealthCheckCustomConfig", "Name", "NamespaceId",
			"ServiceAttributes", "Tags", "Type",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ServiceDiscovery::Instance", Source: page + "instance.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"InstanceAttributes", "InstanceId", "ServiceId",
		},
	},
}
