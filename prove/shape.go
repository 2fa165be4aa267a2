package prove

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// A misfit is one such property.
type misfit struct {
	in      *cloud.Resource
	path    string
	node    *doc.Node
	value   string
	wantARN bool
}

// misfits lists them, in the order of the resources.
func (p *prover) misfits(m *cloud.Model) []misfit {
	var out []misfit
	for _, r := range m.Resources {
		t := p.rooms.types[r.Type]
		if t == nil || len(r.Maybe) > 0 || r.Props == nil {
			continue
		}
		for _, path := range t.ARNs {
			for n := range nodes(r.Props, path) {
				if v := cloud.Text(n); v != "" && arnLike.Match(v) == truth.No {
					out = append(out, misfit{r, path, n, v, true})
				}
			}
		}
		for _, path := range t.Names {
			for n := range nodes(r.Props, path) {
				if v := cloud.Text(n); v != "" && arnLike.Match(v) == truth.Yes {
					out = append(out, misfit{r, path, n, v, false})
				}
			}
		}
	}
	return out
}

// shapes states the misfits of a model.
func (p *prover) shapes(m *cloud.Model) []diag.Finding {
	found := p.misfits(m)
	out := make([]diag.Finding, len(found))
	for i, f := range found {
		out[i] = p.misshapen(m, f, len(found))
	}
	return out
}

var arnLike = match.Compile("arn:*")

// nodes yields the nodes at a path in which "[]" stands for every element of
// a list.
func nodes(n *doc.Node, path string) iter.Seq[*doc.Node] {
	return func(yield func(*doc.Node) bool) { walkPath(n, strings.Split(path, "."), yield) }
}

func walkPath(n *doc.Node, path []string, yield func(*doc.Node) bool) bool {
	if n == nil || len(n.Maybe) > 0 {
		return true
	}
	if len(path) == 0 {
		return yield(n)
	}
	key, list := strings.CutSuffix(path[0], "[]")
	if n = n.Get(key); !list {
		return walkPath(n, path[1:], yield)
	}
	if n == nil {
		return true
	}
	for e := range n.Elems() {
		if !walkPath(e, path[1:], yield) {
			return false
		}
	}
	return true
}

// misshapen says what stands at a property and what should; of is how many
// misfits there are.
func (p *prover) misshapen(m *cloud.Model, b misfit, of int) diag.Finding {
	r, v := b.in, b.value
	takes, is := "an ARN", "none"
	if !b.wantARN {
		takes, is = "a name", "an ARN"
	}
	f := diag.Finding{
		Code: "RUN122", Theorem: string(Runs), At: b.node.Where(), Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("%s of %s takes %s, and %s is %s", strings.ReplaceAll(b.path, "[]", ""), match.Render(r.ID()), takes, match.Render(v), is),
	}
	i := slices.IndexFunc(m.Resources, func(o *cloud.Resource) bool {
		return o.Stack == r.Stack && o.ARN != "" && o.ARN != o.Ref && (b.wantARN && o.Ref == v || !b.wantARN && o.ARN == v)
	})
	if i < 0 {
		return f
	}
	o := m.Resources[i]
	f.Related = []diag.Note{{At: o.Span, Message: "what it names: " + o.ID()}}
	value, says := o.ARN, "name %s by its ARN"
	if !b.wantARN {
		value, says = o.Ref, "name %s by its name"
	}
	if p.opt.Author == nil || p.opt.Mend == nil {
		return f
	}
	w, ok := p.opt.Author(r, value)
	if !ok {
		return f
	}
	edits, err := splice.Replace(b.node, w)
	if err != nil {
		return f
	}
	models, err := p.opt.Mend(edits)
	if err != nil || slices.ContainsFunc(models, func(m *cloud.Model) bool { return len(p.misfits(m)) >= of }) {
		return f
	}
	f.Fixes = []diag.Fix{{Message: fmt.Sprintf(says, o.ID()), Edits: edits}}
	return f
}

// typesOf returns the types that say which of their properties take an ARN or a
// name, by name.
func typesOf(services []*service.Service) map[string]*service.Type {
	out := map[string]*service.Type{}
	for _, s := range services {
		for i := range s.Types {
			if t := &s.Types[i]; len(t.ARNs)+len(t.Names) > 0 {
				out[t.Name] = t
			}
		}
	}
	return out
}
