package reach

import (
	"fmt"
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// fixedCondition is a condition on a key of which everything is known. It is
// what authz says, but for a variable that is open: then nothing is known of
// the condition but that it is the same wherever it stands.
func (p *problem) fixedCondition(k *keyRef, o iam.Operator, vs []cvalue, allow, up bool) ref {
	e := fixedEval{p: p, o: o, vs: vs, allow: allow}
	v := e.condition(&k.val)
	if v == truth.Maybe && e.open {
		var name strings.Builder
		name.WriteString(fmt.Sprint(strings.ToLower(k.name), "\x01", o, "\x01", allow))
		for i := range vs {
			name.WriteString("\x01" + vs[i].text)
		}
		return p.free(name.String())
	}
	return bias(v, up)
}

type fixedEval struct {
	p     *problem
	o     iam.Operator
	vs    []cvalue
	allow bool
	open  bool
}

func (e *fixedEval) condition(v *iam.ContextValue) truth.Value {
	if v.State != iam.Known {
		return e.absent()
	}
	if e.o.Base == iam.Null {
		return e.null(len(v.Values) == 0)
	}
	if e.o.Set == iam.Single {
		switch {
		case len(v.Values) == 0:
			return e.absent()
		case v.Multi || len(v.Values) > 1:
			return truth.Of(e.o.Negated && !e.allow)
		default:
			return e.compare(v.Values[0])
		}
	}
	all := e.o.Set == iam.ForAllValues
	some := false
	for _, s := range v.Values {
		some = some || s != ""
	}
	if !some {
		return truth.Of(all)
	}
	r := truth.Of(all)
	for _, s := range v.Values {
		if m := e.compare(s); all {
			r = r.And(m)
		} else {
			r = r.Or(m)
		}
	}
	return r
}

func (e *fixedEval) absent() truth.Value {
	switch {
	case e.o.Base == iam.Null:
		return e.null(true)
	case e.o.IfExists || e.o.Set == iam.ForAllValues:
		return truth.Yes
	case e.o.Set == iam.ForAnyValue:
		return truth.No
	default:
		return truth.Of(e.o.Negated)
	}
}

func (e *fixedEval) null(absent bool) truth.Value {
	r := truth.No
	for i := range e.vs {
		l := &e.vs[i]
		m := truth.Of(!l.lit.Bad && l.lit.True == absent)
		if l.lit.Unknown {
			m = truth.Maybe
		}
		if l.maybe {
			m = m.And(truth.Maybe)
		}
		r = r.Or(m)
	}
	return r
}

func (e *fixedEval) compare(s string) truth.Value {
	var given iam.Literal
	text := e.o.Base.Textual()
	if !text {
		if given = iam.ParseLiteral(e.o.Base, s); given.Bad {
			return truth.Of(e.o.Negated && !e.allow)
		}
	}
	r := truth.No
	for i := range e.vs {
		v := &e.vs[i]
		var m truth.Value
		switch {
		case text:
			m = e.text(v, s)
		case v.lit.Bad:
			m = truth.Of(e.o.Negated && e.allow)
		case v.lit.Unknown || given.Unknown:
			m = truth.Maybe
		default:
			m = truth.Of(v.lit.Holds(e.o.Base, &given))
		}
		if v.maybe {
			m = m.And(truth.Maybe)
		}
		if r = r.Or(m); r == truth.Yes {
			break
		}
	}
	if e.o.Negated {
		return r.Not()
	}
	return r
}

func (e *fixedEval) text(v *cvalue, s string) truth.Value {
	wild := e.o.Base == iam.StringLike || e.o.Base == iam.ARNLike
	var b match.Builder
	if v.parts == nil {
		if wild {
			b.Wild(v.text)
		} else {
			b.Text(v.text)
		}
	}
	for i := range v.parts {
		q := &v.parts[i]
		switch {
		case q.Literal != 0:
			b.Text(string(rune(q.Literal)))
		case q.Key == "" && wild:
			b.Wild(q.Text)
		case q.Key == "":
			b.Text(q.Text)
		default:
			k := e.p.key(q.Key)
			if !k.fixed {
				e.p.variable[strings.ToLower(q.Key)] = q.Key
				e.open = true
				b.Text(match.Hole(match.Any, "$"+q.Key))
				continue
			}
			text, ok := fixedText(k, q)
			if !ok {
				return truth.No
			}
			b.Text(text)
		}
	}
	var pat match.Pattern
	switch e.o.Base {
	case iam.StringEqualsIgnoreCase:
		pat = b.PatternFold()
	case iam.ARNLike:
		pat = b.ARNLike()
	default:
		pat = b.Pattern()
	}
	return pat.Match(s)
}
