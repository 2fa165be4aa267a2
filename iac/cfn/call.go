package cfn

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penstock/arn"
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

// join is Fn::Join.
func (s *stack) join(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Join takes a delimiter and a list")
	}
	delim := s.w.textOf(s.eval(args[0]))
	vals := s.eval(args[1])
	if vals.Kind != doc.List {
		if vals.Kind != doc.Unknown {
			return s.wrong(n, "Fn::Join takes a delimiter and a list")
		}
		return str(n.Span, match.Hole(match.Any, s.w.intern("a join of "+plain(vals.Text), delim+"\x01"+dump(vals))))
	}
	var b strings.Builder
	var via []source.Span
	for i, it := range vals.Items {
		if len(it.Maybe) > 0 {
			return str(n.Span, match.Hole(match.Any, s.w.intern("a join where "+plain(it.Maybe[0]), delim+"\x01"+dump(vals))))
		}
		if i > 0 {
			b.WriteString(delim)
		}
		b.WriteString(s.w.textOf(it))
		via = append(via, it.Via...)
		if b.Len() > maxText {
			s.w.find(CodeLimit, n.Span, diag.Error, "the string grows beyond %d bytes", maxText)
			return str(n.Span, match.Hole(match.Any, s.w.vague(n.Span, "a string that is too long").Text))
		}
	}
	return str(n.Span, s.resolve(b.String(), n.Span), via...)
}

// splitCall is Fn::Split.
func (s *stack) splitCall(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Split takes a delimiter and a string")
	}
	delim, text := s.w.textOf(s.eval(args[0])), s.eval(args[1])
	if delim == "" {
		return s.wrong(n, "the delimiter of Fn::Split is empty")
	}
	whole := s.w.textOf(text)
	items, ok := split(whole, delim)
	if !ok || match.HasHole(delim) {
		return unknown(n.Span, fmt.Sprintf("%s split at %q", match.Render(whole), match.Render(delim)))
	}
	c := &doc.Node{Kind: doc.List, Span: n.Span, Via: text.Via}
	for _, it := range items {
		c.Items = append(c.Items, str(n.Span, it, text.Via...))
	}
	return c
}

// selectCall is Fn::Select.
func (s *stack) selectCall(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Select takes an index and a list")
	}
	index, vals := s.eval(args[0]), s.eval(args[1])
	if vals.Kind != doc.List && vals.Kind != doc.Unknown {
		return s.wrong(n, "Fn::Select takes an index and a list")
	}
	indexText := s.w.textOf(index)
	open := vals.Kind == doc.Unknown || match.HasHole(indexText)
	for _, it := range vals.Items {
		open = open || len(it.Maybe) > 0
	}
	if open {
		class := match.Any
		what := vals.Text
		if strings.HasPrefix(what, "availability zones of ") {
			class = match.Name
		}
		if vals.Kind == doc.List {
			what = "a list"
		}
		return str(n.Span, match.Hole(class, s.w.intern("item "+plain(indexText)+" of "+plain(what), indexText+"\x01"+dump(vals))))
	}
	i, err := strconv.Atoi(indexText)
	if err != nil {
		return s.wrong(n, fmt.Sprintf("the index %q of Fn::Select is no number", indexText))
	}
	if i < 0 || i >= len(vals.Items) {
		s.w.find(CodeSelect, n.Span, diag.Error, "Fn::Select takes item %d of a list of %d", i, len(vals.Items))
		return s.w.vague(n.Span, fmt.Sprintf("item %d of a list of %d", i, len(vals.Items)))
	}
	c := *vals.Items[i]
	c.Via = append([]source.Span{c.Span}, c.Via...)
	c.Span = n.Span
	return &c
}

// findInMap is Fn::FindInMap.
func (s *stack) findInMap(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 3 && len(args) != 4 {
		return s.wrong(n, "Fn::FindInMap takes the name of a map and two keys")
	}
	var key [3]string
	for i := range key {
		key[i] = s.w.textOf(s.eval(args[i]))
	}
	byDefault := func() *doc.Node {
		if len(args) == 4 {
			if d := args[3].Get("DefaultValue"); d != nil {
				return s.evalAlt(d)
			}
		}
		return nil
	}
	found := s.entries(s.t.maps, key[:])
	known := !match.HasHole(key[0]) && !match.HasHole(key[1]) && !match.HasHole(key[2])
	switch {
	case known && len(found) == 1:
		return s.entry(n, found[0])
	case known || len(found) == 0:
		if d := byDefault(); d != nil {
			return d
		}
		s.w.find(CodeMapping, n.Span, diag.Error, "no mapping has the entry %s → %s → %s%s", match.Render(key[0]), match.Render(key[1]), match.Render(key[2]), s.nearMap(key))
		return str(n.Span, match.Hole(match.Any, plain(fmt.Sprintf("%s mapping %s → %s → %s", s.label, key[0], key[1], key[2]))))
	}
	// The keys are open: what all entries agree on is known.
	if byDefault() == nil {
		same, text := true, true
		for _, f := range found {
			text = text && f.IsScalar()
			same = same && text && f.Text == found[0].Text
		}
		if same {
			return s.entry(n, found[0])
		}
		if text {
			class := match.Name
			for _, f := range found {
				if !isName(f.Text) {
					class = match.Any
				}
			}
			hole := match.Hole(class, plain(fmt.Sprintf("%s mapping %s → %s → %s", s.label, key[0], key[1], key[2])))
			return str(n.Span, hole)
		}
	}
	return unknown(n.Span, fmt.Sprintf("%s mapping %s → %s → %s", s.label, key[0], key[1], key[2]))
}

// entry is a mapping entry as the value of a call.
func (s *stack) entry(n, e *doc.Node) *doc.Node {
	c := *s.eval(e)
	c.Via = append([]source.Span{e.Span}, c.Via...)
	c.Span, c.Tag = n.Span, ""
	if c.Kind == doc.Number || c.Kind == doc.Bool {
		c.Kind = doc.String
	}
	return &c
}

// entries returns the values below n by keys, all of a level where the key is
// open.
func (s *stack) entries(n *doc.Node, keys []string) []*doc.Node {
	if n == nil {
		return nil
	}
	if len(keys) == 0 {
		return []*doc.Node{n}
	}
	if !match.HasHole(keys[0]) {
		return s.entries(n.Get(keys[0]), keys[1:])
	}
	var out []*doc.Node
	for _, f := range n.Fields {
		out = append(out, s.entries(f.Value, keys[1:])...)
	}
	return out
}

func (s *stack) nearMap(key [3]string) string {
	at := s.t.maps
	for _, k := range key {
		next := at.Get(k)
		if next == nil {
			var names []string
			if at != nil {
				for _, f := range at.Fields {
					names = append(names, f.Name())
				}
			}
			return near(k, names)
		}
		at = next
	}
	return ""
}

// importValue is Fn::ImportValue.
func (s *stack) importValue(n, arg *doc.Node) *doc.Node {
	name := s.w.textOf(arg)
	if o := s.w.exports[exportKey{s.account, s.region, name}]; o != nil {
		return o.value(n.Span)
	}
	hole := match.Hole(match.Any, plain(fmt.Sprintf("export %s %s %s", name, s.account, s.region)))
	if !s.w.exported {
		return str(n.Span, hole)
	}
	var names []string
	where := ""
	for k := range s.w.exports {
		if k.account == s.account && k.region == s.region {
			names = append(names, match.Render(k.name))
		} else if k.name == name {
			where = fmt.Sprintf("; account %s exports it in %s, and an import sees only its own account and region", k.account, k.region)
		}
	}
	slices.Sort(names)
	if where == "" {
		where = near(match.Render(name), names)
	}
	s.w.find(CodeImport, n.Span, diag.Warning, "no stack exports %q in account %s, region %s%s", match.Render(name), s.account, s.region, where)
	return str(n.Span, hole)
}

// getStackOutput is Fn::GetStackOutput, which reads an output of another
// stack, with RoleArn in another account
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html).
func (s *stack) getStackOutput(n, arg *doc.Node) *doc.Node {
	if arg.Kind != doc.Map || arg.Get("StackName") == nil || arg.Get("OutputName") == nil {
		return s.wrong(n, "Fn::GetStackOutput takes a map with StackName and OutputName")
	}
	get := func(key string) string {
		if v := arg.Get(key); v != nil {
			if v = s.eval(v); v != noValue {
				return s.w.textOf(v)
			}
		}
		return ""
	}
	name, out, region, role := get("StackName"), get("OutputName"), get("Region"), get("RoleArn")
	if region == "" {
		region = s.region
	}
	account := s.account
	if role != "" {
		account = arn.Account(role)
	}
	if a, err := arn.Parse(name); err == nil { // a stack id: stack/NAME/UUID
		_, rest, _ := strings.Cut(a.Resource, "/")
		name, _, _ = strings.Cut(rest, "/")
	}
	for _, o := range s.w.stacks {
		if o.name != name || o.account != account || o.region != region {
			continue
		}
		if v := o.outs[out]; v != nil {
			return v.value(n.Span)
		}
		s.w.find(CodeImport, n.Span, diag.Error, "stack %q has no output %q%s", o.label, match.Render(out), near(out, o.outNames))
		return str(n.Span, match.Hole(match.Any, plain(o.label+".Outputs."+out)))
	}
	s.w.find(CodeImport, n.Span, diag.Warning, "no stack %q was given for account %s, region %s", match.Render(name), match.Render(account), match.Render(region))
	return str(n.Span, match.Hole(match.Any, plain(fmt.Sprintf("output %s of stack %s %s %s", out, name, account, region))))
}

// base64 is Fn::Base64.
func (s *stack) base64(n, arg *doc.Node) *doc.Node {
	text := s.w.textOf(arg)
	if match.HasHole(text) {
		return str(n.Span, match.Hole(match.Any, s.w.intern("base64", text)), arg.Via...)
	}
	return str(n.Span, base64.StdEncoding.EncodeToString([]byte(text)), arg.Via...)
}

// getAZs is Fn::GetAZs: which zones an account sees is AWS's to say.
func (s *stack) getAZs(n, arg *doc.Node) *doc.Node {
	region := s.w.textOf(arg)
	if region == "" {
		region = s.region
	}
	return unknown(n.Span, "availability zones of "+match.Render(region)+" in account "+s.account)
}

// length is Fn::Length.
func (s *stack) length(n, arg *doc.Node) *doc.Node {
	if arg.Kind == doc.List && !slices.ContainsFunc(arg.Items, func(it *doc.Node) bool { return len(it.Maybe) > 0 }) {
		return &doc.Node{Kind: doc.Number, Text: strconv.Itoa(len(arg.Items)), Span: n.Span}
	}
	if arg.Kind != doc.List && arg.Kind != doc.Unknown {
		return s.wrong(n, "Fn::Length takes a list")
	}
	return str(n.Span, match.Hole(match.Name, s.w.intern("a length", dump(arg))))
}
