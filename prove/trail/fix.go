package trail

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
)

// set proposes to give a boolean property a value; no fix where the template
// cannot be edited there.
func (w *world) set(r *cloud.Resource, message, prop string, value bool) []diag.Fix {
	return w.put(r, message, prop, splice.Bool(value))
}

// put proposes to give a property a value.
func (w *world) put(r *cloud.Resource, message, prop string, v splice.Value) []diag.Fix {
	if r.Props == nil || r.Props.Span.IsZero() {
		return nil
	}
	edits, err := splice.SetField(r.Props, prop, v)
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []diag.Fix{{Message: message, Safe: true, Edits: edits}}
}
