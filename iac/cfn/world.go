package cfn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// Bounds that no real template comes near. CloudFormation takes templates of
// up to 1 MB and 500 resources
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const (
	maxSteps  = 8 << 20 // evaluated nodes, all stacks
	maxText   = 1 << 20 // length of one string
	maxStacks = 500     // nested stacks included
	// maxNesting ends a circle that names do not show, such as one through a
	// symbolic link.
	maxNesting = 16
)

// A world is one evaluation of all stacks: under one scenario, or with all
// open conditions open.
type world struct {
	*loader
	sc     *scenario
	model  *cloud.Model
	stacks []*stack // parents before their nested stacks

	exports  map[exportKey]*output
	exported bool
	ssm      map[exportKey]*resource
	asked    []*cond
	quiet    int // > 0: a condition that is open here makes no scenario
	raw      int // > 0: inside a condition, NoEcho parameters have their value
	alts     map[*doc.Node]*alt

	found    []diag.Finding
	seen     map[string]bool
	steps    int
	resolves []Resolve
	gaps     map[string]*Gap
	gapOrder []string
	vagues   int
	taken    []string // assumptions in the order made
	total    int
	known    int
	named    int
	asg      *assignment
	path     []step          // what is being evaluated, for circles
	on       map[stepKey]int // where in path
}

type exportKey struct{ account, region, name string }

// A stack is one template in one account and region, in one world.
type stack struct {
	w    *world
	t    *template
	cs   *cloud.Stack
	name string // what AWS::StackName gives; symbolic for a nested stack
	// label is unique among the stacks and names its holes.
	label                      string
	account, region, partition string
	given                      map[string]given
	linked                     map[string]*output // given, by parameter; nil for one that is not there
	params                     map[string]*param
	conds                      map[string]*cond
	res                        map[string]*resource
	order                      []*resource
	outs                       map[string]*output
	outNames                   []string
	phys                       map[string]string
	tags                       map[string]string
	listed                     source.Span // where the stacks file has it
	parent                     *stack
	at                         *resource // of the parent
	maybe                      []string
	deployed                   bool      // by a pipeline of another stack
	cur                        *resource // whose properties are being evaluated
	ruled                      bool
	rulesMemo                  []rule
	exprs                      []candidate
}

// given is a parameter value: an evaluated node, one to evaluate in the parent
// stack, or an output of another stack.
type given struct {
	node          *doc.Node
	in            *stack
	at            source.Span
	stack, output string
}

func (l *loader) world(sc *scenario) *world {
	w := &world{
		loader: l, sc: sc, model: cloud.New(),
		exports: map[exportKey]*output{}, ssm: map[exportKey]*resource{},
		alts: map[*doc.Node]*alt{}, seen: map[string]bool{}, gaps: map[string]*Gap{},
	}
	w.model.Beside = l.in.Beside
	if sc != nil {
		w.model.Scenario = sc.text
	}
	for i := range l.stacks {
		p := &l.stacks[i]
		s := &stack{
			w: w, t: p.t, name: p.in.Name, label: p.label,
			account: p.in.Account, region: p.in.Region,
			given: p.params, phys: p.in.PhysicalIDs, tags: p.in.Tags, listed: p.in.At,
		}
		w.add(s)
		if p.in.Exists {
			w.model.Assume("what stack " + s.label + " describes is there already, and is as it says")
		}
		for _, name := range p.names {
			if s.t.paramOf[name] == nil {
				at := p.params[name].at
				if at.IsZero() {
					at.File = s.t.file
				}
				w.find(CodeUndeclared, at, diag.Error, "parameter %q is given to stack %q, and its template %s does not declare it%s", name, s.label, s.t.file.Name, near(name, slices.Sorted(maps.Keys(s.t.paramOf))))
			}
		}
	}
	links := w.link()
	for i := 0; i < len(w.stacks); i++ {
		w.stacks[i].nest()
		w.stacks[i].deploys()
	}
	w.index()
	for _, s := range w.stacks {
		s.evalAll()
	}
	w.waits(links)
	return w
}

// add makes a stack ready: the template with its loops expanded, resources by
// logical id, nothing evaluated.
func (w *world) add(s *stack) {
	s.partition = arn.Partition(s.region)
	for slices.ContainsFunc(w.stacks, func(o *stack) bool { return o.label == s.label }) {
		s.label += "'"
	}
	s.params, s.conds = map[string]*param{}, map[string]*cond{}
	s.cs = &cloud.Stack{Name: s.label, Account: s.account, Region: s.region, Template: s.t.name, File: s.t.file}
	if s.parent != nil {
		s.cs.Within = s.parent.cs
	}
	w.stacks = append(w.stacks, s)
	w.model.Stacks = append(w.model.Stacks, s.cs)
	w.keep(s.t.found)
	if s.t.loops {
		s.t = s.expanded()
		w.keep(s.t.found)
	}
	s.res = make(map[string]*resource, len(s.t.index))
	for _, f := range s.t.resources.Fields {
		if s.res[f.Name()] != nil || s.t.index[f.Name()] == nil || strings.HasPrefix(f.Name(), "Fn::") {
			continue
		}
		r := &resource{s: s, id: f.Name(), body: f.Value, key: f.Key, typ: f.Value.Get("Type").Str()}
		r.t = w.in.Types(r.typ)
		s.res[r.id] = r
		s.order = append(s.order, r)
	}
	for _, id := range slices.Sorted(maps.Keys(s.phys)) {
		if s.res[id] == nil {
			at := s.listed
			if at.IsZero() {
				at.File = s.t.file
			}
			w.find(CodePhysical, at, diag.Warning, "physicalIds of stack %q names %q, and the template declares no such resource%s", s.label, id, near(id, slices.Sorted(maps.Keys(s.res))))
		}
	}
	s.outs = map[string]*output{}
	if s.t.outputs != nil {
		for _, f := range s.t.outputs.Fields {
			if s.outs[f.Name()] == nil && f.Value.Kind == doc.Map {
				s.outs[f.Name()] = &output{s: s, name: f.Name(), body: f.Value, at: f.Key.Span}
				s.outNames = append(s.outNames, f.Name())
			}
		}
	}
}

// index finds exports and SSM parameters by name.
func (w *world) index() {
	for _, s := range w.stacks {
		for _, r := range s.order {
			if r.typ != "AWS::SSM::Parameter" || r.exists() != truth.Yes {
				continue
			}
			if n := r.body.At("Properties", "Name"); n != nil {
				if name := s.eval(n); name.IsScalar() && name.Text != "" {
					w.ssm[exportKey{s.account, s.region, name.Text}] = r
				}
			}
		}
		for _, name := range s.outNames {
			o := s.outs[name]
			e := o.body.At("Export", "Name")
			if e == nil || o.exists() == truth.No {
				continue
			}
			n := s.eval(e)
			if !n.IsScalar() {
				continue
			}
			key := exportKey{s.account, s.region, n.Text}
			if prev := w.exports[key]; prev != nil {
				w.found = append(w.found, diag.Finding{
					Code: CodeExport, At: e.Where(), Severity: diag.Error, Certainty: diag.Proved,
					Message: fmt.Sprintf("stack %q exports %q, which stack %q exports too", s.label, match.Render(n.Text), prev.s.label),
					Related: []diag.Note{{At: prev.body.At("Export", "Name").Where(), Message: "the other export"}},
				})
				continue
			}
			w.exports[key] = o
		}
	}
	w.exported = true
}

func (w *world) find(code string, at source.Span, sev diag.Severity, format string, args ...any) {
	w.keep([]diag.Finding{{Code: code, At: at, Severity: sev, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)}})
}

// assume records an assumption. Conditions and rules take nothing for granted
// that a resource shows.
func (w *world) assume(text string) {
	w.taken = append(w.taken, text)
	if w.raw == 0 {
		w.model.Assume(text)
	}
}

// keep adds findings, each once.
func (w *world) keep(fs []diag.Finding) {
	for _, f := range fs {
		if k := findingKey(&f); !w.seen[k] {
			w.seen[k] = true
			w.found = append(w.found, f)
		}
	}
}

// gap counts something that is not understood.
func (w *world) gap(what string, at source.Span) {
	g := w.gaps[what]
	if g == nil {
		g = &Gap{What: what, At: at}
		w.gaps[what] = g
		w.gapOrder = append(w.gapOrder, what)
	}
	g.Count++
}

func (w *world) coverage() Coverage {
	c := Coverage{Resources: w.total, Understood: w.known, Named: w.named}
	for _, what := range w.gapOrder {
		c.Gaps = append(c.Gaps, *w.gaps[what])
	}
	return c
}

// intern returns the name of the hole that stands for a computed value: the
// same value gets the same name in every stack and scenario.
func (l *loader) intern(what, content string) string {
	key := what + "\x00" + content
	if n, ok := l.interned[key]; ok {
		return n
	}
	n := fmt.Sprintf("%s #%d", what, len(l.interned)+1)
	l.interned[key] = n
	return n
}
