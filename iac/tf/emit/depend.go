package emit

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
)

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
