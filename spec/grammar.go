package spec

import (
	"sync"
	"time"
)

// key is an optional key of an object.
func key(name, doc string, s shape) *field {
	s.doc = doc
	return &field{key: name, shape: &s}
}

// must is a key that has to be there.
func must(name, doc string, s shape) *field {
	f := key(name, doc, s)
	f.must = true
	return f
}

// The simplest shapes.
func text(u *rule) shape        { return shape{text: u} }
func flag() shape               { return shape{flag: true} }
func number(from, to int) shape { return shape{num: &[2]int{from, to}} }
func listOf(s shape) shape      { return shape{list: &s} }
func dictOf(k *rule, s shape) shape {
	return shape{dict: &s, keys: k}
}
func object(fields ...*field) shape { return shape{obj: fields} }

// some takes one text or a list of them.
func some(u *rule) shape {
	item := text(u)
	return shape{text: u, list: &item}
}

// values are named values, taken as written.
func values(k *rule) shape { return dictOf(k, text(valueRule)) }

// grammar is the shape of penstock.yaml.
var grammar = sync.OnceValue(func() *shape {
	name := anyText("a name")
	path := anyText("the path of a file")
	arns := some(arnRule)
	emails := some(emailRule)

	permission := object(
		must("actions", "IAM actions", some(actionRule)),
		must("resources", "ARNs that they are called on, with wildcards; \"*\" for actions that know no resource", some(anyText("an ARN, or \"*\""))),
		must("why", "what needs it; it stands beside the statement", text(anyText("a reason"))),
	)
	permission.name = "permission"
	allow := listOf(permission)

	pattern := some(anyText("a pattern such as main, release/** or src/**"))
	filter := pattern
	filter.name = "filter"
	filter.obj = []*field{
		key("include", "patterns, of which one has to match", pattern),
		key("exclude", "patterns, of which none may match", pattern),
	}

	image := some(repository)
	image.name = "image"
	image.obj = []*field{
		must("ecr", "ECR repositories of the tools account", some(repository)),
		key("create", "make the repositories here; true for push, false for pull", flag()),
	}

	secret := text(secretRule)
	secret.name = "secret"
	secret.obj = []*field{
		must("from", "ssm:/path, secretsmanager:name#key, or the whole ARN", text(secretRule)),
		key("create", "make the Secrets Manager secret here, empty; false by default", flag()),
		key("rotate", "days between rotations", text(span("a number of days", 24*time.Hour, 1000*24*time.Hour))),
		key("function", "ARN of the function that rotates it", text(arnRule)),
	}

	buildFields := []*field{
		key("buildspec", "path of the buildspec in the source, or its text where it has several lines; buildspec.yml by default", text(path)),
		key("image", "CodeBuild image, or an image of an ECR repository of the tools account", shape{
			text: anyText("an image"), obj: []*field{
				must("ecr", "repository of the tools account", text(repository)),
				key("tag", "latest by default", text(anyText("an image tag"))),
			},
		}),
		key("compute", "size of the machine: small by default", text(oneOf("small", "medium", "large", "xlarge", "2xlarge"))),
		key("arch", "x86_64 by default", text(oneOf("x86_64", "arm64"))),
		key("privileged", "run docker; true by default where images are pushed", flag()),
		key("timeout", "1h by default", text(span("a length of time", 5*time.Minute, 36*time.Hour))),
		key("secrets", "environment variables with secrets, by reference", dictOf(variable, secret)),
		key("env", "environment variables, as plain text", values(variable)),
		key("push", "ECR repositories of the tools account that it pushes images to", image),
		key("pull", "ECR repositories of the tools account that it pulls images from", image),
		key("cache", "none by default", text(oneOf("s3", "local", "none"))),
		key("reports", "test reports; false by default", flag()),
		key("batch", "a batch build; false by default", flag()),
		key("vpc", "run in the network; true by default where there is one", flag()),
		key("input", "the build whose output it takes; source by default", text(partName)),
		key("output", "make an artifact for the stages; true by default for a build, false for a test", flag()),
		key("allow", "what its commands call in AWS beyond what the spec says", allow),
	}
	build := object(buildFields...)
	build.name = "build"
	test := text(path)
	test.obj, test.like = buildFields, &build

	config := key("config", "CodeDeploy deployment configuration", text(anyText("a deployment configuration such as CodeDeployDefault.AllAtOnce")))
	application := key("application", "CodeDeploy application; made by default", text(name))
	group := key("group", "CodeDeploy deployment group; made by default", text(name))

	blueGreen := flag()
	blueGreen.obj = []*field{
		application, group,
		key("listener", "ARN of the production listener", text(arnRule)),
		key("testListener", "ARN of the test listener", text(arnRule)),
		key("targetGroups", "names of the two target groups", listOf(text(name))),
		key("taskDefinition", "template in the artifact; taskdef.json by default", text(path)),
		key("appspec", "template in the artifact; appspec.yaml by default", text(path)),
		config,
	}
	ecs := object(
		must("cluster", "name of the cluster", text(name)),
		must("service", "name of the service", text(name)),
		key("definitions", "file in the artifact that names the images; imagedefinitions.json by default", text(path)),
		key("taskRole", "role of the containers; made by default", text(roleName)),
		key("executionRole", "role that starts the containers; made by default", text(roleName)),
		key("create", "make the cluster, the service and the task definition here; false by default", flag()),
		key("subnets", "of the tasks, where they are made here", some(subnetRule)),
		key("securityGroups", "of the tasks, where they are made here", some(groupRule)),
		key("port", "of the container; 8080 by default", number(1, 65535)),
		key("cpu", "CPU units of the task; 256 by default", number(256, 16384)),
		key("memory", "MiB of the task; 512 by default", number(512, 122880)),
		key("blueGreen", "deploy blue/green by CodeDeploy in place of rolling", blueGreen),
		key("allow", "what the containers call in AWS, with the role that is made", allow),
	)
	ec2 := object(
		application, group,
		key("autoScalingGroup", "name of the Auto Scaling group", text(name)),
		key("tags", "tags of the instances", values(nil)),
		key("instanceRole", "role of the instances; made by default, with its instance profile", text(roleName)),
		config,
		key("allow", "what the instances call in AWS, with the role that is made", allow),
	)
	lambda := object(
		must("function", "name of the function", text(name)),
		key("alias", "alias whose traffic is shifted; live by default", text(name)),
		application, group,
		key("create", "make the function here; false by default", flag()),
		key("appspec", "AppSpec file in the artifact; appspec.yaml by default", text(path)),
		config,
		key("allow", "what the function calls in AWS, where it is made here", allow),
	)
	cloudformation := object(
		key("stack", "name of the stack; <project>-<stage> by default", text(stackRule)),
		key("template", "in the artifact; template.yaml by default, packaged.yaml for sam", text(path)),
		key("configuration", "template configuration file in the artifact", text(path)),
		key("capabilities", "what is acknowledged; none by default, CAPABILITY_IAM and CAPABILITY_AUTO_EXPAND for sam",
			listOf(text(oneOf("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")))),
		key("parameters", "parameters of the template", values(nil)),
		key("changeSet", "make a change set, then execute it; true by default", flag()),
		key("sam", "the template is a SAM template that was packaged; false by default", flag()),
		key("allow", "what the execution role may do beyond what the template shows", allow),
	)
	s3 := object(
		must("bucket", "name of the bucket", text(bucketRule)),
		key("prefix", "key, or where extracted the prefix of keys", text(path)),
		key("extract", "unpack the artifact; true by default", flag()),
		key("key", "ARN of the KMS key of the bucket", text(arnRule)),
	)

	approve := object(
		key("by", "groups whose members may vote", some(groupName)),
		key("need", "how many people in all; 1 by default", number(1, 20)),
		key("every", "each group has to agree; true by default where need is at least the number of groups", flag()),
		key("within", "24h by default; then it is refused", text(withinRule)),
		key("never", "who may not vote, whatever the group: author and starter by default",
			shape{text: neverRule, list: &shape{text: neverRule}}),
		key("native", "the manual approval action of CodePipeline: one person, no groups; false by default", flag()),
		key("notify", "e-mail addresses that are asked", emails),
	)

	condition := object(
		must("when", "entry, success or failure", text(oneOf("entry", "success", "failure"))),
		must("rule", "what is asked", text(oneOf("CloudWatchAlarm", "DeploymentWindow", "VariableCheck", "LambdaInvoke"))),
		key("result", "FAIL by default", text(oneOf("FAIL", "ROLLBACK", "SKIP"))),
		key("config", "configuration of the rule", values(nil)),
	)
	condition.name = "condition"
	stage := object(
		key("name", "by default that of the account, or approve-<account>, or test", text(partName)),
		key("deploy", "alias of the account to deploy to", text(partName)),
		key("test", "a build that tests, or the path of its buildspec", test),
		key("approve", "a gate", approve),
		key("ecs", "deploy to an ECS service", ecs),
		key("ec2", "deploy to EC2 instances by CodeDeploy", ec2),
		key("lambda", "deploy a function by CodeDeploy", lambda),
		key("cloudformation", "deploy a stack, from a CloudFormation or a SAM template", cloudformation),
		key("s3", "deploy files to a bucket", s3),
		key("regions", "regions to deploy to; that of the pipeline by default", some(regionRule)),
		key("input", "the build whose output is deployed, or source; the only build with an output by default", text(partName)),
		key("onFailure", "fail by default", text(oneOf("fail", "rollback", "retry"))),
		key("conditions", "conditions of the stage", listOf(condition)),
	)
	stage.name = "stage"

	source := object(
		key("codecommit", "CodeCommit repository of the tools account", text(codeCommitRule)),
		key("github", "owner/name on GitHub", text(ownedRule)),
		key("gitlab", "group/name on GitLab", text(ownedRule)),
		key("bitbucket", "workspace/name on Bitbucket", text(ownedRule)),
		key("s3", "bucket", text(bucketRule)),
		key("ecr", "ECR repository of the tools account", text(repository)),
		key("branch", "main by default", text(anyText("a branch"))),
		key("connection", "ARN of the CodeConnections connection; made by default, and confirmed by hand", text(connectionRule)),
		key("object", "key of the archive in the S3 bucket; source.zip by default", text(path)),
		key("tag", "image tag of the ECR repository; latest by default", text(anyText("an image tag"))),
		key("fullClone", "clone the repository with its history; false by default", flag()),
		key("create", "make the repository or the bucket here; false by default", flag()),
	)

	trigger := text(oneOf("manual"))
	trigger.obj = []*field{
		key("branches", "branches whose pushes start the pipeline", filter),
		key("paths", "files whose changes start the pipeline", filter),
		key("tags", "tags whose pushes start the pipeline", filter),
		key("pullRequests", "target branches whose pull requests start the pipeline", filter),
	}

	network := shape{flag: true, obj: []*field{
		key("vpc", "id of the VPC; made by default", text(vpcRule)),
		key("subnets", "ids of its subnets", some(subnetRule)),
		key("securityGroups", "ids of security groups; made by default", some(groupRule)),
		key("routeTables", "ids of the subnets' route tables, for the S3 endpoint", some(routeRule)),
		key("cidr", "of the VPC that is made; 10.0.0.0/16 by default", text(cidrRule)),
		key("nat", "make a NAT gateway; false by default", flag()),
		key("endpoints", "make endpoints for what the builds call; true by default", flag()),
	}}

	people := object(
		key("users", "IAM users of the tools account, who may only assume roles, with MFA, and their groups", dictOf(groupName, some(groupName))),
		key("roles", "work roles by name", dictOf(roleName, object(
			must("accounts", "aliases of the accounts that have the role", some(partName)),
			must("groups", "who may assume it", some(groupName)),
			key("policies", "ARNs of managed policies", arns),
			key("allow", "what it may do beside", allow),
			key("session", "1h by default", text(span("a length of time", 15*time.Minute, 12*time.Hour))),
		))),
		key("identityCenter", "where people come from IAM Identity Center", object(
			must("instance", "ARN of the instance", text(instanceRule)),
			must("store", "id of the identity store", text(storeRule)),
			key("start", "start URL of the access portal", text(urlRule)),
			key("region", "of the instance; that of the pipeline by default", text(regionRule)),
			key("groups", "ids of the groups in the identity store, by the names used here", dictOf(groupName, text(anyText("the id of a group")))),
		)),
		key("github", "a role for workflows of GitHub Actions, without keys", object(
			must("repository", "owner/name", text(ownedRule)),
			key("branch", "main by default", text(anyText("a branch"))),
			key("environment", "the GitHub environment in place of a branch", text(anyText("an environment"))),
			key("role", "name of the role; <project>-github by default", text(roleName)),
			key("allow", "what the workflows may do", allow),
			key("createProvider", "make the OIDC provider; true by default", flag()),
		)),
	)

	brokered := object(
		must("account", "alias of the account that has the role, <project>-<name>", text(partName)),
		must("by", "who takes it on: a vendor's account, the role of a script", text(brokerRule)),
		must("externalId", "what it sends along; no secret, and different for each customer of a vendor", text(externalRule)),
		must("allow", "what it may do", allow),
		key("session", "1h by default", text(span("a length of time", 15*time.Minute, 12*time.Hour))),
	)
	brokered.name = "brokered"

	root := object(
		must("project", "names everything that is made", text(projectName)),
		must("region", "of the pipeline", text(regionRule)),
		key("environment", "tags everything that is made; prod by default", text(partName)),
		must("accounts", "account ids by alias: tools has the pipeline, logs keeps the audit log, stages deploy to the others", dictOf(partName, text(accountRule))),
		key("organization", "the organization of the accounts", object(
			key("id", "o-…", text(orgRule)),
			key("management", "id of the management account", text(accountRule)),
			key("scps", "files of service control policies by target", dictOf(targetRule, some(path))),
			key("rcps", "files of resource control policies by target", dictOf(targetRule, some(path))),
		)),
		must("source", "where the pipeline takes what it builds", source),
		key("trigger", "which changes start the pipeline: those of the branch by default; manual for none", trigger),
		key("build", "the build", build),
		key("builds", "several builds by name, in place of build", dictOf(partName, build)),
		must("stages", "what comes after the builds, in order: each a deploy, a test or an approve", listOf(stage)),
		key("variables", "pipeline variables with their default values", values(&rule{
			what: "the name of a pipeline variable: letters, digits and @ _ -", code: "SPEC008", pattern: `^[A-Za-z0-9@_-]+$`, max: 128,
		})),
		key("mode", "what a newer execution does to an older one; superseded by default", text(oneOf("superseded", "queued", "parallel"))),
		key("seal", "deploy only what was approved, by digest; true by default where something deploys after an approval", flag()),
		key("notifications", "who hears of executions", shape{text: emailRule, list: &shape{text: emailRule}, obj: []*field{
			must("emails", "e-mail addresses", emails),
			key("on", "failed by default", some(oneOf("started", "succeeded", "failed", "stopped", "superseded", "resumed"))),
		}}),
		key("network", "the VPC that builds run in: true makes one; none by default", network),
		key("key", "the KMS key of the artifacts", object(
			key("alias", "without alias/; <project>-cicd by default", text(aliasRule)),
			key("admins", "ARNs of roles that administer it", arns),
		)),
		key("audit", "what is recorded and who is told; false where somebody else keeps the trail", shape{flag: true, obj: []*field{
			key("alerts", "e-mail addresses that alarms go to; by default those of notifications, else those that approve.notify asks", emails),
			key("organization", "one trail for the organization; false by default", flag()),
			key("retention", "how long log files are kept and locked; 365d by default", text(span("a number of days", 24*time.Hour, 36500*24*time.Hour))),
			key("insights", "CloudTrail Insights; true by default", flag()),
			key("dashboard", "a CloudWatch dashboard; true by default", flag()),
			key("function", "a function that puts each alert into words as well; false by default", flag()),
		}}),
		key("people", "how people get in", people),
		key("brokered", "roles by name that are taken on with an external id, by who can send one; never by actions of the pipeline", dictOf(partName, brokered)),
		key("boundary", "managed policy that each account has, by name or ARN, in place of the permissions boundary that is made", text(policyRule)),
		key("tags", "tags of everything that is made", values(nil)),
	)
	return &root
})
