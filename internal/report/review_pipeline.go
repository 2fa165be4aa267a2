package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/doc"
	"penstock/pipeline"
	"penstock/seal"
	"penstock/spec"
)

// A plan is a pipeline as it is drawn: a column for each stage, a lane for each
// account and region, and wires for what one action hands to another.
type plan struct {
	title string
	lanes []lane
	cols  []string // names of stages
	nodes []*planNode
	wires []*wire
}

type lane struct{ account, name, region string }

// A planNode is one action. Row is its place among those of its stage in its
// lane.
type planNode struct {
	col, lane, row int
	order          int // when it runs within its stage
	name           string
	kind           nodeKind
	lines          []string // under the name
	makes          []string // artifacts
	tip            string
}

type nodeKind uint8

const (
	works nodeKind = iota
	begins
	gates
	seals
	promotes
	deploys
)

// A wire is what one action makes and others take.
type wire struct {
	from   *planNode
	to     []*planNode
	label  string
	sealed bool
	tie    bool // a variable, no artifact
}

// drawings draws each pipeline of the model.
func (v *reviewer) drawings() {
	n := 0
	for _, run := range v.Result.Report.Runs {
		if p := run.Pipeline; p != nil && run.Model == v.m {
			n++
			v.add(v.plan(p))
			v.flow(p)
		}
	}
	if n == 0 {
		v.add(para{say("The templates declare no pipeline.")})
	}
}

// plan lays a pipeline out.
func (v *reviewer) plan(p *pipeline.Pipeline) *plan {
	out := &plan{title: "Pipeline " + p.Name}
	at := map[*pipeline.Action]*planNode{}
	gateNo := 0
	for i, st := range p.Stages {
		out.cols = append(out.cols, st.Name)
		rows := map[int]int{}
		for _, g := range st.Group() {
			for _, a := range g {
				n := &planNode{col: i, lane: out.laneOf(v, p, a), name: a.Name, order: a.RunOrder}
				n.row = rows[n.lane]
				rows[n.lane]++
				for _, o := range a.Outputs {
					n.makes = append(n.makes, o.Name)
				}
				v.describe(p, a, n, &gateNo)
				at[a] = n
				out.nodes = append(out.nodes, n)
			}
		}
	}
	out.sortLanes(v.Spec)
	out.connect(p, at)
	return out
}

func (pl *plan) laneOf(v *reviewer, p *pipeline.Pipeline, a *pipeline.Action) int {
	account, region := a.Account, a.Region
	if account == "" {
		account = p.Account
	}
	if region == "" {
		region = p.Region
	}
	l := lane{account, v.account(account), region}
	if i := slices.Index(pl.lanes, l); i >= 0 {
		return i
	}
	pl.lanes = append(pl.lanes, l)
	return len(pl.lanes) - 1
}

// sortLanes puts the lanes in the order in which the spec names the accounts:
// that of the tools first.
func (pl *plan) sortLanes(s *spec.Spec) {
	rank := func(l lane) int {
		if l.account == s.Tools.ID {
			return -1
		}
		i := slices.IndexFunc(s.Accounts, func(a spec.Account) bool { return a.ID == l.account })
		if i < 0 {
			return len(s.Accounts)
		}
		return i
	}
	order := make([]int, len(pl.lanes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(pl.lanes[a]) - rank(pl.lanes[b]) })
	lanes, to := make([]lane, len(order)), make([]int, len(order))
	for now, was := range order {
		lanes[now], to[was] = pl.lanes[was], now
	}
	pl.lanes = lanes
	for _, n := range pl.nodes {
		n.lane = to[n.lane]
	}
}

// describe says what an action does and as whom.
func (v *reviewer) describe(p *pipeline.Pipeline, a *pipeline.Action, n *planNode, gateNo *int) {
	as := []string{}
	add := func(role string) {
		if name := v.short(role); role != "" && !slices.Contains(as, name) {
			as = append(as, name)
		}
	}
	if a.Category == "Source" {
		n.kind = begins
	} else if a.Category == "Deploy" {
		n.kind = deploys
	}
	gate := a.Gate()
	for _, s := range v.steps {
		if s.site.Action != a {
			continue
		}
		if s.job {
			add(s.role)
			continue
		}
		for _, room := range v.Services {
			gate = gate || room.Gate != nil && s.site.Rule == nil && room.Gate(s.site)
			if room.Seals == nil {
				continue
			}
			if x := room.Seals(s.site); x != nil && x.Broken == "" {
				n.kind = seals
				if x.Kind == seal.Promotes {
					n.kind = promotes
				}
			}
		}
	}
	if len(as) == 0 {
		add(p.RoleOf(a))
	}
	n.lines = append(n.lines, providerName(a.Provider))
	switch {
	case gate:
		n.kind = gates
		n.lines = append(n.lines, v.voters(*gateNo)...)
		*gateNo++
	case n.kind == seals:
		n.lines[0] = "fixes the digest"
	case n.kind == promotes:
		n.lines[0] = "checks the digest"
	}
	if n.kind != gates {
		for _, r := range as {
			n.lines = append(n.lines, "as "+r)
		}
	}
	if role := p.RoleOf(a); role != "" {
		n.tip = "CodePipeline acts as " + chain.Short(role)
		if len(as) > 0 {
			n.tip += "; it runs as " + strings.Join(as, ", ")
		}
	}
}

// short names a role without the project that every name begins with.
func (v *reviewer) short(role string) string {
	name := chain.Short(role)
	if a, err := arn.Parse(role); err == nil {
		name = a.Name()
	}
	return strings.TrimPrefix(name, v.Spec.Project+"-")
}

// voters says who decides at the gate with a number.
func (v *reviewer) voters(n int) []string {
	for _, st := range v.Spec.Stages {
		if st.Approve == nil {
			continue
		}
		if n > 0 {
			n--
			continue
		}
		if st.Approve.Native || len(st.Approve.By) == 0 {
			return []string{"one person"}
		}
		return append([]string{fmt.Sprintf("%d of", st.Approve.Need)}, st.Approve.By...)
	}
	return nil
}

// connect finds what the actions hand to each other: artifacts, and variables
// of actions that have a namespace.
func (pl *plan) connect(p *pipeline.Pipeline, at map[*pipeline.Action]*planNode) {
	find := func(from *planNode, label string, tie bool) *wire {
		for _, w := range pl.wires {
			if w.from == from && w.label == label {
				return w
			}
		}
		w := &wire{from: from, label: label, tie: tie, sealed: !tie && (from.kind == seals || from.kind == promotes)}
		pl.wires = append(pl.wires, w)
		return w
	}
	for _, st := range p.Stages {
		for _, a := range st.Actions {
			for _, in := range a.Inputs {
				if maker := p.Producer(in.Name); maker != nil && at[maker] != nil {
					w := find(at[maker], in.Name, false)
					w.to = append(w.to, at[a])
				}
			}
			for _, from := range p.Stages {
				for _, b := range from.Actions {
					if b.Namespace == "" || b == a || at[b].kind == begins {
						continue
					}
					for _, name := range variables(a.Config, b.Namespace) {
						w := find(at[b], strings.ToLower(name), true)
						if !slices.Contains(w.to, at[a]) {
							w.to = append(w.to, at[a])
						}
					}
				}
			}
		}
	}
}

// variables are those of a namespace that a configuration names.
func variables(config *doc.Node, namespace string) []string {
	var out []string
	if config == nil {
		return nil
	}
	for _, f := range config.Fields {
		s := cloud.Text(f.Value)
		for {
			i := strings.Index(s, "#{"+namespace+".")
			if i < 0 {
				break
			}
			s = s[i+len(namespace)+3:]
			name, rest, ok := strings.Cut(s, "}")
			if !ok {
				break
			}
			if s = rest; !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// flow tells the pipeline as a table, for whoever cannot see a drawing.
func (v *reviewer) flow(p *pipeline.Pipeline) {
	t := table{head: []string{"Stage", "Action", "Account", "CodePipeline acts as", "Runs as", "Takes", "Makes"}}
	for _, st := range p.Stages {
		for _, a := range st.Actions {
			var runs, in, out []string
			for _, s := range v.steps {
				if s.site.Action == a && s.job && s.role != "" && !slices.Contains(runs, chain.Short(s.role)) {
					runs = append(runs, chain.Short(s.role))
				}
			}
			for _, x := range a.Inputs {
				in = append(in, x.Name)
			}
			for _, x := range a.Outputs {
				out = append(out, x.Name)
			}
			account := say(v.account(a.Account))
			if a.Region != "" && a.Region != p.Region {
				account = append(account, dim(" "+a.Region))
			}
			t.rows = append(t.rows, []prose{
				say(st.Name), stacked(say(bold(a.Name)), say(dim(providerName(a.Provider)))), account,
				v.who(p.RoleOf(a)), series(codeRun, runs), series(plain, in), series(plain, out),
			})
		}
	}
	v.add(fold{summary: say("The same as a table"), blocks: []block{t}})
}
