package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A cfnType is one resource type of CloudFormation with the definitions of
// the objects its properties hold.
type cfnType struct {
	name       string
	properties []cfnProperty // sorted by name, as everywhere
	attributes []cfnProperty
	primary    []string
	ref        []string
	arn        string
	tags       string // the property that holds the tags
	transform  string
	defs       []cfnDef
}

type cfnDef struct {
	name       string
	properties []cfnProperty
}

type cfnProperty struct {
	name  string
	shape string // see shapeOf
	flags byte   // 1 required, 2 replaces the resource, 4 may replace it
}

// The database of @aws-cdk/aws-service-spec, as far as it is kept.
type (
	specResource struct {
		Type              string `json:"cloudFormationType"`
		PrimaryIdentifier []string
		CFNRefIdentifier  []string `json:"cfnRefIdentifier"`
		ARNTemplate       string   `json:"arnTemplate"`
		Transform         string   `json:"cloudFormationTransform"`
		TagInformation    struct {
			TagPropertyName string
		}
		Properties, Attributes map[string]specProperty
	}
	specDefinition struct {
		ID         string `json:"$id"`
		Name       string
		Properties map[string]specProperty
	}
	specProperty struct {
		Type              specType
		Required          bool
		CausesReplacement string
	}
	specType struct {
		Type      string
		Element   *specType
		Types     []specType
		Reference struct {
			Ref string `json:"$ref"`
		}
	}
)

// readCFN reads the unpacked package @aws-cdk/aws-service-spec.
func readCFN(pkg files) ([]*cfnType, error) {
	z, err := gzip.NewReader(bytes.NewReader(pkg["db.json.gz"]))
	if err != nil {
		return nil, fmt.Errorf("reading db.json.gz: %w", err)
	}
	var db struct {
		Schema struct {
			Resource       struct{ Entities []specResource }
			TypeDefinition struct{ Entities []specDefinition }
		}
	}
	if err := json.NewDecoder(z).Decode(&db); err != nil {
		return nil, fmt.Errorf("reading db.json.gz: %w", err)
	}
	defs := map[string]*specDefinition{}
	for i := range db.Schema.TypeDefinition.Entities {
		d := &db.Schema.TypeDefinition.Entities[i]
		defs[d.ID] = d
	}
	var out []*cfnType
	for _, r := range db.Schema.Resource.Entities {
		if strings.Count(r.Type, "::") != 2 {
			return nil, fmt.Errorf("resource type %q is not of the form A::B::C", r.Type)
		}
		t := &cfnType{
			name: r.Type, primary: r.PrimaryIdentifier, ref: r.CFNRefIdentifier,
			arn: r.ARNTemplate, tags: r.TagInformation.TagPropertyName, transform: r.Transform,
		}
		if t.ref == nil {
			t.ref = t.primary
		}
		rd := cfnReader{all: defs, number: map[string]int{}, t: t, shallow: slices.Contains(shallow, strings.Split(r.Type, "::")[1])}
		t.properties = rd.properties(r.Properties)
		t.attributes = rd.properties(r.Attributes)
		if rd.err != nil {
			return nil, fmt.Errorf("resource type %q: %w", r.Type, rd.err)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *cfnType) int { return cmp.Compare(a.name, b.name) })
	if len(out) == 0 {
		return nil, fmt.Errorf("db.json.gz holds no resource type: the database has another form")
	}
	return out, nil
}

// A cfnReader numbers the definitions that one type reaches, in the order in
// which it meets them.
type cfnReader struct {
	all    map[string]*specDefinition
	number map[string]int
	t      *cfnType

	shallow bool
	err     error
}

func (rd *cfnReader) properties(m map[string]specProperty) []cfnProperty {
	var out []cfnProperty
	for _, n := range sortedNames(m) {
		p := m[n]
		var flags byte
		if p.Required {
			flags |= 1
		}
		switch p.CausesReplacement {
		case "yes":
			flags |= 2
		case "maybe":
			flags |= 4
		case "", "no":
		default:
			rd.err = fmt.Errorf("property %q: causesReplacement is %q", n, p.CausesReplacement)
		}
		out = append(out, cfnProperty{n, rd.shapeOf(p.Type), flags})
	}
	return out
}

// shapeOf writes a type as text: one letter for a scalar, "[" and "{" before
// the shape of an element of a list or a map, "o" for an object, with the number
// of its definition where that is kept, "(" shapes ")" for one of several.
func (rd *cfnReader) shapeOf(t specType) string {
	scalars := map[string]string{"string": "s", "integer": "i", "number": "n", "boolean": "b", "json": "j", "date-time": "d", "tag": "t"}
	switch {
	case scalars[t.Type] != "":
		return scalars[t.Type]
	case t.Type == "array" && t.Element != nil:
		return "[" + rd.shapeOf(*t.Element)
	case t.Type == "map" && t.Element != nil:
		return "{" + rd.shapeOf(*t.Element)
	case t.Type == "union":
		var b strings.Builder
		for _, u := range t.Types {
			b.WriteString(rd.shapeOf(u))
		}
		return "(" + b.String() + ")"
	case t.Type == "ref" && rd.all[t.Reference.Ref] != nil:
		if rd.shallow {
			return "o"
		}
		d := rd.all[t.Reference.Ref]
		n, ok := rd.number[d.ID]
		if !ok {
			n = len(rd.t.defs)
			rd.number[d.ID] = n
			rd.t.defs = append(rd.t.defs, cfnDef{name: d.Name})
			ps := rd.properties(d.Properties)
			rd.t.defs[n].properties = ps
		}
		return "o" + strconv.Itoa(n)
	default:
		rd.err = fmt.Errorf("type %q is new", t.Type)
		return "j"
	}
}

// cfnRecord encodes one type; iam/facts/cfn.go decodes it:
//
//	properties, attributes
//	primary identifier, what Ref returns (0 = the same), ARN template, tag property, transform
//	definitions: names, and the properties of each
//
// where properties are: names, shapes, one byte of flags each.
func cfnRecord(t *cfnType) record {
	var p payload
	p.properties(t.properties)
	p.properties(t.attributes)
	p.lines(t.primary)
	if strings.Join(t.ref, "\n") == strings.Join(t.primary, "\n") {
		p.num(0)
	} else {
		p.lines(t.ref)
	}
	p.str(t.arn)
	p.str(t.tags)
	p.str(t.transform)
	var names []string
	for _, d := range t.defs {
		names = append(names, d.name)
	}
	p.lines(names)
	for _, d := range t.defs {
		p.properties(d.properties)
	}
	return record{t.name, p.b}
}

func (p *payload) properties(ps []cfnProperty) {
	var names, shapes []string
	var flags []byte
	for _, x := range ps {
		names = append(names, x.name)
		shapes = append(shapes, x.shape)
		flags = append(flags, x.flags)
	}
	p.lines(names)
	if len(ps) > 0 {
		p.str(strings.Join(shapes, "\n"))
		p.bytes(flags)
	}
}
