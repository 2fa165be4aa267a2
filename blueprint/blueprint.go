// Package blueprint is a set of stacks before it is written down: resources in
// the shape of CloudFormation's schema, with references and with comments, in
// no format. Package compile draws it, iac/cfn/emit and iac/tf/emit write it
// as CloudFormation and as Terraform.
//
// References are written as in Fn::Sub, in values of type Sub: "${Key.Arn}",
// "${AWS::AccountId}", "${ProjectName}". A Go string is what it says.
package blueprint

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"penstock/arn"
)

// A Set is everything that is deployed, in the order in which it is.
type Set struct {
	Stacks []*Stack
}

// Stack returns the stack with this name, nil where there is none.
func (s *Set) Stack(name string) *Stack {
	for _, st := range s.Stacks {
		if st.Name == name {
			return st
		}
	}
	return nil
}

// A Stack is one template in one account and region.
type Stack struct {
	Name        string // "tools", "staging-us-east-1": letters, digits, hyphens
	Account     string // twelve digits
	Region      string
	Description string
	// Exists says that what it holds is there already and not deployed: it is
	// described, so that the proof knows it.
	Exists     bool
	Parameters []*Parameter
	Resources  []*Resource
	Outputs    []*Output
}

// A Parameter is a value that whoever deploys the stack gives.
type Parameter struct {
	Name        string
	Type        string // CloudFormation's; "" is String
	Default     string // "" for none
	Pattern     string // AllowedPattern
	Allowed     []string
	Description string
	// Value is what the stacks file gives, where it is known. Inline
	// parameters are not written as parameters: their Value stands in their
	// place, unless the parameter form is asked for.
	Value  string
	Inline bool
	// From names an output of another stack that gives the value, "" where
	// none does; Output is its name there.
	From, Output string
	NoEcho       bool
}

// An Output is a value that a stack tells.
type Output struct {
	Name, Description string
	Value             Sub
}

// A Resource is one resource of a stack.
type Resource struct {
	ID      string // logical id: letters and digits
	Type    string // "AWS::S3::Bucket"
	Comment string // lines that stand above it
	Section string // heading that stands above it, where a new group begins
	// DependsOn are logical ids.
	DependsOn []string
	// Retain keeps it where the stack goes: DeletionPolicy and
	// UpdateReplacePolicy.
	Retain bool
	Props  Map
}

// Map is an ordered map of properties. A field whose Value is nil is left out
// by whoever writes it.
type Map []Field

// A Field is one entry of a Map.
type Field struct {
	Key     string
	Value   any    // string, Sub, bool, int, List, Map, *Policy or nil
	Comment string // lines above it
}

// List is a list of values.
type List []any

// Sub is a string with references, in the notation of Fn::Sub: ${Param},
// ${LogicalId}, ${LogicalId.Attr}, ${AWS::Region}; "${!" stands for "${".
type Sub string

// Lit returns the Sub that says s literally.
func Lit(s string) Sub { return Sub(strings.ReplaceAll(s, "${", "${!")) }

// A Part is a piece of a Sub: text, or a reference.
type Part struct {
	Text string // where Name is ""
	Name string // parameter, logical id, or pseudo parameter "AWS::Region"
	Attr string // "Arn" for ${Key.Arn}; "" for a Ref
}

// Parts takes s apart. What is no reference is text.
func (s Sub) Parts() []Part {
	var out []Part
	text := func(t string) {
		if t == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Name == "" {
			out[n-1].Text += t
			return
		}
		out = append(out, Part{Text: t})
	}
	rest := string(s)
	for {
		before, after, ok := strings.Cut(rest, "${")
		text(before)
		if !ok {
			return out
		}
		if after, ok = strings.CutPrefix(after, "!"); ok {
			text("${")
			rest = after
			continue
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			text("${" + after)
			return out
		}
		name, attr, _ := strings.Cut(name, ".")
		out = append(out, Part{Name: name, Attr: attr})
		rest = tail
	}
}

// String writes a part as it stands in a Sub.
func (p Part) String() string {
	switch {
	case p.Name == "":
		return string(Lit(p.Text))
	case p.Attr == "":
		return "${" + p.Name + "}"
	}
	return "${" + p.Name + "." + p.Attr + "}"
}

// Join makes a Sub of parts.
func Join(parts []Part) Sub {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.String())
	}
	return Sub(b.String())
}

// Expand puts texts in the place of the references that lookup knows.
func (s Sub) Expand(lookup func(Part) (string, bool)) Sub {
	parts := s.Parts()
	for i, p := range parts {
		if p.Name == "" {
			continue
		}
		if t, ok := lookup(p); ok {
			parts[i] = Part{Text: t}
		}
	}
	return Join(parts)
}

// Plain returns what s says, and false where it still has references.
func (s Sub) Plain() (string, bool) {
	parts := s.Parts()
	switch {
	case len(parts) == 0:
		return "", true
	case len(parts) == 1 && parts[0].Name == "":
		return parts[0].Text, true
	}
	return "", false
}

// Ref, Att and Arn are references to a resource of the same stack.
func Ref(id string) Sub       { return Sub("${" + id + "}") }
func Att(id, attr string) Sub { return Sub("${" + id + "." + attr + "}") }

// Get returns the value of a field, nil where there is none.
func (m Map) Get(path ...string) any {
	var v any = m
	for _, key := range path {
		mm, ok := v.(Map)
		if !ok {
			return nil
		}
		v = nil
		for _, f := range mm {
			if f.Key == key {
				v = f.Value
			}
		}
	}
	return v
}

// Set puts a value in the place of a field's, or adds the field at the end.
func (m *Map) Set(key string, value any) {
	for i := range *m {
		if (*m)[i].Key == key {
			(*m)[i].Value = value
			return
		}
	}
	*m = append(*m, Field{Key: key, Value: value})
}

// KV makes a Map of keys and values in turn. It panics on an odd number or a
// key that is no string, which is a mistake of the caller's source.
func KV(pairs ...any) Map {
	if len(pairs)%2 != 0 {
		panic("blueprint.KV: a key without a value")
	}
	var m Map
	for i := 0; i < len(pairs); i += 2 {
		m = append(m, Field{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return m
}

// Subs makes a List of texts with references.
func Subs(texts ...Sub) List {
	out := make(List, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

// Strings makes a List of plain texts.
func Strings(texts ...string) List {
	out := make(List, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

// Add puts a resource at the end of the stack and returns it. Two resources
// with one logical id are a mistake of the caller's source.
func (st *Stack) Add(r *Resource) *Resource {
	if st.Resource(r.ID) != nil {
		panic(fmt.Sprintf("blueprint: two resources %s in stack %s", r.ID, st.Name))
	}
	st.Resources = append(st.Resources, r)
	return r
}

// Resource returns the resource with a logical id, nil where there is none.
func (st *Stack) Resource(id string) *Resource {
	for _, r := range st.Resources {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Param returns the parameter with this name, nil where there is none.
func (st *Stack) Param(name string) *Parameter {
	for _, p := range st.Parameters {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Pseudo returns what a pseudo parameter says in the stack, "" for one that
// only a deployment fixes
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html).
func (st *Stack) Pseudo(name string) string {
	switch name {
	case "AWS::AccountId":
		return st.Account
	case "AWS::Region":
		return st.Region
	case "AWS::Partition":
		return arn.Partition(st.Region)
	case "AWS::URLSuffix":
		if arn.Partition(st.Region) == "aws-cn" {
			return "amazonaws.com.cn"
		}
		return "amazonaws.com"
	case "AWS::StackName":
		return st.Name
	}
	return ""
}

// Parameter adds a parameter, once by its name, and returns the reference.
func (st *Stack) Parameter(p Parameter) Sub {
	if st.Param(p.Name) == nil {
		st.Parameters = append(st.Parameters, &p)
	}
	return Ref(p.Name)
}

// Output adds an output, once by its name.
func (st *Stack) Output(name, description string, value Sub) {
	for _, o := range st.Outputs {
		if o.Name == name {
			return
		}
	}
	st.Outputs = append(st.Outputs, &Output{Name: name, Description: description, Value: value})
}

// Values yields every value below v, v itself included, in order.
func Values(v any) iter.Seq[any] {
	return func(yield func(any) bool) { values(v, yield) }
}

func values(v any, yield func(any) bool) bool {
	if !yield(v) {
		return false
	}
	switch v := v.(type) {
	case Map:
		for _, f := range v {
			if !values(f.Value, yield) {
				return false
			}
		}
	case List:
		for _, e := range v {
			if !values(e, yield) {
				return false
			}
		}
	case *Policy:
		return values(v.Map(), yield)
	}
	return true
}

// Refers yields the references of a resource's properties, each once.
func (r *Resource) Refers() []Part {
	var out []Part
	for v := range Values(r.Props) {
		s, ok := v.(Sub)
		if !ok {
			continue
		}
		for _, p := range s.Parts() {
			if p.Name != "" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
