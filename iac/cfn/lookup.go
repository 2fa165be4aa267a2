package cfn

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

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
		s.after(o.s)
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
		s.after(o)
		if v := o.outs[out]; v != nil {
			return v.value(n.Span)
		}
		s.w.find(CodeImport, n.Span, diag.Error, "stack %q has no output %q%s", o.label, match.Render(out), near(out, o.outNames))
		return str(n.Span, match.Hole(match.Any, plain(o.label+".Outputs."+out)))
	}
	s.w.find(CodeImport, n.Span, diag.Warning, "no stack %q was given for account %s, region %s", match.Render(name), match.Render(account), match.Render(region))
	return str(n.Span, match.Hole(match.Any, plain(fmt.Sprintf("output %s of stack %s %s %s", out, name, account, region))))
}
