package sam

import (
	"penstock/diag"
	"penstock/doc"
)

// What SAM makes once a template for gradual deployments
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html).
const (
	application = "ServerlessDeploymentApplication"
	deployRole  = "CodeDeployServiceRole"
)

// preference adds the deployment group of a function that has a
// DeploymentPreference, and returns the UpdatePolicy of its alias; nil without.
func (f *function) preference() *doc.Node {
	p := f.prop("DeploymentPreference")
	if p == nil {
		return nil
	}
	b := at(p.Span)
	if p.Get("Enabled").Str() == "false" {
		return nil
	}
	if on := p.Get("Enabled"); on != nil && on.Str() != "true" {
		f.x.find(CodeUnknown, on.Span, diag.Warning, "Enabled of DeploymentPreference of %q is not settled in the template: it counts as true", f.id)
	}
	pass := ""
	if p.Get("PassthroughCondition").Str() == "true" {
		pass = f.condition
	}
	role := p.Get("Role")
	f.x.shared[application] = append(f.x.shared[application], contribution{pass, p.Span})
	if role == nil || noValue(role) {
		f.x.shared[deployRole] = append(f.x.shared[deployRole], contribution{pass, p.Span})
		role = b.getAtt(deployRole, "Arn")
	}
	config := b.dict()
	if typ := p.Get("Type"); typ != nil {
		config = b.sub("CodeDeployDefault.Lambda${ConfigName}", "ConfigName", typ)
		if s := typ.Str(); literal(typ) && !standard[s] {
			config = typ // a configuration of the user's own
		}
	} else {
		f.x.find(CodeRefused, p.Span, diag.Error, "DeploymentPreference of %q has no Type: SAM refuses it", f.id)
		config = nil
	}
	var alarms *doc.Node
	if as := p.Get("Alarms"); as != nil {
		list := as
		if isList(as) {
			list = at(as.Span).list()
			for _, a := range as.Items {
				list.Items = append(list.Items, at(a.Span).dict("Name", a))
			}
		}
		alarms = b.dict("Enabled", b.boolean(true), "Alarms", list)
	}
	group := f.id + "DeploymentGroup"
	f.x.make(group, b, "AWS::CodeDeploy::DeploymentGroup", pass, b.dict(
		"ApplicationName", b.ref(application), "ServiceRoleArn", role, "DeploymentConfigName", config,
		"DeploymentStyle", b.dict("DeploymentType", "BLUE_GREEN", "DeploymentOption", "WITH_TRAFFIC_CONTROL"),
		"AutoRollbackConfiguration", b.dict("Enabled", b.boolean(true), "Events", b.list(
			b.str("DEPLOYMENT_FAILURE"), b.str("DEPLOYMENT_STOP_ON_ALARM"), b.str("DEPLOYMENT_STOP_ON_REQUEST"))),
		"AlarmConfiguration", alarms, "TriggerConfigurations", p.Get("TriggerConfigurations")))
	hooks := p.Get("Hooks")
	return b.dict("CodeDeployLambdaAliasUpdate", b.dict("ApplicationName", b.ref(application), "DeploymentGroupName", b.ref(group),
		"BeforeAllowTrafficHook", hooks.Get("PreTraffic"), "AfterAllowTrafficHook", hooks.Get("PostTraffic")))
}

// standard are the deployment configurations that CodeDeploy has for Lambda
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configuration-lambda).
var standard = map[string]bool{
	"AllAtOnce": true, "Canary10Percent5Minutes": true, "Canary10Percent10Minutes": true, "Canary10Percent15Minutes": true,
	"Canary10Percent30Minutes": true, "Linear10PercentEvery1Minute": true, "Linear10PercentEvery2Minutes": true,
	"Linear10PercentEvery3Minutes": true, "Linear10PercentEvery10Minutes": true,
}

// deployment adds the CodeDeploy application and the role that functions asked
// for.
func (x *expander) deployment() {
	cs := x.shared[application]
	if len(cs) == 0 {
		return
	}
	b, condition := at(cs[0].at), x.either("ServerlessCodeDeployCondition", cs)
	x.make(application, b, "AWS::CodeDeploy::Application", condition, b.dict("ComputePlatform", "Lambda"))
	if cs := x.shared[deployRole]; len(cs) > 0 {
		b := at(cs[0].at)
		x.make(deployRole, b, "AWS::IAM::Role", condition, b.dict(
			"AssumeRolePolicyDocument", b.trust("codedeploy.amazonaws.com"),
			"ManagedPolicyArns", b.list(b.managed("service-role/AWSCodeDeployRoleForLambda"))))
	}
}
