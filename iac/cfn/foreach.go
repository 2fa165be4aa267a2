package cfn

import (
	"slices"
	"strings"
	"unicode"

	"penstock/diag"
	"penstock/doc"
)

// maxLoops bounds how many nodes the loops of a template make.
const maxLoops = 1 << 18

// A loop expands Fn::ForEach, which CloudFormation does before anything else
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html):
// the template is rewritten with the identifier replaced in keys and values.
type loop struct {
	s     *stack
	t     *template
	names []string // identifiers in scope, innermost last
	vals  []string
	made  int
}

// expanded returns the template of s with its loops written out.
func (s *stack) expanded() *template {
	t := *s.t
	t.found, t.loops, t.dependOn = nil, false, nil
	if !t.langExt && (hasLoop(t.resources) || hasLoop(t.conds) || hasLoop(t.outputs)) {
		t.find(CodeExtension, s.t.resources.Span, diag.Error, "Fn::ForEach needs Transform: AWS::LanguageExtensions")
	}
	l := &loop{s: s, t: &t}
	t.conds = l.expand(s.t.conds)
	t.resources = l.expand(l.included(s.t.resources))
	t.outputs = l.expand(s.t.outputs)
	t.serverless()
	t.indexAll()
	t.loops = false
	t.check()
	return &t
}

// included is the Resources section with the files that AWS::Include adds to
// it; another transform of the section counts as a macro over the template.
func (l *loop) included(n *doc.Node) *doc.Node {
	if n.Get("Fn::Transform") == nil {
		return n
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		if f.Name() != "Fn::Transform" {
			c.Fields = append(c.Fields, f)
			continue
		}
		for x := range f.Value.Elems() {
			inc, why := l.s.include(x)
			if inc == nil || inc.Kind != doc.Map {
				l.t.macros = append(slices.Clip(l.t.macros), strings.TrimPrefix(why, "macro "))
				l.t.find(CodeMacro, x.Span, diag.Warning, "%s adds resources that are not known", why)
				continue
			}
			if r := inc.Get("Resources"); r != nil && r.Kind == doc.Map {
				inc = r
			}
			c.Fields = append(c.Fields, inc.Fields...)
		}
	}
	return &c
}

// expand returns n with loops written out and identifiers replaced; n itself
// where there is neither.
func (l *loop) expand(n *doc.Node) *doc.Node {
	if n == nil {
		return nil
	}
	if l.made++; l.made > maxLoops {
		if l.made == maxLoops+1 {
			l.t.find(CodeLimit, n.Span, diag.Error, "the loops of the template make more than %d values", maxLoops)
		}
		return n
	}
	switch n.Kind {
	case doc.String:
		if len(l.names) == 0 {
			return n
		}
		if n.Tag == "!Ref" {
			if v, ok := l.value(n.Text); ok {
				return str(n.Span, v)
			}
			return n
		}
		if t := l.replace(n.Text); t != n.Text {
			c := *n
			c.Text = t
			return &c
		}
		return n
	case doc.List:
		var out *doc.Node
		for i, it := range n.Items {
			v := l.expand(it)
			if v == it {
				continue
			}
			if out == nil {
				c := *n
				c.Items = append([]*doc.Node(nil), n.Items...)
				out = &c
			}
			out.Items[i] = v
		}
		if out != nil {
			return out
		}
		return n
	case doc.Map:
		return l.expandMap(n)
	default:
		return n
	}
}

func (l *loop) expandMap(n *doc.Node) *doc.Node {
	if len(l.names) > 0 && len(n.Fields) == 1 && n.Fields[0].Key.Text == "Ref" {
		if v, ok := l.value(n.Fields[0].Value.Str()); ok {
			return str(n.Span, v)
		}
	}
	changed := false
	out := make([]doc.Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		if strings.HasPrefix(f.Key.Text, "Fn::ForEach::") {
			changed = true
			out = l.iterate(out, f)
			continue
		}
		v, k := l.expand(f.Value), f.Key
		if t := l.replace(k.Text); t != k.Text {
			c := *k
			c.Text = t
			k = &c
		}
		changed = changed || v != f.Value || k != f.Key
		out = append(out, doc.Field{Key: k, Value: v})
	}
	if !changed {
		return n
	}
	c := *n
	c.Fields = out
	return &c
}

// iterate writes one loop out.
func (l *loop) iterate(out []doc.Field, f doc.Field) []doc.Field {
	if f.Value.Kind != doc.List || len(f.Value.Items) != 3 || f.Value.Items[2].Kind != doc.Map || !f.Value.Items[0].IsScalar() {
		l.t.find(CodeArguments, f.Value.Span, diag.Error, "%s takes an identifier, a collection and a map", f.Name())
		return out
	}
	id, body := f.Value.Items[0].Text, f.Value.Items[2]
	coll := l.s.eval(l.expand(f.Value.Items[1]))
	if coll.Kind == doc.String {
		coll = l.s.commaList(coll.Text, coll)
	}
	if coll.Kind != doc.List {
		l.t.find(CodeMacro, f.Value.Items[1].Span, diag.Warning, "the collection of %s is unknown, and so is what it makes", f.Name())
		// What it makes may be a policy on any resource of the template.
		l.t.macros = append(slices.Clip(l.t.macros), f.Name()+" over an unknown collection")
		return out
	}
	for _, it := range coll.Items {
		l.names, l.vals = append(l.names, id), append(l.vals, l.s.w.textOf(it))
		m := l.expandMap(body)
		out = append(out, m.Fields...)
		l.names, l.vals = l.names[:len(l.names)-1], l.vals[:len(l.vals)-1]
		if l.made > maxLoops {
			break
		}
	}
	return out
}

func (l *loop) value(name string) (string, bool) {
	for i := len(l.names) - 1; i >= 0; i-- {
		if l.names[i] == name {
			return l.vals[i], true
		}
	}
	return "", false
}

// replace fills in ${Id} and &{Id}, which takes only letters and digits.
func (l *loop) replace(s string) string {
	if len(l.names) == 0 || !strings.Contains(s, "{") {
		return s
	}
	for i := len(l.names) - 1; i >= 0; i-- {
		s = strings.ReplaceAll(s, "${"+l.names[i]+"}", l.vals[i])
		if strings.Contains(s, "&{"+l.names[i]+"}") {
			s = strings.ReplaceAll(s, "&{"+l.names[i]+"}", strings.Map(func(r rune) rune {
				if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
					return r
				}
				return -1
			}, l.vals[i]))
		}
	}
	return s
}
