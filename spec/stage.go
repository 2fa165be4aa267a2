package spec

import (
	"cmp"
	"strings"
	"time"

	"penstock/doc"
)

// deployKeys are the keys of a stage that say how it deploys.
var deployKeys = []string{"ecs", "ec2", "lambda", "cloudformation", "s3"}

// stages reads what comes after the builds.
func (r *reader) stages(s *Spec, n *doc.Node) {
	if n == nil || n.Kind != doc.List {
		return
	}
	if len(n.Items) == 0 {
		r.add("SPEC003", n.Span, "stages is a list without items: add one, such as - deploy: prod")
	}
	for _, it := range n.Items {
		if it.Kind == doc.Map {
			s.Stages = append(s.Stages, r.stage(s, it))
		}
	}
	r.nameStages(s, n)
}

// stage reads one stage; names come later.
func (r *reader) stage(s *Spec, n *doc.Node) *Stage {
	st := &Stage{Name: str(n.Get("name")), At: n.Span}
	switch on := str(n.Get("onFailure")); on {
	case "rollback", "retry":
		st.OnFailure = strings.ToUpper(on)
	}
	if cs := n.Get("conditions"); cs != nil && cs.Kind == doc.List {
		for _, c := range cs.Items {
			if c.Kind == doc.Map {
				st.Conditions = append(st.Conditions, StageCondition{
					When: str(c.Get("when")), Rule: str(c.Get("rule")), Result: word(c.Get("result"), "FAIL"),
					Config: variables(c.Get("config")), At: c.Span,
				})
			}
		}
	}
	var is []string
	for _, k := range []string{"approve", "test", "deploy"} {
		if n.Get(k) != nil {
			is = append(is, k)
		}
	}
	switch {
	case len(is) == 0:
		r.add("SPEC010", n.Span, "the stage does nothing: add one of approve, test and deploy")
	case len(is) > 1:
		r.add("SPEC010", n.Span, "the stage has %s: make a stage of each", strings.Join(is, " and "))
	}
	if n.Get("deploy") == nil {
		for _, k := range append(deployKeys, "regions", "input") {
			if v := n.Get(k); v != nil {
				r.add("SPEC010", v.Span, "%s belongs to a stage with deploy, which says to which account", k)
			}
		}
	}
	if len(is) == 0 {
		return st
	}
	switch v := n.Get(is[0]); is[0] {
	case "approve":
		st.Approve = r.approve(v)
	case "test":
		if v.Kind == doc.Map || v.Kind == doc.String {
			st.Test = r.build(s, v, "", true)
		}
	case "deploy":
		st.Deploy = r.deploy(s, n, v)
	}
	return st
}

// approve reads a gate.
func (r *reader) approve(n *doc.Node) *Approve {
	a := &Approve{
		By: texts(n.Get("by")), Need: numberOf(n.Get("need"), 1), Within: lasts(n.Get("within"), 24*time.Hour),
		Never: []string{"author", "starter"}, Native: boolean(n.Get("native"), false), Notify: texts(n.Get("notify")), At: n.Span,
	}
	// Two groups and two people mean that both are asked: who means that one
	// group may do without the other says so.
	a.Every = boolean(n.Get("every"), len(a.By) > 1 && a.Need >= len(a.By))
	if n.Get("never") != nil {
		a.Never = texts(n.Get("never"))
	} else if a.Native {
		a.Never = nil
	}
	return a
}

// deploy reads one deployment.
func (r *reader) deploy(s *Spec, n, alias *doc.Node) *Deploy {
	d := &Deploy{Regions: texts(n.Get("regions")), Input: str(n.Get("input")), At: n.Span}
	d.Account, _ = s.Account(str(alias))
	if d.Account.Alias == "" {
		d.Account.Alias = str(alias)
	}
	if len(d.Regions) == 0 {
		d.Regions = []string{s.Region}
	}
	var how []string
	for _, k := range deployKeys {
		if n.Get(k) != nil {
			how = append(how, k)
		}
	}
	switch {
	case len(how) == 0:
		r.add("SPEC010", n.Span, "the stage does not say how it deploys to %q: add one of %s", str(alias), strings.Join(deployKeys, ", "))
		return d
	case len(how) > 1:
		r.add("SPEC010", n.Span, "the stage deploys in %d ways, %s: make a stage of each", len(how), strings.Join(how, " and "))
		return d
	}
	v := n.Get(how[0])
	if v.Kind != doc.Map {
		return d
	}
	d.Allow = permissions(v.Get("allow"))
	switch how[0] {
	case "ecs":
		d.ecs(v)
	case "ec2":
		d.Kind = EC2
		d.codeDeploy(v)
		d.AutoScalingGroup, d.InstanceRole = str(v.Get("autoScalingGroup")), str(v.Get("instanceRole"))
		for _, t := range variables(v.Get("tags")) {
			d.InstanceTags = append(d.InstanceTags, Tag{t.Name, t.Value})
		}
		if d.AutoScalingGroup == "" && len(d.InstanceTags) == 0 && d.Group == "" {
			r.add("SPEC003", v.Span, "ec2 names no instances: add autoScalingGroup or tags, or the group of your own")
		}
	case "lambda":
		d.Kind = Lambda
		d.codeDeploy(v)
		d.Function, d.Alias = str(v.Get("function")), word(v.Get("alias"), "live")
		d.Create, d.AppSpec = boolean(v.Get("create"), false), word(v.Get("appspec"), "appspec.yaml")
	case "cloudformation":
		d.cloudFormation(v)
	case "s3":
		d.Kind = S3
		d.Bucket, d.Prefix, d.KeyARN = str(v.Get("bucket")), str(v.Get("prefix")), str(v.Get("key"))
		d.Extract = boolean(v.Get("extract"), true)
		if !d.Extract && d.Prefix == "" {
			r.add("SPEC003", v.Span, "s3 does not unpack the artifact and has no prefix: add the key that the archive gets, prefix: releases/app.zip")
		}
	}
	if a := v.Get("allow"); a != nil {
		switch {
		case d.TaskRole != "":
			r.add("SPEC010", a.Span, "ecs.allow is for a role that is made here, and taskRole names one of yours: grant it there, or leave one of them out")
		case d.InstanceRole != "":
			r.add("SPEC010", a.Span, "ec2.allow is for a role that is made here, and instanceRole names one of yours: grant it there, or leave one of them out")
		case d.Kind == Lambda && !d.Create:
			r.add("SPEC010", a.Span, "lambda.allow is for a function that is made here, and this one is there already: grant it to its role, or add create: true")
		}
	}
	return d
}

// codeDeploy reads what all deployments by CodeDeploy have.
func (d *Deploy) codeDeploy(v *doc.Node) {
	d.Application, d.Group, d.DeploymentConfig = str(v.Get("application")), str(v.Get("group")), str(v.Get("config"))
}

func (d *Deploy) ecs(v *doc.Node) {
	d.Kind = ECS
	d.Cluster, d.Service = str(v.Get("cluster")), str(v.Get("service"))
	d.TaskRole, d.ExecutionRole = str(v.Get("taskRole")), str(v.Get("executionRole"))
	d.Create = boolean(v.Get("create"), false)
	d.Subnets, d.SecurityGroups = texts(v.Get("subnets")), texts(v.Get("securityGroups"))
	d.Port, d.CPU, d.Memory = numberOf(v.Get("port"), 8080), numberOf(v.Get("cpu"), 256), numberOf(v.Get("memory"), 512)
	bg := v.Get("blueGreen")
	if bg == nil || bg.Kind == doc.Bool && bg.Text == "false" {
		d.Definitions = word(v.Get("definitions"), "imagedefinitions.json")
		return
	}
	d.Kind = ECSBlueGreen
	d.codeDeploy(bg)
	d.ListenerARN, d.TestListenerARN = str(bg.Get("listener")), str(bg.Get("testListener"))
	d.TargetGroups = texts(bg.Get("targetGroups"))
	d.TaskDefinition, d.AppSpec = word(bg.Get("taskDefinition"), "taskdef.json"), word(bg.Get("appspec"), "appspec.yaml")
}

func (d *Deploy) cloudFormation(v *doc.Node) {
	d.Kind = CloudFormation
	sam := boolean(v.Get("sam"), false)
	template := "template.yaml"
	if sam {
		template = "packaged.yaml"
	}
	d.StackName, d.Template, d.Configuration = str(v.Get("stack")), word(v.Get("template"), template), str(v.Get("configuration"))
	d.Capabilities = texts(v.Get("capabilities"))
	if sam && len(d.Capabilities) == 0 {
		// SAM makes a role for each function, and is a macro
		// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-deploying.html).
		d.Capabilities = []string{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}
	}
	d.Parameters = variables(v.Get("parameters"))
	d.ChangeSet = boolean(v.Get("changeSet"), true)
}

// nameStages gives a name to each stage that has none: a deployment that of
// its account, a gate approve-<account> of the deployment that it guards.
func (r *reader) nameStages(s *Spec, n *doc.Node) {
	taken := map[string]*Stage{"source": nil, "build": nil, "seal": nil, "promote": nil}
	for _, st := range s.Stages {
		if st.Name == "" {
			continue
		}
		k := plain(st.Name)
		if other, ok := taken[k]; ok {
			r.clash("stage", st.Name, other, st)
		}
		taken[k] = st
	}
	for i, st := range s.Stages {
		if st.Name != "" {
			continue
		}
		var names []string
		switch {
		case st.Deploy != nil:
			names = []string{st.Deploy.Account.Alias, st.Deploy.Account.Alias + "-" + string(cmp.Or(st.Deploy.Kind, "deploy"))}
		case st.Approve != nil:
			names = []string{"approve"}
			for _, next := range s.Stages[i:] {
				if next.Deploy != nil {
					names = []string{"approve-" + next.Deploy.Account.Alias, "approve"}
					break
				}
			}
		case st.Test != nil:
			names = []string{"test"}
		default:
			continue
		}
		for _, name := range names {
			if _, ok := taken[plain(name)]; !ok {
				st.Name = name
				break
			}
		}
		if st.Name == "" {
			r.add("SPEC008", st.At, "the stage would be named %q, as another one is: give it a name", names[len(names)-1])
			st.Name = names[0]
		}
		taken[plain(st.Name)] = st
	}
	for _, st := range s.Stages {
		if st.Test != nil {
			st.Test.Name = st.Name
		}
		if d := st.Deploy; d != nil && d.Kind == CloudFormation && d.StackName == "" {
			d.StackName = s.Project + "-" + st.Name
		}
	}
}

// plain is what a name becomes in a logical id, by which names must differ.
func plain(name string) string { return strings.ReplaceAll(name, "-", "") }

func (r *reader) clash(kind, name string, other, at *Stage) {
	if other == nil {
		r.add("SPEC008", at.At, "the %s is named %q, which the pipeline has of itself: take another name", kind, name)
		return
	}
	d := r.add("SPEC008", at.At, "the %s is named %q, as another one is but for hyphens: give each a name of its own", kind, name)
	d.Related = append(d.Related, note(other.At, "the other one"))
}
