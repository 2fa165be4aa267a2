package cfn

import (
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/truth"
)

// rules builds the assertions of the Rules section
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html).
func (s *stack) rules() []rule {
	if s.t.rules == nil || s.ruled {
		return s.rulesMemo
	}
	s.ruled = true
	s.w.raw++
	defer func() { s.w.raw-- }()
	for _, f := range s.t.rules.Fields {
		when := always
		if c := f.Value.Get("RuleCondition"); c != nil {
			when = s.formula(c)
		}
		for a := range f.Value.Get("Assertions").Elems() {
			if x := a.Get("Assert"); x != nil {
				s.rulesMemo = append(s.rulesMemo, rule{name: f.Name(), when: when, assert: s.formula(x), node: a})
			}
		}
	}
	return s.rulesMemo
}

// checkRules reports the assertions that the parameters break.
func (s *stack) checkRules() {
	for _, r := range s.rules() {
		if a := s.w.assignment(); r.when.eval(a) == truth.Yes && r.assert.eval(a) == truth.No {
			why := r.node.Get("AssertDescription").Str()
			if why != "" {
				why = ": " + why
			}
			s.w.find(CodeRule, r.node.Span, diag.Error, "rule %q refuses the parameters of stack %q%s", r.name, s.label, why)
		}
	}
}

// ruleFunction is Fn::Contains, Fn::EachMemberEquals or Fn::EachMemberIn
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html).
func (s *stack) ruleFunction(n *doc.Node, name string, args []*doc.Node) *formula {
	if len(args) != 2 {
		s.wrong(n, name+" takes two arguments")
		return open
	}
	first, ok := s.members(args[0])
	if !ok {
		return open
	}
	switch name {
	case "Fn::EachMemberEquals":
		want := s.compared(args[1])
		f := &formula{op: '&', args: []*formula{always}}
		for _, m := range first {
			f.args = append(f.args, s.w.equation(m, want))
		}
		return f
	case "Fn::Contains":
		want := s.compared(args[1])
		return s.anyOf(first, want)
	default:
		second, ok := s.members(args[1])
		if !ok {
			return open
		}
		f := &formula{op: '&', args: []*formula{always}}
		for _, m := range first {
			f.args = append(f.args, s.anyOf(second, m))
		}
		return f
	}
}

func (s *stack) anyOf(list []string, want string) *formula {
	f := &formula{op: '|', args: []*formula{never}}
	for _, m := range list {
		f.args = append(f.args, s.w.equation(m, want))
	}
	return f
}

// members evaluates a list argument of a rule function: a list, Fn::RefAll of
// a parameter type, or a reference. Fn::ValueOf and Fn::ValueOfAll ask AWS for
// attributes of live resources, which nobody here knows.
func (s *stack) members(n *doc.Node) ([]string, bool) {
	name, arg := "", n
	switch {
	case len(n.Tag) > 1:
		name = tagFunction(n.Tag)
	case isCall(n):
		name, arg = n.Fields[0].Key.Text, n.Fields[0].Value
	}
	switch name {
	case "Fn::ValueOf", "Fn::ValueOfAll":
		return nil, false
	case "Fn::RefAll":
		var out []string
		if s.t.params == nil {
			return nil, true
		}
		for _, f := range s.t.params.Fields {
			typ := f.Value.Get("Type").Str()
			if typ != arg.Text && typ != "List<"+arg.Text+">" {
				continue
			}
			v := s.param(f.Name(), f.Value).clear
			if v.Kind == doc.Unknown {
				return nil, false
			}
			for it := range v.Elems() {
				out = append(out, s.w.textOf(it))
			}
		}
		return out, true
	}
	v := s.eval(n)
	switch {
	case v.Kind == doc.Unknown || v == noValue:
		return nil, false
	case v.Kind == doc.List:
		var out []string
		if slices.ContainsFunc(v.Items, func(it *doc.Node) bool { return len(it.Maybe) > 0 }) {
			return nil, false
		}
		for _, it := range v.Items {
			out = append(out, s.w.textOf(it))
		}
		return out, true
	default:
		return strings.Split(s.w.textOf(v), ","), true
	}
}
