package emit

import (
	"fmt"
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
		var ignored []string
		for _, name := range u.m.Deployed {
			if c.main.has([]string{name}) {
				ignored = append(ignored, name)
			}
		}
		if len(ignored) > 0 {
			c.main.inner("lifecycle").set("ignore_changes", "A deployment changes it.", "["+strings.Join(ignored, ", ")+"]")
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
