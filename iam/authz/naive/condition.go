package naive

import (
	"bytes"
	"math/big"
	"strings"
	"time"

	"penstock/iam"
)

type operator struct {
	name     string // lower case, without set, Not and IfExists
	set      string // "", "any", "all"
	negated  bool
	ifExists bool
}

// operatorOf takes an operator's name apart
// (reference_policies_elements_condition_operators.html); ok is false for
// one that does not exist.
func operatorOf(s string) (op operator, ok bool) {
	s = strings.ToLower(s)
	if t, cut := strings.CutPrefix(s, "foranyvalue:"); cut {
		op.set, s = "any", t
	} else if t, cut := strings.CutPrefix(s, "forallvalues:"); cut {
		op.set, s = "all", t
	}
	if t, cut := strings.CutSuffix(s, "ifexists"); cut {
		op.ifExists, s = true, t
	}
	switch s {
	case "null":
		op.name = s
		return op, op.set == "" && !op.ifExists
	case "stringequals", "stringequalsignorecase", "stringlike",
		"numericequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals",
		"dateequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
		"bool", "binaryequals", "ipaddress", "arnequals", "arnlike":
		op.name = s
		return op, true
	case "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "numericnotequals", "datenotequals",
		"notipaddress", "arnnotequals", "arnnotlike":
		op.name, op.negated = strings.Replace(s, "not", "", 1), true
		return op, true
	}
	return op, false
}

// A clause is one condition in its statement.
type clause struct {
	iam.Condition
	op      operator
	version string
	// strict is what a negated test comes to where AWS's pages do not say what
	// it does (text that is no number, several values without a set
	// operator): a Deny holds, an Allow does not (assumed).
	strict tri
}

// condition tests one operator and key.
func (w *world) condition(cond iam.Condition, version string, effect iam.Effect) tri {
	c := clause{Condition: cond, version: version, strict: of(effect == iam.Deny)}
	op, ok := operatorOf(c.Operator)
	if !ok {
		return no
	}
	c.op = op
	v := w.key(c.Key)
	absent := func() tri { return w.test(c, false, nil, false) }
	switch v.State {
	case iam.Absent:
		return absent()
	case iam.Known:
		r := w.test(c, true, v.Values, v.Multi)
		if v.Optional {
			r = join(r, absent())
		}
		return r
	}
	// Unknown: try it, with variables of the same key following.
	for _, e := range c.Values {
		if strings.HasPrefix(op.name, "arn") && e.Text != "*" && arnParts(e.Text) == nil && !strings.Contains(e.Text, "${") {
			return maybe // no ARN: what it would match is not documented
		}
	}
	low := strings.ToLower(c.Key)
	try := func(values ...string) tri {
		v := iam.ContextValue{State: iam.Known, Values: values, Multi: len(values) > 1}
		w.tried = &trial{low, v}
		defer func() { w.tried = nil }()
		return w.test(c, true, values, op.set != "")
	}
	samples := w.samples(c)
	w.tried = &trial{low, iam.ContextValue{}}
	r := absent()
	w.tried = nil
	for i, s := range samples {
		r = join(r, try(s))
		for _, t := range samples[i+1:] {
			if op.set != "" && r != maybe {
				r = join(r, try(s, t))
			}
		}
		if r == maybe {
			return r
		}
	}
	if op.set != "" {
		r = join(r, try())
	}
	return r
}

// test evaluates the condition for a key that is absent or has these values.
func (w *world) test(c clause, present bool, values []string, multi bool) tri {
	op := c.op
	// An empty string is an empty data set
	// (reference_policies_condition-single-vs-multi-valued-context-keys.html).
	empty := true
	for _, v := range values {
		empty = empty && v == ""
	}
	if op.name == "null" {
		r := no
		for _, e := range c.Values {
			if want, ok := boolean(e.Text); ok {
				// "the key exists and its value is not null": a set of empty
				// strings is a null data set.
				null := !present || len(values) == 0 || empty && (multi || manyValued(c.Key))
				r = r.or(of(want == null).given(e.Maybe))
			}
		}
		return r
	}
	if op.ifExists && (!present || op.set == "" && len(values) == 0) {
		return yes // without a set operator, an empty set is as good as none (assumed)
	}
	// one is the test of one value: one of the policy's values must match,
	// for a negated operator none.
	one := func(v string) tri {
		r := of(op.negated)
		if op.negated && malformed(op, v) {
			return c.strict
		}
		for _, e := range c.Values {
			m := w.value(op, e, c.version, v)
			if !op.negated {
				r = r.or(m.given(e.Maybe))
				continue
			}
			m = m.not()
			if malformed(op, e.Text) {
				m = c.strict
			}
			if len(e.Maybe) > 0 {
				m = m.or(maybe) // without the value there is nothing to differ from
			}
			r = r.and(m)
		}
		return r
	}
	switch op.set {
	case "all":
		r := yes
		if present && !empty {
			for _, v := range values {
				r = r.and(one(v))
			}
		}
		return r
	case "any":
		r := no
		if present && !empty {
			for _, v := range values {
				r = r.or(one(v))
			}
		}
		return r
	}
	switch {
	case !present || len(values) == 0:
		// No value matches nothing; a negated operator then is true.
		return of(op.negated)
	case multi:
		// "Multivalued context keys require a condition set operator."
		if op.negated {
			return c.strict
		}
		return no
	}
	return one(values[0])
}

// manyValued reports whether the reference gives a global key the value type
// "Multivalued" (reference_policies_condition-keys.html).
func manyValued(key string) bool {
	for _, k := range []string{"CalledVia", "PrincipalOrgPaths", "PrincipalServiceNamesList", "ResourceOrgPaths", "SourceOrgPaths", "TagKeys"} {
		if strings.EqualFold(key, "aws:"+k) {
			return true
		}
	}
	return false
}

// malformed reports whether text is nothing that the operator compares.
func malformed(op operator, s string) bool {
	switch {
	case strings.HasPrefix(op.name, "numeric"):
		return number(s) == nil
	case strings.HasPrefix(op.name, "date"):
		return date(s) == nil
	case op.name == "ipaddress":
		_, ok := network(s)
		return !ok
	}
	return false
}

// variables reports whether policy variables count in the values of an
// operator (reference_policies_variables.html, "Condition element").
func variables(op operator) bool {
	return strings.HasPrefix(op.name, "string") || strings.HasPrefix(op.name, "arn")
}

func (w *world) alternatives(op operator, e iam.Elem, version string) []alternative {
	wildcards := op.name == "stringlike" || strings.HasPrefix(op.name, "arn")
	if version != "2012-10-17" || !variables(op) {
		return plain(e.Text, wildcards)
	}
	return w.substitute(parts(e.Text, wildcards))
}

// value reports whether one value of the request matches one of the policy.
func (w *world) value(op operator, e iam.Elem, version, v string) tri {
	switch {
	case strings.HasPrefix(op.name, "string"), strings.HasPrefix(op.name, "arn"):
		var cases []tri
		for _, a := range w.alternatives(op, e, version) {
			cases = append(cases, matchText(op.name, a, v))
		}
		return join(cases...)
	case strings.HasPrefix(op.name, "numeric"):
		a, b := number(v), number(e.Text)
		return of(a != nil && b != nil && compare(strings.TrimPrefix(op.name, "numeric"), a.Cmp(b)))
	case strings.HasPrefix(op.name, "date"):
		a, b := date(v), date(e.Text)
		return of(a != nil && b != nil && compare(strings.TrimPrefix(op.name, "date"), a.Compare(*b)))
	case op.name == "bool":
		a, ok1 := boolean(v)
		b, ok2 := boolean(e.Text)
		return of(ok1 && ok2 && a == b)
	case op.name == "binaryequals":
		a, ok1 := bytesOf(v)
		b, ok2 := bytesOf(e.Text)
		return of(ok1 && ok2 && bytes.Equal(a, b))
	case op.name == "ipaddress":
		a, ok1 := address(v)
		b, ok2 := network(e.Text)
		return of(ok1 && ok2 && b.Contains(a))
	}
	return no
}

func compare(how string, c int) bool {
	switch how {
	case "equals":
		return c == 0
	case "lessthan":
		return c < 0
	case "lessthanequals":
		return c <= 0
	case "greaterthan":
		return c > 0
	case "greaterthanequals":
		return c >= 0
	}
	return false
}

func matchText(name string, a alternative, v string) tri {
	if a.null {
		return no
	}
	switch name {
	case "stringequals", "stringlike":
		return glob(a.pieces, v)
	case "stringequalsignorecase":
		return glob(lower(a.pieces), strings.ToLower(v))
	}
	// ARNs: each of the six parts for itself.
	have := arnParts(v)
	if len(a.pieces) == 1 && a.pieces[0].kind == '*' {
		return of(have != nil) // a lone "*" is every ARN (assumed)
	}
	want := splitColons(a.pieces, 6)
	if have == nil || len(want) != 6 {
		for _, p := range a.pieces {
			if have != nil && p.kind == 'h' {
				return maybe // the unknown text may hold the missing colons
			}
		}
		return no
	}
	r := yes
	for i := range want {
		r = r.and(glob(want[i], have[i]))
	}
	return r
}

func lower(ps []piece) []piece {
	// Letters of more than one byte are put together first.
	var out []piece
	for i := 0; i < len(ps); i++ {
		if ps[i].kind != 'c' {
			out = append(out, ps[i])
			continue
		}
		j := i
		var b []byte
		for j < len(ps) && ps[j].kind == 'c' {
			b = append(b, ps[j].c)
			j++
		}
		out = append(out, literal(strings.ToLower(string(b)))...)
		i = j - 1
	}
	return out
}

// samples returns values worth trying for a key of which nothing is known:
// some that each value of the policy matches, some on either side of it, and
// some that none does.
func (w *world) samples(c clause) []string {
	op, version := c.op, c.version
	out := []string{"", "~other~", "arn:other:o:o:o:o"}
	if malformed(op, out[0]) && len(c.Values) == 0 {
		return nil
	}
	for _, e := range c.Values {
		switch {
		case variables(op):
			for _, a := range w.alternatives(op, e, version) {
				var b []byte
				for _, p := range a.pieces {
					switch p.kind {
					case 'c':
						b = append(b, p.c)
					case '?', 'h':
						b = append(b, 'q')
					}
				}
				if !a.null {
					out = append(out, string(b))
				}
			}
		case strings.HasPrefix(op.name, "numeric"):
			if n := number(e.Text); n != nil {
				one := big.NewRat(1, 1)
				out = append(out, e.Text, new(big.Rat).Sub(n, one).FloatString(40), new(big.Rat).Add(n, one).FloatString(40))
			}
		case strings.HasPrefix(op.name, "date"):
			if t := date(e.Text); t != nil {
				for _, d := range []time.Duration{-time.Second, 0, time.Second} {
					out = append(out, t.Add(d).UTC().Format(time.RFC3339Nano))
				}
			}
		case op.name == "ipaddress":
			if n, ok := network(e.Text); ok {
				out = append(out, n.Addr().String())
			}
		default:
			out = append(out, e.Text)
		}
	}
	switch op.name {
	case "bool":
		out = append(out, "true", "false")
	case "ipaddress":
		out = append(out, "198.51.100.99", "2001:db8:ffff::99")
	}
	return out
}
