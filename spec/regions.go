package spec

import (
	"slices"
	"strings"

	"penstock/spelling"
)

// regions are the regions of all partitions
// (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html,
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-arns.html,
// https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html).
var regions = []string{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
	"ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
	"ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
	"eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1",
	"me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
	"us-gov-west-1", "us-west-1", "us-west-2",
}

// knownRegion says what is wrong with the name of a region.
func knownRegion(s string) string {
	if slices.Contains(regions, s) {
		return ""
	}
	if near := spelling.Nearest(s, regions); len(near) > 0 {
		return "there is no such region, did you mean " + strings.Join(near, " or ") + "?"
	}
	return "there is no such region"
}
