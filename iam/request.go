package iam

import (
	"iter"
	"strings"
)

// A Principal is who makes a request, as AWS would name it.
//
// ARN is that of a user, a role, a role session
// (arn:aws:sts::111111111111:assumed-role/name/session), a federated user, an
// account root, an oidc-provider or saml-provider; Service is a service
// principal such as "codebuild.amazonaws.com"; with neither the request is
// anonymous. A role ARN stands for any session of that role whose name is not
// known. Region is where a service acts, "" where that is not known: some
// services are also trusted by the name that they have in one region.
type Principal struct {
	ARN     string
	Service string
	Region  string
	// Role is the role's own ARN, with its path, where ARN is that of a
	// session (the session's ARN has lost the path); "" derives it.
	Role string
}

// A Request is one call, as the policies see it.
type Request struct {
	Principal       Principal
	Action          string // "s3:GetObject"
	Resource        string // an ARN, possibly symbolic, or "*" where the action takes none
	ResourceAccount string // the account that owns Resource; "" where unknown or none
	Context         Context
}

// State says what is known of a context key.
type State uint8

// The states. The zero value is Absent: AWS does not send the key.
const (
	Absent State = iota
	Known
	Unknown // the key may be absent or have any value
)

// A ContextValue is what one context key holds in a request. A key that is
// Known with no Values holds the empty set. Values may be symbolic. Optional
// marks a Known key that may also be absent.
type ContextValue struct {
	State    State
	Values   []string
	Multi    bool // the key is multivalued (aws:TagKeys), even with one value
	Optional bool
}

// A Context holds the condition keys of a request. A key that was never set
// is what Rest says, or without a Rest Absent, or Unknown in an Open context.
// The zero Context is empty and closed.
type Context struct {
	Open bool
	// Rest tells a key, in lower case, that was neither set nor follows from
	// the rest of the request. It is not asked in an Open context.
	Rest func(low string) ContextValue
	keys map[string]ContextValue // by lower-case key
	name map[string]string       // lower-case key → as first set
	// lows remembers the lower case of keys, for a context that is Reset and
	// filled again and again; nil until then.
	lows map[string]string
}

// Set gives key one known value, or several for a multivalued key.
func (c *Context) Set(key string, values ...string) {
	c.Put(key, ContextValue{State: Known, Values: values, Multi: len(values) > 1})
}

// SetUnknown says that nothing is known of key.
func (c *Context) SetUnknown(key string) { c.Put(key, ContextValue{State: Unknown}) }

// SetAbsent says that the request does not carry key.
func (c *Context) SetAbsent(key string) { c.Put(key, ContextValue{State: Absent}) }

// Put sets key to v, replacing what was there. Keys are case-insensitive
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html).
func (c *Context) Put(key string, v ContextValue) {
	if c.keys == nil {
		c.keys = map[string]ContextValue{}
		c.name = map[string]string{}
	}
	low := c.lower(key)
	if _, ok := c.name[low]; !ok {
		c.name[low] = key
	}
	c.keys[low] = v
}

// lower returns the lower case of key.
func (c *Context) lower(key string) string {
	if c.lows == nil {
		return strings.ToLower(key)
	}
	low, ok := c.lows[key]
	if !ok {
		if len(c.lows) >= 1024 {
			clear(c.lows)
		}
		low = strings.ToLower(strings.Clone(key))
		c.lows[strings.Clone(key)] = low
	}
	return low
}

// Len returns how many keys were set.
func (c *Context) Len() int { return len(c.keys) }

// Get returns what is known of key.
func (c *Context) Get(key string) ContextValue {
	if v, ok := c.keys[key]; ok {
		return v
	}
	if v, ok := c.keys[strings.ToLower(key)]; ok {
		return v
	}
	return c.Other(strings.ToLower(key))
}

// Other returns what is known of a key, in lower case, that was never set.
func (c *Context) Other(low string) ContextValue {
	switch {
	case c.Open:
		return ContextValue{State: Unknown}
	case c.Rest != nil:
		return c.Rest(low)
	default:
		return ContextValue{State: Absent}
	}
}

// Lookup returns what was set for a key that is lower case already, and
// whether anything was.
func (c *Context) Lookup(low string) (ContextValue, bool) {
	v, ok := c.keys[low]
	return v, ok
}

// Has reports whether key was set, in whatever state.
func (c *Context) Has(key string) bool {
	_, ok := c.keys[strings.ToLower(key)]
	return ok
}

// All yields every key that was set, spelled as it was, in no order.
func (c *Context) All() iter.Seq2[string, ContextValue] {
	return func(yield func(string, ContextValue) bool) {
		for low, v := range c.keys {
			if !yield(c.name[low], v) {
				return
			}
		}
	}
}

// Clone returns a copy that shares nothing with c.
func (c *Context) Clone() Context {
	d := Context{Open: c.Open, Rest: c.Rest}
	for low, v := range c.keys {
		d.Put(c.name[low], v)
	}
	return d
}

// Reset empties c, Open and Rest included, and keeps its memory for the next
// request.
func (c *Context) Reset() {
	c.Open, c.Rest = false, nil
	if c.lows == nil {
		c.lows = map[string]string{}
	}
	if len(c.keys) > 256 {
		c.keys, c.name = nil, nil // clearing a map costs what it once held
	}
	clear(c.keys)
	clear(c.name)
}
