package service

import "penstock/iam"

// ownNetwork: the keys that name a VPC or its endpoint, and what they hold
// where AWS's services send a request from a network of their own. S3's
// endpoints there are no endpoint of a customer, so the value, if the key is
// there at all, equals nothing that a policy can name (reasoned from
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html,
// which says the same of requests that the console makes).
var ownNetwork = map[string]string{
	"aws:SourceVpce": "vpce-(AWS's own)",
	"aws:SourceVpc":  "vpc-(AWS's own)",
}

// Outside reports whether what the site's role calls is sent from a network of
// AWS and not from a VPC of the customer's: the service of a pipeline's
// action, a build or a function without a VPC.
func (s *Site) Outside() bool {
	switch {
	case s.Network != nil:
		return false
	case s.Resource != nil:
		switch s.Resource.Type {
		case "AWS::CodePipeline::Pipeline", "AWS::CodeBuild::Project", "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine":
			return true
		}
		return false
	case s.Rule != nil:
		return s.Rule.Config.Get("VpcId") == nil && s.Rule.Config.Get("Subnets") == nil
	case s.Action != nil:
		return s.Action.Config.Get("VpcId") == nil && s.Action.Config.Get("Subnets") == nil
	}
	return false
}

// FromOutside puts the keys of the network into the context of a request that
// is sent from a network of AWS; what a row said stays.
func FromOutside(x *iam.Context) {
	for k, v := range ownNetwork {
		if !x.Has(k) {
			x.Put(k, iam.ContextValue{State: iam.Known, Values: []string{v}, Optional: true})
		}
	}
}
