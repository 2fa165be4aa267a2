package codedeploy

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// badGroup finds a deployment group for ECS that can deploy nothing, by its
// own settings, its application's or its service's.
func badGroup(s *service.Site, _ *service.Call) []diag.Finding {
	g := s.Resource
	if g == nil || g.Type != groupT || len(g.Maybe) > 0 {
		return nil
	}
	if g.Prop("ECSServices") == nil {
		return otherPlatform(s, g)
	}
	var fs []diag.Finding
	bad := func(at source.Span, format string, args ...any) *diag.Finding {
		if at.IsZero() {
			at = g.Span
		}
		fs = append(fs, diag.Finding{At: at, Severity: diag.Error, Certainty: diag.Proved, Message: fmt.Sprintf("deployment group %s ", match.Render(g.Name)) + fmt.Sprintf(format, args...)})
		return &fs[len(fs)-1]
	}
	known := func(n *doc.Node, fit string) bool { // n says something else for certain
		return n != nil && n.Kind == doc.String && len(n.Maybe) == 0 && !match.HasHole(n.Text) && n.Text != fit
	}
	if app := s.Find(g.Prop("ApplicationName").Str(), "AWS::CodeDeploy::Application"); app != nil && len(app.Maybe) == 0 {
		if p := app.Prop("ComputePlatform"); p == nil || known(p, "ECS") {
			f := bad(g.Prop("ECSServices").Where(), "names an ECS service, and its application %s is for the platform %s", match.Render(app.Name), platformOf(app))
			f.AWSError = "Should not specify ECS services parameter for " + platformOf(app) + " deployment group"
			f.Related = []diag.Note{{At: app.Span, Message: "the application"}}
			f.Fixes = service.Reword(p, p.Str(), "ECS", "make the application one for ECS")
		}
	}
	style := g.Prop("DeploymentStyle")
	switch {
	case known(style.Get("DeploymentType"), "BLUE_GREEN"), style == nil:
		bad(style.Get("DeploymentType").Where(), "deploys to ECS, which CodeDeploy does BLUE_GREEN only: DeploymentStyle must say so").
			Fixes = service.Reword(style.Get("DeploymentType"), "IN_PLACE", "BLUE_GREEN", "deploy blue/green")
	case known(style.Get("DeploymentOption"), "WITH_TRAFFIC_CONTROL"):
		bad(style.Get("DeploymentOption").Where(), "deploys to ECS, which needs WITH_TRAFFIC_CONTROL").
			Fixes = service.Reword(style.Get("DeploymentOption"), "WITHOUT_TRAFFIC_CONTROL", "WITH_TRAFFIC_CONTROL", "let CodeDeploy shift the traffic")
	}
	if c := g.Prop("DeploymentConfigName"); c != nil && strings.HasPrefix(c.Str(), "CodeDeployDefault.") && !strings.HasPrefix(c.Str(), "CodeDeployDefault.ECS") {
		bad(c.Where(), "deploys to ECS with %s, which is for another platform", c.Str()).
			AWSError = "Deployment configuration is not compatible with the compute platform"
	}
	if lb := g.Prop("LoadBalancerInfo"); lb == nil || lb.Kind == doc.Map && lb.Get("TargetGroupPairInfoList") == nil {
		bad(lb.Where(), "deploys to ECS and has no TargetGroupPairInfoList: CodeDeploy shifts the traffic between two target groups of a listener")
	}
	if svc := serviceOf(s, g); svc != nil {
		n := svc.Prop("DeploymentController", "Type")
		if n == nil || known(n, "CODE_DEPLOY") {
			is := "ECS, which is the default"
			if n != nil {
				is = n.Str()
			}
			f := bad(g.Prop("ECSServices").Where(), "deploys service %s, whose deployment controller is %s and not CODE_DEPLOY", match.Render(svc.Name), is)
			f.AWSError = "InvalidECSServiceException: The ECS service is not configured for a CODE_DEPLOY deployment controller"
			at := n.Where()
			if at.IsZero() {
				at = svc.Span
			}
			f.Related = []diag.Note{{At: at, Message: "the service"}}
			edits, err := splice.SetField(svc.Props, "DeploymentController", splice.Map(splice.Field{Name: "Type", Value: splice.String("CODE_DEPLOY")}))
			f.Fixes = service.Fixed("let CodeDeploy control "+svc.ID(), edits, err)
		}
	}
	return fs
}

// otherPlatform finds a group whose deployment configuration is for another
// platform than its application.
func otherPlatform(s *service.Site, g *cloud.Resource) []diag.Finding {
	app := s.Find(g.Prop("ApplicationName").Str(), "AWS::CodeDeploy::Application")
	c := g.Prop("DeploymentConfigName")
	name, ok := strings.CutPrefix(c.Str(), "CodeDeployDefault.")
	if app == nil || !ok || match.HasHole(name) || len(c.Maybe) > 0 || len(app.Maybe) > 0 || match.HasHole(platformOf(app)) {
		return nil
	}
	is := "Server"
	for _, p := range []string{"Lambda", "ECS"} {
		if strings.HasPrefix(name, p) {
			is = p
		}
	}
	if is == platformOf(app) {
		return nil
	}
	return []diag.Finding{{
		At: c.Where(), Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("deployment group %s deploys with %s, which is for the platform %s, and its application %s is for %s",
			match.Render(g.Name), c.Str(), is, match.Render(app.Name), platformOf(app)),
		Related: []diag.Note{{At: app.Span, Message: "the application"}},
	}}
}

func platformOf(app *cloud.Resource) string {
	if p := app.Prop("ComputePlatform").Str(); p != "" {
		return p
	}
	return "Server" // the default
}

// serviceOf is the declared service of a group, nil where none is.
func serviceOf(s *service.Site, g *cloud.Resource) *cloud.Resource {
	for e := range g.Prop("ECSServices").Elems() {
		cluster, name := short(e.Get("ClusterName").Str()), short(e.Get("ServiceName").Str())
		for r := range s.Model.OfType("AWS::ECS::Service") {
			if r.Account != g.Account || r.Region != g.Region || len(r.Maybe) > 0 || r.Name != name && short(r.ARN) != name {
				continue
			}
			c := r.Prop("Cluster").Str()
			if c == "" {
				c = "default"
			}
			if x := s.Model.ByRef(c, r.Account, r.Region, "AWS::ECS::Cluster"); x != nil {
				c = x.Name
			}
			if y := s.Model.ByRef(cluster, r.Account, r.Region, "AWS::ECS::Cluster"); y != nil {
				cluster = y.Name
			}
			if short(c) == cluster {
				return r
			}
		}
	}
	return nil
}

// badFiles finds what is wrong with the files of a blue/green action that lie
// beside the template: a place for an image that no input fills, a container
// that the task does not have.
func badFiles(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a == nil || a.Provider != "CodeDeployToECS" || s.Read == nil {
		return nil
	}
	def := beside(s, "TaskDefinitionTemplatePath", "taskdef.json")
	spec := beside(s, "AppSpecTemplatePath", "appspec.yaml")
	var fs []diag.Finding
	var names []string
	for i := 1; i <= 4; i++ {
		if n := a.Get(fmt.Sprintf("Image%dContainerName", i)); n != "" {
			names = append(names, n)
		}
	}
	var containers []string
	for c := range def.Get("containerDefinitions").Elems() {
		containers = append(containers, c.Get("name").Str())
		image := c.Get("image").Str()
		place, ok := strings.CutPrefix(image, "<")
		if place, ok = strings.CutSuffix(place, ">"); !ok || !strings.HasPrefix(image, "<") || slices.Contains(names, place) || slices.ContainsFunc(names, match.HasHole) {
			continue
		}
		msg := fmt.Sprintf("the task definition has %s for the image of container %s, which action %s does not fill: it names no image", image, c.Get("name").Str(), a.Name)
		if len(names) > 0 {
			msg = fmt.Sprintf("the task definition has %s for the image of container %s, which action %s does not fill: it fills <%s>", image, c.Get("name").Str(), a.Name, strings.Join(names, ">, <"))
		}
		fs = append(fs, diag.Finding{
			At: c.Get("image").Where(), Severity: diag.Error, Certainty: diag.Proved, Message: msg,
			Related: []diag.Note{{At: a.Span, Message: "the action"}},
		})
	}
	for r := range resources(spec).Elems() {
		for _, f := range r.Fields {
			p := f.Value.Get("Properties")
			td := p.Get("TaskDefinition")
			if td.Str() != "" && td.Str() != "<TASK_DEFINITION>" && def != nil {
				fs = append(fs, diag.Finding{
					At: td.Where(), Severity: diag.Error, Certainty: diag.Likely,
					Message: fmt.Sprintf("the AppSpec names the task definition %s, so that action %s deploys that one and never the revision it registers: it must be <TASK_DEFINITION>",
						match.Render(td.Str()), a.Name),
					Related: []diag.Note{{At: a.Span, Message: "the action"}},
				})
			}
			c := p.At("LoadBalancerInfo", "ContainerName")
			if c.Str() != "" && len(containers) > 0 && !slices.Contains(containers, c.Str()) {
				fs = append(fs, diag.Finding{
					At: c.Where(), Severity: diag.Error, Certainty: diag.Proved,
					Message: fmt.Sprintf("the AppSpec leads the traffic to container %s, and the task definition has %s", c.Str(), strings.Join(containers, ", ")),
				})
			}
		}
	}
	return fs
}

func resources(spec *doc.Node) *doc.Node {
	if n := spec.Get("Resources"); n != nil {
		return n
	}
	return spec.Get("resources")
}

// beside reads a file that the action names, or that has the usual name, where
// it lies beside the template.
func beside(s *service.Site, field, usual string) *doc.Node {
	path := s.Action.Get(field)
	if path == "" {
		path = usual
	}
	f, err := s.Read(path)
	if err != nil {
		return nil
	}
	n, _, err := load.Parse(f)
	if err != nil {
		return nil
	}
	return n
}

var blueGreenCodes = []service.Code{
	{
		Code: "RUN103", Theorem: "runs",
		Fix:   "the platform, the style, or the controller that the group needs",
		Open:  "which deployment configuration or target groups to use, the author knows",
		Title: "a deployment group cannot deploy",
		Doc: `
The deployment configuration of a group must be one for the platform of its application: Server, Lambda or ECS.
CodeDeploy deploys to ECS blue/green only. There all of these must be so: the application's ` + "`ComputePlatform`" + ` is ECS; the service's
` + "`DeploymentController`" + ` is CODE_DEPLOY, which a service has from its making; the group's ` + "`DeploymentStyle`" + ` is BLUE_GREEN with
WITH_TRAFFIC_CONTROL; its ` + "`LoadBalancerInfo`" + ` names a pair of target groups and a listener; its deployment configuration is one
for ECS.

**What AWS shows**: the group is not made, or the deployment not started: InvalidECSServiceException, "Should not specify ECS
services parameter for Server deployment group", InvalidDeploymentStyleException.

**Sources**
- https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
- https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
- https://github.com/hashicorp/terraform-provider-aws/issues/6802
`,
	},
	{
		Code: "RUN104", Theorem: "runs",
		Open:  "the files are the repository's, and their contents the author's",
		Title: "the files of a blue/green deployment do not fit together",
		Doc: `
The action CodeDeployToECS fills two templates: the image of each input into the task definition, where it stands as
` + "`<NAME>`" + ` with the NAME of ` + "`Image1ContainerName`" + `, and the new revision into the AppSpec, where it stands as
` + "`<TASK_DEFINITION>`" + `. A name that no input fills stays in the task definition as it is, and ECS refuses the image. An AppSpec
that names a revision deploys that one every time. A container in the AppSpec must be one of the task definition.

**What AWS shows**: "Exception while trying to read the task definition artifact file", a ClientException about the image, or
a deployment that changes nothing.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/tutorials-ecs-ecr-codedeploy.html
- https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
`,
	},
}
