// Package match is IAM's wildcard language and the symbolic strings that it
// is matched against: strings in which parts that nobody can know before a
// deployment stand as named holes.
//
// Matching has three values. Yes: the pattern matches whatever fills the
// holes. No: it matches for no filling. Maybe: anything else, and whenever
// the package cannot tell. Both Yes and No are proofs.
//
// The language is '*' for any run of characters, the empty one included, and
// '?' for exactly one character (a code point, not a byte); everything else is
// itself. Four compilers read it:
//
//   - Compile and CompileFold: whole-string globs, for StringLike, and for
//     actions and the IgnoreCase operators;
//   - CompileARN: the Resource element, where in the first five parts of an
//     ARN only a '*' that ends its part runs on past a colon;
//   - CompileARNLike: ArnLike and ArnEquals, where each of the first five
//     parts is on its own.
//
// Literal patterns have no wildcards, and a Builder joins both kinds, as
// policy variables need. A Pattern is immutable and safe for concurrent use.
package match

import (
	"strings"

	"penstock/truth"
)

// form says how a pattern is matched when nothing is symbolic.
type form uint8

const (
	formLiteral form = iota // the text itself
	formAll                 // "*"
	formGlob                // chunks, a star between each two
	formParts               // six colon-separated globs
	formTokens              // tokens, by dynamic programming; part patterns never are
)

// A Pattern is a compiled pattern. The zero Pattern matches the empty string
// only.
type Pattern struct {
	form   form
	fold   bool
	loose  bool   // a hole may hold colons, so the parts of the ARN are not certain
	arn    bool   // matches ARNs only
	text   string // for a literal the text, lower case if fold; else the leading text without wildcards
	source string // what a person wrote
	chunks []chunk
	parts  []Pattern
	toks   []token // set where the pattern holds holes, or form is formTokens
}

// String returns the pattern as it was written; text that a Builder took
// literally stands as it is.
func (p *Pattern) String() string { return p.source }

// IsAll reports whether p is the bare "*", which matches everything.
func (p *Pattern) IsAll() bool { return p.form == formAll && !p.arn }

// IsLiteral reports whether p has neither wildcards nor holes.
func (p *Pattern) IsLiteral() bool { return p.form == formLiteral && p.toks == nil }

// Prefix returns text that every match of p starts with; it ends before the
// first wildcard or hole. For a pattern that ignores case it is lower case.
func (p *Pattern) Prefix() string { return p.text }

// Compile compiles a case-sensitive glob over whole strings.
func Compile(pattern string) Pattern { return compile(pattern, plain, false) }

// CompileFold compiles a glob that ignores case, by simple lower-casing of
// each character.
func CompileFold(pattern string) Pattern { return compile(pattern, plain, true) }

// CompileARN compiles an entry of a Resource element. In the first five parts
// '?' and a '*' with text after it in its part do not match a colon; a '*'
// that ends its part, and every wildcard of the sixth part, may
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html,
// "Using wildcards in resource ARNs").
func CompileARN(pattern string) Pattern { return compile(pattern, resource, false) }

// CompileARNLike compiles a value of ArnLike, ArnEquals and their negations:
// each of the six parts is matched on its own
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
// What is no ARN matches nothing, and a pattern of fewer parts neither, but
// for the bare "*", which matches every ARN (assumed).
func CompileARNLike(pattern string) Pattern { return compileARNLike(pattern) }

// Literal returns the pattern that matches s alone; '*' and '?' are
// themselves.
func Literal(s string) Pattern { return literal(s, false) }

// LiteralFold is Literal without regard to case.
func LiteralFold(s string) Pattern { return literal(s, true) }

func literal(s string, fold bool) Pattern {
	p := Pattern{form: formLiteral, fold: fold, text: s, source: s}
	if HasHole(s) {
		p.toks = appendText(nil, s, false, fold)
		p.text = leading(p.toks)
	} else if fold {
		p.text = strings.ToLower(s)
	}
	return p
}

// Equal compares two symbolic strings: Yes if they are the same for every
// filling of their holes, No if for none.
func Equal(a, b string) truth.Value {
	if a == b {
		return truth.Yes
	}
	if !HasHole(a) && !HasHole(b) {
		return truth.No
	}
	p := Literal(a)
	return p.Match(b)
}

// Match reports whether p matches the symbolic string s.
func (p *Pattern) Match(s string) truth.Value {
	if !p.arn && p.toks == nil && !HasHole(s) {
		return truth.Of(p.known(s))
	}
	v := truth.Yes
	if p.arn {
		if v = isARN(s); v == truth.No {
			return v
		}
	}
	switch {
	case p.form == formAll:
		return v
	case p.toks != nil || HasHole(s):
		return p.symbolic(s).And(v)
	default:
		return truth.Of(p.known(s)).And(v)
	}
}

// isARN reports whether a symbolic string has the six parts of an ARN.
func isARN(s string) truth.Value {
	const head = "arn:"
	hole := strings.IndexByte(s, mark)
	switch {
	case strings.HasPrefix(s, head):
	case hole >= 0 && hole < len(head) && s[:hole] == head[:hole]:
		return truth.Maybe
	default:
		return truth.No
	}
	if hole < 0 {
		return truth.Of(strings.Count(s, ":") >= 5)
	}
	// A hole's name holds no colon.
	if strings.Count(s, ":") >= 5 {
		return truth.Yes
	}
	return truth.Maybe
}

// MatchText is Match for a string of which the caller knows that it holds no
// holes, which saves looking for one.
func (p *Pattern) MatchText(s string) truth.Value {
	if p.arn || p.toks != nil {
		return p.Match(s)
	}
	return truth.Of(p.known(s))
}

// MatchLower is MatchText for a pattern that ignores case and an ASCII text
// that the caller has in lower case too, which saves much where many patterns
// meet one text.
func (p *Pattern) MatchLower(s string, low []byte) truth.Value {
	switch {
	case p.toks != nil:
		return p.Match(s)
	case p.form == formAll:
		return truth.Yes
	case p.form == formLiteral:
		return truth.Of(string(low) == p.text)
	case len(low) < len(p.text) || string(low[:len(p.text)]) != p.text:
		return truth.No
	case len(p.text)+1 == len(p.source) && p.source[len(p.text)] == '*':
		return truth.Yes
	default:
		return truth.Of(globFold(p.chunks, s))
	}
}

// holes reports whether the pattern itself is symbolic.
func (p *Pattern) holes() bool { return p.toks != nil && p.form != formTokens }

// known matches a string without holes.
func (p *Pattern) known(s string) bool {
	switch p.form {
	case formAll:
		return true
	case formLiteral:
		if p.fold {
			return equalFold(s, p.text)
		}
		return s == p.text
	case formGlob:
		if p.fold {
			return globFold(p.chunks, s)
		}
		return glob(p.chunks, s)
	case formParts:
		for i := range p.parts {
			part := s
			if i < len(p.parts)-1 {
				before, after, ok := strings.Cut(s, ":")
				if !ok {
					return false
				}
				part, s = before, after
			}
			if !p.parts[i].known(part) {
				return false
			}
		}
		return true
	default:
		panic("match: no such form")
	}
}

// equalFold compares s with text that is lower case already.
func equalFold(s, lower string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return strings.ToLower(s) == lower
		}
	}
	return len(s) == len(lower) && prefixFold(s, lower)
}

// prefixFold reports whether s, which is ASCII, starts with lower.
func prefixFold(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
