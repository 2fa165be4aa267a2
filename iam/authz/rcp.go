package authz

// rcpService reports whether resource control policies bind a service, by the
// list that the service authorization reference carried in October 2025; see
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html,
// "List of AWS services that support RCPs". A caller with newer facts gives
// its own in Options.
func rcpService(prefix string) bool {
	switch prefix {
	case "aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory",
		"cloudfront", "cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline",
		"cognito-identity", "cognito-idp", "comprehend", "comprehendmedical", "compute-optimizer",
		"cost-optimization-hub", "dax", "dsql", "dynamodb", "ecr", "ecr-public", "events", "firehose", "fis", "fms",
		"gamelift", "health", "inspector-scan", "kendra", "kinesisvideo", "kms", "logs", "memorydb",
		"networkmonitor", "notifications", "opensearch", "pca-connector-ad", "personalize", "polly", "pricing",
		"resource-groups", "rolesanywhere", "s3", "secretsmanager", "servicediscovery", "signin", "sqs", "sts",
		"support", "swf", "textract", "timestream-influxdb", "transcribe", "transfer", "translate", "wafv2",
		"workspaces", "xray":
		return true
	default:
		return false
	}
}
