package reach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// bias resolves what is not known: up takes Maybe for yes.
func bias(v truth.Value, up bool) ref { return constant(v == truth.Yes || up && v == truth.Maybe) }

// condition returns the formula of a condition; up asks for one that holds at
// least where the condition may hold, else for one that holds at most where
// it surely does. It follows what authz does with a value that is known.
func (p *problem) condition(c *iam.Condition, allow, variables, up bool) ref {
	o, ok := iam.ParseOperator(c.Operator)
	if !ok || holed(c.Key) {
		return constant(up)
	}
	k := p.key(c.Key)
	vs := p.values(c, o, variables)
	if k.fixed {
		return p.fixedCondition(k, o, vs, allow, up)
	}
	if o.Base == iam.Null {
		r := no
		for _, v := range vs {
			switch {
			case v.lit.Bad:
			case v.lit.Unknown || v.maybe:
				r = p.f.or(r, constant(up))
			case v.lit.True:
				r = p.f.or(r, -p.valued(k.v))
			default:
				r = p.f.or(r, p.valued(k.v))
			}
		}
		return r
	}
	// What holds for an absent key.
	absent := o.IfExists || o.Set == iam.ForAllValues || o.Set == iam.Single && o.Negated
	if k.wrap != nil && !o.Base.Textual() {
		return p.free(strings.Join([]string{k.name, c.Operator, fmt.Sprint(allow, c.Values)}, "\x01"))
	}
	multi := p.isMulti(k.v)
	body := p.f.or(
		p.f.and(-multi, p.one(k, o, vs, allow, up)),
		p.f.and(multi, p.several(k, o, vs, allow, absent, up)))
	if !k.v.key || k.wrap != nil && k.v.present < 0 {
		// The action and the resource are always there, and what follows from
		// them; so is a key that follows from another that is.
		return body
	}
	if absent {
		return p.f.or(-p.present(k.v), body)
	}
	return p.f.and(p.present(k.v), body)
}

// cvalue is one value of a condition.
type cvalue struct {
	text  string
	parts []iam.Part
	lit   iam.Literal
	maybe bool
}

func (p *problem) values(c *iam.Condition, o iam.Operator, variables bool) []cvalue {
	vs := make([]cvalue, len(c.Values))
	for i := range c.Values {
		e := &c.Values[i]
		vs[i] = cvalue{text: e.Text, maybe: len(e.Maybe) > 0}
		if o.Base.Textual() {
			if variables {
				vs[i].parts, _ = iam.Variables(e.Text)
			}
		} else {
			vs[i].lit = iam.ParseLiteral(o.Base, e.Text)
		}
	}
	return vs
}

// one is the condition on a key with one value.
func (p *problem) one(k *keyRef, o iam.Operator, vs []cvalue, allow, up bool) ref {
	r := p.compare(k, o, vs, allow, up)
	if o.Set == iam.Single {
		return r
	}
	// "a null data set, such as an empty string"
	none := p.onText(k, "", plain, false, false)
	if o.Set == iam.ForAllValues {
		return p.f.or(none, r)
	}
	return p.f.and(-none, r)
}

// compare is one value against all of the condition.
func (p *problem) compare(k *keyRef, o iam.Operator, vs []cvalue, allow, up bool) ref {
	if o.Negated {
		return p.compareBase(k, o, vs, allow, !up, -1)
	}
	return p.compareBase(k, o, vs, allow, up, 1)
}

// compareBase joins the values, and turns the result round for sign -1.
func (p *problem) compareBase(k *keyRef, o iam.Operator, vs []cvalue, allow, up bool, sign ref) ref {
	r := no
	for i := range vs {
		v := &vs[i]
		if v.maybe && !up {
			continue
		}
		var m ref
		switch {
		case o.Base.Textual():
			m = p.matchText(k, o.Base, v, up)
		case v.lit.Bad:
			m = constant(o.Negated && allow)
		case v.lit.Unknown:
			m = constant(up)
		default:
			m = p.typed(k, o.Base, v)
		}
		r = p.f.or(r, m)
	}
	r *= sign
	if o.Base.Textual() {
		return r
	}
	bad := p.bad(k, o.Base)
	return p.f.ite(bad, constant(o.Negated && !allow), r)
}

// typed claims that a value holds against a literal.
func (p *problem) typed(k *keyRef, b iam.Base, v *cvalue) ref {
	if familyOf(b) == famNumber {
		if _, ok := rational(v.text); !ok {
			return p.free(strings.Join([]string{k.v.id, strconv.Itoa(int(b)), v.text}, "\x01"))
		}
	}
	if b == iam.Bool {
		return p.onText(k, strconv.FormatBool(v.lit.True), plain, false, true)
	}
	name := k.v.id + " #" + strconv.Itoa(int(b)) + " " + v.text
	return p.claim(name, func() atom {
		k.v.bases |= familyOf(b)
		return atom{kind: aTyped, of: k.v, base: b, lits: []iam.Literal{v.lit}, texts: []string{v.text}}
	})
}

// bad claims that the value is not of the type that b compares. A key that is
// documented to be of the type always is.
func (p *problem) bad(k *keyRef, b iam.Base) ref {
	f := familyOf(b)
	if k.v.typed == f || f == famDate && k.v.typed == famNumber {
		return no
	}
	if f == famBool {
		return p.f.and(-p.onText(k, "true", plain, false, true), -p.onText(k, "false", plain, false, true))
	}
	return p.claim(k.v.name+" bad #"+strconv.Itoa(int(f)), func() atom {
		k.v.bases |= f
		return atom{kind: aBad, of: k.v, base: b}
	})
}

// matchText compares strings and ARNs.
func (p *problem) matchText(k *keyRef, b iam.Base, v *cvalue, up bool) ref {
	wild := b == iam.StringLike || b == iam.ARNLike
	fold := b == iam.StringEqualsIgnoreCase
	m := plain
	r := yes
	if b == iam.ARNLike {
		m = arnLike
		r = p.onText(k, "arn:*:*:*:*:*", plain, true, false)
	}
	if v.parts == nil {
		return p.f.and(r, p.onText(k, v.text, m, wild, fold))
	}
	sure, name, ok := p.fill(v.parts)
	if !ok {
		return no
	}
	g := func() *glob { return p.syms.parts(v.parts, m, wild, fold, p.valueTokens) }
	return p.f.and(r, sure, p.onGlob(k, "$"+string('0'+rune(b))+name, g))
}

// onText claims that the value of a key matches a pattern.
func (p *problem) onText(k *keyRef, pattern string, m mode, wild, fold bool) ref {
	if k.wrap == nil && k.tied == nil {
		return p.like(k.v, pattern, m, wild, fold)
	}
	return p.onGlob(k, patternName(pattern, m, wild, fold), func() *glob { return p.syms.pattern(pattern, m, wild, fold) })
}

func (p *problem) onGlob(k *keyRef, name string, g func() *glob) ref {
	switch {
	case k.wrap != nil:
		return p.wrapped(k, k.v, k.wrap, name, g)
	case k.tied != nil:
		return p.f.ite(k.tied.when, p.wrapped(k, k.tied.to, k.tied.wrap, name, g), p.text(k.v, name, g))
	default:
		return p.text(k.v, name, g)
	}
}

func (p *problem) wrapped(k *keyRef, v *variable, wrap func([]token) [][]token, name string, g func() *glob) ref {
	r := no
	inner := g()
	for i, toks := range wrap(inner.ready().toks) {
		r = p.f.or(r, p.text(v, strings.ToLower(k.name)+strconv.Itoa(i)+" "+name, func() *glob { return p.syms.glob(toks, inner.fold) }))
	}
	return r
}

// several is the condition on a key with several values.
func (p *problem) several(k *keyRef, o iam.Operator, vs []cvalue, allow, absent, up bool) ref {
	if !k.v.only && k.v.multi < 0 {
		return no
	}
	if o.Set == iam.Single {
		// The empty set counts as an absent key, and any other matches nothing.
		return p.f.ite(p.valued(k.v), constant(o.Negated && !allow), constant(absent))
	}
	// Some value matches, or all values do: no value that does not.
	neg := o.Negated != (o.Set == iam.ForAllValues)
	up = up != (o.Set == iam.ForAllValues)
	r := p.exists(k, o, vs, neg, up)
	if o.Set == iam.ForAllValues {
		return -r
	}
	return r
}

// exists claims that some value of a set is in the union of what vs match, or
// with neg that some value is not.
func (p *problem) exists(k *keyRef, o iam.Operator, vs []cvalue, neg, up bool) ref {
	a := atom{kind: aExists, of: k.v, neg: neg, base: o.Base}
	name := []string{k.v.id, "some", strconv.FormatBool(neg)}
	sure := yes
	upIn := up != neg
	fold := o.Base == iam.StringEqualsIgnoreCase
	wild := o.Base == iam.StringLike || o.Base == iam.ARNLike
	m := plain
	if o.Base == iam.ARNLike {
		m = arnLike
	}
	var names []string
	for i := range vs {
		v := &vs[i]
		if v.maybe && !upIn {
			continue
		}
		switch {
		case o.Base.Textual() && v.parts == nil:
			a.globs = append(a.globs, p.syms.pattern(v.text, m, wild, fold))
			names = append(names, patternName(v.text, m, wild, fold))
		case o.Base.Textual():
			_, n, ok := p.fill(v.parts)
			if ok {
				a.globs = append(a.globs, p.syms.parts(v.parts, m, wild, fold, p.valueTokens))
				names = append(names, "$"+n)
			}
		case o.Base == iam.Bool && !v.lit.Bad:
			a.globs = append(a.globs, p.syms.pattern(strconv.FormatBool(v.lit.True), plain, false, true))
			names = append(names, strconv.FormatBool(v.lit.True))
		case v.lit.Unknown:
			return constant(up)
		case v.lit.Bad:
		case familyOf(o.Base) == famNumber && !workable(v.text):
			return p.free(strings.Join(append(name, strconv.Itoa(int(o.Base)), v.text), "\x01"))
		default:
			a.lits = append(a.lits, v.lit)
			a.texts = append(a.texts, v.text)
			names = append(names, "#"+strconv.Itoa(int(o.Base))+v.text)
		}
	}
	slices.Sort(names)
	name = append(name, slices.Compact(names)...)
	return p.f.and(sure, p.claim(strings.Join(name, "\x01"), func() atom {
		if len(a.globs) > 0 || len(a.lits) == 0 {
			k.v.texts = true
		}
		if len(a.lits) > 0 {
			k.v.bases |= familyOf(o.Base)
		}
		return a
	}))
}

// fill says what is known of the variables in a string: a formula without
// which it has no value, and a name that two equal strings share. It fails
// where a variable surely has no value.
func (p *problem) fill(parts []iam.Part) (sure ref, name string, ok bool) {
	var b strings.Builder
	sure = yes
	for i := range parts {
		q := &parts[i]
		switch {
		case q.Literal != 0:
			b.WriteString("\x01" + string(rune(q.Literal)))
		case q.Key == "":
			b.WriteString(q.Text)
		default:
			k := p.key(q.Key)
			if k.fixed {
				text, has := fixedText(k, q)
				if !has {
					return no, "", false
				}
				b.WriteString("\x02" + text + "\x02")
				continue
			}
			b.WriteString("\x03" + strings.ToLower(q.Key) + "\x03" + q.Default + "\x03")
			p.variable[strings.ToLower(q.Key)] = q.Key
			if !q.HasDefault {
				if k.v.only {
					return no, "", false
				}
				if k.v.key && k.wrap == nil {
					sure = p.f.and(sure, p.present(k.v))
				}
			}
		}
	}
	return sure, b.String(), true
}

// fixedText returns the text of a variable whose key is fixed
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
func fixedText(k *keyRef, q *iam.Part) (string, bool) {
	v := &k.val
	switch {
	case v.State == iam.Known && !v.Multi && len(v.Values) == 1 && v.Values[0] != "":
		return v.Values[0], true
	case q.HasDefault && !v.Multi && len(v.Values) <= 1:
		return q.Default, true
	default:
		return "", false
	}
}

// valueTokens returns the tokens that stand for a policy variable: its text, or
// a hole where the request leaves it open.
func (p *problem) valueTokens(q *iam.Part) []token {
	k := p.key(q.Key)
	if k.fixed {
		text, _ := fixedText(k, q)
		return p.syms.appendText(nil, text, false, false)
	}
	class := match.Key
	if q.HasDefault && q.Default == "" {
		class = match.Any
	}
	low := strings.ToLower(q.Key)
	r := p.syms.of(match.Hole(class, "$"+low))
	p.syms.holes[r-firstHole].bound = true
	return []token{{kind: tHole, class: class, bound: true, r: r}}
}
