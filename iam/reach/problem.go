package reach

import (
	"strconv"
	"strings"

	"penstock/iam"
	"penstock/match"
)

// A problem is one question, being asked: a formula over atoms, each atom a
// claim about one unknown: the action, the resource, or a context key.
//
// With sure false, the formula over-approximates: what is not known is taken
// in favour of the request, so that no answer is a proof. With sure it
// under-approximates, so that an answer is more likely to hold.
type problem struct {
	f     formulas
	sat   sat
	atoms []atom
	index map[string]int32 // atoms by name
	vars  []*variable
	syms  symbols
	gates map[ref]lit
	truth map[ref]bool
	sure  bool
	hard  []ref
	work  int // product states and checks that may still be spent
	gave  []string

	keys      map[string]*keyRef // by lower-case name
	resolve   func(low string) keyRef
	given     map[string]string // values given to open keys, by lower-case name
	variable  map[string]string // keys that policy variables name and that are free, by lower-case name
	docs      []*iam.Policy     // that the question is about
	setKeys   map[string]bool   // keys that a policy asks for with a set operator
	scope     *scope            // nil: every action
	asked     []string          // actions that the question names
	listed    []string          // actions and patterns that the policies and the question name
	prefixes  []string          // that the policies and the question name, in lower case
	keep      bool              // the policies guard a resource, so that it is not "*"
	partition string            // of the caller
	chosen    string            // the action of the last witness
	caller    *variable         // the ARN of a generic caller
	action    *variable
	resource  *variable
}

type atomKind uint8

const (
	aText    atomKind = iota // the value is in the language of a glob
	aTyped                   // the value holds against a literal
	aBad                     // the value is not of the type of a base
	aPresent                 // the request carries the key
	aValued                  // and it is not the empty set
	aMulti                   // it is multivalued
	aExists                  // some value of it is, or with neg is not, in the union of globs, or holds against a literal
	aFree                    // nothing is known of it
)

type atom struct {
	kind  atomKind
	name  string
	v     int32
	of    *variable
	globs []*glob
	neg   bool
	base  iam.Base
	lits  []iam.Literal
	texts []string // of lits, as the policy spells them
}

// A variable is what a request leaves open.
type variable struct {
	id      string // in the names of atoms
	name    string // of the key as a policy spells it
	key     bool
	domain  []need
	typed   family // what AWS says that the values are; 0 is text
	texts   bool   // some atom asks for text
	bases   family // of the atoms, a set
	present int32  // atoms; -1 where there is none
	valued  int32
	multi   int32
	only    bool // multivalued for certain
	cands   []candidate
	value   value
	fixed   *subject // the value, where the question fixes it
	claims  []claimed
	tie     *tie
	done    bool // was given a value for claims in this state
	state   uint8
}

// value is what a model gives to a variable.
type value struct {
	absent bool
	multi  bool
	texts  []string
	known  bool // texts is what the atoms want; else anything will do
}

// maxWork bounds the product states of all searches of a problem.
const maxWork = 30000

func newProblem(sure bool) *problem {
	p := &problem{sure: sure, index: map[string]int32{}, gates: map[ref]lit{}, keys: map[string]*keyRef{}, variable: map[string]string{}, work: maxWork}
	p.f.init()
	p.sat.left = 20000
	p.action = p.newVariable("action")
	p.resource = p.newVariable("resource")
	// A name of a service, a colon, a name of an action.
	any, rest := token{kind: tAny, not: noPunct}, token{kind: tStar, not: noPunct}
	p.action.domain = []need{{globs: []*glob{p.syms.glob([]token{any, rest, {kind: tText, r: ':'}, any, rest}, true)}, id: -1}}
	p.resource.domain = []need{{globs: []*glob{p.syms.pattern("?*", plain, true, false)}, id: -1}}
	return p
}

func (p *problem) newVariable(name string) *variable {
	v := &variable{name: name, id: strconv.Itoa(len(p.vars)), present: -1, valued: -1, multi: -1}
	p.vars = append(p.vars, v)
	return v
}

// claim returns the formula of an atom, made by make where it is new.
func (p *problem) claim(name string, create func() atom) ref {
	if i, ok := p.index[name]; ok {
		return ref(i)
	}
	a := create()
	a.name = name
	a.v = p.sat.newVar()
	r := p.f.add(fnode{op: opAtom, atom: int32(len(p.atoms))})
	p.atoms = append(p.atoms, a)
	p.index[name] = int32(r)
	return r
}

// atomOf returns the atom behind a formula.
func (p *problem) atomOf(r ref) int32 { return p.f.at(r).atom }

// text claims that v's value matches a pattern.
func (p *problem) text(v *variable, name string, create func() *glob) ref {
	name = v.id + " " + name
	if i, ok := p.index[name]; ok {
		return ref(i)
	}
	g := create()
	if v.fixed != nil {
		may, must := g.takes(v.fixed, true), g.takes(v.fixed, false)
		if may == must {
			p.index[name] = int32(constant(may))
			return constant(may)
		}
	}
	return p.claim(name, func() atom {
		v.texts = true
		return atom{kind: aText, of: v, globs: []*glob{g}}
	})
}

// fix says that v has this value.
func (p *problem) fix(v *variable, text string, fold bool) {
	g := p.syms.pattern(text, plain, false, fold)
	v.fixed = p.syms.subject(text)
	v.domain = []need{{globs: []*glob{g}, exact: true, id: -1}}
}

// like claims that v's value matches a glob without variables.
func (p *problem) like(v *variable, pattern string, m mode, wild, fold bool) ref {
	if wild && pattern == "*" {
		return yes
	}
	if v == p.action && p.scope != nil && !p.scope.meets(pattern) {
		return no
	}
	name := patternName(pattern, m, wild, fold)
	return p.text(v, name, func() *glob { return p.syms.pattern(pattern, m, wild, fold) })
}

func patternName(pattern string, m mode, wild, fold bool) string {
	if !strings.ContainsAny(pattern, "*?") {
		wild = false
	}
	b := [3]byte{'=', '0' + byte(m), 'c'}
	if wild {
		b[0] = '~'
	} else {
		b[1] = '0'
	}
	if fold {
		b[2] = 'i'
		pattern = strings.ToLower(pattern)
	}
	return string(b[:]) + pattern
}

func (p *problem) free(name string) ref {
	return p.claim("free "+name, func() atom { return atom{kind: aFree} })
}

// present claims that the request carries the key of v.
func (p *problem) present(v *variable) ref {
	r := p.claim(v.id+" present", func() atom { return atom{kind: aPresent, of: v} })
	v.present = p.atomOf(r)
	return r
}

// valued claims that the key is there and not the empty set.
func (p *problem) valued(v *variable) ref {
	if !v.only && v.multi < 0 {
		return p.present(v)
	}
	if v.valued < 0 {
		r := p.claim(v.id+" valued", func() atom { return atom{kind: aValued, of: v} })
		v.valued = p.atomOf(r)
		p.hard = append(p.hard, p.f.or(-r, p.present(v)))
		if !v.only {
			p.hard = append(p.hard, p.f.or(r, -p.present(v), p.isMulti(v)))
		}
		return r
	}
	return p.claim(v.id+" valued", nil)
}

func (p *problem) isMulti(v *variable) ref {
	switch {
	case v.only:
		return yes
	case v.multi < 0:
		return no
	default:
		return p.claim(v.id+" multi", nil)
	}
}

// either makes v a key of which nobody says whether it has several values.
func (p *problem) either(v *variable) {
	if !v.only && v.multi < 0 {
		r := p.claim(v.id+" multi", func() atom { return atom{kind: aMulti, of: v} })
		v.multi = p.atomOf(r)
	}
}

// A keyRef is what is known of a context key.
type keyRef struct {
	name  string
	fixed bool
	val   iam.ContextValue // where fixed; Known or Absent
	v     *variable        // where not
	// wrap gives the patterns on v that say what a pattern on this key says,
	// where the key is a part of v's value.
	wrap func(toks []token) [][]token
	// tied: where the formula holds, the key says what wrapped patterns say of
	// another variable.
	tied *tie
}

// A tie is what joins a key to a part of another value: aws:ResourceAccount to
// the account in the resource's ARN.
type tie struct {
	when ref
	to   *variable
	wrap func(toks []token) [][]token
	part int // of the ARN
}

// key returns what is known of a key, remembered.
func (p *problem) key(spelled string) *keyRef {
	low := strings.ToLower(spelled)
	if k, ok := p.keys[low]; ok {
		return k
	}
	k := p.resolve(low)
	k.name = spelled
	if !k.fixed && k.v == nil {
		k.v = p.newVariable(spelled)
		k.v.key, k.v.tie = true, k.tied
		k.v.typed, k.v.only = typeOf(low)
		p.domain(k.v)
	}
	p.keys[low] = &k
	if !k.fixed && k.v.key && k.wrap == nil && !k.v.only && p.sets(low) && !documented(low) {
		p.either(k.v)
	}
	return &k
}

// sets reports whether a policy asks for a key with a set operator.
func (p *problem) sets(low string) bool {
	if p.setKeys == nil {
		p.setKeys = map[string]bool{}
		for _, d := range p.docs {
			for i := range d.Statements {
				for j := range d.Statements[i].Conditions {
					c := &d.Statements[i].Conditions[j]
					if o, ok := iam.ParseOperator(c.Operator); ok && o.Set != iam.Single {
						p.setKeys[strings.ToLower(c.Key)] = true
					}
				}
			}
		}
	}
	return p.setKeys[low]
}

// domain says which values AWS sends for a key of a known type.
func (p *problem) domain(v *variable) {
	if v.typed == famBool {
		v.domain = []need{{globs: []*glob{p.syms.pattern("true", plain, false, false), p.syms.pattern("false", plain, false, false)}, id: -1}}
	}
}

func holed(s string) bool { return match.HasHole(s) }
