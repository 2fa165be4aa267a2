package report

import (
	"io"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/chain"
	"penstock/cloud"
	"penstock/compile"
	"penstock/service"
	"penstock/spec"
)

// A Review is what a report for a security review is made of: what a spec
// became, and what was proved about it.
type Review struct {
	Spec   *spec.Spec
	Result *compile.Result
	// Graph returns the graph of who can become whom in a model.
	Graph    func(*cloud.Model) *chain.Graph
	Services []*service.Service
	Tool     Tool
	Date     string // of the report, "" for none: no clock is read
}

// WriteReviewHTML writes a report of everything that a spec became as one HTML
// file that needs no other, without scripts.
func WriteReviewHTML(w io.Writer, r *Review) error { return writeHTML(w, r.page()) }

// WriteReviewMarkdown writes the same report as GitHub's Markdown.
func WriteReviewMarkdown(w io.Writer, r *Review) error { return writeMarkdown(w, r.page()) }

// A reviewer lays out a Review.
type reviewer struct {
	*Review
	page
	m     *cloud.Model // the first scenario
	graph *chain.Graph
	roles []*compile.Role
	steps []workStep
	trees map[string]*chain.Tree
}

func (r *Review) page() *page {
	v := &reviewer{Review: r, m: cloud.New()}
	if len(r.Result.Models) > 0 {
		v.m = r.Result.Models[0]
	}
	v.graph = r.Graph(v.m)
	for i := range r.Result.Roles {
		v.roles = append(v.roles, &r.Result.Roles[i])
	}
	v.steps = v.work()
	v.title = "Security review of pipeline " + r.Spec.Project
	v.opening()
	v.chapter("pipeline", "The pipeline")
	v.drawings()
	v.chapter("theorems", "What is proved")
	v.theorems()
	v.chapter("stacks", "What is deployed, in this order")
	v.stacks()
	v.chapter("reach", "Who can reach what")
	v.reaches()
	v.chapter("roles", "Roles")
	v.everyRole()
	v.chapter("boundaries", "Permissions boundaries")
	v.boundaries()
	v.chapter("data", "Keys, buckets and images")
	v.data()
	v.secrets()
	v.chapter("trail", "The trail and its alerts")
	v.trail()
	v.chapter("by-hand", "What people do by hand")
	v.byHand()
	v.chapter("made-from", "What this report was made from")
	v.versions()
	return &v.page
}

// A workStep is an action, or what it starts, with the rights with which it
// works.
type workStep struct {
	site *service.Site
	role string
	job  bool
}

// work gathers the steps of the pipelines of the first model, in order.
func (v *reviewer) work() []workStep {
	var out []workStep
	for _, run := range v.Result.Report.Runs {
		if run.Pipeline == nil || run.Model != v.m {
			continue
		}
		for _, s := range run.Steps {
			if s.Site() != nil && s.Action != nil {
				out = append(out, workStep{s.Site(), s.Role, s.Job != nil})
			}
		}
	}
	return out
}

// An authored is a role that runs what the author of a change writes.
type authored struct{ role, what string }

// authored lists the roles that run the author's code, each once.
func (v *reviewer) authored() []authored {
	var out []authored
	for _, run := range v.Result.Report.Runs {
		if run.Model != v.m {
			continue
		}
		for _, s := range run.Steps {
			at := s.Site()
			if at == nil || at.Rule != nil && s.Job == nil {
				continue
			}
			site := *at
			if s.Job == nil {
				site.Resource = nil
			}
			for _, room := range v.Services {
				if room.Authored == nil {
					continue
				}
				for _, a := range room.Authored(&site) {
					if a.Role != "" && !slices.ContainsFunc(out, func(o authored) bool { return o.role == a.Role }) {
						out = append(out, authored{a.Role, a.What})
					}
				}
			}
		}
	}
	return out
}

// account names an account by its alias.
func (v *reviewer) account(id string) string {
	for _, a := range v.Spec.Accounts {
		if a.ID == id {
			return a.Alias
		}
	}
	return id
}

// who names a principal: its name, and its account where that is not the
// pipeline's.
func (v *reviewer) who(principal string) prose {
	out := say(code(chain.Short(principal)))
	if a := arn.Account(principal); a != "" && a != v.Spec.Tools.ID {
		out = append(out, dim(" in "+v.account(a)))
	}
	return out
}

// text is what a value of a stack says once it is deployed: references are
// replaced by what the templates give, and named where only a deployment does.
func (v *reviewer) text(st *blueprint.Stack, s blueprint.Sub) string {
	return v.expand(st, s, 4)
}

func (v *reviewer) expand(st *blueprint.Stack, s blueprint.Sub, depth int) string {
	if st == nil || depth == 0 {
		return string(s)
	}
	var b strings.Builder
	for _, p := range s.Parts() {
		if p.Name == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString(v.reference(st, p, depth))
	}
	return b.String()
}

func (v *reviewer) reference(st *blueprint.Stack, p blueprint.Part, depth int) string {
	if text := st.Pseudo(p.Name); text != "" {
		return text
	}
	if q := st.Param(p.Name); q != nil {
		if from := v.Result.Set.Stack(q.From); q.From != "" && from != nil {
			for _, o := range from.Outputs {
				if o.Name == q.Output {
					return v.expand(from, o.Value, depth-1)
				}
			}
		}
		if q.Value != "" {
			return q.Value
		}
		if q.Default != "" {
			return q.Default
		}
		return "‹" + q.Name + "›"
	}
	if r := v.resource(st.Name, p.Name); r != nil {
		switch {
		case p.Attr == "" && r.Ref != "":
			return r.Ref
		case p.Attr == "Arn" && r.ARN != "":
			return r.ARN
		}
	}
	return "‹" + p.String() + "›"
}

// resource is a resource of the model by its stack and logical id.
func (v *reviewer) resource(stack, id string) *cloud.Resource {
	for _, r := range v.m.Resources {
		if r.LogicalID == id && r.Stack != nil && r.Stack.Name == stack {
			return r
		}
	}
	return nil
}
