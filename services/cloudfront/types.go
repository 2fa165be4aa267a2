package cloudfront

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-"

// types are the resources of Amazon CloudFront. Their ARNs have no region.
var types = []service.Type{
	{
		Name: "AWS::CloudFront::Distribution", Source: page + "distribution.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:distribution/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"DistributionConfig", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudFront::OriginAccessControl", Source: page + "originaccesscontrol.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:origin-access-control/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"OriginAccessControlConfig",
		},
	},
	{
		Name: "AWS::CloudFront::CloudFrontOriginAccessIdentity", Source: page + "cloudfrontoriginaccessidentity.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:origin-access-identity/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"CloudFrontOriginAccessIdentityConfig",
		},
	},
	{
		Name: "AWS::CloudFront::Function", Source: page + "function.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:cloudfront::${Account}:function/${Name}",
		Attrs:    map[string]string{"FunctionARN": "${ARN}", "FunctionMetadata.FunctionARN": "${ARN}"},
		Props: []string{
			"AutoPublish", "FunctionCode", "FunctionConfig", "FunctionMetadata", "Name", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudFront::CachePolicy", Source: page + "cachepolicy.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:cache-policy/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"CachePolicyConfig",
		},
	},
	{
		Name: "AWS::CloudFront::OriginRequestPolicy", Source: page + "originrequestpolicy.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:origin-request-policy/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"OriginRequestPolicyConfig",
		},
	},
	{
		Name: "AWS::CloudFront::ResponseHeadersPolicy", Source: page + "responseheaderspolicy.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:cloudfront::${Account}:response-headers-policy/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"ResponseHeadersPolicyConfig",
		},
	},
}
