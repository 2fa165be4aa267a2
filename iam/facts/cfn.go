package facts

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A CFNType is one resource type of CloudFormation (or of a transform of
// AWS, such as SAM), as the resource provider schemas describe it.
type CFNType struct {
	Name string // "AWS::S3::Bucket"

	Properties []CFNProperty // in the order of their names
	Attributes []CFNProperty // what Fn::GetAtt takes; a nested one has dots: "Endpoint.Address"

	// PrimaryIdentifier names the properties or attributes that identify a
	// resource in the Cloud Control API; a nested one has slashes.
	PrimaryIdentifier []string

	// Ref names the properties or attributes whose value Ref returns, as
	// far as the schemas tell: the primary identifier unless stated
	// otherwise. The user guide's page of a type ("Return values") has the
	// last word and the schemas are wrong in places. None: not stated.
	Ref []string

	// ARN is the template of the resource's ARN, or "" where the source has
	// none; the names of its variables are those of the Service
	// Authorization Reference, not of properties.
	ARN string

	Tags      string // the property that holds the tags, or ""
	Transform string // the transform that the type needs ("AWS::Serverless-2016-10-31"), or ""

	defs []CFNObject
}

// A CFNObject is the type of an object inside a resource.
type CFNObject struct {
	Name       string // "ServerSideEncryptionRule"
	Properties []CFNProperty
}

// A CFNProperty is a property, or an attribute, for which only Name and
// Shape are set.
type CFNProperty struct {
	Name     string
	Shape    Shape
	Required bool
	Replace  Replace
}

// Replace says whether a change of a property replaces the resource.
type Replace byte

// The kinds of update.
const (
	ReplaceNo    Replace = 0
	ReplaceYes   Replace = 2
	ReplaceMaybe Replace = 4
)

// CFN returns a resource type by its exact name. A custom resource
// ("Custom::…") and a type from a private registry are not found. Types are
// decoded once.
func CFN(name string) (*CFNType, bool) {
	if t, ok := decodedTypes.Load(name); ok {
		return t.(*CFNType), true
	}
	payload, ok := cfnBundle.find(name)
	if !ok {
		return nil, false
	}
	name = strings.Clone(name)
	t, _ := decodedTypes.LoadOrStore(name, decodeCFN(name, payload))
	return t.(*CFNType), true
}

var decodedTypes sync.Map // name → *CFNType

// CFNTypes walks the names of all resource types in order. It unpacks, but
// does not decode, all of them.
func CFNTypes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range cfnBundle.all {
			if !yield(name) {
				return
			}
		}
	}
}

// decodeCFN reads what tools/factsgen/cfn.go wrote.
func decodeCFN(name, payload string) *CFNType {
	r := reader{payload}
	t := &CFNType{Name: name}
	t.Properties = t.properties(&r)
	t.Attributes = t.properties(&r)
	t.PrimaryIdentifier = r.lines()
	if same := r; same.num() == 0 {
		r.num()
		t.Ref = t.PrimaryIdentifier
	} else {
		t.Ref = r.lines()
	}
	t.ARN, t.Tags, t.Transform = r.str(), r.str(), r.str()
	names := r.lines()
	t.defs = make([]CFNObject, len(names))
	for i, n := range names {
		t.defs[i] = CFNObject{n, t.properties(&r)}
	}
	return t
}

func (t *CFNType) properties(r *reader) []CFNProperty {
	names := r.lines()
	if len(names) == 0 {
		return nil
	}
	shapes := r.str()
	flags := r.take(len(names))
	ps := make([]CFNProperty, len(names))
	for i, n := range names {
		p := CFNProperty{Name: n, Required: flags[i]&1 != 0, Replace: Replace(flags[i] &^ 1), Shape: Shape{of: t}}
		p.Shape.code, shapes, _ = strings.Cut(shapes, "\n")
		ps[i] = p
	}
	return ps
}

// Property returns the property of this name, in its exact case.
func (t *CFNType) Property(name string) (CFNProperty, bool) { return named(t.Properties, name) }

// Attribute returns the attribute of this name, in its exact case. A name
// that goes on inside an attribute that is a map, a list or JSON
// ("Outputs.Url") returns that attribute.
func (t *CFNType) Attribute(name string) (CFNProperty, bool) {
	if a, ok := named(t.Attributes, name); ok {
		return a, true
	}
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '.' {
			continue
		}
		if a, ok := named(t.Attributes, name[:i]); ok {
			switch a.Shape.Kind() {
			case KindMap, KindList, KindJSON:
				return a, true
			}
		}
	}
	return CFNProperty{}, false
}

// Property returns the property of this name, in its exact case.
func (o *CFNObject) Property(name string) (CFNProperty, bool) { return named(o.Properties, name) }

func named(ps []CFNProperty, name string) (CFNProperty, bool) {
	i, ok := slices.BinarySearchFunc(ps, name, func(p CFNProperty, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return CFNProperty{}, false
	}
	return ps[i], true
}

// A Shape is the type of a property's value.
type Shape struct {
	code string
	of   *CFNType
}

// Kind is what a Shape is on the outside; its value is the letter in the data.
type Kind byte

// The kinds.
const (
	KindString  Kind = 's'
	KindInteger Kind = 'i'
	KindNumber  Kind = 'n'
	KindBoolean Kind = 'b'
	KindJSON    Kind = 'j' // any JSON: a policy document, for one
	KindTime    Kind = 'd'
	KindTag     Kind = 't' // an object of Key and Value
	KindList    Kind = '['
	KindMap     Kind = '{' // an object whose names are free
	KindObject  Kind = 'o'
	KindOneOf   Kind = '(' // several; which one the value tells
)

// Kind returns the outermost kind.
func (s Shape) Kind() Kind { return Kind(s.code[0]) }

// Elem is the shape of the elements of a list or a map.
func (s Shape) Elem() (Shape, bool) {
	if k := s.Kind(); k != KindList && k != KindMap {
		return Shape{}, false
	}
	return Shape{s.code[1:], s.of}, true
}

// Object is the definition of an object. It is not found for namespaces of
// which only the outer level is kept (docs/facts.md lists them).
func (s Shape) Object() (*CFNObject, bool) {
	if s.Kind() != KindObject || len(s.code) == 1 {
		return nil, false
	}
	n, err := strconv.Atoi(s.code[1:])
	if err != nil {
		return nil, false
	}
	return &s.of.defs[n], true
}

// OneOf walks the alternatives; a shape that is no KindOneOf is its own only
// alternative.
func (s Shape) OneOf() iter.Seq[Shape] {
	return func(yield func(Shape) bool) {
		if s.Kind() != KindOneOf {
			yield(s)
			return
		}
		for rest := s.code[1:]; rest[0] != ')'; {
			n := shapeLen(rest)
			if !yield(Shape{rest[:n], s.of}) {
				return
			}
			rest = rest[n:]
		}
	}
}

// shapeLen is the length of the first shape in code.
func shapeLen(code string) int {
	switch Kind(code[0]) {
	case KindList, KindMap:
		return 1 + shapeLen(code[1:])
	case KindObject:
		n := 1
		for n < len(code) && '0' <= code[n] && code[n] <= '9' {
			n++
		}
		return n
	case KindOneOf:
		n := 1
		for code[n] != ')' {
			n += shapeLen(code[n:])
		}
		return n + 1
	default:
		return 1
	}
}
