package iam

import (
	"iter"
	"maps"
	"slices"
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
	own  []entry
	// at finds an entry by its lower-case key, where there are many.
	at map[string]int
	// under holds what was set before, and is shared: see Over.
	under *Context
	// lows remembers the lower case of keys, for a context that is Reset and
	// filled again and again; nil until then.
	lows map[string]string
}

// An entry is one key that was set.
type entry struct {
	low, key string // in lower case, and as first set
	value    ContextValue
}

// many is from how many keys on they are looked up in a map.
const many = 16

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
	low := c.lower(key)
	if i := c.find(low); i >= 0 {
		c.own[i].value = v
		return
	}
	if c.under != nil {
		if name, ok := c.under.spelled(low); ok {
			key = name
		}
	}
	if c.lows == nil {
		c.own = slices.Clip(c.own) // a copy of c may share what lies behind
	}
	if len(c.own) == many {
		c.at = make(map[string]int, 2*many)
		for i := range c.own {
			c.at[c.own[i].low] = i
		}
	}
	if len(c.own) >= many {
		c.at[low] = len(c.own)
	}
	c.own = append(c.own, entry{low, key, v})
}

// find returns the index of a key among its own, -1 where it is not.
func (c *Context) find(low string) int {
	if len(c.own) > many {
		i, ok := c.at[low]
		switch {
		case !ok:
			return -1
		case i < len(c.own) && c.own[i].low == low:
			return i
		}
		// The map is shared with a copy that went another way.
	}
	for i := range c.own {
		if c.own[i].low == low {
			return i
		}
	}
	return -1
}

// spelled returns a key as it was set.
func (c *Context) spelled(low string) (string, bool) {
	for x := c; x != nil; x = x.under {
		if i := x.find(low); i >= 0 {
			return x.own[i].key, true
		}
	}
	return "", false
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

// Over lays c over base: what was not set in c is what was set in base. Base
// must not change any more, and what was laid under c before is forgotten.
func (c *Context) Over(base *Context) {
	if base != nil && base.under == nil && len(base.own) == 0 {
		base = nil
	}
	c.under = base
}

// Len returns how many keys were set.
func (c *Context) Len() int {
	if c.under == nil {
		return len(c.own)
	}
	n := 0
	for range c.All() {
		n++
	}
	return n
}

// Get returns what is known of key.
func (c *Context) Get(key string) ContextValue {
	if v, ok := c.Lookup(key); ok {
		return v
	}
	low := strings.ToLower(key)
	if v, ok := c.Lookup(low); ok {
		return v
	}
	return c.Other(low)
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
	for x := c; x != nil; x = x.under {
		if i := x.find(low); i >= 0 {
			return x.own[i].value, true
		}
	}
	return ContextValue{}, false
}

// Has reports whether key was set, in whatever state.
func (c *Context) Has(key string) bool {
	_, ok := c.Lookup(strings.ToLower(key))
	return ok
}

// All yields every key that was set, spelled as it was, in no order.
func (c *Context) All() iter.Seq2[string, ContextValue] {
	return func(yield func(string, ContextValue) bool) {
		for x := c; x != nil; x = x.under {
			for i := range x.own {
				e := &x.own[i]
				if x != c && c.hides(x, e.low) {
					continue
				}
				if !yield(e.key, e.value) {
					return
				}
			}
		}
	}
}

// hides reports whether a key of x, which lies under c, was set above it.
func (c *Context) hides(x *Context, low string) bool {
	for y := c; y != x; y = y.under {
		if y.find(low) >= 0 {
			return true
		}
	}
	return false
}

// Clone returns a copy that shares nothing with c that may change.
func (c *Context) Clone() Context {
	d := Context{Open: c.Open, Rest: c.Rest, under: c.under}
	if len(c.own) > 0 {
		d.own, d.at = slices.Clone(c.own), maps.Clone(c.at)
	}
	return d
}

// Reset empties c, Open and Rest included, and keeps its memory for the next
// request.
func (c *Context) Reset() {
	c.Open, c.Rest, c.under = false, nil, nil
	if c.lows == nil {
		c.lows = map[string]string{}
	}
	if len(c.own) > 256 {
		c.own = nil // clearing what is large costs what it once held
	}
	clear(c.own)
	c.own, c.at = c.own[:0], nil
}
