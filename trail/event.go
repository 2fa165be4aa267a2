// Package trail is the CloudTrail event before it happens: a tree in which
// what nobody can know yet is symbolic or open, so that the patterns which
// raise alerts (packages trail/pattern and trail/filter) can be asked whether
// they match every event of a kind, some, or none.
//
// A Value is immutable once built. Text may hold holes (package match).
package trail

import "penstock/match"

// Kind says what a Value is.
type Kind uint8

// The kinds. Any: nothing is known of the value, not even whether it is there.
// None: it is not there.
const (
	Any Kind = iota
	None
	Null
	Bool
	Number
	String
	Object
	List
)

// A Value is one value of an event. The zero Value is Any.
type Value struct {
	Kind     Kind
	Text     string // of Bool ("true"), Number, String
	Optional bool   // it may also be absent
	Fields   map[string]*Value
	Open     bool // an Object that may have other fields
	Items    []*Value
}

var (
	anything = &Value{}
	nothing  = &Value{Kind: None}
)

// Anything returns the value of which nothing is known.
func Anything() *Value { return anything }

// Text returns a string, possibly symbolic.
func Text(s string) *Value { return &Value{Kind: String, Text: s} }

// Flag returns a boolean.
func Flag(b bool) *Value {
	if b {
		return &Value{Kind: Bool, Text: "true"}
	}
	return &Value{Kind: Bool, Text: "false"}
}

// Tree returns an object that holds these fields: a name, its value, a name …
func Tree(open bool, pairs ...any) *Value {
	v := &Value{Kind: Object, Open: open, Fields: make(map[string]*Value, len(pairs)/2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		switch f := pairs[i+1].(type) {
		case *Value:
			v.Fields[name] = f
		case string:
			v.Fields[name] = Text(f)
		}
	}
	return v
}

// Get returns a field: Any where it cannot be known, None where it is not
// there.
func (v *Value) Get(name string) *Value {
	switch {
	case v == nil || v.Kind == Any:
		return anything
	case v.Kind != Object:
		return nothing
	}
	if f, ok := v.Fields[name]; ok {
		return f
	}
	if v.Open || v.Optional {
		return anything
	}
	return nothing
}

// Sure reports whether the value is a scalar of which everything is known.
func (v *Value) Sure() bool {
	switch v.Kind {
	case Null:
		return !v.Optional
	case Bool, Number, String:
		return !v.Optional && !match.HasHole(v.Text)
	case Any, None, Object, List:
		return false
	default:
		panic("trail: no such kind")
	}
}

// Has reports whether s is surely part of some text of the event: a field's
// name or a string.
func (v *Value) Has(is func(string) bool) bool {
	switch v.Kind {
	case String, Number, Bool:
		return v.Sure() && is(v.Text)
	case Object:
		for name, f := range v.Fields {
			if !f.Optional && f.Kind != Any && f.Kind != None && is(name) || f.Has(is) {
				return true
			}
		}
	case List:
		for _, f := range v.Items {
			if f.Has(is) {
				return true
			}
		}
	case Any, None, Null:
	default:
		panic("trail: no such kind")
	}
	return false
}

// Absent returns the value that is not there.
func Absent() *Value { return nothing }
