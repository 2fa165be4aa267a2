package emit

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// A conv writes one resource.
type conv struct {
	w    *writer
	u    *unit
	main *block
	// extra are blocks that stand before the resource: an archive.
	extra []*block
	runs  []*unit
}

// resource writes the blocks of a unit.
func (w *writer) resource(u *unit) error {
	c := &conv{w: w, u: u}
	used := uses{}
	if u.into != nil {
		return uses{u.m.Fold.Prop: true}.left(u.r.Props, "")
	}
	if u.m.Type != "" {
		c.main = c.block(u.m.Type, u.label)
		if err := c.args(u.m.Args, u.r.Props, c.main, used); err != nil {
			return err
		}
		for _, o := range w.units {
			if o.into == u {
				c.main.set(o.m.Fold.Arg, "", "true")
			}
		}
		if u.r.Retain {
			c.main.inner("lifecycle").set("prevent_destroy", "", "true")
		}
	}
	var parts []*block
	for _, p := range u.m.Parts {
		if p.Reads {
			continue
		}
		bs, err := c.part(p, used)
		if err != nil {
			return err
		}
		parts = append(parts, bs...)
	}
	if err := used.left(u.r.Props, ""); err != nil {
		return err
	}
	u.blocks = append(u.blocks, c.extra...)
	if c.main != nil {
		u.blocks = append(u.blocks, c.main)
	}
	u.blocks = append(u.blocks, parts...)
	u.runs = c.runs
	return nil
}

// fold finds the resource of which a unit is an argument.
func (w *writer) fold(u *unit) error {
	if u.m.Fold == nil {
		return nil
	}
	s, _ := u.r.Props.Get(u.m.Fold.Prop).(blueprint.Sub)
	if ps := s.Parts(); len(ps) == 1 {
		if r := u.st.Resource(ps[0].Name); r != nil && w.byID[r].m.Type == u.m.Type && w.byID[r].m.Fold == nil {
			u.into = w.byID[r]
			return nil
		}
	}
	return fmt.Errorf("property %s: Terraform knows it as an argument of a resource of the stack, which it has to refer to", u.m.Fold.Prop)
}

// block begins a resource block.
func (c *conv) block(typ, label string) *block {
	b := &block{head: fmt.Sprintf("resource %q %q", typ, label)}
	if a := c.w.alias(c.u.st.Region); a != "" {
		b.set("provider", "", a)
	}
	return b
}

// label makes the label of a part: that of the resource, and what it is named
// after.
func (c *conv) label(typ, rest string) string {
	label := c.u.label
	if rest != "" {
		label += "_" + rest
	}
	for i := 2; c.w.labels[typ+"."+label]; i++ {
		label = fmt.Sprintf("%s_%d", strings.TrimSuffix(label, fmt.Sprintf("_%d", i-1)), i)
	}
	c.w.labels[typ+"."+label] = true
	return label
}

// part writes the resources that properties are split into.
func (c *conv) part(p *tf.Part, used uses) ([]*block, error) {
	link := ""
	if !p.Spread {
		link = c.u.addr() + "." + p.Attr
	}
	if p.Each == "" {
		b := &block{}
		if err := c.args(p.Args, c.u.r.Props, b, used); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(p.Args, func(a *tf.Arg) bool { return !a.IsConst && used[tf.PathString(a.Prop)] }) {
			return nil, nil
		}
		label := c.label(p.Type, "")
		out := c.block(p.Type, label)
		out.set(p.Link, "", link)
		if err := c.copies(p, out); err != nil {
			return nil, err
		}
		out.items = append(out.items, b.items...)
		if p.Wait {
			c.u.waits = append(c.u.waits, p.Type+"."+label)
		}
		return []*block{out}, nil
	}
	list, ok := c.u.r.Props.Get(p.Each).(blueprint.List)
	if !ok && c.u.r.Props.Get(p.Each) == nil && p.Absent != nil {
		var it blueprint.Map
		for _, kv := range p.Absent {
			it.Set(kv[0], kv[1])
		}
		list, ok = blueprint.List{it}, true
	}
	if !ok {
		if c.u.r.Props.Get(p.Each) != nil {
			return nil, fmt.Errorf("property %s: a list is wanted", p.Each)
		}
		return nil, nil
	}
	used[p.Each] = true
	var out []*block
	for i, it := range list {
		rest := fmt.Sprint(i + 1)
		if m, ok := it.(blueprint.Map); ok && p.Label != "" {
			rest = or(slugOf(m.Get(p.Label)), rest)
		} else if len(list) == 1 && p.Label == "" {
			rest = ""
		}
		label := c.label(p.Type, rest)
		b := c.block(p.Type, label)
		var err error
		switch m, isMap := it.(blueprint.Map); {
		case p.Spread:
			link, err = c.value(it)
			if err == nil {
				b.set(p.Link, "", link)
				err = c.args(p.Args, c.u.r.Props, b, used)
			}
		case len(p.Args) == 1 && p.Args[0].Prop == nil:
			var v string
			if v, err = c.value(it); err == nil {
				b.set(p.Link, "", link)
				b.set(p.Args[0].Name[0], "", v)
			}
		case isMap:
			b.set(p.Link, "", link)
			mine := uses{}
			if err = c.args(p.Args, m, b, mine); err == nil {
				err = mine.left(m, "")
			}
		default:
			err = fmt.Errorf("a map is wanted")
		}
		if err == nil {
			err = c.copies(p, b)
		}
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", p.Each, err)
		}
		c.u.waits = append(c.u.waits, p.Type+"."+label)
		out = append(out, b)
	}
	return out, nil
}

// copies writes what the whole resource says of a part.
func (c *conv) copies(p *tf.Part, b *block) error {
	for _, a := range p.Copies {
		v, _ := find(c.u.r.Props, a.Prop)
		if v == nil {
			continue
		}
		text, err := c.value(v)
		if err != nil {
			return err
		}
		b.set(a.Name[0], "", text)
	}
	return nil
}

// slugOf is the plain part of a text as a part of a label.
func slugOf(v any) string {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case blueprint.Sub:
		for _, p := range v.Parts() {
			text += p.Text + "_"
		}
	}
	var words []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		words = append(words, w)
	}
	return strings.Join(words, "_")
}

// args writes arguments, and notes which properties they say.
func (c *conv) args(args []*tf.Arg, props blueprint.Map, out *block, used uses) error {
	for _, a := range args {
		name := strings.Join(a.Name, ".")
		if a.IsConst {
			c.put(out, a, "", constant(a.Const))
			continue
		}
		v, note := find(props, a.Prop)
		path := tf.PathString(a.Prop)
		if a.Implied != "" {
			if v != nil && (plain(v) != a.Implied || !out.has(a.Name)) {
				return fmt.Errorf("property %s: Terraform takes %s alone, with %s", path, a.Implied, name)
			}
			used[path] = v != nil
			continue
		}
		if v == nil {
			if a.HasDefault && (!a.Within || out.has(a.Name[:len(a.Name)-1])) {
				c.put(out, a, "", constant(a.Default))
			}
			continue
		}
		if used[path] {
			continue // said by an argument before
		}
		if a.Shape == tf.Block {
			m, ok := v.(blueprint.Map)
			if !ok {
				return fmt.Errorf("property %s: a map is wanted for block %s", path, name)
			}
			if err := c.nested(a, m, note, out); err != nil {
				return fmt.Errorf("property %s: %w", path, err)
			}
			used[path] = true
			continue
		}
		if a.Shape == tf.Blocks {
			l, ok := v.(blueprint.List)
			if !ok {
				return fmt.Errorf("property %s: a list is wanted for blocks %s", path, name)
			}
			for i, it := range l {
				m, ok := it.(blueprint.Map)
				if !ok {
					return fmt.Errorf("property %s: a list of maps is wanted for blocks %s", path, name)
				}
				n := ""
				if i == 0 {
					n = note
				}
				if err := c.nested(a, m, n, out); err != nil {
					return fmt.Errorf("property %s: %w", path, err)
				}
			}
			used[path] = true
			continue
		}
		text, err := c.arg(a, v, props)
		if err != nil {
			return fmt.Errorf("property %s: %w", path, err)
		}
		if tf.ForRole(a.Name[len(a.Name)-1]) {
			c.role(v)
		}
		c.put(out, a, note, text)
		used[path] = true
	}
	return nil
}

// role notes the roles of the module that a value names.
func (c *conv) role(v any) {
	s, ok := v.(blueprint.Sub)
	if !ok {
		if l, isList := v.(blueprint.List); isList && len(l) == 1 {
			s, ok = l[0].(blueprint.Sub)
		}
	}
	if !ok {
		return
	}
	for _, p := range s.Parts() {
		if r := c.u.st.Resource(p.Name); r != nil {
			c.runs = append(c.runs, c.w.byID[r])
		}
	}
}

func (c *conv) nested(a *tf.Arg, m blueprint.Map, note string, out *block) error {
	in := out
	for _, n := range a.Name[:len(a.Name)-1] {
		in = in.inner(n)
	}
	nb := in.nest(a.Name[len(a.Name)-1], note)
	mine := uses{}
	if err := c.args(a.Args, m, nb, mine); err != nil {
		return err
	}
	return mine.left(m, "")
}

// put sets an argument, below the blocks of its path.
func (c *conv) put(out *block, a *tf.Arg, note, text string) {
	for _, n := range a.Name[:len(a.Name)-1] {
		out = out.inner(n)
	}
	out.set(a.Name[len(a.Name)-1], note, text)
}

// constant writes the value of a constant: a word that is no number and no
// boolean is a text.
func constant(s string) string {
	if s == "true" || s == "false" || s == "[]" || s != "" && strings.Trim(s, "0123456789") == "" {
		return s
	}
	return quote(s)
}

// arg writes the value of an argument.
func (c *conv) arg(a *tf.Arg, v any, props blueprint.Map) (string, error) {
	switch a.Shape {
	case tf.Same:
		if len(a.Words) == 0 {
			return c.value(v)
		}
		word := fmt.Sprint(v)
		if s, ok := v.(blueprint.Sub); ok {
			if word, ok = s.Plain(); !ok {
				return "", fmt.Errorf("%q is not known before it is deployed, and has to be one of the provider's words", s)
			}
		}
		w, ok := a.ToProvider(word)
		if !ok {
			return "", fmt.Errorf("%q has no counterpart in Terraform", word)
		}
		return constant(w), nil
	case tf.JSON, tf.JSONText, tf.Camel:
		switch v.(type) {
		case string, blueprint.Sub:
			return c.value(v)
		}
		if a.Shape == tf.Camel {
			v = camel(v)
		}
		s, err := c.value(v)
		if err != nil {
			return "", err
		}
		return "jsonencode(" + s + ")", nil
	case tf.Pairs:
		l, ok := v.(blueprint.List)
		if !ok {
			return "", fmt.Errorf("a list is wanted")
		}
		var out blueprint.Map
		for _, it := range l {
			m, _ := it.(blueprint.Map)
			k, ok := m.Get(a.Key).(string)
			if !ok || len(m) != 2 || m.Get(a.Value) == nil {
				return "", fmt.Errorf("a map of %s and %s is wanted", a.Key, a.Value)
			}
			out = append(out, blueprint.Field{Key: k, Value: m.Get(a.Value)})
		}
		return c.tall(out)
	case tf.Pluck:
		l, ok := v.(blueprint.List)
		if !ok {
			return "", fmt.Errorf("a list is wanted")
		}
		var out blueprint.List
		for _, it := range l {
			m, _ := it.(blueprint.Map)
			if len(m) != 1 || m.Get(a.Key) == nil {
				return "", fmt.Errorf("a map of %s alone is wanted", a.Key)
			}
			out = append(out, m.Get(a.Key))
		}
		return c.value(out)
	case tf.First:
		l, ok := v.(blueprint.List)
		if !ok || len(l) != 1 {
			return "", fmt.Errorf("Terraform takes one item, and there are %d", len(l))
		}
		return c.value(l[0])
	case tf.Wrap:
		return c.list(blueprint.List{v})
	case tf.Zip:
		return c.zip(v, props)
	case tf.Comma:
		s, ok := v.(string)
		if !ok {
			if sub, isSub := v.(blueprint.Sub); isSub {
				var out blueprint.List
				for it := range strings.SplitSeq(string(sub), ",") {
					out = append(out, blueprint.Sub(strings.TrimSpace(it)))
				}
				return c.value(out)
			}
			return "", fmt.Errorf("a text is wanted")
		}
		var out blueprint.List
		for it := range strings.SplitSeq(s, ",") {
			out = append(out, strings.TrimSpace(it))
		}
		return c.value(out)
	default:
		return "", fmt.Errorf("no such shape")
	}
}

// tall writes an object with one line an entry.
func (c *conv) tall(m blueprint.Map) (string, error) {
	s, err := c.object(m)
	if err == nil && strings.HasPrefix(s, "{ ") {
		s = "{\n" + strings.TrimSuffix(strings.TrimPrefix(s, "{ "), " }") + "\n}"
	}
	return s, err
}

// camel writes the keys of a value as the service's API does.
func camel(v any) any {
	switch v := v.(type) {
	case blueprint.List:
		out := make(blueprint.List, len(v))
		for i, it := range v {
			out[i] = camel(it)
		}
		return out
	case blueprint.Map:
		out := make(blueprint.Map, len(v))
		for i, f := range v {
			out[i] = f
			if f.Key != "" {
				out[i].Key = strings.ToLower(f.Key[:1]) + f.Key[1:]
			}
			if !tf.Verbatim(f.Key) {
				out[i].Value = camel(f.Value)
			}
		}
		return out
	}
	return v
}

// zip writes the text of a function as an archive, which CloudFormation makes
// of Code.ZipFile: one file that is named index
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html).
func (c *conv) zip(v any, props blueprint.Map) (string, error) {
	text, err := c.value(v)
	if err != nil {
		return "", err
	}
	name := "index.js"
	if r, ok := props.Get("Runtime").(string); ok && strings.HasPrefix(r, "python") {
		name = "index.py"
	}
	b := &block{head: fmt.Sprintf("data \"archive_file\" %q", c.u.label)}
	b.set("type", "", `"zip"`)
	b.set("output_path", "", `"${path.module}/.terraform/`+c.u.label+`.zip"`)
	src := b.nest("source", "")
	src.set("filename", "", quote(name))
	src.set("content", "", text)
	c.extra = append(c.extra, b)
	c.w.archive = true
	c.main.set("source_code_hash", "", "data.archive_file."+c.u.label+".output_base64sha256")
	return "data.archive_file." + c.u.label + ".output_path", nil
}

// depend adds depends_on: what the blueprint says, and the policies of the
// roles that a resource runs with, which CloudFormation makes with the role.
func (w *writer) depend(u *unit) error {
	var on []string
	add := func(addrs ...string) {
		for _, a := range addrs {
			if !slices.Contains(on, a) {
				on = append(on, a)
			}
		}
	}
	for _, id := range u.r.DependsOn {
		r := u.st.Resource(id)
		if r == nil {
			return fmt.Errorf("DependsOn names %s, which the stack does not have", id)
		}
		o := w.byID[r]
		if o.m.Type != "" {
			add(o.addr())
		}
		add(o.waits...)
	}
	for _, o := range u.runs {
		if o != u {
			add(o.waits...)
		}
	}
	if len(on) == 0 {
		return nil
	}
	text := "[" + strings.Join(on, ", ") + "]"
	if len(text) > widest || len(on) > 2 {
		text = "[\n" + strings.Join(on, ",\n") + ",\n]"
	}
	for _, b := range u.blocks {
		if strings.HasPrefix(b.head, "resource ") && (u.m.Type == "" || strings.HasPrefix(b.head, fmt.Sprintf("resource %q", u.m.Type))) {
			b.set("depends_on", "", text)
		}
	}
	return nil
}

// uses are the properties that are said, by their paths.
type uses map[string]bool

// find returns the value at a path, nil where there is none, and its comment.
func find(props blueprint.Map, path []tf.Step) (any, string) {
	var v any = props
	note := ""
	for _, s := range path {
		m, ok := v.(blueprint.Map)
		if !ok {
			return nil, ""
		}
		v = nil
		for _, f := range m {
			if f.Key == s.Key {
				v, note = f.Value, f.Comment
			}
		}
		if s.Of == "" {
			continue
		}
		l, _ := v.(blueprint.List)
		v = nil
		for _, it := range l {
			if m, ok := it.(blueprint.Map); ok && v == nil && (s.Of == "#" && len(l) == 1 || plain(m.Get(s.Of)) == s.Is) {
				v = m
			}
		}
	}
	return v, note
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case blueprint.Sub:
		s, _ := v.Plain()
		return s
	}
	return ""
}

// left is an error where a property is not said.
func (u uses) left(props blueprint.Map, prefix string) error {
	below := func(p string) bool {
		for k := range u {
			if strings.HasPrefix(k, p) {
				return true
			}
		}
		return false
	}
	for _, f := range props {
		p := prefix + f.Key
		if f.Value == nil || u[p] {
			continue
		}
		switch v := f.Value.(type) {
		case blueprint.Map:
			if below(p + ".") {
				if err := u.left(v, p+"."); err != nil {
					return err
				}
				continue
			}
		case blueprint.List:
			if below(p + "[") {
				if err := u.items(v, p); err != nil {
					return err
				}
				continue
			}
		}
		return fmt.Errorf("property %s has no mapping to Terraform", p)
	}
	return nil
}

// items is left for a list whose items are told apart by a value.
func (u uses) items(l blueprint.List, p string) error {
	seen := map[string]bool{}
	for _, it := range l {
		m, _ := it.(blueprint.Map)
		found := ""
		for k := range u {
			rest, ok := strings.CutPrefix(k, p+"[")
			if !ok {
				continue
			}
			sel, _, _ := strings.Cut(rest, "]")
			of, is, _ := strings.Cut(sel, "=")
			if of == "#" && len(l) == 1 || plain(m.Get(of)) == is {
				found = p + "[" + sel + "]"
				u[found+"."+of] = true
				break
			}
		}
		if found == "" || seen[found] {
			return fmt.Errorf("an item of property %s has no mapping to Terraform", p)
		}
		seen[found] = true
		if err := u.left(m, found+"."); err != nil {
			return err
		}
	}
	return nil
}
