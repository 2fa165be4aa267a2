package ec2

import (
	"penstock/iam"
	"penstock/service"
	"penstock/source"
)

const instancePage = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html"

// instance: EC2 takes on the role of the instance profile and gives its
// credentials to the instance, without which whatever runs there has none
// ("AssumeRoleUnauthorizedAccess" in its metadata,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html).
// What runs there is not in the template.
var instance = service.Job{
	Type: "AWS::EC2::Instance", Principal: "ec2.amazonaws.com",
	Role: func(s *service.Site) (string, source.Span) {
		i := s.Single(s.Resource)
		return i.Role, i.At
	},
	Assume:       func(*service.Site) iam.Context { return iam.Context{} },
	AssumeSource: instancePage,
	Alone:        func(s *service.Site) bool { return s.Single(s.Resource).Role != "" },
}
