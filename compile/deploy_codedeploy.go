package compile

import (
	"cmp"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

func init() {
	deployers[spec.EC2] = (*builder).ec2
	deployers[spec.ECSBlueGreen] = (*builder).ecsBlueGreen
}

// codeDeployRole says what the role of a deployment group is for.
const codeDeployRole = "CodeDeploy carries the deployment out with this role."

// group draws the application and the deployment group of a stage, with the
// role that CodeDeploy works with; where the spec names a group it is there
// already.
func (b *builder) group(s *spec.Stage, st *blueprint.Stack, platform string, more blueprint.Map) (application, group blueprint.Sub) {
	d := s.Deploy
	application, group = blueprint.Sub("${ProjectName}-"+s.Name), blueprint.Sub("${ProjectName}-"+s.Name)
	id := ident(s.Name)
	if d.Application != "" {
		application = blueprint.Lit(d.Application)
	} else {
		st.Add(&blueprint.Resource{ID: id + "Application", Type: "AWS::CodeDeploy::Application", Section: s.Name,
			Props: blueprint.KV("ApplicationName", application, "ComputePlatform", platform)})
	}
	in := st
	if d.Group != "" {
		group = blueprint.Lit(d.Group)
		in = b.existing(d.Account, st.Region)
	}
	r := b.once(b.target(d.Account, d.Regions[0]), s.Name+"-codedeploy", codeDeployRole)
	role := b.arn(r, in)
	if r.stack == in {
		role = blueprint.Att(r.id, "Arn")
	}
	app := any(application)
	if d.Application == "" && in == st {
		app = blueprint.Ref(id + "Application")
	}
	props := blueprint.KV("ApplicationName", app, "DeploymentGroupName", group, "ServiceRoleArn", role)
	if d.DeploymentConfig != "" {
		props.Set("DeploymentConfigName", blueprint.Lit(d.DeploymentConfig))
	}
	props.Set("AutoRollbackConfiguration", blueprint.KV("Enabled", true, "Events", blueprint.Strings("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM")))
	in.Add(&blueprint.Resource{ID: id + "DeploymentGroup", Type: "AWS::CodeDeploy::DeploymentGroup", Props: append(props, more...)})
	return application, group
}

// ec2 deploys to instances by the agent on them.
func (b *builder) ec2(s *spec.Stage, st *blueprint.Stack, _ *role, in string) []blueprint.Map {
	d := s.Deploy
	profile := b.instances(s, st)
	have := b.existing(d.Account, st.Region)
	id := ident(s.Name)
	more := blueprint.Map{}
	if d.AutoScalingGroup != "" {
		have.Add(&blueprint.Resource{ID: id + "LaunchTemplate", Type: "AWS::EC2::LaunchTemplate", Props: blueprint.KV(
			"LaunchTemplateData", blueprint.KV("IamInstanceProfile", blueprint.KV("Name", profile)))})
		have.Add(&blueprint.Resource{ID: id + "Group", Type: "AWS::AutoScaling::AutoScalingGroup", Props: blueprint.KV(
			"AutoScalingGroupName", blueprint.Lit(d.AutoScalingGroup), "MinSize", "1", "MaxSize", "4",
			"LaunchTemplate", blueprint.KV("LaunchTemplateId", blueprint.Ref(id+"LaunchTemplate"), "Version", blueprint.Att(id+"LaunchTemplate", "LatestVersionNumber")))})
		more.Set("AutoScalingGroups", blueprint.Strings(d.AutoScalingGroup))
	} else {
		var tags, filters blueprint.List
		for _, t := range d.InstanceTags {
			tags = append(tags, blueprint.KV("Key", t.Key, "Value", t.Value))
			filters = append(filters, blueprint.KV("Key", t.Key, "Value", t.Value, "Type", "KEY_AND_VALUE"))
		}
		have.Add(&blueprint.Resource{ID: id + "Instance", Type: "AWS::EC2::Instance", Props: blueprint.KV("IamInstanceProfile", profile, "Tags", tags)})
		more.Set("Ec2TagFilters", filters)
	}
	more.Set("DeploymentStyle", blueprint.KV("DeploymentOption", "WITHOUT_TRAFFIC_CONTROL", "DeploymentType", "IN_PLACE"))
	app, group := b.group(s, st, "Server", more)
	return []blueprint.Map{action("Deploy"+ident(s.Name), "Deploy", "AWS", "CodeDeploy",
		blueprint.KV("ApplicationName", app, "DeploymentGroupName", group), []string{in}, nil, "")}
}

// instances draws the role of the instances with its profile, and returns the
// profile's name. A role that the spec names has a profile of its own name, as
// the console makes it
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html).
func (b *builder) instances(s *spec.Stage, st *blueprint.Stack) blueprint.Sub {
	d := s.Deploy
	if d.InstanceRole != "" {
		have := b.existing(d.Account, d.Regions[0])
		if id := ident(s.Name) + "InstanceProfile"; have.Resource(id) == nil {
			have.Add(&blueprint.Resource{ID: id, Type: "AWS::IAM::InstanceProfile", Props: blueprint.KV(
				"InstanceProfileName", blueprint.Lit(d.InstanceRole), "Roles", blueprint.List{blueprint.Lit(d.InstanceRole)})})
		}
		return blueprint.Lit(d.InstanceRole)
	}
	home := b.target(d.Account, d.Regions[0])
	r := b.once(home, s.Name+"-instance", "The agent of CodeDeploy on the instances works with this role, and so does the code itself.")
	name := blueprint.Sub("${ProjectName}-" + s.Name + "-instance")
	if id := ident(s.Name) + "InstanceProfile"; home.Resource(id) == nil {
		home.Add(&blueprint.Resource{ID: id, Type: "AWS::IAM::InstanceProfile", Props: blueprint.KV("InstanceProfileName", name, "Roles", blueprint.List{blueprint.Ref(r.id)})})
		b.log(home, ident(s.Name)+"InstanceLogs", "/ec2/${ProjectName}-"+blueprint.Sub(s.Name), s.Name)
		// https://docs.aws.amazon.com/codedeploy/latest/userguide/resource-kit.html
		r.grant("installs the agent of CodeDeploy", []string{"s3:GetObject"}, "arn:${AWS::Partition}:s3:::aws-codedeploy-"+blueprint.Lit(st.Region)+"/*")
		r.grant("writes the logs of the instances", []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/ec2/${ProjectName}-"+blueprint.Sub(s.Name)+":*")
		r.grants = append(r.grants, grant{
			actions: []string{"cloudwatch:PutMetricData"}, resources: []blueprint.Sub{"*"}, why: "writes the metrics of the instances; the action has no resource",
			conditions: []blueprint.Condition{{Operator: "StringEquals", Key: "cloudwatch:namespace", Values: []blueprint.Sub{"${ProjectName}"}}},
		})
		for _, p := range d.Allow {
			r.allow(p)
		}
	}
	return name
}

// ecsBlueGreen puts a new set of tasks beside the old one and shifts the
// traffic by CodeDeploy.
func (b *builder) ecsBlueGreen(s *spec.Stage, st *blueprint.Stack, r *role, in string) []blueprint.Map {
	d := s.Deploy
	b.service(s, st, r, blueprint.KV("DeploymentController", blueprint.KV("Type", "CODE_DEPLOY")))
	cluster, service := blueprint.Lit(d.Cluster), blueprint.Lit(d.Service)
	pair := blueprint.KV()
	if d.ListenerARN != "" {
		b.rules(s, d.ListenerARN, d.TestListenerARN)
		pair.Set("ProdTrafficRoute", blueprint.KV("ListenerArns", blueprint.Strings(d.ListenerARN)))
	}
	if d.TestListenerARN != "" {
		pair.Set("TestTrafficRoute", blueprint.KV("ListenerArns", blueprint.Strings(d.TestListenerARN)))
	}
	var groups blueprint.List
	for _, g := range d.TargetGroups {
		groups = append(groups, blueprint.KV("Name", g))
	}
	pair.Set("TargetGroups", groups)
	app, group := b.group(s, st, "ECS", blueprint.KV(
		"DeploymentStyle", blueprint.KV("DeploymentOption", "WITH_TRAFFIC_CONTROL", "DeploymentType", "BLUE_GREEN"),
		"BlueGreenDeploymentConfiguration", blueprint.KV(
			"DeploymentReadyOption", blueprint.KV("ActionOnTimeout", "CONTINUE_DEPLOYMENT"),
			"TerminateBlueInstancesOnDeploymentSuccess", blueprint.KV("Action", "TERMINATE", "TerminationWaitTimeInMinutes", 5)),
		"ECSServices", blueprint.List{blueprint.KV("ClusterName", cluster, "ServiceName", service)},
		"LoadBalancerInfo", blueprint.KV("TargetGroupPairInfoList", blueprint.List{pair}),
	))
	config := blueprint.KV(
		"ApplicationName", app, "DeploymentGroupName", group,
		"TaskDefinitionTemplateArtifact", in, "TaskDefinitionTemplatePath", blueprint.Lit(cmp.Or(d.TaskDefinition, "taskdef.json")),
		"AppSpecTemplateArtifact", in, "AppSpecTemplatePath", blueprint.Lit(cmp.Or(d.AppSpec, "appspec.yaml")),
		"Image1ArtifactName", in, "Image1ContainerName", "IMAGE1_NAME",
	)
	return []blueprint.Map{action("Deploy"+ident(s.Name), "Deploy", "AWS", "CodeDeployToECS", config, []string{in}, nil, "")}
}

// rules lets CodeDeploy lead the traffic of rules as well: where a rule of a
// listener leads to the service, and not what the listener does by default, it
// is the rule that a deployment changes. No template at hand shows the rules
// (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html, listener-rule/app).
func (b *builder) rules(s *spec.Stage, listeners ...string) {
	d := s.Deploy
	r := b.once(b.target(d.Account, d.Regions[0]), s.Name+"-codedeploy", codeDeployRole)
	var rules []blueprint.Sub
	for _, l := range listeners {
		if head, tail, ok := strings.Cut(l, ":listener/"); ok {
			rules = append(rules, blueprint.Lit(head+":listener-rule/"+tail+"/*"))
		}
	}
	if len(rules) > 0 {
		r.grant("leads the traffic of the listener's rules to the new tasks", []string{"elasticloadbalancing:ModifyRule"}, rules...)
	}
}
