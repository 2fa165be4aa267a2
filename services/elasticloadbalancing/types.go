package elasticloadbalancing

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-"

// types are the resources of Elastic Load Balancing, version 2. Listeners
// and rules have the ids of what holds them in their ARNs, which only a
// deployment tells.
var types = []service.Type{
	{
		Name: "AWS::ElasticLoadBalancingV2::LoadBalancer", Source: page + "loadbalancer.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:elasticloadbalancing:${Region}:${Account}:loadbalancer/${Hole:Type}/${Name}/${Hole:Id}",
		Attrs: map[string]string{
			"LoadBalancerArn": "${ARN}", "LoadBalancerName": "${Name}",
			"LoadBalancerFullName": "${Hole:Type}/${Name}/${Hole:Id}",
		},
		Props: []string{
			"EnableCapacityReservationProvisionStabilize", "EnablePrefixForIpv6SourceNat",
			"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "IpAddressType", "Ipv4IpamPoolId",
			"LoadBalancerAttributes", "MinimumLoadBalancerCapacity", "Name", "Scheme", "SecurityGroups",
			"SubnetMappings", "Subnets", "Tags", "Type",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ElasticLoadBalancingV2::TargetGroup", Source: page + "targetgroup.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:elasticloadbalancing:${Region}:${Account}:targetgroup/${Name}/${Hole:Id}",
		Attrs: map[string]string{
			"TargetGroupArn": "${ARN}", "TargetGroupName": "${Name}",
			"TargetGroupFullName": "targetgroup/${Name}/${Hole:Id}",
		},
		Props: []string{
			"HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort",
			"HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "IpAddressType", "Matcher",
			"Name", "Port", "Protocol", "ProtocolVersion", "Tags", "TargetControlPort", "TargetGroupAttributes",
			"TargetType", "Targets", "UnhealthyThresholdCount", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ElasticLoadBalancingV2::Listener", Source: page + "listener.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:elasticloadbalancing:${Region}:${Account}:listener/${Hole:Type}/${Hole:LoadBalancer}/${Hole:LoadBalancerId}/${Hole:Id}",
		Attrs: map[string]string{"ListenerArn": "${ARN}"},
		Props: []string{
			"AlpnPolicy", "Certificates", "DefaultActions", "ListenerAttributes", "LoadBalancerArn",
			"MutualAuthentication", "Port", "Protocol", "SslPolicy", "Tags",
		},
	},
	{
		Name: "AWS::ElasticLoadBalancingV2::ListenerRule", Source: page + "listenerrule.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:elasticloadbalancing:${Region}:${Account}:listener-rule/${Hole:Type}/${Hole:LoadBalancer}/${Hole:LoadBalancerId}/${Hole:ListenerId}/${Hole:Id}",
		Attrs: map[string]string{"RuleArn": "${ARN}", "IsDefault": "false"},
		Props: []string{
			"Actions", "Conditions", "ListenerArn", "Priority", "Tags", "Transforms",
		},
	},
	{
		Name: "AWS::ElasticLoadBalancingV2::ListenerCertificate", Source: page + "listenercertificate.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"Certificates", "ListenerArn",
		},
	},
}
