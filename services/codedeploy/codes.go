package codedeploy

import "penstock/service"

// checks: what stops a deployment without a policy.
var checks = []service.Check{
	{Code: "RUN081", On: "job", Find: noProfile},
	{Code: "RUN103", On: "job", Find: badGroup},
	{Code: "RUN104", On: "action", Find: badFiles},
}

var codes = append(blueGreenCodes, service.Code{
	Code: "RUN081", Theorem: "runs",
	Open:  "which instance profile the instances are to have, the author knows",
	Title: "the instances of a deployment group have no role",
	Doc: `
The CodeDeploy agent on an instance downloads the revision itself, with the role of the instance's profile: the service role
of the deployment group does not reach the instance. A launch template, launch configuration or instance without
` + "`IamInstanceProfile`" + `, or with a profile that holds no role, leaves the agent without credentials.

**What AWS shows**: the deployment waits and then fails; the agent's log on the instance says "Missing credentials - please
check if this instance was started with an IAM instance profile".

**Remedy**: an instance profile whose role trusts ec2.amazonaws.com and may call s3:GetObject on the artifact bucket, and
kms:Decrypt on its key.

**Sources**
- https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-iam-instance-profile.html
- https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ec2-instances.html
`,
})
