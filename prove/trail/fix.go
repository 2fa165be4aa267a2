package trail

import (
	"fmt"
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/prove"
	"penstock/services/cloudtrail"
	"penstock/trail/pattern"
	"penstock/truth"
)

// set proposes to give a boolean property a value; no fix where the template
// cannot be edited there.
func (w *world) set(r *cloud.Resource, message, prop string, value bool) []diag.Fix {
	return w.put(r, message, prop, splice.Bool(value))
}

// put proposes to give a property a value.
func (w *world) put(r *cloud.Resource, message, prop string, v splice.Value) []diag.Fix {
	if w.p.Options.Mend == nil || r.Props == nil || r.Props.Span.IsZero() {
		return nil
	}
	edits, err := splice.SetField(r.Props, prop, v)
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []diag.Fix{{Message: message, Safe: true, Edits: edits}}
}

// choose proposes selectors that take in what is missing: where a trail has
// one classic selector, or none.
func (w *world) choose(m *missing) []diag.Fix {
	if w.p.Options.Mend == nil {
		return nil
	}
	list := m.trail.Prop("EventSelectors")
	if m.trail.Prop("AdvancedEventSelectors") != nil || list == nil || list.Kind != doc.List || len(list.Items) != 1 || list.Items[0].Kind != doc.Map {
		return nil
	}
	s := list.Items[0]
	fix := diag.Fix{Message: "record them", Safe: true}
	take := func(edits []diag.Edit, err error) bool {
		fix.Edits = append(fix.Edits, edits...)
		return err == nil
	}
	ok := true
	if rw := s.Get("ReadWriteType"); rw != nil && rw.Str() != "All" {
		ok = take(splice.SetField(s, "ReadWriteType", splice.String("All")))
	}
	switch m.gap {
	case cloudtrail.NoManagement:
		if on := s.Get("IncludeManagementEvents"); on != nil && on.Str() == "false" {
			ok = take(splice.SetField(s, "IncludeManagementEvents", splice.Bool(true))) && ok
		}
	case cloudtrail.Excluded:
		ok = take(splice.RemoveField(s, "ExcludeManagementEventSources")) && ok
	case cloudtrail.NoData:
		if len(fix.Edits) > 0 {
			break // that may be all
		}
		var values []splice.Value
		for _, a := range m.data {
			v := splice.String(a)
			if author := w.p.Options.Author; author != nil {
				if v, ok = author(m.trail, a); !ok {
					return nil
				}
			}
			values = append(values, v)
		}
		more := splice.Map(splice.Field{Name: "Type", Value: splice.String(m.kind)}, splice.Field{Name: "Values", Value: splice.List(values...)})
		if d := s.Get("DataResources"); d != nil {
			ok = take(splice.AppendItem(d, more))
		} else {
			ok = take(splice.SetField(s, "DataResources", splice.List(more)))
		}
	}
	if !ok || len(fix.Edits) == 0 {
		return nil
	}
	return []diag.Fix{fix}
}

// widen proposes to name calls in a rule that lacks nothing but their names,
// one rule for as many as it takes.
func (w *world) widen(q *quiet) []diag.Fix {
	if w.p.Options.Mend == nil {
		return nil
	}
	fix := diag.Fix{Message: "let", Safe: true}
	left := slices.Clone(q.weaks)
	for r := range w.m.OfType(ruleType) {
		names := r.Prop("EventPattern", "detail", "eventName")
		if len(left) == 0 || names == nil || names.Kind != doc.List || busOf(r) != bus(r, "default") || enabled(r, false) != truth.Yes || !w.live(r) {
			continue
		}
		p := pattern.Parse(r.Prop("EventPattern"))
		var add []string
		left = slices.DeleteFunc(left, func(k *weak) bool {
			event, _ := k.tree(nil)
			account, region := in(&k.event, r)
			if account.And(region) != truth.Yes || p.Miss(event) != "detail.eventName" || p.With(event, "detail.eventName") != truth.Yes {
				return false
			}
			if !slices.Contains(add, k.event.Name) {
				add = append(add, k.event.Name)
			}
			return true
		})
		for _, n := range add {
			edits, err := splice.AppendItem(names, splice.String(n))
			if err != nil {
				return nil
			}
			fix.Edits = append(fix.Edits, edits...)
		}
		if len(add) > 0 {
			fix.Message += fmt.Sprintf(" rule %s tell of %s,", name(r), list(add, 6))
		}
	}
	if len(left) > 0 || len(fix.Edits) == 0 {
		return nil
	}
	fix.Message = fix.Message[:len(fix.Message)-1]
	return []diag.Fix{fix}
}

// live reports whether a rule is an alert that works.
func (w *world) live(r *cloud.Resource) bool {
	return slices.ContainsFunc(w.alerts, func(a *alert) bool { return a.resources[0] == r && a.live == truth.Yes })
}

// verify leaves the fixes that do what they say: with the edits applied the
// finding is gone and no error is new.
func verify(p *prove.Proof, fs []diag.Finding) {
	type key struct{ code, message string }
	before := map[key]bool{}
	for _, f := range fs {
		before[key{f.Code, f.Message}] = true
	}
	for i := range fs {
		f := &fs[i]
		f.Fixes = slices.DeleteFunc(f.Fixes, func(x diag.Fix) bool {
			models, err := p.Options.Mend(x.Edits)
			if err != nil {
				return true
			}
			again := p.Again(models)
			for _, m := range models {
				w := newWorld(again, m)
				w.dry = true
				if len(w.pipelines) > 0 {
					w.prove()
				}
				for _, g := range w.found {
					if g.Code == f.Code && g.Message == f.Message || g.Severity == diag.Error && !before[key{g.Code, g.Message}] && g.Code <= f.Code {
						return true
					}
				}
			}
			return false
		})
	}
}
