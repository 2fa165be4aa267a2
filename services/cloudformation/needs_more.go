package cloudformation

// needsNetwork and needsMore go on with needs. Each begins with the call that
// makes the resource, without which there is none.

var needsNetwork = map[string][]string{
	"AWS::ApplicationAutoScaling::ScalableTarget": {"application-autoscaling:RegisterScalableTarget"},
	"AWS::AutoScaling::AutoScalingGroup":          {"autoscaling:CreateAutoScalingGroup", "~autoscaling:DescribeAutoScalingGroups@*"},
	"AWS::EC2::EIP":                               {"ec2:AllocateAddress", "ec2:CreateTags?Tags"},
	"AWS::EC2::InternetGateway":                   {"ec2:CreateInternetGateway", "ec2:CreateTags?Tags"},
	"AWS::EC2::LaunchTemplate":                    {"ec2:CreateLaunchTemplate"},
	"AWS::EC2::NatGateway":                        {"ec2:CreateNatGateway", "ec2:CreateTags?Tags"},
	"AWS::EC2::Route":                             {"ec2:CreateRoute@RouteTableId"},
	"AWS::EC2::RouteTable":                        {"ec2:CreateRouteTable", "ec2:CreateTags?Tags"},
	"AWS::EC2::SecurityGroup": {
		"ec2:CreateSecurityGroup", "~ec2:DescribeSecurityGroups@*", "ec2:AuthorizeSecurityGroupIngress?SecurityGroupIngress",
		"ec2:AuthorizeSecurityGroupEgress?SecurityGroupEgress", "ec2:CreateTags?Tags",
	},
	"AWS::EC2::SecurityGroupEgress":         {"ec2:AuthorizeSecurityGroupEgress@GroupId"},
	"AWS::EC2::SecurityGroupIngress":        {"ec2:AuthorizeSecurityGroupIngress@GroupId"},
	"AWS::EC2::Subnet":                      {"ec2:CreateSubnet", "ec2:CreateTags?Tags"},
	"AWS::EC2::SubnetRouteTableAssociation": {"ec2:AssociateRouteTable@RouteTableId"},
	"AWS::EC2::VPC":                         {"ec2:CreateVpc", "~ec2:DescribeVpcs@*", "ec2:CreateTags?Tags"},
	"AWS::EC2::VPCEndpoint":                 {"ec2:CreateVpcEndpoint"},
	"AWS::EC2::VPCGatewayAttachment":        {"ec2:AttachInternetGateway@InternetGatewayId"},
	"AWS::ElasticLoadBalancingV2::Listener": {"elasticloadbalancing:CreateListener@LoadBalancerArn"},
	"AWS::ElasticLoadBalancingV2::ListenerRule": {
		"elasticloadbalancing:CreateRule@ListenerArn",
	},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": {
		"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:ModifyLoadBalancerAttributes?LoadBalancerAttributes",
	},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {
		"elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes?TargetGroupAttributes",
	},
	"AWS::Route53::HostedZone":             {"route53:CreateHostedZone@*"},
	"AWS::Route53::RecordSet":              {"route53:ChangeResourceRecordSets@HostedZoneId"},
	"AWS::CertificateManager::Certificate": {"acm:RequestCertificate@*"},
	"AWS::CloudFront::Distribution":        {"cloudfront:CreateDistribution@*"},
	"AWS::CloudFront::OriginAccessControl": {"cloudfront:CreateOriginAccessControl@*"},
}

var needsMore = map[string][]string{
	"AWS::Athena::WorkGroup":                {"athena:CreateWorkGroup"},
	"AWS::CloudTrail::Trail":                {"cloudtrail:CreateTrail", "cloudtrail:StartLogging?IsLogging"},
	"AWS::CodeArtifact::Domain":             {"codeartifact:CreateDomain@*"},
	"AWS::CodeArtifact::Repository":         {"codeartifact:CreateRepository@*"},
	"AWS::CodeBuild::ReportGroup":           {"codebuild:CreateReportGroup"},
	"AWS::Cognito::UserPool":                {"cognito-idp:CreateUserPool@*"},
	"AWS::Cognito::UserPoolClient":          {"cognito-idp:CreateUserPoolClient@UserPoolId"},
	"AWS::Config::ConfigRule":               {"config:PutConfigRule"},
	"AWS::EFS::FileSystem":                  {"elasticfilesystem:CreateFileSystem@*"},
	"AWS::EKS::Cluster":                     {"eks:CreateCluster@*"},
	"AWS::Events::EventBus":                 {"events:CreateEventBus"},
	"AWS::Glue::Job":                        {"glue:CreateJob"},
	"AWS::IAM::AccessKey":                   {"iam:CreateAccessKey@UserName"},
	"AWS::IAM::Group":                       {"iam:CreateGroup", "iam:PutGroupPolicy?Policies", "iam:AttachGroupPolicy?ManagedPolicyArns"},
	"AWS::IAM::OIDCProvider":                {"iam:CreateOpenIDConnectProvider"},
	"AWS::IAM::User":                        {"iam:CreateUser", "~iam:GetUser", "iam:PutUserPolicy?Policies", "iam:AttachUserPolicy?ManagedPolicyArns", "iam:TagUser?Tags"},
	"AWS::Kinesis::Stream":                  {"kinesis:CreateStream"},
	"AWS::KinesisFirehose::DeliveryStream":  {"firehose:CreateDeliveryStream"},
	"AWS::Lambda::EventInvokeConfig":        {"lambda:PutFunctionEventInvokeConfig@FunctionName"},
	"AWS::Lambda::Url":                      {"lambda:CreateFunctionUrlConfig@TargetFunctionArn"},
	"AWS::Logs::MetricFilter":               {"logs:PutMetricFilter@LogGroupName"},
	"AWS::Logs::SubscriptionFilter":         {"logs:PutSubscriptionFilter@LogGroupName"},
	"AWS::Pipes::Pipe":                      {"pipes:CreatePipe"},
	"AWS::RDS::DBCluster":                   {"rds:CreateDBCluster", "~rds:DescribeDBClusters"},
	"AWS::RDS::DBInstance":                  {"rds:CreateDBInstance", "~rds:DescribeDBInstances"},
	"AWS::RDS::DBSubnetGroup":               {"rds:CreateDBSubnetGroup"},
	"AWS::SSM::Document":                    {"ssm:CreateDocument"},
	"AWS::Scheduler::Schedule":              {"scheduler:CreateSchedule"},
	"AWS::Scheduler::ScheduleGroup":         {"scheduler:CreateScheduleGroup"},
	"AWS::SecretsManager::ResourcePolicy":   {"secretsmanager:PutResourcePolicy@SecretId"},
	"AWS::SecretsManager::RotationSchedule": {"secretsmanager:RotateSecret@SecretId"},
	"AWS::ServiceDiscovery::PrivateDnsNamespace": {
		"servicediscovery:CreatePrivateDnsNamespace@*",
	},
	"AWS::WAFv2::WebACL": {"wafv2:CreateWebACL"},
}

// needsOf are the calls by which a type is made, nil where they are not known.
func needsOf(typ string) []string {
	for _, table := range [...]map[string][]string{needs, needsNetwork, needsMore} {
		if n := table[typ]; n != nil {
			return n
		}
	}
	return nil
}
