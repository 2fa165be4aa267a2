package cfn

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
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

// commaList splits the value of a list parameter; members lose surrounding
// spaces
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

// classOf returns what can fill an unknown parameter.
func (s *stack) classOf(typ string, decl *doc.Node) match.Class {
	if vs := decl.Get("AllowedValues"); vs != nil && len(vs.Items) > 0 {
		for _, c := range []match.Class{match.Account, match.Name, match.Path} {
			if !slices.ContainsFunc(vs.Items, func(v *doc.Node) bool { return !fits(c, v.Str()) }) {
				return c
			}
		}
		return match.Any
	}
	switch {
	case typ == "Number":
		return match.Name
	case strings.HasPrefix(typ, "AWS::") && strings.HasSuffix(typ, "::Id"), typ == "AWS::EC2::AvailabilityZone::Name":
		// Ids as AWS makes them: vpc-…, subnet-…, Z….
		return match.Name
	case typ == "AWS::SSM::Parameter::Name":
		return match.Path
	}
	return patternClass(decl.Get("AllowedPattern").Str())
}

// patternClass reads off an AllowedPattern, which must match the whole value
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html),
// which characters a value can hold. What Java's and Go's expressions read
// differently yields Any.
func patternClass(pattern string) match.Class {
	if pattern == "" || strings.ContainsAny(pattern, "&") || strings.Contains(pattern, "++") {
		return match.Any
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return match.Any
	}
	var set charset
	lo, hi := set.walk(re)
	switch {
	case set.any || lo < 1:
		return match.Any
	case lo == 12 && hi == 12 && !set.beyond(func(r rune) bool { return r >= '0' && r <= '9' }):
		return match.Account
	case !set.beyond(func(r rune) bool { return !strings.ContainsRune(":/*? \t\r\n", r) }):
		return match.Name
	case !set.beyond(func(r rune) bool { return !strings.ContainsRune(":*? \t\r\n", r) }):
		return match.Path
	default:
		return match.Any
	}
}

// A charset is the characters of an expression, where they are ASCII.
type charset struct {
	has [128]bool
	any bool
}

func (c *charset) beyond(ok func(rune) bool) bool {
	for r, in := range c.has {
		if in && !ok(rune(r)) {
			return true
		}
	}
	return false
}

func (c *charset) add(lo, hi rune) {
	if hi >= 128 {
		c.any = true
		return
	}
	for r := lo; r <= hi; r++ {
		c.has[r] = true
	}
}

const unbounded = 1 << 20

// walk adds the characters of re and returns how many there are at least and
// at most.
func (c *charset) walk(re *syntax.Regexp) (lo, hi int) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return 0, 0
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			c.add(r, r)
			if re.Flags&syntax.FoldCase != 0 {
				c.any = true
			}
		}
		return len(re.Rune), len(re.Rune)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			c.add(re.Rune[i], re.Rune[i+1])
		}
		return 1, 1
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			l, h := c.walk(sub)
			lo, hi = lo+l, min(hi+h, unbounded)
		}
		return lo, hi
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			l, h := c.walk(sub)
			if i == 0 {
				lo = l
			}
			lo, hi = min(lo, l), max(hi, h)
		}
		return lo, hi
	case syntax.OpStar:
		c.walk(re.Sub[0])
		return 0, unbounded
	case syntax.OpPlus:
		l, _ := c.walk(re.Sub[0])
		return l, unbounded
	case syntax.OpQuest:
		_, h := c.walk(re.Sub[0])
		return 0, h
	case syntax.OpRepeat:
		l, h := c.walk(re.Sub[0])
		if re.Max < 0 {
			return l * re.Min, unbounded
		}
		return l * re.Min, min(h*re.Max, unbounded)
	default:
		c.any = true
		return 0, unbounded
	}
}

// domain records the values that an unknown parameter can have.
func (s *stack) domain(hole string, allowed *doc.Node) {
	if _, ok := s.w.domains[hole]; ok {
		return
	}
	vals := []string{}
	for _, v := range allowed.Items {
		vals = append(vals, v.Str())
	}
	s.w.domains[hole] = vals
}

// checkValue reports a value that the declaration does not allow.
func (s *stack) checkValue(name string, decl, value *doc.Node) {
	say := func(what string) {
		shown := fmt.Sprintf("%q", value.Text)
		if decl.Get("NoEcho").Str() == "true" {
			shown = "its value"
		}
		s.w.find(CodeNotAllowed, value.Span, diag.Error, "parameter %q of stack %q: %s %s", name, s.label, shown, what)
	}
	texts := []string{value.Text}
	if list, _ := listType(decl.Get("Type").Str()); list {
		texts = strings.Split(value.Text, ",")
	}
	allowed, pattern := decl.Get("AllowedValues"), decl.Get("AllowedPattern").Str()
	var re *regexp.Regexp
	if pattern != "" {
		re, _ = regexp.Compile("^(?:" + pattern + ")$")
	}
	for _, t := range texts {
		t = strings.TrimSpace(t)
		if allowed != nil && allowed.Kind == doc.List && !slices.ContainsFunc(allowed.Items, func(a *doc.Node) bool { return a.Str() == t }) {
			var names []string
			for _, a := range allowed.Items {
				names = append(names, a.Str())
			}
			say("is not one of " + strings.Join(names, ", "))
			return
		}
		if re != nil && !re.MatchString(t) {
			say("does not match " + pattern)
			return
		}
	}
}

// Parameters reads a parameter file: the list of ParameterKey and
// ParameterValue that the AWS CLI takes, the template configuration of
// CodePipeline ({"Parameters": {…}}), or a plain map.
func Parameters(f *source.File) ([]Parameter, error) {
	n, _, err := load.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("reading parameter file: %w", err)
	}
	bad := func(at *doc.Node, what string) error {
		return &doc.Error{At: at.Span, Message: what, Fix: `write a list of {"ParameterKey": …, "ParameterValue": …}, or {"Parameters": {"Name": "value"}}, or a map from names to values`}
	}
	switch n.Kind {
	case doc.List:
		var ps []Parameter
		for _, it := range n.Items {
			if it.Kind == doc.String { // "Name=value", as aws cloudformation deploy takes it
				name, v, ok := strings.Cut(it.Text, "=")
				if !ok {
					return nil, bad(it, fmt.Sprintf("%q is no parameter", it.Text))
				}
				ps = append(ps, Parameter{Name: name, Value: str(it.Span, v), At: it.Span})
				continue
			}
			k, v := it.Get("ParameterKey"), it.Get("ParameterValue")
			if k == nil {
				return nil, bad(it, "the entry has no ParameterKey")
			}
			if v == nil && it.Get("UsePreviousValue").Str() == "true" {
				continue // deployed before with a value that nobody gave us
			}
			if v == nil {
				return nil, bad(it, fmt.Sprintf("parameter %q has no ParameterValue", k.Text))
			}
			ps = append(ps, Parameter{Name: k.Text, Value: v, At: k.Span})
		}
		return ps, nil
	case doc.Map:
		if p := n.Get("Parameters"); p != nil && p.Kind == doc.Map {
			n = p
		}
		var ps []Parameter
		for _, f := range n.Fields {
			if !f.Value.IsScalar() && f.Value.Kind != doc.List {
				return nil, bad(f.Value, fmt.Sprintf("the value of parameter %q is a %s", f.Name(), f.Value.Kind))
			}
			ps = append(ps, Parameter{Name: f.Name(), Value: f.Value, At: f.Key.Span})
		}
		return ps, nil
	default:
		return nil, bad(n, "the file is a "+n.Kind.String())
	}
}
