package spec

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/doc"
)

// What AWS cannot do, although each part of it can be written.

// verifyTrigger holds triggers to what CodePipeline takes
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html,
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitBranchFilterCriteria.html).
func (r *reader) verifyTrigger(s *Spec, n *doc.Node) {
	t := n.Get("trigger")
	if t == nil || t.Kind != doc.Map {
		return
	}
	if s.Source.Kind != "" && !s.Source.connected() {
		r.add("SPEC012", t.Span, "trigger filters changes, which CodePipeline does only for connections (github, gitlab, bitbucket), not for %s: write trigger: manual, or leave it out", s.Source.Kind)
		return
	}
	count := 0
	for _, f := range []struct {
		key string
		Filter
	}{
		{"branches", s.Trigger.Branches}, {"paths", s.Trigger.Paths}, {"tags", s.Trigger.Tags}, {"pullRequests", s.Trigger.PullRequests},
	} {
		count += len(f.Include) + len(f.Exclude)
		for _, list := range [][]string{f.Include, f.Exclude} {
			if len(list) > 8 {
				r.add("SPEC012", t.Get(f.key).Where(), "trigger.%s has %d patterns, and a filter takes 8 of each kind: join some with braces, {main,release/**}", f.key, len(list))
			}
			for _, p := range list {
				if len(p) > 255 {
					r.add("SPEC012", t.Get(f.key).Where(), "trigger.%s has a pattern of %d characters: write 255 at most", f.key, len(p))
				}
			}
		}
		if t.Get(f.key) != nil && len(f.Include)+len(f.Exclude) == 0 {
			r.add("SPEC003", t.Get(f.key).Span, "trigger.%s has no pattern: add one such as \"**\", or leave the key out", f.key)
		}
	}
	if count == 0 && len(t.Fields) == 0 {
		r.add("SPEC003", t.Span, "trigger is a map without keys: add branches, paths, tags or pullRequests, or leave it out")
	}
	// A filter of files comes with one of branches.
	b := &s.Trigger.Branches
	if len(s.Trigger.Paths.Include)+len(s.Trigger.Paths.Exclude) > 0 && len(b.Include)+len(b.Exclude) == 0 && len(s.Trigger.PullRequests.Include)+len(s.Trigger.PullRequests.Exclude) == 0 {
		b.Include = []string{s.Source.Branch}
	}
}

// verifyNetwork asks whether the network is whole.
func (r *reader) verifyNetwork(s *Spec, n *doc.Node) {
	at := n.Get("network")
	if w := s.Network; w != nil && w.VPC == "" {
		for _, k := range []string{"subnets", "securityGroups", "routeTables"} {
			if v := at.Get(k); v != nil {
				r.add("SPEC010", v.Span, "network.%s belongs to a VPC of yours: add its id, vpc: vpc-…", k)
			}
		}
	} else if w != nil {
		if len(w.Subnets) == 0 {
			r.add("SPEC003", at.Span, "network names a VPC and none of its subnets: add subnets: [subnet-…]")
		}
		for _, k := range []string{"cidr", "nat"} {
			if v := at.Get(k); v != nil && str(v) != "false" {
				r.add("SPEC010", v.Span, "network.%s is for a VPC that is made here, and vpc names one of yours: leave one of them out", k)
			}
		}
	}
	for _, b := range s.Builds {
		r.inVPC(s, b)
	}
	for _, st := range s.Stages {
		if st.Test != nil {
			r.inVPC(s, st.Test)
		}
	}
}

func (r *reader) inVPC(s *Spec, b *Build) {
	if b.VPC && s.Network == nil {
		r.add("SPEC011", b.At, "%s runs in the network, and the spec has none: add network: true, or name yours", b.Name)
	}
	if b.ImageECR == "" && (b.Type == "ARM_CONTAINER" && strings.Contains(b.Image, "x86_64") || b.Type == "LINUX_CONTAINER" && strings.Contains(b.Image, "aarch64")) {
		r.add("SPEC012", b.At, "%s has an image of another architecture, %q, than its machine: set arch, or leave the image out", b.Name, b.Image)
	}
	for _, x := range b.Secrets {
		if slices.ContainsFunc(b.Env, func(v Variable) bool { return v.Name == x.Variable }) {
			r.add("SPEC012", x.At, "%s has %s in secrets and in env: keep the secret", b.Name, x.Variable)
		}
	}
}

// groups are the groups that somebody can be in, and whether that is known.
func (s *Spec) groups() (names []string, known bool) {
	if s.People == nil {
		return nil, false
	}
	if c := s.People.IdentityCenter; c != nil {
		for _, g := range c.Groups {
			names = append(names, g.Name)
		}
	}
	for _, p := range s.People.Users {
		for _, g := range p.Groups {
			if !slices.Contains(names, g) {
				names = append(names, g)
			}
		}
	}
	return names, len(names) > 0
}

// verifyPeople asks whether groups are those of people. Who votes may be said
// elsewhere, where the spec says nothing of people; who works is said here.
func (r *reader) verifyPeople(s *Spec, n *doc.Node) {
	names, known := s.groups()
	each := func(at *doc.Node, what string) {
		if at == nil || at.Kind == doc.Map {
			return
		}
		for e := range at.Elems() {
			if g := str(e); g != "" && !slices.Contains(names, g) {
				r.nothing(e, what, "group", g, names)
			}
		}
	}
	if known {
		r.eachStage(s, n, func(_ *Stage, at *doc.Node) { each(at.Get("approve").Get("by"), "approve.by") })
	}
	for f := range entries(n.Get("people").Get("roles")) {
		each(f.Value.Get("groups"), "people.roles."+f.Name()+".groups")
	}
}

// ruleConfig is what the rules of conditions take, what they need first
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html).
var ruleConfig = map[string]struct{ needs, takes []string }{
	"CloudWatchAlarm":  {[]string{"AlarmName", "AlarmStates"}, []string{"WaitTime"}},
	"DeploymentWindow": {[]string{"Cron"}, []string{"TimeZone"}},
	"VariableCheck":    {[]string{"Variable", "Value", "Operator"}, nil},
	"LambdaInvoke":     {[]string{"FunctionName"}, []string{"UserParameters"}},
}

// conditions holds conditions to what a stage takes: one set of rules for each
// moment, with one result
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html).
func (r *reader) conditions(st *Stage) {
	first := map[string]StageCondition{}
	count := map[string]int{}
	for _, c := range st.Conditions {
		allowed := map[string][]string{"entry": {"FAIL", "SKIP"}, "success": {"FAIL", "ROLLBACK"}, "failure": {"ROLLBACK"}}[c.When]
		if allowed != nil && !slices.Contains(allowed, c.Result) {
			r.add("SPEC012", c.At, "a condition on %s cannot result in %s: write result: %s", c.When, c.Result, strings.Join(allowed, " or "))
		}
		if c.Result == "SKIP" && c.Rule != "VariableCheck" && c.Rule != "LambdaInvoke" {
			r.add("SPEC012", c.At, "a stage can be skipped by VariableCheck and LambdaInvoke only, not by %s: write result: FAIL", c.Rule)
		}
		if o, ok := first[c.When]; ok && o.Result != c.Result {
			d := r.add("SPEC012", c.At, "the conditions on %s of %s have the results %s and %s, and CodePipeline takes one for all of them", c.When, st.Name, o.Result, c.Result)
			d.Related = append(d.Related, note(o.At, "the other one"))
		} else if !ok {
			first[c.When] = c
		}
		if count[c.When]++; count[c.When] == 6 {
			r.add("SPEC012", c.At, "%s has more than 5 conditions on %s: CodePipeline takes 5 rules", st.Name, c.When)
		}
		conf, ok := ruleConfig[c.Rule]
		if !ok {
			continue
		}
		for _, k := range conf.needs {
			if !slices.ContainsFunc(c.Config, func(v Variable) bool { return v.Name == k }) {
				r.add("SPEC003", c.At, "the rule %s needs %s: add it to config", c.Rule, k)
			}
		}
		for _, v := range c.Config {
			if all := append(slices.Clone(conf.needs), conf.takes...); !slices.Contains(all, v.Name) {
				r.add("SPEC002", c.At, "the rule %s has no %q: its config has %s", c.Rule, v.Name, strings.Join(all, ", "))
			}
		}
	}
}

// fargate lists the memory, in MiB, that goes with CPU units: from, to, step
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html).
var fargate = map[int][3]int{
	256: {512, 2048, 512}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

// deployment asks whether a deployment is whole.
func (r *reader) deployment(s *Spec, st *Stage) {
	d := st.Deploy
	switch d.Kind {
	case ECS, ECSBlueGreen:
		if d.Create {
			m, ok := fargate[d.CPU]
			if !ok {
				r.add("SPEC012", st.At, "ecs.cpu of %s is %d: Fargate takes 256, 512, 1024, 2048, 4096, 8192 or 16384", st.Name, d.CPU)
			} else if d.Memory < m[0] || d.Memory > m[1] || (d.Memory%m[2] != 0) {
				r.add("SPEC012", st.At, "ecs.memory of %s is %d, which does not go with cpu %d: Fargate takes from %d to %d in steps of %d", st.Name, d.Memory, d.CPU, m[0], m[1], m[2])
			}
			if len(d.Subnets) == 0 {
				r.add("SPEC003", st.At, "ecs of %s makes a service without subnets: add subnets: [subnet-…]", st.Name)
			}
		}
		if d.Kind == ECSBlueGreen {
			r.blueGreen(st)
		}
	case S3:
		if len(d.Regions) > 1 {
			r.add("SPEC012", st.At, "s3 of %s names one bucket for %d regions, and a bucket is in one: write a stage for each region, with a bucket there", st.Name, len(d.Regions))
		}
	}
	for _, region := range d.Regions {
		if arn.Partition(region) != arn.Partition(s.Region) {
			r.add("SPEC007", st.At, "%s deploys to %s, which is in another partition than %s: no role and no artifact can cross", st.Name, region, s.Region)
		}
	}
}

func (r *reader) blueGreen(st *Stage) {
	d := st.Deploy
	if n := len(d.TargetGroups); n > 0 && n != 2 {
		r.add("SPEC012", st.At, "blueGreen of %s names %d target groups: CodeDeploy shifts traffic between two", st.Name, n)
	}
	if d.Group == "" && (d.ListenerARN == "" || len(d.TargetGroups) == 0) {
		r.add("SPEC003", st.At, "blueGreen of %s makes a deployment group, which needs the load balancer: add listener and targetGroups, or name application and group of yours", st.Name)
	}
	if d.Group != "" && d.Application == "" {
		r.add("SPEC003", st.At, "blueGreen of %s names a deployment group and no application: add application", st.Name)
	}
}

// input names what is deployed, for a message.
func (d *Deploy) input() string {
	if d.Input == "" || d.Input == "source" {
		return "the source"
	}
	return "the output of " + d.Input
}

// verifyRest asks what concerns the pipeline as a whole.
func (r *reader) verifyRest(s *Spec, n *doc.Node) {
	stages := len(s.Stages) + 1
	if len(s.Builds) > 0 {
		stages++
	}
	for _, st := range s.Stages {
		if st.Approve != nil && s.Seal {
			stages++ // what promotes
		}
	}
	if stages > 50 {
		r.add("SPEC012", n.Get("stages").Where(), "the pipeline would have %d stages: CodePipeline takes 50", stages)
	}
	if s.Seal {
		var first *Stage
		for _, st := range s.Stages {
			switch {
			case st.Deploy == nil:
			case first == nil:
				first = st
			case st.Deploy.Input != first.Deploy.Input:
				d := r.add("SPEC012", st.At, "%s deploys %s and %s deploys %s, and one artifact is sealed for the approval: let one build make both, or write seal: false", first.Name, first.Deploy.input(), st.Name, st.Deploy.input())
				d.Related = append(d.Related, note(first.At, "the first deployment"))
			}
		}
	}
	if len(s.Variables) > 50 {
		r.add("SPEC012", n.Get("variables").Where(), "there are %d variables: CodePipeline takes 50", len(s.Variables))
	}
	r.eachStage(s, n, func(st *Stage, at *doc.Node) {
		r.conditions(st)
		if st.Deploy != nil {
			r.deployment(s, st)
		}
		// https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
		if s.Mode == "PARALLEL" && (st.OnFailure == "ROLLBACK" || slices.ContainsFunc(st.Conditions, func(c StageCondition) bool { return c.Result == "ROLLBACK" })) {
			r.add("SPEC012", st.At, "%s rolls back, which a pipeline in mode parallel cannot: write mode: queued or superseded", st.Name)
		}
		if v := at.Get("onFailure"); v != nil && st.Approve != nil && st.OnFailure != "" {
			r.add("SPEC012", v.Span, "%s is an approval, which there is nothing of to %s: leave onFailure out", st.Name, strings.ToLower(st.OnFailure))
		}
	})
	if o := n.Get("audit").Get("organization"); o != nil && s.Audit.Organization && s.Organization == nil {
		r.add("SPEC011", o.Span, "audit.organization asks for a trail of the organization, and the spec names none: add organization: {id: o-…, management: \"…\"}")
	}
	if v := n.Get("seal"); v != nil && str(v) == "true" {
		approved, sealed := false, false
		for _, st := range s.Stages {
			approved = approved || st.Approve != nil
			sealed = sealed || approved && st.Deploy != nil
		}
		if !sealed {
			r.add("SPEC012", v.Span, "seal is true, but nothing deploys after an approval: add an approve before the deploy, or leave seal out")
		}
	}
	if s.Project != "" {
		for _, p := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
			// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
			if strings.HasPrefix(s.Project, p) {
				r.add("SPEC008", n.Get("project").Where(), "project is %q: names of buckets cannot begin with %s, take another", s.Project, p)
			}
		}
	}
	var keys []string
	for _, t := range s.Tags {
		// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			r.add("SPEC008", n.Get("tags").Where(), "the tag %q begins with aws:, which AWS keeps to itself", t.Key)
		}
		keys = append(keys, t.Key)
	}
	for _, k := range []string{"Project", "Environment"} {
		if slices.Contains(keys, k) {
			r.add("SPEC012", n.Get("tags").Where(), "the tag %s is set by project and environment: leave it out", k)
		}
	}
	if len(keys) > 40 {
		r.add("SPEC012", n.Get("tags").Where(), "there are %d tags: AWS takes 50, of which some are set here; write 40 at most", len(keys))
	}
}
