package codebuild

import (
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

const vpcPage = guide + "auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface"

// networkRows: the network interface of a build in a VPC.
var networkRows = []service.Row{
	{
		ID: "codebuild.vpc.describe", Caller: "build role",
		Actions: []string{
			"ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeDhcpOptions", "ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces",
		},
		Resource: "*", Why: "looks at the VPC of the build, and of the project when it is made",
		Need: service.Stops, Basis: service.Documented, Source: vpcPage + "; https://github.com/aws/aws-cdk/issues/11815 (when the project is made)",
		Made: true,
		Targets: func(s *service.Site) []service.Target {
			if !inVPC(s) {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Prop("VpcConfig").Where(), What: "VPC of the build"}}
		},
	},
	{
		ID: "codebuild.vpc.create", Caller: "build role",
		Actions: []string{"ec2:CreateNetworkInterface"}, Resource: "subnet/<subnet>, security-group/<group>, network-interface/*",
		Why:  "makes the network interface of the build",
		Need: service.Stops, Basis: service.Documented, Source: vpcPage,
		Targets: createInterface,
	},
	{
		ID: "codebuild.vpc.permit", Caller: "build role",
		Actions: []string{"ec2:CreateNetworkInterfacePermission"}, Resource: "network-interface/*",
		Context: "ec2:AuthorizedService = codebuild.amazonaws.com, ec2:Subnet = the subnet",
		Why:     "lets CodeBuild attach the network interface",
		Need:    service.Stops, Basis: service.Documented, Source: vpcPage,
		Targets: permitInterface,
	},
	{
		ID: "codebuild.vpc.delete", Caller: "build role",
		Actions: []string{"ec2:DeleteNetworkInterface"}, Resource: "network-interface/*",
		Why:  "takes the network interface away after the build",
		Need: service.Degrades, Lost: "network interfaces are left behind in the VPC", Basis: service.Documented, Source: vpcPage,
		Targets: func(s *service.Site) []service.Target {
			if !inVPC(s) {
				return nil
			}
			t := networkInterface(s)
			t.Context.Open = true // tags, subnet, VPC, zone
			return []service.Target{t}
		},
	},
}

func inVPC(s *service.Site) bool {
	n := s.Resource.Prop("VpcConfig")
	return n.Get("VpcId") != nil || n.Get("Subnets") != nil
}

func networkInterface(s *service.Site) service.Target {
	return service.Target{
		Resource: s.ARN("ec2", "network-interface/"+match.Hole(match.Name, "the network interface of the build")),
		At:       s.Resource.Prop("VpcConfig").Where(), What: "network interface of the build",
	}
}

// createInterface: the statement must cover each of the three kinds of
// resource
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
// CreateNetworkInterface).
func createInterface(s *service.Site) []service.Target {
	if !inVPC(s) {
		return nil
	}
	n := s.Resource.Prop("VpcConfig")
	vpc := n.Get("VpcId").Str()
	with := func(t service.Target) service.Target {
		// Tags, availability zone and the like.
		t.Context.Open = true
		if vpc != "" {
			t.Context.Set("ec2:Vpc", s.ARN("ec2", "vpc/"+vpc))
		}
		return t
	}
	ts := []service.Target{with(networkInterface(s))}
	for sub := range n.Get("Subnets").Elems() {
		ts = append(ts, with(service.Target{Resource: s.ARN("ec2", "subnet/"+sub.Str()), At: sub.Where(), What: "subnet of the build"}))
	}
	for g := range n.Get("SecurityGroupIds").Elems() {
		ts = append(ts, with(service.Target{Resource: s.ARN("ec2", "security-group/"+g.Str()), At: g.Where(), What: "security group of the build"}))
	}
	return ts
}

// permitInterface: one subnet of those of the project, whichever has room.
func permitInterface(s *service.Site) []service.Target {
	if !inVPC(s) {
		return nil
	}
	var ts []service.Target
	for sub := range s.Resource.Prop("VpcConfig", "Subnets").Elems() {
		t := networkInterface(s)
		t.Context.Set("ec2:AuthorizedService", "codebuild.amazonaws.com")
		t.Context.Set("ec2:Subnet", s.ARN("ec2", "subnet/"+sub.Str()))
		t.Context.SetUnknown("ec2:AvailabilityZone")
		t.Context.SetUnknown("ec2:Vpc")
		t.Context.SetUnknown("ec2:AuthorizedUser")
		t.Context.SetUnknown("ec2:Permission")
		t.Context.SetUnknown("ec2:Region")
		t.At = sub.Where()
		ts = append(ts, t)
	}
	return ts
}

const (
	imagePage   = guide + "sample-ecr.html"
	privatePage = guide + "sample-private-registry.html"
)

// imageRows: the image that the build runs in.
var imageRows = []service.Row{
	{
		ID: "codebuild.image.token", Caller: "build role",
		Actions: []string{"ecr:GetAuthorizationToken"}, Resource: "*",
		Why:  "logs in to pull the image of the build (ImagePullCredentialsType SERVICE_ROLE)",
		Need: service.Stops, Basis: service.Documented, Source: imagePage,
		Targets: func(s *service.Site) []service.Target {
			if len(buildImage(s, "SERVICE_ROLE")) == 0 {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Prop("Environment", "Image").Where(), What: "registry password"}}
		},
	},
	{
		ID: "codebuild.image", Caller: "build role",
		Actions: script.PullActions, Resource: "repository/<image>",
		Why:  "pulls the image of the build (ImagePullCredentialsType SERVICE_ROLE)",
		Need: service.Stops, Basis: service.Documented, Source: imagePage,
		Targets: func(s *service.Site) []service.Target { return buildImage(s, "SERVICE_ROLE") },
	},
	{
		ID: "codebuild.image.layers", Caller: "build role",
		Actions: []string{"ecr:BatchCheckLayerAvailability"}, Resource: "repository/<image>",
		Why:  "pulls the image of the build",
		Need: service.Listed, Basis: service.Documented, Source: imagePage,
		Targets: func(s *service.Site) []service.Target { return buildImage(s, "SERVICE_ROLE") },
	},
	{
		ID: "codebuild.image.by-codebuild", Caller: "codebuild.amazonaws.com",
		Actions: script.PullActions, Resource: "repository/<image>",
		Context: "aws:SourceArn = the project, aws:SourceAccount = its account",
		Why:     "CodeBuild pulls the image of the build as itself (ImagePullCredentialsType CODEBUILD), so the repository's policy must allow it",
		Need:    service.Stops, Basis: service.Documented, Source: imagePage,
		Targets: func(s *service.Site) []service.Target {
			ts := buildImage(s, "CODEBUILD")
			for i := range ts {
				ts[i].Caller = iam.Principal{Service: "codebuild.amazonaws.com"}
				ts[i].Context = service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
			}
			return ts
		},
	},
	{
		ID: "codebuild.image.credential", Caller: "build role",
		Actions: []string{"secretsmanager:GetSecretValue"}, Resource: "<RegistryCredential.Credential>",
		Why:  "reads the password of the private registry",
		Need: service.Stops, Basis: service.Documented, Source: privatePage,
		Targets: func(s *service.Site) []service.Target {
			n := s.Resource.Prop("Environment", "RegistryCredential", "Credential")
			if n.Str() == "" {
				return nil
			}
			t := s.Secret(s.Region, n.Str())
			t.At = n.Where()
			return []service.Target{t}
		},
	},
}

// buildImage is the repository of the build's image, where it is in ECR and
// pulled with these credentials; CODEBUILD is the default
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html,
// imagePullCredentialsType).
func buildImage(s *service.Site, credentials string) []service.Target {
	env := s.Resource.Prop("Environment")
	c := env.Get("ImagePullCredentialsType").Str()
	if c == "" {
		c = "CODEBUILD"
	}
	account, region, name, ok := service.ECRImage(env.Get("Image").Str())
	if !ok || c != credentials {
		return nil
	}
	t := script.Repository(s, account, region, name)
	t.At = env.Get("Image").Where()
	return []service.Target{t}
}
