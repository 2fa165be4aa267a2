package cfn

import (
	"cmp"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// A resource is one entry of Resources in one world. Its names are evaluated
// apart from its properties and before them, so that a key policy can name a
// role whose policy names the key.
type resource struct {
	s    *stack
	id   string
	key  *doc.Node
	body *doc.Node
	typ  string
	t    *service.Type // nil: not supported

	opaque []string
	child  *stack // of a nested stack
	made   *cloud.Resource

	memo  map[string]string // "name", "ref", "arn"
	props map[string]*doc.Node
}

// holeID is what holes of r are named after.
func (r *resource) holeID() string { return r.s.label + "." + r.id }

// exists says whether r is created.
func (r *resource) exists() truth.Value {
	c := r.body.Get("Condition")
	if c == nil || c.Kind != doc.String {
		return truth.Yes
	}
	if r.t == nil && r.child == nil && r.typ != "AWS::CloudFormation::Stack" {
		r.s.w.quiet++
		defer func() { r.s.w.quiet-- }()
	}
	return r.s.cond(c.Text, c.Span)
}

// maybe returns the facts that decide whether r exists.
func (r *resource) maybe() []string {
	m := slices.Clip(r.s.maybe)
	if c := r.body.Get("Condition"); c != nil && r.exists() == truth.Maybe {
		m = append(m, r.s.condFact(c.Text, true))
	}
	return m
}

// prop evaluates one top-level property; nil where it is absent.
func (r *resource) prop(name string) *doc.Node {
	if n, ok := r.props[name]; ok {
		return n
	}
	props := r.body.Get("Properties")
	var out *doc.Node
	if raw := props.Get(name); raw != nil {
		if !r.s.w.enter(r.s, r.id+"."+name, raw.Where()) {
			return nil
		}
		prev := r.s.cur
		r.s.cur = r
		out = r.s.w.shown(func() *doc.Node { return r.s.eval(raw) })
		r.s.cur = prev
		r.s.w.leave()
		if out == noValue || out.Kind == doc.Null {
			out = nil
		}
	}
	if r.props == nil {
		r.props = map[string]*doc.Node{}
	}
	r.props[name] = out
	return out
}

// text returns a property by path as a string; false where it is absent.
func (r *resource) text(path ...string) (string, bool) {
	n := r.prop(path[0]).At(path[1:]...)
	if n == nil || n.Kind == doc.Null {
		return "", false
	}
	return r.s.w.textOf(n), true
}

// once computes a name unless it is known or being computed.
func (r *resource) once(what string, f func() string) string {
	if v, ok := r.memo[what]; ok {
		return v
	}
	if !r.s.w.enter(r.s, r.id+" ("+what+")", r.key.Span) {
		return match.Hole(match.Any, r.holeID()+"."+what)
	}
	v := f()
	r.s.w.leave()
	if r.memo == nil {
		r.memo = map[string]string{}
	}
	r.memo[what] = v
	return v
}

// ref is what Ref returns.
func (r *resource) ref() string {
	return r.once("ref", func() string {
		if id, ok := r.s.phys[r.id]; ok {
			return r.physical(id)
		}
		switch {
		case r.typ == "AWS::CloudFormation::Stack":
			// Ref returns the stack id
			// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html).
			return "arn:" + r.s.partition + ":cloudformation:" + r.s.region + ":" + r.s.account + ":stack/" +
				match.Hole(match.Name, r.holeID()) + "/" + match.Hole(match.Name, r.holeID()+".id")
		case r.t == nil:
			return match.Hole(match.Any, r.holeID())
		}
		return r.expand(cmp.Or(r.t.Ref, "${Name}"))
	})
}

// physical is a physical id as Ref gives it: the id where an ARN was given
// and Ref is the end of the ARN.
func (r *resource) physical(id string) string {
	if r.t == nil || !isARN(id) || !strings.HasSuffix(r.t.ARN, "${Ref}") {
		return id
	}
	end := id[strings.LastIndexAny(id, ":/")+1:]
	at := r.s.listed
	if at.IsZero() {
		at = r.key.Span
	}
	r.s.w.find(CodePhysical, at, diag.Warning, "physicalIds gives an ARN for %q, and Ref of %s is its id: %s", r.id, r.typ, end)
	return end
}

// name is the physical name. A generated one is a hole: CloudFormation makes
// it of stack name, logical id and a random part, but cuts it to the length
// that the service takes, and for many types that rule is not documented
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func (r *resource) name() string {
	return r.once("name", func() string {
		if r.t == nil || !r.named() {
			return ""
		}
		if r.t.NameProp != "" {
			if v, ok := r.text(strings.Split(r.t.NameProp, ".")...); ok && v != "" {
				return v
			}
		}
		if id, ok := r.s.phys[r.id]; ok {
			if v, ok := r.extract(cmp.Or(r.t.Ref, "${Name}"), id); ok {
				return v
			}
		}
		return match.Hole(match.Name, r.holeID())
	})
}

// named reports whether the type has a physical name.
func (r *resource) named() bool {
	tmpl := r.t.Ref + r.t.ARN
	return r.t.NameProp != "" || r.t.Ref == "" || strings.Contains(tmpl, "${Name}") || strings.Contains(tmpl, ":Name")
}

// arn is the ARN, "" where the type has none.
func (r *resource) arn() string {
	return r.once("arn", func() string {
		switch {
		case r.typ == "AWS::CloudFormation::Stack":
			return r.ref()
		case r.t == nil || r.t.ARN == "":
			return ""
		}
		if id, ok := r.s.phys[r.id]; ok && (r.t.Ref == "${ARN}" || r.t.Ref == r.t.ARN) {
			return id
		}
		return r.expand(r.t.ARN)
	})
}

// extract finds the name in a physical id that was made by a template such as
// "${Name}" or "${ARN}".
func (r *resource) extract(tmpl, id string) (string, bool) {
	if tmpl == "${ARN}" {
		tmpl = r.t.ARN
	}
	before, after, ok := strings.Cut(tmpl, "${Name}")
	if !ok || strings.Contains(before+after, "${Ref}") || strings.Contains(before+after, "${ARN}") {
		return "", false
	}
	before, after = r.expand(before), r.expand(after)
	rest, ok := strings.CutPrefix(id, before)
	if !ok {
		return "", false
	}
	if ps := parts(after); len(ps) == 2 && ps[1].class == match.Suffix && len(rest) > 7 && rest[len(rest)-7] == ps[0].text[0] {
		return rest[:len(rest)-7], true // a secret's ARN ends in six characters
	}
	return strings.CutSuffix(rest, after)
}

// expand fills a naming template of service.Type.
func (r *resource) expand(tmpl string) string {
	if !strings.Contains(tmpl, "${") {
		return tmpl
	}
	var b strings.Builder
	for {
		i := strings.Index(tmpl, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(tmpl[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(tmpl[:i])
		b.WriteString(r.variable(tmpl[i+2 : i+j]))
		tmpl = tmpl[i+j+1:]
	}
	b.WriteString(tmpl)
	return b.String()
}

func (r *resource) variable(v string) string {
	switch v {
	case "Name":
		return r.name()
	case "Ref":
		return r.ref()
	case "ARN":
		return r.arn()
	case "Account":
		return r.s.account
	case "Region":
		return r.s.region
	case "Partition":
		return r.s.partition
	case "URLSuffix":
		return urlSuffix(r.s.partition)
	case "Stack":
		return r.s.name
	case "LogicalID":
		return r.id
	case "Path":
		if p, ok := r.text("Path"); ok && p != "" {
			return p
		}
		return "/"
	}
	word, rest, _ := strings.Cut(v, ":")
	switch word {
	case "Prop", "Bare", "Last", "Prefix", "Pipe":
		p, missing, has := strings.Cut(rest, "=")
		value, ok := "", false
		if p == "Name" {
			value, ok = r.name(), true
		} else {
			value, ok = r.text(strings.Split(p, ".")...)
		}
		if !ok && !has {
			return match.Hole(match.Name, r.holeID()+"."+p)
		}
		if !ok {
			value = missing
		}
		return service.Derive(word, value, missing)
	case "Hole":
		if rest == "Suffix" {
			return match.Hole(match.Suffix, r.holeID()+"."+rest)
		}
		return match.Hole(match.Name, r.holeID()+"."+rest)
	case "Any":
		return match.Hole(match.Any, r.holeID()+"."+rest)
	}
	return match.Hole(match.Any, r.holeID()+"."+v)
}

// attr is what Fn::GetAtt returns.
func (r *resource) attr(name string, at source.Span) *doc.Node {
	str := func(s string) *doc.Node { return &doc.Node{Kind: doc.String, Text: s, Span: at} }
	if out, ok := strings.CutPrefix(name, "Outputs."); ok && r.typ == "AWS::CloudFormation::Stack" {
		if r.child == nil {
			return str(match.Hole(match.Any, r.holeID()+"."+name))
		}
		o := r.child.outs[out]
		if o == nil {
			r.s.w.find(CodeAttribute, at, diag.Error, "the template %s of the nested stack %q has no output %q%s", r.child.t.file.Name, r.id, out, near(out, r.child.outNames))
			return str(match.Hole(match.Any, r.holeID()+"."+name))
		}
		return o.value(at)
	}
	if r.t == nil {
		return str(match.Hole(match.Any, r.holeID()+"."+name))
	}
	if tmpl, ok := r.t.Attrs[name]; ok {
		return str(r.expand(tmpl))
	}
	if name == "Arn" && r.t.ARN != "" {
		return str(r.arn())
	}
	if r.s.w.in.Attrs != nil && name != "" {
		if names, ok := r.s.w.in.Attrs(r.typ); ok && !slices.Contains(names, name) {
			r.s.w.find(CodeAttribute, at, diag.Error, "%s has no attribute %q%s", r.typ, name, near(name, names))
		}
	}
	return str(match.Hole(match.Any, r.holeID()+"."+name))
}

// evaluate makes the cloud.Resource, nil where it is not created.
func (r *resource) evaluate() {
	s, w := r.s, r.s.w
	if r.typ == "AWS::CDK::Metadata" {
		return // the CDK's own note, which creates nothing
	}
	w.total++
	if r.t == nil {
		w.quiet++
		defer func() { w.quiet-- }()
	}
	if r.exists() == truth.No || s.parentGone() {
		// What is not created has nothing to understand.
		w.known++
		return
	}
	s.cur = r
	defer func() { s.cur = nil }()
	made := &cloud.Resource{
		Type: r.typ, Stack: s.cs, LogicalID: r.id, Account: s.account, Region: s.region,
		Ref: r.ref(), Name: r.name(), ARN: r.arn(), Span: r.key.Span, Maybe: r.maybe(),
	}
	for _, m := range s.t.macros {
		r.opaque = append(r.opaque, macroName(m))
		w.gap(macroName(m), r.key.Span)
	}
	switch {
	case r.t == nil && r.typ != "AWS::CloudFormation::Stack":
		what := "type " + r.typ
		if r.typ == "" {
			what = "a resource without type"
		}
		r.opaque = append(r.opaque, what+" is not supported")
		w.gap(what, r.key.Span)
	case r.t != nil && r.t.Props != nil:
		if ps := r.body.Get("Properties"); ps != nil {
			for _, f := range ps.Fields {
				if !slices.Contains(r.t.Props, f.Name()) && !strings.HasPrefix(f.Name(), "Fn::") {
					r.opaque = append(r.opaque, "property "+f.Name())
					w.gap("property "+f.Name()+" of "+r.typ, f.Key.Span)
				}
			}
		}
	}
	made.Props = r.properties()
	made.Tags = tagsOf(made.Props.Get("Tags"), r.stackTags())
	made.Opaque = r.opaque
	if len(r.opaque) == 0 {
		w.known++
	}
	r.made = made
}

// properties evaluates Properties, with what naming has already evaluated.
func (r *resource) properties() *doc.Node {
	raw := r.body.Get("Properties")
	if raw == nil {
		return &doc.Node{Kind: doc.Map, Span: source.Span{File: r.key.Span.File, Start: r.key.Span.End, End: r.key.Span.End}}
	}
	if raw.Kind == doc.Map && len(raw.Fields) > 0 && !isCall(raw) && raw.Get("Fn::Transform") == nil {
		var out *doc.Node
		for i, f := range raw.Fields {
			v, ok := r.props[f.Name()]
			if !ok || v == nil {
				v = r.s.eval(f.Value)
			}
			out = replace(raw, out, i, v)
		}
		if out != nil {
			return out
		}
		return raw
	}
	out := r.s.eval(raw)
	if out == noValue {
		return &doc.Node{Kind: doc.Map, Span: raw.Span}
	}
	return out
}

// stackTags returns the tags of the stack, which CloudFormation puts on every
// resource that takes tags
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
func (r *resource) stackTags() map[string]string {
	if r.t == nil || r.t.Props != nil && !slices.Contains(r.t.Props, "Tags") {
		return nil
	}
	return r.s.tags
}

// tagsOf reads the usual shapes of Tags, over those of the stack.
func tagsOf(n *doc.Node, stack map[string]string) map[string]string {
	tags := map[string]string{}
	for k, v := range stack {
		tags[k] = v
	}
	switch {
	case n == nil:
	case n.Kind == doc.Map:
		for _, f := range n.Fields {
			if f.Value.IsScalar() && len(f.Value.Maybe) == 0 {
				tags[f.Name()] = f.Value.Text
			}
		}
	case n.Kind == doc.List:
		for _, it := range n.Items {
			k, v := it.Get("Key"), it.Get("Value")
			if k.IsScalar() && v.IsScalar() && len(it.Maybe)+len(k.Maybe)+len(v.Maybe) == 0 {
				tags[k.Text] = v.Text
			}
		}
	}
	if len(tags) == 0 {
		return nil
	}
	return tags
}

// shown evaluates what a resource or an output shows, even where a condition
// asks for it: NoEcho parameters stay hidden.
func (w *world) shown(eval func() *doc.Node) *doc.Node {
	raw := w.raw
	w.raw = 0
	defer func() { w.raw = raw }()
	return eval()
}

func (s *stack) parentGone() bool { return s.parent != nil && s.at.exists() == truth.No }

func (s *stack) evalAll() {
	if s.t.conds != nil {
		for _, f := range s.t.conds.Fields {
			s.condition(f.Name()) // a circle is a finding even where nothing uses it
		}
	}
	for _, r := range s.order {
		r.evaluate()
	}
	s.w.quiet++ // an output decides nothing here, but what is wrong in one is said
	for _, name := range s.outNames {
		if o := s.outs[name]; o.exists() != truth.No {
			o.value(o.at)
		}
	}
	s.w.quiet--
	s.checkRules()
}

// urlSuffix is AWS::URLSuffix
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html,
// the isolated partitions after the SDKs' endpoint data).
func urlSuffix(partition string) string {
	switch partition {
	case "aws-cn":
		return "amazonaws.com.cn"
	case "aws-iso":
		return "c2s.ic.gov"
	case "aws-iso-b":
		return "sc2s.sgov.gov"
	case "aws-eusc":
		return "amazonaws.eu"
	default:
		return "amazonaws.com"
	}
}

// An output is one entry of Outputs.
type output struct {
	s    *stack
	name string
	body *doc.Node
	at   source.Span
	memo *doc.Node
}

func (o *output) exists() truth.Value {
	c := o.body.Get("Condition")
	if c == nil || c.Kind != doc.String {
		return truth.Yes
	}
	return o.s.cond(c.Text, c.Span)
}

// value returns the value for a reference at a place, "" not created
// included; never nil.
func (o *output) value(at source.Span) *doc.Node {
	w := o.s.w
	unknown := &doc.Node{Kind: doc.String, Text: match.Hole(match.Any, o.s.label+".Outputs."+o.name), Span: at}
	if o.memo == nil {
		if !w.enter(o.s, "output "+o.name, o.at) {
			return unknown
		}
		v := o.body.Get("Value")
		switch {
		case v == nil:
			w.find(CodeShape, o.at, diag.Error, "output %q has no Value", o.name)
			o.memo = unknown
		case o.exists() == truth.Maybe:
			o.memo = unknown
		default:
			o.memo = w.shown(func() *doc.Node { return o.s.eval(v) })
			if o.memo == noValue {
				o.memo = unknown
			}
		}
		w.leave()
	}
	if o.exists() == truth.No {
		w.find(CodeAbsent, at, diag.Error, "output %q of stack %q is not there: its condition %q is false", o.name, o.s.label, o.body.Get("Condition").Str())
		return unknown
	}
	c := *o.memo
	c.Via = append([]source.Span{o.body.Get("Value").Where()}, c.Via...)
	c.Span, c.Tag = at, ""
	return &c
}

// isARN reports whether a symbolic string has the shape of an ARN.
func isARN(s string) bool {
	_, err := arn.Parse(s)
	return err == nil
}

// macroName words a transform that is not understood; a loop or an include is
// no macro, but counts as one.
func macroName(m string) string {
	if strings.Contains(m, " ") {
		return m
	}
	return "macro " + m
}
