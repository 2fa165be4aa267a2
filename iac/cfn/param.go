package cfn

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// A param is the value of a template parameter.
type param struct {
	node   *doc.Node // known, symbolic, or Unknown
	clear  *doc.Node // the same without the veil of NoEcho
	hidden bool
	assume []string // what the value takes for granted
}

const ssmValue = "AWS::SSM::Parameter::Value<"

// param evaluates a declared parameter.
func (s *stack) param(name string, decl *doc.Node) *param {
	if p := s.params[name]; p != nil {
		return p
	}
	if !s.w.enter(s, "parameter "+name, decl.Where()) {
		return &param{node: unknown(decl.Span, s.label+"."+name), clear: unknown(decl.Span, s.label+"."+name)}
	}
	p := &param{hidden: decl.Get("NoEcho").Str() == "true"}
	before := len(s.w.taken)
	raw := s.w.raw
	s.w.raw = 1
	p.clear = s.paramValue(name, decl)
	s.w.raw = 0
	p.node = p.clear
	if s.given[name].in != nil { // the parent's own NoEcho parameters stay hidden
		p.node = s.paramValue(name, decl)
	}
	s.w.raw = raw
	p.assume = slices.Clone(s.w.taken[before:])
	if p.hidden {
		p.node = str(p.clear.Span, match.Hole(match.Any, s.label+"."+name))
	}
	s.params[name] = p
	s.w.leave()
	return p
}

func (s *stack) paramValue(name string, decl *doc.Node) *doc.Node {
	typ := decl.Get("Type").Str()
	allowed := decl.Get("AllowedValues")
	value := s.givenValue(name)
	if value == nil || value.Kind == doc.Null {
		if d := decl.Get("Default"); d != nil && d.Kind != doc.Null {
			value = d
		}
	} else if isText(value) && !match.HasHole(value.Text) {
		s.checkValue(name, decl, value)
	}
	if value == nil && allowed != nil && len(allowed.Items) == 1 {
		value = allowed.Items[0]
	}
	list, item := listType(typ)
	if inner, ok := strings.CutPrefix(typ, ssmValue); ok {
		inner = strings.TrimSuffix(inner, ">")
		list, item = listType(inner)
		if value == nil {
			return s.noParam(name, decl, list, match.Any)
		}
		return s.ssmParam(s.w.textOf(value), list, item, value.Span)
	}
	if value == nil {
		class := match.Any
		if !list {
			class = s.classOf(item, decl)
			hole := match.Hole(class, s.label+"."+name)
			if allowed != nil {
				s.domain(hole, allowed)
			}
		}
		return s.noParam(name, decl, list, class)
	}
	if value.Kind == doc.List {
		if list {
			return value
		}
		var texts []string
		for _, it := range value.Items {
			texts = append(texts, s.w.textOf(it))
		}
		return str(value.Span, strings.Join(texts, ","), value.Via...)
	}
	if value.Kind == doc.Unknown {
		if list {
			return value
		}
		return str(value.Span, s.w.textOf(value))
	}
	text := s.w.textOf(value)
	if !list {
		return str(value.Span, text, value.Via...)
	}
	return s.commaList(text, value)
}

// commaList splits the value of a list parameter. An empty value is a list of
// one empty string (aws-cloudformation/cfn-language-discussion#102), and
// members lose surrounding spaces
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
func (s *stack) commaList(text string, at *doc.Node) *doc.Node {
	items, ok := split(text, ",")
	if !ok {
		return unknown(at.Span, "the members of "+match.Render(text))
	}
	n := &doc.Node{Kind: doc.List, Span: at.Span, Via: at.Via}
	for _, it := range items {
		n.Items = append(n.Items, str(at.Span, strings.TrimSpace(it), at.Via...))
	}
	return n
}

// givenValue returns what the stacks file, a parameter file or the parent
// stack gives, nil where nothing does.
func (s *stack) givenValue(name string) *doc.Node {
	g, ok := s.given[name]
	if g.stack != "" {
		return s.linkedValue(name, g)
	}
	if !ok || g.node == nil {
		return nil
	}
	if g.in == nil {
		return g.node
	}
	v := g.in.eval(g.node)
	if v == noValue {
		return nil
	}
	return v
}

// noParam is a parameter without a value.
func (s *stack) noParam(name string, decl *doc.Node, list bool, class match.Class) *doc.Node {
	what := s.label + "." + name
	s.w.find(CodeNoValue, decl.Span, diag.Info, "parameter %q of stack %q has no default and no value was given", name, s.label)
	if list {
		return unknown(decl.Span, what)
	}
	return str(decl.Span, s.w.substitute(match.Hole(class, what)))
}

// ssmParam is the value of the SSM parameter that a template parameter names:
// that of the parameter resource of the same name, where a stack declares it.
func (s *stack) ssmParam(name string, list bool, item string, at source.Span) *doc.Node {
	text := s.ssmText(name, at)
	if list {
		if isHole(text) {
			return unknown(at, text)
		}
		return s.commaList(text, &doc.Node{Span: at})
	}
	return str(at, text)
}

// ssmText returns the value of an SSM parameter as far as the stacks declare
// it.
func (s *stack) ssmText(name string, at source.Span) string {
	base, version, _ := strings.Cut(name, ":")
	if r := s.w.ssm[exportKey{s.account, s.region, base}]; r != nil && version == "" && s.w.enter(s, "SSM parameter "+base, at) {
		defer s.w.leave()
		if v := r.prop("Value"); v != nil && isText(v) && len(v.Maybe) == 0 {
			s.w.assume(fmt.Sprintf("SSM parameter %s in account %s still holds the value that stack %s declares", match.Render(base), s.account, r.s.label))
			return v.Text
		}
	}
	return match.Hole(match.Any, plain("ssm "+name+" "+s.account+" "+s.region))
}

// listType tells a list type and the type of its members.
func listType(typ string) (bool, string) {
	if typ == "CommaDelimitedList" {
		return true, "String"
	}
	if inner, ok := strings.CutPrefix(typ, "List<"); ok {
		return true, strings.TrimSuffix(inner, ">")
	}
	return false, typ
}
