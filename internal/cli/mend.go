package cli

import (
	"maps"
	"slices"

	"penstock/cloud"
	"penstock/diag"
	docload "penstock/doc/load"
	"penstock/doc/splice"
	"penstock/iac/cfn"
	"penstock/source"
)

// mend reads the material again with edits applied.
func (m *material) mend(edits []diag.Edit) ([]*cloud.Model, error) {
	mended, err := apply(edits)
	if err != nil {
		return nil, err
	}
	in, err := m.with(mended)
	if err != nil {
		return nil, err
	}
	r, err := cfn.Load(in)
	if err != nil {
		return nil, err
	}
	return r.Models, nil
}

// apply returns what edits make of the files that they touch.
func apply(edits []diag.Edit) (map[*source.File]*source.File, error) {
	mended := map[*source.File]*source.File{}
	for _, e := range edits {
		f := e.Span.File
		if f == nil || mended[f] != nil {
			continue
		}
		data, err := diag.Apply(f, edits)
		if err != nil {
			return nil, err
		}
		mended[f] = source.NewFile(f.Name, data)
	}
	return mended, nil
}

// with is the input in which mended files stand for those they were made of.
func (m *material) with(mended map[*source.File]*source.File) (cfn.Input, error) {
	in := m.input
	in.Read = func(name string) (*source.File, error) {
		f, err := m.input.Read(name)
		if g := mended[f]; err == nil && g != nil {
			return g, nil
		}
		return f, err
	}
	for i, f := range in.Beside {
		if g := mended[f]; g != nil {
			in.Beside = slices.Clone(in.Beside)
			in.Beside[i] = g
		}
	}
	var err error
	in.Org, err = mendOrganization(in.Org, mended)
	return in, err
}

// mendOrganization reads the policies again that stand in mended files.
func mendOrganization(o *cloud.Organization, mended map[*source.File]*source.File) (*cloud.Organization, error) {
	if o == nil {
		return nil, nil
	}
	c := *o
	for _, layer := range []*map[string][]cloud.Attachment{&c.SCPs, &c.RCPs} {
		out := maps.Clone(*layer)
		for target, as := range out {
			as = slices.Clone(as)
			for i := range as {
				f := mended[as[i].Node.Where().File]
				if f == nil {
					continue
				}
				tree, _, err := docload.Parse(f)
				if err != nil {
					return nil, err
				}
				as[i].Node, as[i].Policy = tree, nil
			}
			out[target] = as
		}
		*layer = out
	}
	return &c, nil
}

// author writes a value as the author of a template would.
func (m *material) author(in *cloud.Resource, value string) (splice.Value, bool) {
	e, ok := m.result.Expr(in.Stack, in.LogicalID, value)
	if !ok {
		return splice.Value{}, false
	}
	switch e.Kind {
	case cfn.Literal:
		return splice.String(e.Text), true
	case cfn.Ref:
		return splice.Tagged("!Ref", e.Text), true
	case cfn.GetAtt:
		return splice.Tagged("!GetAtt", e.Text), true
	case cfn.Sub:
		return splice.Tagged("!Sub", e.Text), true
	default:
		panic("cli: no such kind of expression")
	}
}
