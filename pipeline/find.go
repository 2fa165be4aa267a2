package pipeline

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
)

// Find yields the pipelines that a model declares, in order.
func Find(m *cloud.Model) iter.Seq[*Pipeline] {
	return func(yield func(*Pipeline) bool) {
		for r := range m.OfType("AWS::CodePipeline::Pipeline") {
			if !yield(Read(r)) {
				return
			}
		}
	}
}

// Read takes a pipeline from its resource. What is absent stays zero, what
// cannot be known is a hole; what CodePipeline would refuse is for a rule to
// say, not for the reader.
func Read(r *cloud.Resource) *Pipeline {
	p := &Pipeline{
		Name: r.Name, ARN: r.ARN, Account: r.Account, Region: r.Region,
		Role:          cloud.Text(r.Prop("RoleArn")),
		Type:          cmp.Or(r.Prop("PipelineType").Str(), "V1"),
		ExecutionMode: cmp.Or(r.Prop("ExecutionMode").Str(), "SUPERSEDED"),
		Stores:        map[string]*Store{},
		Resource:      r,
		Span:          r.Span,
	}
	if s := r.Prop("ArtifactStore"); s != nil {
		p.Stores[r.Region] = store(s, r.Region)
	}
	for s := range r.Prop("ArtifactStores").Elems() {
		region := s.Get("Region").Str()
		p.Stores[region] = store(s.Get("ArtifactStore"), region)
	}
	for v := range r.Prop("Variables").Elems() {
		p.Variables = append(p.Variables, Variable{v.Get("Name").Str(), v.Get("DefaultValue").Str()})
	}
	for t := range r.Prop("Triggers").Elems() {
		p.Triggers = append(p.Triggers, Trigger{t.At("GitConfiguration", "SourceActionName").Str(), t})
	}
	for s := range r.Prop("Stages").Elems() {
		p.Stages = append(p.Stages, stage(p, s))
	}
	return p
}

func store(n *doc.Node, region string) *Store {
	key := n.At("EncryptionKey", "Id")
	return &Store{Bucket: cloud.Text(n.Get("Location")), Key: cloud.Text(key), KeyNode: key, Region: region, Span: n.Where()}
}

func stage(p *Pipeline, n *doc.Node) *Stage {
	s := &Stage{
		Name:        n.Get("Name").Str(),
		BeforeEntry: rules(n.Get("BeforeEntry")),
		OnSuccess:   rules(n.Get("OnSuccess")),
		OnFailure:   rules(n.Get("OnFailure")),

		FailureResult: cloud.Text(n.At("OnFailure", "Result")),
		Span:          n.Where(),
	}
	for a := range n.Get("Actions").Elems() {
		s.Actions = append(s.Actions, action(p, s, a))
	}
	return s
}

func action(p *Pipeline, s *Stage, n *doc.Node) *Action {
	t := n.Get("ActionTypeId")
	order, err := strconv.Atoi(n.Get("RunOrder").Str())
	if err != nil {
		order = 1 // the default: API_ActionDeclaration, runOrder
	}
	a := &Action{
		Name:     n.Get("Name").Str(),
		Category: t.Get("Category").Str(), Owner: t.Get("Owner").Str(),
		Provider: t.Get("Provider").Str(), Version: t.Get("Version").Str(),
		RunOrder:  order,
		Region:    cmp.Or(n.Get("Region").Str(), p.Region),
		Role:      cloud.Text(n.Get("RoleArn")),
		RoleNode:  n.Get("RoleArn"),
		Config:    n.Get("Configuration"),
		Inputs:    artifacts(n.Get("InputArtifacts")),
		Outputs:   artifacts(n.Get("OutputArtifacts")),
		Namespace: n.Get("Namespace").Str(),
		Commands:  n.Get("Commands"),
		Stage:     s,
		Node:      n,
		Span:      n.Where(),
	}
	if k := n.Get("Name"); k != nil {
		a.Span = k.Span
	}
	a.Account = cmp.Or(arn.Account(a.Role), p.Account)
	return a
}

func artifacts(n *doc.Node) []Artifact {
	var as []Artifact
	for a := range n.Elems() {
		as = append(as, Artifact{a.Get("Name").Str(), a.Where()})
	}
	return as
}

func rules(n *doc.Node) []*Rule {
	var rs []*Rule
	for c := range n.Get("Conditions").Elems() {
		for r := range c.Get("Rules").Elems() {
			rs = append(rs, &Rule{
				Name: r.Get("Name").Str(), Provider: r.At("RuleTypeId", "Provider").Str(),
				Result: c.Get("Result").Str(), Role: cloud.Text(r.Get("RoleArn")),
				Config: r.Get("Configuration"), Span: r.Where(),
			})
		}
	}
	return rs
}

func group(as []*Action) [][]*Action {
	sorted := slices.Clone(as)
	slices.SortStableFunc(sorted, func(a, b *Action) int { return a.RunOrder - b.RunOrder })
	var gs [][]*Action
	for i, a := range sorted {
		if i == 0 || a.RunOrder != sorted[i-1].RunOrder {
			gs = append(gs, nil)
		}
		gs[len(gs)-1] = append(gs[len(gs)-1], a)
	}
	return gs
}

// Producer returns the action whose output the artifact is, nil where none is.
func (p *Pipeline) Producer(artifact string) *Action {
	for _, s := range p.Stages {
		for _, a := range s.Actions {
			for _, o := range a.Outputs {
				if o.Name == artifact {
					return a
				}
			}
		}
	}
	return nil
}

// RoleOf returns the role that acts for a: its own, or the pipeline's.
func (p *Pipeline) RoleOf(a *Action) string { return cmp.Or(a.Role, p.Role) }
