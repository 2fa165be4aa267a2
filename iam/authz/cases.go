package authz

import (
	"slices"
	"strings"

	"penstock/iam"
)

// maxKeys and maxCases bound the work of telling cases apart; beyond them a
// request is decided as it stands.
const (
	maxKeys  = 4
	maxCases = 512
)

// DecideCases is Decide for those who want the last bit of exactness. Where
// the request as it stands Depends on context keys, it is decided once for
// each way in which those keys can be: absent, one of the values that the
// policies ask for, or any other. If all ways agree, that is the verdict. It
// settles what no single condition can:
//
//	Deny  … {"Null": {"k": "false"}, "StringNotEquals": {"k": "v"}}
//	Allow … {"Bool": {"k": "true"}}     Allow … {"BoolIfExists": {"k": "false"}}
func (e *Engine) DecideCases(req *iam.Request, p *Policies) Verdict {
	v := e.Decide(req, p)
	if v != Depends {
		return v
	}
	if first, ok := e.settled(req, p); ok {
		return e.Decide(first, p)
	}
	return v
}

// ExplainCases is Explain, settled as DecideCases settles it. The trace is
// that of the first case where the cases agree.
func (e *Engine) ExplainCases(req *iam.Request, p *Policies) Decision {
	d := e.Explain(req, p)
	if d.Verdict == Depends {
		if first, ok := e.settled(req, p); ok {
			return e.Explain(first, p)
		}
	}
	return d
}

// JudgeCases is Judge, settled as DecideCases settles it.
func (e *Engine) JudgeCases(req *iam.Request, p *Policies, matches *[]Match) Decision {
	n := 0
	if matches != nil {
		n = len(*matches)
	}
	d := e.Judge(req, p, matches)
	if d.Verdict == Depends {
		if first, ok := e.settled(req, p); ok {
			if matches != nil {
				*matches = (*matches)[:n]
			}
			return e.Judge(first, p, matches)
		}
	}
	return d
}

// settled decides every case. If all agree on a verdict that is not Depends,
// it returns the first.
func (e *Engine) settled(req *iam.Request, p *Policies) (*iam.Request, bool) {
	var ev eval
	ev.init(e, req, p)
	keys, ok := ev.open()
	if !ok || len(keys) == 0 {
		return nil, false
	}
	total := 1
	for i := range keys {
		if total *= len(keys[i].ways); total > maxCases {
			return nil, false
		}
	}
	var first *iam.Request
	var all Verdict
	for i := range total {
		c := *req
		c.Context = req.Context.Clone()
		rest := i
		for j := range keys {
			k := &keys[j]
			c.Context.Put(k.key, k.ways[rest%len(k.ways)])
			rest /= len(k.ways)
		}
		v := e.Decide(&c, p)
		if v == Depends || i > 0 && v != all {
			return nil, false
		}
		if i == 0 {
			first, all = &c, v
		}
	}
	return first, true
}

// An openKey is a context key that is not certain, with the ways in which it
// can be. The ways are complete: whatever AWS sends meets each condition as
// one of them does.
type openKey struct {
	key  string
	ways []iam.ContextValue
}

// open lists the keys that are not certain and that conditions in play ask
// for; ok is false where one of them has no complete list of ways.
func (e *eval) open() (keys []openKey, ok bool) {
	asked := map[string][]*condition{}
	var order []string
	variable := map[string]bool{}
	e.inPlay(func(s *statement) {
		for i := range s.resources {
			note(variable, s.resources[i].parts)
		}
		for i := range s.conditions {
			c := &s.conditions[i]
			for j := range c.values {
				note(variable, c.values[j].parts)
			}
			v := e.lookup(c.key, c.derived)
			if v.State != iam.Unknown && !v.Optional {
				continue
			}
			if asked[c.key] == nil {
				order = append(order, c.key)
			}
			asked[c.key] = append(asked[c.key], c)
		}
	})
	if len(order) > maxKeys {
		return nil, false
	}
	for _, key := range order {
		v := e.lookup(key, asked[key][0].derived)
		k := openKey{key: key}
		if v.State == iam.Known {
			v.Optional = false
			k.ways = []iam.ContextValue{v, {}}
		} else {
			texts, ok := ways(key, asked[key])
			if !ok || variable[key] {
				return nil, false
			}
			k.ways = append(k.ways, iam.ContextValue{})
			for _, s := range texts {
				k.ways = append(k.ways, iam.ContextValue{State: iam.Known, Values: []string{s}})
			}
		}
		keys = append(keys, k)
	}
	return keys, true
}

func note(keys map[string]bool, parts []iam.Part) {
	for i := range parts {
		if parts[i].Key != "" {
			keys[strings.ToLower(parts[i].Key)] = true
		}
	}
}

// inPlay calls f with every statement whose action and resource may match.
func (e *eval) inPlay(f func(*statement)) {
	layers := []*layer{&e.c.identity, &e.c.boundary, &e.c.session, &e.c.resource, &e.c.endpoint}
	for i := range e.c.scp {
		layers = append(layers, &e.c.scp[i])
	}
	for i := range e.c.rcp {
		layers = append(layers, &e.c.rcp[i])
	}
	for _, l := range layers {
		for _, p := range l.policies {
			e.candidates(p, func(s *statement) {
				if e.action(s).And(e.onResource(s)) != 0 {
					f(s)
				}
			})
		}
	}
}

// other stands for every value that no condition asks for. It begins with a
// character that no pattern holds.
const other = "\x01any other value"

// ways lists texts such that each value of a key meets every condition as one
// of them does. It fails for keys that may have several values and for
// operators whose values it cannot tell apart.
func ways(key string, cs []*condition) ([]string, bool) {
	if !single(key) {
		return nil, false
	}
	var texts, prefixes []string
	boolean, fold := true, false
	for _, c := range cs {
		if !c.ok || c.symbols || c.op.Set != iam.Single {
			return nil, false
		}
		switch c.op.Base {
		case iam.Null:
			continue
		case iam.Bool:
		case iam.StringEqualsIgnoreCase:
			boolean, fold = false, true
		case iam.StringEquals, iam.StringLike, iam.ARNLike:
			boolean = false
		default:
			return nil, false
		}
		for i := range c.values {
			v := &c.values[i]
			if v.maybe || v.parts != nil || v.lit.Unknown {
				return nil, false
			}
			switch text := v.src.Text; {
			case c.op.Base == iam.Bool:
			case v.pattern.IsLiteral():
				texts = append(texts, text)
			case c.op.Base == iam.StringLike && v.pattern.IsAll():
			case strings.HasSuffix(text, "*") && v.pattern.Prefix() == text[:len(text)-1] && (c.op.Base == iam.StringLike || strings.Count(text, ":") >= 5):
				prefixes = append(prefixes, text[:len(text)-1])
			default:
				return nil, false
			}
		}
	}
	if fold && len(prefixes) > 0 {
		return nil, false
	}
	out := []string{"true", "false"}
	if !boolean {
		// A value that is asked for, one that differs from it in case only,
		// one that begins as a pattern does, any other. Of the prefixes of a
		// value the longest decides, for it holds the others.
		out = append(out, other)
		out = append(out, texts...)
		if fold {
			for _, s := range texts {
				out = append(out, strings.ToUpper(s), strings.ToLower(s), swapCase(s))
			}
		}
		for _, p := range prefixes {
			out = append(out, p+other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// swapCase turns the first letter that has two cases.
func swapCase(s string) string {
	for i, r := range s {
		up, low := strings.ToUpper(string(r)), strings.ToLower(string(r))
		switch string(r) {
		case up:
			if low != up {
				return s[:i] + low + s[i+len(string(r)):]
			}
		case low:
			return s[:i] + up + s[i+len(string(r)):]
		}
	}
	return s
}

// single reports whether a key surely has one value: AWS's global keys but
// for those that the reference calls multivalued
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
// Keys of services are not told apart.
func single(key string) bool {
	return strings.HasPrefix(key, "aws:") && !multivalued(key)
}

// multivalued reports whether AWS calls a global key, in lower case,
// multivalued (same page).
func multivalued(key string) bool {
	switch key {
	case "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths",
		"aws:sourceorgpaths", "aws:tagkeys", "aws:requesttagkeys", "aws:principaltagkeys":
		return true
	default:
		return false
	}
}
