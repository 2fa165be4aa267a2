package compile

import (
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

// pipeline draws the stages in the order in which they run, and the pipeline.
func (b *builder) pipeline() {
	st := b.tools()
	r := b.role(st, "pipeline", "CodePipeline acts with this role in this account. In the others it assumes one role a stage.", 0)
	r.res.Section = "pipeline"
	var stages blueprint.List
	add := func(name string, actions ...blueprint.Map) *blueprint.Map {
		var list blueprint.List
		for _, a := range actions {
			list = append(list, a)
		}
		stages = append(stages, blueprint.KV("Name", name, "Actions", list))
		m := stages[len(stages)-1].(blueprint.Map)
		return &m
	}
	add("Source", b.source())
	var builds []blueprint.Map
	order := map[string]int{}
	for _, d := range b.spec.Builds {
		in := []string{sourceArtifact}
		if d.Input != "" {
			in = []string{artifactName(d.Input)}
			order[d.Name] = order[d.Input] + 1
		}
		a := b.build(d, in)
		if n := order[d.Name]; n > 0 {
			a.Set("RunOrder", n+1)
		}
		builds = append(builds, a)
	}
	if builds != nil {
		add("Build", builds...)
	}
	out := b.output(b.delivered())
	flow := &flow{b: b, current: out}
	if b.spec.Seal && out != "" {
		seal := b.seal(out)
		add("Seal", seal)
		flow.current = sealedArtifact
	}
	for _, s := range b.spec.Stages {
		flow.stage(s, func(name string, actions ...blueprint.Map) {
			add(name, actions...)
			last := len(stages) - 1
			m := stages[last].(blueprint.Map)
			if actions[0].Get("ActionTypeId", "Category") != "Approval" {
				b.conditions(s, &m)
			}
			stages[last] = m
		})
	}
	key, store := b.stores()
	props := blueprint.KV(
		"Name", blueprint.Sub("${ProjectName}"),
		"PipelineType", "V2",
		"ExecutionMode", b.spec.Mode,
		"RoleArn", blueprint.Att(r.id, "Arn"),
		key, store,
	)
	if len(b.spec.Variables) > 0 {
		var vs blueprint.List
		for _, v := range b.spec.Variables {
			vs = append(vs, blueprint.KV("Name", v.Name, "DefaultValue", v.Value))
		}
		props.Set("Variables", vs)
	}
	if t := b.triggers(); t != nil {
		props.Set("Triggers", t)
	}
	props.Set("Stages", stages)
	props.Set("Tags", b.tags())
	st.Add(&blueprint.Resource{ID: "Pipeline", Type: "AWS::CodePipeline::Pipeline", Props: props})
}

// output is the artifact of a build; "" is the first build that makes one, or
// the source where none does.
func (b *builder) output(build string) string {
	for _, d := range b.spec.Builds {
		if d.Output && (build == "" || d.Name == build) {
			return artifactName(d.Name)
		}
	}
	return sourceArtifact
}

// delivered is the build whose output the stages deploy, that of the first where
// they differ; a spec seals one.
func (b *builder) delivered() string {
	for _, s := range b.spec.Stages {
		if s.Deploy != nil {
			return s.Deploy.Input
		}
	}
	return ""
}

// A flow follows what is deployed through the stages: what was built, what was
// sealed, what was approved.
type flow struct {
	b        *builder
	current  string
	promoted int
}

func (f *flow) stage(s *spec.Stage, add func(string, ...blueprint.Map)) {
	b := f.b
	switch {
	case s.Approve != nil:
		add(stageName(s.Name), b.approval(s))
		if b.spec.Seal && f.deploysAfter(s) {
			f.promoted++
			action, out := b.promote(f.current, f.promoted)
			add(strings.TrimSuffix(fmt.Sprintf("Promote-%d", f.promoted), "-1"), action)
			f.current = out
		}
	case s.Test != nil:
		in := sourceArtifact
		if s.Test.Input != "" {
			in = b.output(s.Test.Input)
		}
		add(stageName(s.Name), b.build(s.Test, []string{in}))
	case s.Deploy != nil:
		in := f.current
		if s.Deploy.Input != "" && !b.spec.Seal {
			in = b.output(s.Deploy.Input)
		}
		add(stageName(s.Name), b.deploy(s, in)...)
	}
}

func (f *flow) deploysAfter(s *spec.Stage) bool {
	after := false
	for _, t := range f.b.spec.Stages {
		if after && t.Deploy != nil {
			return true
		}
		after = after || t == s
	}
	return false
}

// stageName is a stage's name as the pipeline shows it.
func stageName(name string) string { return ident(name) }

// conditions sets what happens before, after and on failure of a stage
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html).
func (b *builder) conditions(s *spec.Stage, stage *blueprint.Map) {
	// A moment has one condition with several rules.
	rules, results := map[string]blueprint.List{}, map[string]string{}
	for i, c := range s.Conditions {
		var config blueprint.Map
		for _, v := range c.Config {
			config.Set(v.Name, blueprint.Lit(v.Value))
		}
		rule := blueprint.KV("Name", fmt.Sprintf("%s%d", c.Rule, i+1), "RuleTypeId", blueprint.KV("Category", "Rule", "Owner", "AWS", "Provider", c.Rule, "Version", "1"), "Configuration", config)
		rules[c.When], results[c.When] = append(rules[c.When], rule), c.Result
	}
	lists := map[string]blueprint.List{}
	for when, list := range rules {
		lists[when] = blueprint.List{blueprint.KV("Result", results[when], "Rules", list)}
	}
	if l := lists["entry"]; l != nil {
		stage.Set("BeforeEntry", blueprint.KV("Conditions", l))
	}
	if l := lists["success"]; l != nil {
		stage.Set("OnSuccess", blueprint.KV("Conditions", l))
	}
	failure := blueprint.Map{}
	if s.OnFailure != "" {
		failure.Set("Result", s.OnFailure)
		if s.OnFailure == "RETRY" {
			failure.Set("RetryConfiguration", blueprint.KV("RetryMode", "FAILED_ACTIONS"))
		}
	}
	if l := lists["failure"]; l != nil {
		failure.Set("Conditions", l)
	}
	if len(failure) > 0 {
		stage.Set("OnFailure", failure)
	}
}
