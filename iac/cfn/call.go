package cfn

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// functions that a template can call outside Rules.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var functions = []string{
	"Ref", "Condition", "Fn::Base64", "Fn::Cidr", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::GetStackOutput",
	"Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Length", "Fn::Select", "Fn::Split", "Fn::Sub", "Fn::ToJsonString",
	"Fn::Transform", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Fn::ForEach",
	"Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll",
}

// call evaluates a function. n is the whole call; arg is its argument, in a
// short form n itself, whose tag is then not part of it.
func (s *stack) call(n *doc.Node, name string, arg *doc.Node, short bool) *doc.Node {
	switch name {
	case "Ref":
		return s.refCall(n, s.name1(arg, short))
	case "Fn::GetAtt":
		return s.getAtt(n, arg, short)
	case "Fn::Sub":
		return s.sub(n, arg)
	case "Fn::If":
		return s.ifCall(n, list(arg))
	case "Fn::Join":
		return s.join(n, list(arg))
	case "Fn::Select":
		return s.selectCall(n, list(arg))
	case "Fn::Split":
		return s.splitCall(n, list(arg))
	case "Fn::FindInMap":
		return s.findInMap(n, list(arg))
	case "Fn::ImportValue":
		return s.importValue(n, s.argument(arg, short))
	case "Fn::GetStackOutput":
		return s.getStackOutput(n, arg)
	case "Fn::Base64":
		return s.base64(n, s.argument(arg, short))
	case "Fn::Cidr":
		return s.cidr(n, list(arg))
	case "Fn::GetAZs":
		return s.getAZs(n, s.argument(arg, short))
	case "Fn::Length":
		return s.length(n, s.argument(arg, short))
	case "Fn::ToJsonString":
		return s.toJSON(n, s.argument(arg, short))
	case "Fn::Transform":
		return s.transform(n, arg)
	case "Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or":
		v := s.formula(n).eval(s.w.assignment())
		if v == truth.Maybe {
			return s.w.vague(n.Span, "a condition")
		}
		return &doc.Node{Kind: doc.Bool, Text: strconv.FormatBool(v == truth.Yes), Span: n.Span}
	}
	// check has reported it.
	if s.cur != nil && !slices.Contains(s.cur.opaque, "function "+name) {
		s.cur.opaque = append(s.cur.opaque, "function "+name)
		s.w.gap("function "+name, n.Span)
	}
	return s.w.vague(n.Span, "the function "+name)
}

// list returns the raw items of an argument list, nil for anything else.
func list(arg *doc.Node) []*doc.Node {
	if arg.Kind != doc.List {
		return nil
	}
	return arg.Items
}

// argument evaluates a single argument; noValue becomes unknown.
func (s *stack) argument(arg *doc.Node, short bool) *doc.Node {
	var v *doc.Node
	if short {
		v = s.w.collapse(s.evalPlain(arg))
	} else {
		v = s.eval(arg)
	}
	if v == noValue {
		return s.w.vague(arg.Span, "AWS::NoValue")
	}
	return v
}

// name1 is the name in a Ref, which with AWS::LanguageExtensions may be an
// expression.
func (s *stack) name1(arg *doc.Node, short bool) string {
	if arg.IsScalar() && (short || arg.Tag == "") {
		return arg.Text
	}
	return s.w.textOf(s.argument(arg, short))
}

// refCall is Ref.
func (s *stack) refCall(n *doc.Node, name string) *doc.Node {
	at := n.Span
	switch name {
	case "AWS::NoValue":
		return noValue
	case "AWS::AccountId":
		return str(at, s.account)
	case "AWS::Region":
		return str(at, s.region)
	case "AWS::Partition":
		return str(at, s.partition)
	case "AWS::URLSuffix":
		return str(at, urlSuffix(s.partition))
	case "AWS::StackName":
		return str(at, s.name)
	case "AWS::StackId":
		if s.parent != nil {
			return str(at, s.at.ref())
		}
		return str(at, "arn:"+s.partition+":cloudformation:"+s.region+":"+s.account+":stack/"+s.name+"/"+match.Hole(match.Name, s.label+".AWS.StackId"))
	case "AWS::NotificationARNs":
		return unknown(at, s.label+".AWS::NotificationARNs")
	}
	if decl := s.t.paramOf[name]; decl != nil {
		p := s.param(name, decl)
		v := p.node
		if s.w.raw > 0 {
			v = p.clear
		}
		for _, a := range p.assume {
			s.w.assume(a)
		}
		c := *v
		c.Span, c.Tag, c.Lead = at, "", 0
		if s.w.raw == 0 && c.Kind == doc.String {
			c.Text = s.resolve(c.Text, at)
		}
		c.Via = nil
		if !p.hidden { // a place shows its line
			c.Via = append([]source.Span{v.Span}, v.Via...)
		}
		return &c
	}
	if r := s.res[name]; r != nil {
		s.used(r, at)
		return str(at, r.ref())
	}
	return str(at, match.Hole(match.Any, plain(s.label+"."+name)))
}

// used reports a reference to a resource that is not created.
func (s *stack) used(r *resource, at source.Span) {
	if r.exists() == truth.No {
		s.w.find(CodeAbsent, at, diag.Error, "%q is not created: its condition %q is false", r.id, r.body.Get("Condition").Str())
	}
}

// getAtt is Fn::GetAtt: "Logical.Attr.Sub" or [Logical, Attr].
func (s *stack) getAtt(n, arg *doc.Node, short bool) *doc.Node {
	var id, attr string
	switch {
	case arg.Kind == doc.List && len(arg.Items) >= 2:
		id = s.w.textOf(s.eval(arg.Items[0]))
		var rest []string
		for _, it := range arg.Items[1:] {
			rest = append(rest, s.w.textOf(s.eval(it)))
		}
		attr = strings.Join(rest, ".")
	case arg.Kind == doc.String && (short || arg.Tag == ""):
		id, attr, _ = strings.Cut(arg.Text, ".")
	default:
		return s.wrong(n, `Fn::GetAtt takes "Resource.Attribute" or [Resource, Attribute]`)
	}
	return s.attribute(n.Span, id, attr)
}

func (s *stack) attribute(at source.Span, id, attr string) *doc.Node {
	r := s.res[id]
	if r == nil {
		return str(at, match.Hole(match.Any, plain(s.label+"."+id+"."+attr)))
	}
	s.used(r, at)
	return r.attr(attr, at)
}

// sub is Fn::Sub.
func (s *stack) sub(n, arg *doc.Node) *doc.Node {
	var vars *doc.Node
	text := arg
	if arg.Kind == doc.List {
		if len(arg.Items) != 2 || arg.Items[1].Kind != doc.Map {
			return s.wrong(n, "Fn::Sub takes a string, or a list of a string and a map")
		}
		text, vars = arg.Items[0], arg.Items[1]
	}
	if text.Kind == doc.Map || text.Kind == doc.List {
		return s.wrong(n, "the text of Fn::Sub is a "+text.Kind.String())
	}
	var b strings.Builder
	var via []source.Span
	rest := text.Text
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(rest[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(rest[:i])
		name := rest[i+2 : i+j]
		rest = rest[i+j+1:]
		if lit, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + lit + "}")
			continue
		}
		v := s.variable(n, strings.TrimSpace(name), vars)
		b.WriteString(s.w.textOf(v))
		via = append(via, v.Via...)
		if b.Len() > maxText {
			s.w.find(CodeLimit, n.Span, diag.Error, "the string grows beyond %d bytes", maxText)
			return str(n.Span, match.Hole(match.Any, s.w.vague(n.Span, "a string that is too long").Text))
		}
	}
	b.WriteString(rest)
	return str(n.Span, s.resolve(b.String(), n.Span), via...)
}

// variable is one ${name} of Fn::Sub.
func (s *stack) variable(n *doc.Node, name string, vars *doc.Node) *doc.Node {
	if v := vars.Get(name); v != nil {
		v = s.eval(v)
		if v == noValue {
			return str(n.Span, "")
		}
		return v
	}
	if s.t.paramOf[name] == nil && s.res[name] == nil {
		if id, attr, ok := strings.Cut(name, "."); ok {
			return s.attribute(n.Span, id, attr)
		}
	}
	v := s.refCall(n, name)
	if v == noValue {
		return str(n.Span, "")
	}
	return v
}

// base64 is Fn::Base64.
func (s *stack) base64(n, arg *doc.Node) *doc.Node {
	text := s.w.textOf(arg)
	if match.HasHole(text) {
		return str(n.Span, match.Hole(match.Any, s.w.intern("base64", text)), arg.Via...)
	}
	return str(n.Span, base64.StdEncoding.EncodeToString([]byte(text)), arg.Via...)
}
