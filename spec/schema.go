package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// SchemaFile is where the JSON Schema lies in the repository.
const SchemaFile = "docs/schema/penstock-1.json"

// Schema returns the JSON Schema of penstock.yaml, draft 2020-12, printed from
// the grammar that Read holds a file to.
func Schema() []byte {
	p := &schemaPrinter{defs: map[string]string{}}
	var b strings.Builder
	b.WriteString("{\n")
	b.WriteString("  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n")
	b.WriteString("  \"$id\": \"penstock-1.json\",\n")
	b.WriteString("  \"title\": \"A delivery pipeline, the input of penstock compile, version 1\",\n")
	body := p.shape(grammar(), "  ")
	b.WriteString("  " + strings.TrimPrefix(strings.TrimSuffix(body, "\n  }"), "{\n    "))
	var text strings.Builder
	text.WriteString(strings.ReplaceAll(b.String(), "\n    ", "\n  "))
	text.WriteString(",\n  \"$defs\": {")
	for i, name := range p.names {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n    " + strconv.Quote(name) + ": " + p.defs[name])
	}
	return []byte(text.String() + "\n  }\n}\n")
}

// A schemaPrinter writes shapes as JSON Schema; what has a name is written
// once.
type schemaPrinter struct {
	defs  map[string]string
	names []string
}

// shape returns the schema of a shape, its later lines indented.
func (p *schemaPrinter) shape(s *shape, indent string) string {
	if s.name == "" {
		return p.inline(s, s.doc, indent)
	}
	if _, ok := p.defs[s.name]; !ok {
		p.names = append(p.names, s.name)
		p.defs[s.name] = ""
		p.defs[s.name] = p.inline(s, "", "    ")
	}
	ref := [][2]string{{"$ref", strconv.Quote("#/$defs/" + s.name)}}
	if s.doc != "" {
		ref = append([][2]string{{"description", strconv.Quote(s.doc)}}, ref...)
	}
	return members(ref, indent)
}

func (p *schemaPrinter) inline(s *shape, doc, indent string) string {
	var alts [][][2]string
	in := indent + "  "
	if s.text != nil {
		alts = append(alts, s.text.schema())
	}
	if s.flag {
		alts = append(alts, [][2]string{{"type", `"boolean"`}})
	}
	if s.num != nil {
		alts = append(alts, [][2]string{{"type", `"integer"`}, {"minimum", strconv.Itoa(s.num[0])}, {"maximum", strconv.Itoa(s.num[1])}})
	}
	many := 0
	for _, is := range []bool{s.text != nil, s.flag, s.num != nil, s.list != nil, s.dict != nil, s.obj != nil} {
		if is {
			many++
		}
	}
	deep := in
	if many > 1 {
		deep = in + "    "
	}
	if s.list != nil {
		alts = append(alts, [][2]string{{"type", `"array"`}, {"items", p.shape(s.list, deep)}})
	}
	if s.dict != nil {
		m := [][2]string{{"type", `"object"`}}
		if s.keys != nil && s.keys.pattern != "" {
			m = append(m, [2]string{"propertyNames", members(s.keys.limits(), deep)})
		}
		alts = append(alts, append(m, [2]string{"additionalProperties", p.shape(s.dict, deep)}))
	}
	switch {
	case s.like != nil:
		p.shape(s.like, "")
		alts = append(alts, [][2]string{{"$ref", strconv.Quote("#/$defs/" + s.like.name)}})
	case s.obj != nil:
		alts = append(alts, p.object(s, deep))
	}
	var head [][2]string
	if doc != "" {
		head = [][2]string{{"description", strconv.Quote(doc)}}
	}
	if len(alts) == 1 {
		return members(append(head, alts[0]...), indent)
	}
	var list []string
	for _, a := range alts {
		list = append(list, members(a, in+"  "))
	}
	anyOf := "[\n" + in + "  " + strings.Join(list, ",\n"+in+"  ") + "\n" + in + "]"
	return members(append(head, [2]string{"anyOf", anyOf}), indent)
}

func (p *schemaPrinter) object(s *shape, indent string) [][2]string {
	out := [][2]string{{"type", `"object"`}}
	var required []string
	var props [][2]string
	for _, f := range s.obj {
		if f.must {
			required = append(required, strconv.Quote(f.key))
		}
		props = append(props, [2]string{f.key, p.shape(f.shape, indent+"  ")})
	}
	if required != nil {
		out = append(out, [2]string{"required", "[" + strings.Join(required, ", ") + "]"})
	}
	return append(out, [2]string{"additionalProperties", "false"}, [2]string{"properties", members(props, indent)})
}

// schema is the schema of a string.
func (u *rule) schema() [][2]string {
	if u.scalar {
		return [][2]string{{"type", `["string", "number", "boolean"]`}}
	}
	if u.enum != nil {
		var vs []string
		for _, v := range u.enum {
			vs = append(vs, strconv.Quote(v))
		}
		return [][2]string{{"enum", "[" + strings.Join(vs, ", ") + "]"}}
	}
	return append([][2]string{{"type", `"string"`}}, u.limits()...)
}

func (u *rule) limits() [][2]string {
	var out [][2]string
	if u.pattern != "" {
		out = append(out, [2]string{"pattern", strconv.Quote(u.pattern)})
	}
	if u.max > 0 {
		out = append(out, [2]string{"maxLength", strconv.Itoa(u.max)})
	}
	return out
}

// members writes an object, its members indented by two more than indent.
func members(ms [][2]string, indent string) string {
	var b strings.Builder
	b.WriteString("{")
	for i, m := range ms {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n%s  %s: %s", indent, strconv.Quote(m[0]), m[1])
	}
	fmt.Fprintf(&b, "\n%s}", indent)
	return b.String()
}
