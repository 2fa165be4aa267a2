package compile

import (
	"encoding/json"

	"penstock/blueprint"
)

func skeleton(st *blueprint.Stack) []byte {
	params := map[string]any{}
	for _, p := range st.Parameters {
		if !p.Inline {
			params[p.Name] = map[string]any{"Type": "String"}
		}
	}
	inline := func(p blueprint.Part) (string, bool) {
		if q := st.Param(p.Name); q != nil && q.Inline {
			return q.Value, true
		}
		return "", false
	}
	var value func(v any) any
	value = func(v any) any {
		switch v := v.(type) {
		case blueprint.Map:
			m := map[string]any{}
			for _, f := range v {
				if f.Value != nil {
					m[f.Key] = value(f.Value)
				}
			}
			return m
		case blueprint.List:
			l := []any{}
			for _, e := range v {
				l = append(l, value(e))
			}
			return l
		case blueprint.Sub:
			s := v.Expand(inline)
			if t, ok := s.Plain(); ok {
				return t
			}
			parts := s.Parts()
			if len(parts) == 1 {
				if parts[0].Attr == "" {
					return map[string]any{"Ref": parts[0].Name}
				}
				return map[string]any{"Fn::GetAtt": []string{parts[0].Name, parts[0].Attr}}
			}
			return map[string]any{"Fn::Sub": string(s)}
		case *blueprint.Policy:
			return value(v.Map())
		}
		return v
	}
	res, outs := map[string]any{}, map[string]any{}
	for _, r := range st.Resources {
		res[r.ID] = map[string]any{"Type": r.Type, "Properties": value(r.Props)}
	}
	for _, o := range st.Outputs {
		outs[o.Name] = map[string]any{"Value": value(o.Value)}
	}
	out, err := json.Marshal(map[string]any{"Parameters": params, "Resources": res, "Outputs": outs})
	if err != nil {
		panic(err)
	}
	return out
}
