package ec2

// s3Lists are the prefix lists that AWS keeps of the addresses of S3, by
// region. Their ids are the same in every account and, a region apart, may
// name another list. No page of AWS's has them: these are from a listing of
// `aws ec2 describe-prefix-lists` in every region
// (https://github.com/sharadchhetri/aws, README), and agree with what projects
// deploy with; of other regions `aws ec2 describe-managed-prefix-lists` tells.
var s3Lists = map[string]string{
	"ap-northeast-1": "pl-61a54008", "ap-northeast-2": "pl-78a54011", "ap-south-1": "pl-78a54011", "ap-southeast-1": "pl-6fa54006",
	"ap-southeast-2": "pl-6ca54005", "ca-central-1": "pl-7da54014", "eu-central-1": "pl-6ea54007", "eu-west-1": "pl-6da54004",
	"eu-west-2": "pl-7ca54015", "eu-west-3": "pl-23ad484a", "sa-east-1": "pl-6aa54003", "us-east-1": "pl-63a5400a",
	"us-east-2": "pl-7ba54012", "us-west-1": "pl-6ba54002", "us-west-2": "pl-68a54001",
}

// PrefixList returns the id of the prefix list of a service that has a gateway
// endpoint ("s3") in a region, "" where it is not known.
func PrefixList(service, region string) string {
	if service != "s3" {
		return ""
	}
	return s3Lists[region]
}

// keptByAWS reports whether an id is that of a list that AWS keeps, of S3 or,
// in another region, of DynamoDB.
func keptByAWS(id string) bool {
	for _, l := range s3Lists {
		if l == id {
			return true
		}
	}
	return false
}
