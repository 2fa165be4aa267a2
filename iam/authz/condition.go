package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// A condition is one operator on one key, compiled. Semantics are those of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
type condition struct {
	src     *iam.Condition
	op      iam.Operator
	ok      bool // the operator exists
	key     string
	symbols bool // the key itself holds a hole
	many    bool // AWS calls the key multivalued
	derived derivedKey
	values  []value
}

// A value is one value of a condition.
type value struct {
	src     *iam.Elem
	maybe   bool
	pattern match.Pattern // of the string and ARN operators
	parts   []iam.Part    // with policy variables; the pattern is then unused
	lit     iam.Literal   // of the other operators
}

func compileCondition(c *iam.Condition, variables bool) condition {
	k := condition{src: c, key: strings.ToLower(c.Key), symbols: match.HasHole(c.Key)}
	k.op, k.ok = iam.ParseOperator(c.Operator)
	k.derived = derivedOf(k.key)
	k.many = multivalued(k.key)
	k.values = make([]value, len(c.Values))
	for i := range c.Values {
		e := &c.Values[i]
		v := value{src: e, maybe: len(e.Maybe) > 0}
		if k.op.Base.Textual() {
			if variables {
				v.parts, _ = iam.Variables(e.Text)
			}
			if v.parts == nil {
				v.pattern = compileText(k.op.Base, e.Text)
			}
		} else {
			v.lit = iam.ParseLiteral(k.op.Base, e.Text)
		}
		k.values[i] = v
	}
	return k
}

// compileText compiles a value without variables.
func compileText(b iam.Base, s string) match.Pattern {
	switch b {
	case iam.StringEquals:
		return match.Literal(s)
	case iam.StringEqualsIgnoreCase:
		return match.LiteralFold(s)
	case iam.StringLike:
		return match.Compile(s)
	case iam.ARNLike:
		return match.CompileARNLike(s)
	default:
		panic("authz: not an operator on text")
	}
}

// condition evaluates one condition. Allow says whose statement it is in: in
// the few places where AWS does not say what happens, a condition of an Allow
// fails and one of a Deny holds.
func (e *eval) condition(c *condition, allow bool) truth.Value {
	if !c.ok {
		// The policy is broken; the statement may or may not have been meant
		// to apply.
		return truth.Maybe
	}
	if c.symbols {
		return truth.Maybe
	}
	v := e.lookup(c.key, c.derived)
	switch {
	case v.State == iam.Absent:
		return e.absent(c)
	case v.State == iam.Known && v.Optional:
		return same(e.absent(c), e.present(c, v, allow))
	case v.State == iam.Known:
		return e.present(c, v, allow)
	default:
		return e.whatever(c, v, allow)
	}
}

// same returns v where both cases agree, else Maybe.
func same(v, w truth.Value) truth.Value {
	if v == w {
		return v
	}
	return truth.Maybe
}

// whatever evaluates a key of which nothing is known: a definite answer needs
// the key's absence and every value of it to agree.
func (e *eval) whatever(c *condition, v iam.ContextValue, allow bool) truth.Value {
	a := e.absent(c)
	if a == truth.Maybe || c.op.Base == iam.Null {
		return same(a, e.present(c, iam.ContextValue{State: iam.Known, Values: []string{"any"}}, allow))
	}
	// Without values the rest can be skipped, and without a hole in hand a
	// test that absence passes rarely holds for every value.
	any := [1]string{match.Hole(match.Any, c.src.Key)}
	p := e.present(c, iam.ContextValue{State: iam.Known, Values: any[:], Multi: v.Multi}, allow)
	empty := e.present(c, iam.ContextValue{State: iam.Known, Multi: v.Multi}, allow)
	return same(same(a, p), empty)
}

// absent evaluates a condition whose key the request does not carry.
func (e *eval) absent(c *condition) truth.Value {
	switch {
	case c.op.Base == iam.Null:
		return e.null(c, true)
	case c.op.IfExists:
		return truth.Yes
	case c.op.Set == iam.ForAllValues:
		return truth.Yes
	case c.op.Set == iam.ForAnyValue:
		return truth.No
	default:
		return truth.Of(c.op.Negated)
	}
}

// null evaluates Null: a value "true" asks for absence, "false" for presence.
func (e *eval) null(c *condition, absent bool) truth.Value {
	v := truth.No
	for i := range c.values {
		l := &c.values[i]
		var m truth.Value
		switch {
		case l.lit.Unknown:
			m = truth.Maybe
		case l.lit.Bad:
			m = truth.No
		default:
			m = truth.Of(l.lit.True == absent)
		}
		if l.maybe {
			m = m.And(truth.Maybe)
		}
		v = v.Or(m)
	}
	return v
}

// present evaluates a condition on values that the request carries.
func (e *eval) present(c *condition, v iam.ContextValue, allow bool) truth.Value {
	vals := v.Values
	if c.op.Base == iam.Null {
		// Of a multivalued key an empty string is a null data set too, which
		// is what a Null beside ForAllValues is for
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
		return e.null(c, len(vals) == 0 || (v.Multi || c.many) && nothing(vals))
	}
	switch c.op.Set {
	case iam.ForAllValues, iam.ForAnyValue:
		all := c.op.Set == iam.ForAllValues
		if nothing(vals) {
			// "a null data set, such as an empty string"
			return truth.Of(all)
		}
		r := truth.Of(all)
		for _, s := range vals {
			if m := e.compare(c, s, allow); all {
				r = r.And(m)
			} else {
				r = r.Or(m)
			}
		}
		return r
	case iam.Single:
		switch {
		case len(vals) == 0:
			return e.absent(c)
		case v.Multi || len(vals) > 1:
			// A key with several values needs a set operator
			// (…single-vs-multi-valued-context-keys.html); what a negated
			// operator does without is not documented.
			return truth.Of(c.op.Negated && !allow)
		default:
			return e.compare(c, vals[0], allow)
		}
	default:
		panic("authz: no such set operator")
	}
}

// nothing reports whether a set holds no value but empty strings.
func nothing(vals []string) bool {
	for _, s := range vals {
		if s != "" {
			return false
		}
	}
	return true
}

// compare tests one value of the request against all of the condition: a
// match with one, or for a negated operator with none.
func (e *eval) compare(c *condition, s string, allow bool) truth.Value {
	r := truth.No
	if c.op.Base.Textual() {
		for i := range c.values {
			m := e.matchText(c, &c.values[i], s)
			if c.values[i].maybe {
				m = m.And(truth.Maybe)
			}
			if r = r.Or(m); r == truth.Yes {
				break
			}
		}
		if c.op.Negated {
			return r.Not()
		}
		return r
	}
	return c.compareLiteral(s, allow)
}

// compareLiteral is compare for what is not text.
func (c *condition) compareLiteral(s string, allow bool) truth.Value {
	given := iam.ParseLiteral(c.op.Base, s)
	if given.Bad {
		// What is no number, date or address never matches, and how a
		// negated operator takes it is not documented.
		return truth.Of(c.op.Negated && !allow)
	}
	r := truth.No
	for i := range c.values {
		v := &c.values[i]
		var m truth.Value
		switch {
		case v.lit.Bad:
			// As above: a negated operator fails in an Allow, as if it matched.
			m = truth.Of(c.op.Negated && allow)
		case v.lit.Unknown || given.Unknown:
			m = truth.Maybe
		default:
			m = truth.Of(v.lit.Holds(c.op.Base, &given))
		}
		if v.maybe {
			m = m.And(truth.Maybe)
		}
		if r = r.Or(m); r == truth.Yes {
			break
		}
	}
	if c.op.Negated {
		return r.Not()
	}
	return r
}

// matchText compares strings and ARNs. A value with a variable that has no
// value matches nothing, so that a negated operator holds
// (…reference_policies_variables.html#policy-vars-no-value).
func (e *eval) matchText(c *condition, v *value, s string) truth.Value {
	if v.parts == nil {
		return v.pattern.Match(s)
	}
	var b match.Builder
	wild := c.op.Base == iam.StringLike || c.op.Base == iam.ARNLike
	sure := e.fill(&b, v.parts, wild)
	if sure == truth.No {
		return truth.No
	}
	var p match.Pattern
	switch c.op.Base {
	case iam.StringEqualsIgnoreCase:
		p = b.PatternFold()
	case iam.ARNLike:
		p = b.ARNLike()
	default:
		p = b.Pattern()
	}
	return p.Match(s).And(sure)
}
