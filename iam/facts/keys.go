package facts

import (
	"iter"
	"slices"
	"strings"
)

// Type is the type of a condition key's values. The types come in pairs: a
// key with one value in a request, and one with any number of them.
type Type byte

// The types. The order is that of the data.
const (
	TypeString Type = iota
	TypeStrings
	TypeARN
	TypeARNs
	TypeBool
	TypeBools
	TypeNumeric
	TypeNumerics
	TypeDate
	TypeDates
	TypeIP
	TypeIPs
	TypeBinary
	TypeBinaries
)

// Multivalued reports whether a request may hold several values, so that a
// condition needs ForAllValues or ForAnyValue
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
func (t Type) Multivalued() bool { return t&1 == 1 }

// Single is the type of one value.
func (t Type) Single() Type { return t &^ 1 }

// String returns the type as AWS's tables print it: "String", "ArrayOfARN".
func (t Type) String() string {
	var s string
	switch t.Single() {
	case TypeString:
		s = "String"
	case TypeARN:
		s = "ARN"
	case TypeBool:
		s = "Bool"
	case TypeNumeric:
		s = "Numeric"
	case TypeDate:
		s = "Date"
	case TypeIP:
		s = "IPAddress"
	case TypeBinary:
		s = "Binary"
	default:
		panic("facts: no such type of condition key")
	}
	if t.Multivalued() {
		return "ArrayOf" + s
	}
	return s
}

// A Key is a condition key as the reference names it, perhaps with
// variables: "kms:ViaService", "aws:ResourceTag/${TagKey}".
type Key struct {
	Name string
	Type Type
}

// ConditionKey returns the key that this service lists and that name, a key
// in a policy in any case, stands for: "aws:resourcetag/team" is
// "aws:ResourceTag/${TagKey}". Of several templates the one with most
// literal text wins. Keys that are global but not listed by the service are
// not found; see KeyType.
func (s *ServiceFacts) ConditionKey(name string) (Key, bool) {
	if i, ok := search(s.keys, name, func(k *Key) string { return k.Name }); ok {
		return s.keys[i], true
	}
	return matchKeys(s.keys, name)
}

// ConditionKeys walks the keys that the service lists, in the order of their
// names.
func (s *ServiceFacts) ConditionKeys() iter.Seq[Key] { return slices.Values(s.keys) }

// GlobalKeys walks the global condition keys
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func GlobalKeys() iter.Seq[Key] { return slices.Values(list().globals) }

// KeyType returns the type of a full condition key, in any case: a global
// one, one of a service, or one of a federation provider ("saml:aud").
func KeyType(key string) (Type, bool) {
	prefix, _, ok := strings.Cut(key, ":")
	if !ok {
		return 0, false
	}
	if k, ok := matchKeys(list().globals, key); ok {
		return k.Type, true
	}
	if compareFold(prefix, "aws") == 0 {
		return 0, false
	}
	if s, ok := Service(prefix); ok {
		k, ok := s.ConditionKey(key)
		return k.Type, ok
	}
	for _, p := range list().providers {
		template, services, _ := strings.Cut(p, " ")
		if !fits(template, prefix) {
			continue
		}
		for name := range strings.SplitSeq(services, " ") {
			if s, ok := Service(name); ok {
				if k, ok := s.ConditionKey(key); ok {
					return k.Type, true
				}
			}
		}
	}
	return federated(key)
}

// federated returns the type of the keys that every OpenID Connect provider
// has under its own URL ("token.actions.githubusercontent.com:sub"), which
// the reference lists for few of them
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif).
func federated(key string) (Type, bool) {
	i := strings.LastIndexByte(key, ':')
	if provider := key[:i]; !strings.Contains(provider, ".") || strings.Contains(provider, ":") {
		return 0, false
	}
	switch strings.ToLower(key[i+1:]) {
	case "aud", "sub":
		return TypeString, true
	case "amr":
		return TypeStrings, true
	default:
		return 0, false
	}
}

// matchKeys returns the key that name stands for, the one with the most
// literal text first.
func matchKeys(keys []Key, name string) (best Key, ok bool) {
	most := -1
	for _, k := range keys {
		if !fits(k.Name, name) {
			continue
		}
		if n := literal(k.Name); n > most {
			best, most, ok = k, n, true
		}
	}
	return best, ok
}

// variable returns what stands before and after the first variable of a
// key's template. AWS writes variables in three ways: ${TagKey}, <key>, and
// "tag-key" at the end.
func variable(t string) (before, after string, ok bool) {
	if i := strings.IndexByte(t, '$'); i >= 0 {
		if j := strings.IndexByte(t[i:], '}'); j > 0 {
			return t[:i], t[i+j+1:], true
		}
	}
	if i := strings.IndexByte(t, '<'); i >= 0 {
		if j := strings.IndexByte(t[i:], '>'); j > 0 {
			return t[:i], t[i+j+1:], true
		}
	}
	if before, ok := strings.CutSuffix(t, "tag-key"); ok {
		return before, "", true
	}
	return t, "", false
}

func literal(t string) int {
	before, after, ok := variable(t)
	if !ok {
		return len(t) + 1 // a key without variables beats any template
	}
	return len(before) + literal(after) - 1
}

// fits reports whether name is an instance of a template, ignoring case; a
// variable stands for one or more characters.
func fits(template, name string) bool {
	before, after, ok := variable(template)
	if len(name) < len(before) || compareFold(before, name[:len(before)]) != 0 {
		return false
	}
	name = name[len(before):]
	if !ok {
		return name == ""
	}
	if after == "" {
		return name != ""
	}
	for i := 1; i < len(name); i++ {
		if fits(after, name[i:]) {
			return true
		}
	}
	return false
}
