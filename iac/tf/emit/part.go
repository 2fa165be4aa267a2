package emit

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

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
