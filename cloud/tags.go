package cloud

import (
	"slices"

	"penstock/doc"
)

// ReadTags adds to r.Tags those of the property that prop names, "Tags" where
// it is "": a list of Key and Value, or a map. Tags that may or may not be
// there make the property opaque.
func (r *Resource) ReadTags(prop string) {
	if prop == "" {
		prop = "Tags"
	}
	n := r.Prop(prop)
	if n == nil || n.Kind == doc.Null {
		return
	}
	if n.Kind == doc.Unknown || len(n.Maybe) > 0 {
		r.opaque(prop)
		return
	}
	if r.Tags == nil {
		r.Tags = map[string]string{}
	}
	set := func(k, v *doc.Node) {
		if v != nil && len(v.Maybe) > 0 || k.Str() == "" {
			r.opaque(prop)
			return
		}
		r.Tags[k.Str()] = Text(v)
	}
	switch n.Kind {
	case doc.Map:
		for _, f := range n.Fields {
			set(f.Key, f.Value)
		}
	default:
		for t := range n.Elems() {
			if len(t.Maybe) > 0 {
				r.opaque(prop)
				continue
			}
			set(t.Get("Key"), t.Get("Value"))
		}
	}
}

// Tagged reads the tags of a resource of a type that needs no more of Declare.
func Tagged(_ *Model, r *Resource) { r.ReadTags("") }

func (r *Resource) opaque(what string) {
	if !slices.Contains(r.Opaque, what) {
		r.Opaque = append(r.Opaque, what)
	}
}
