package schema

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
)

// setters are the calls that change the policy of a resource: what a custom
// resource may do to one that it is told of.
var setters = map[string]string{
	"AWS::KMS::Key":               "kms:PutKeyPolicy",
	"AWS::S3::Bucket":             "s3:PutBucketPolicy",
	"AWS::SQS::Queue":             "sqs:SetQueueAttributes",
	"AWS::SNS::Topic":             "sns:SetTopicAttributes",
	"AWS::SecretsManager::Secret": "secretsmanager:PutResourcePolicy",
	"AWS::ECR::Repository":        "ecr:SetRepositoryPolicy",
	"AWS::Lambda::Function":       "lambda:AddPermission",
}

// attachCustom leaves open the policy of a resource that a custom resource is
// told of, where some role of the stack is given, by name, the call that
// changes it: so AWS Solutions Constructs let CloudFront use a key, which
// cannot name the distribution that names it
// (https://docs.aws.amazon.com/solutions/latest/constructs/aws-cloudfront-s3.html).
// What the provider does with anything else that it is told of, is not asked.
func attachCustom(m *cloud.Model, r *cloud.Resource) {
	if r.Props == nil || r.Props.Kind != doc.Map {
		return
	}
	for _, f := range r.Props.Fields {
		text := f.Value.Str()
		if text == "" || f.Name() == "ServiceToken" {
			continue
		}
		for typ, call := range setters {
			sure, _ := m.Refer(text, r.Account, r.Region, typ)
			for _, of := range sure {
				if of.Stack == r.Stack && granted(m, r.Stack, call) {
					of.Policies = append(of.Policies, cloud.Attachment{
						Name: "what the custom resource makes of its policy", Resource: r, Span: f.Value.Where(),
						Unknown: "what the custom resource " + match.Render(r.ID()) + " makes of the policy of " + match.Render(of.ID()),
					})
				}
			}
		}
	}
}

// granted reports whether a role of the stack is allowed a call by its full
// name.
func granted(m *cloud.Model, stack *cloud.Stack, call string) bool {
	return slices.ContainsFunc(m.Resources, func(r *cloud.Resource) bool {
		switch r.Type {
		case "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy":
			return r.Stack == stack && says(r.Props, call)
		}
		return false
	})
}

func says(n *doc.Node, text string) bool {
	if n == nil {
		return false
	}
	if strings.EqualFold(n.Str(), text) {
		return true
	}
	return slices.ContainsFunc(n.Items, func(it *doc.Node) bool { return says(it, text) }) ||
		slices.ContainsFunc(n.Fields, func(f doc.Field) bool { return says(f.Value, text) })
}
