package cfn

import (
	"fmt"
	"strings"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/source"
)

// Parameters reads a parameter file: the list of ParameterKey and
// ParameterValue that the AWS CLI takes, the template configuration of
// CodePipeline ({"Parameters": {…}}), or a plain map.
func Parameters(f *source.File) ([]Parameter, error) {
	n, _, err := load.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("reading parameter file: %w", err)
	}
	bad := func(at *doc.Node, what string) error {
		return &doc.Error{At: at.Span, Message: what, Fix: `write a list of {"ParameterKey": …, "ParameterValue": …}, or {"Parameters": {"Name": "value"}}, or a map from names to values`}
	}
	switch n.Kind {
	case doc.List:
		var ps []Parameter
		for _, it := range n.Items {
			if it.Kind == doc.String { // "Name=value", as aws cloudformation deploy takes it
				name, v, ok := strings.Cut(it.Text, "=")
				if !ok {
					return nil, bad(it, fmt.Sprintf("%q is no parameter", it.Text))
				}
				ps = append(ps, Parameter{Name: name, Value: str(it.Span, v), At: it.Span})
				continue
			}
			k, v := it.Get("ParameterKey"), it.Get("ParameterValue")
			if k == nil {
				return nil, bad(it, "the entry has no ParameterKey")
			}
			if v == nil && it.Get("UsePreviousValue").Str() == "true" {
				continue // deployed before with a value that nobody gave us
			}
			if v == nil {
				return nil, bad(it, fmt.Sprintf("parameter %q has no ParameterValue", k.Text))
			}
			ps = append(ps, Parameter{Name: k.Text, Value: v, At: k.Span})
		}
		return ps, nil
	case doc.Map:
		if p := n.Get("Parameters"); p != nil && p.Kind == doc.Map {
			n = p
		}
		var ps []Parameter
		for _, f := range n.Fields {
			if !f.Value.IsScalar() && f.Value.Kind != doc.List {
				return nil, bad(f.Value, fmt.Sprintf("the value of parameter %q is a %s", f.Name(), f.Value.Kind))
			}
			ps = append(ps, Parameter{Name: f.Name(), Value: f.Value, At: f.Key.Span})
		}
		return ps, nil
	default:
		return nil, bad(n, "the file is a "+n.Kind.String())
	}
}
