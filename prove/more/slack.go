package more

import (
	"slices"
	"strings"
)

// A companion is an action that AWS documents as needed together with another
// on the same resource, in cases that no template tells.
type companion struct{ with, also, source string }

var companions = []companion{
	// A part of a multipart upload is decrypted before it is joined; whether
	// an object is large enough to be uploaded in parts shows when it is.
	{"kms:GenerateDataKey", "kms:Decrypt", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions"},
	// AWS's policy for artifacts has it beside the others.
	{"kms:Decrypt", "kms:DescribeKey", "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"},
	{"kms:GenerateDataKey", "kms:DescribeKey", "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"},
	{"s3:PutObject", "s3:AbortMultipartUpload", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions"},
	{"ecr:PutImage", "ecr:BatchGetImage", "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"},
	{"s3:GetObject", "s3:GetObjectVersion", "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"},
	{"s3:GetObjectVersion", "s3:GetObject", "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"},
}

// star are actions that AWS's page for the provider gives Resource "*" though
// the reference lists a resource type for them.
var star = map[string]string{
	"ecs:registertaskdefinition": "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html#action-reference-ECS-permissions-action",
	"ec2:createnetworkinterface": "https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface",
	"ec2:deletenetworkinterface": "https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface",
}

// slack adds to the needs what companions need.
func (s *subject) slack() {
	for _, c := range companions {
		also := strings.ToLower(c.also)
		for _, r := range s.needs[strings.ToLower(c.with)] {
			if !slices.Contains(s.needs[also], r) {
				s.needs[also] = append(s.needs[also], r)
			}
		}
	}
	// A log group's streams are written "log-group:name:*" in AWS's policies,
	// whatever the name of the stream
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html).
	for a, rs := range s.needs {
		if !strings.HasPrefix(a, "logs:") {
			continue
		}
		for _, r := range rs {
			if group, _, ok := strings.Cut(r, ":log-stream:"); ok && !slices.Contains(s.needs[a], group+":*") {
				s.needs[a] = append(s.needs[a], group+":*")
			}
		}
	}
	for a := range star {
		if len(s.needs[a]) > 0 {
			s.needs[a] = append(s.needs[a], "*")
		}
	}
}
