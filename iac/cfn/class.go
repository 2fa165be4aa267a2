package cfn

import (
	"regexp/syntax"
	"slices"
	"strings"

	"penstock/doc"
	"penstock/match"
)

// classOf returns what can fill an unknown parameter.
func (s *stack) classOf(typ string, decl *doc.Node) match.Class {
	if vs := decl.Get("AllowedValues"); vs != nil && len(vs.Items) > 0 {
		for _, c := range []match.Class{match.Account, match.Name, match.Path} {
			if !slices.ContainsFunc(vs.Items, func(v *doc.Node) bool { return !fits(c, v.Str()) }) {
				return c
			}
		}
		return match.Any
	}
	switch {
	case typ == "Number":
		return match.Name
	case strings.HasPrefix(typ, "AWS::") && strings.HasSuffix(typ, "::Id"), typ == "AWS::EC2::AvailabilityZone::Name":
		// Ids as AWS makes them: vpc-…, subnet-…, Z….
		return match.Name
	case typ == "AWS::SSM::Parameter::Name":
		return match.Path
	}
	return patternClass(decl.Get("AllowedPattern").Str())
}

// patternClass reads off an AllowedPattern, which must match the whole value
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html),
// which characters a value can hold. What Java's and Go's expressions read
// differently yields Any.
func patternClass(pattern string) match.Class {
	if pattern == "" || strings.ContainsAny(pattern, "&") || strings.Contains(pattern, "++") {
		return match.Any
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return match.Any
	}
	var set charset
	lo, hi := set.walk(re)
	switch {
	case set.any || lo < 1:
		return match.Any
	case lo == 12 && hi == 12 && !set.beyond(func(r rune) bool { return r >= '0' && r <= '9' }):
		return match.Account
	case !set.beyond(func(r rune) bool { return !strings.ContainsRune(":/*? \t\r\n", r) }):
		return match.Name
	case !set.beyond(func(r rune) bool { return !strings.ContainsRune(":*? \t\r\n", r) }):
		return match.Path
	default:
		return match.Any
	}
}

// A charset is the characters of an expression, where they are ASCII.
type charset struct {
	has [128]bool
	any bool
}

func (c *charset) beyond(ok func(rune) bool) bool {
	for r, in := range c.has {
		if in && !ok(rune(r)) {
			return true
		}
	}
	return false
}

func (c *charset) add(lo, hi rune) {
	if hi >= 128 {
		c.any = true
		return
	}
	for r := lo; r <= hi; r++ {
		c.has[r] = true
	}
}

const unbounded = 1 << 20

// walk adds the characters of re and returns how many there are at least and
// at most.
func (c *charset) walk(re *syntax.Regexp) (lo, hi int) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return 0, 0
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			c.add(r, r)
			if re.Flags&syntax.FoldCase != 0 {
				c.any = true
			}
		}
		return len(re.Rune), len(re.Rune)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			c.add(re.Rune[i], re.Rune[i+1])
		}
		return 1, 1
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			l, h := c.walk(sub)
			lo, hi = lo+l, min(hi+h, unbounded)
		}
		return lo, hi
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			l, h := c.walk(sub)
			if i == 0 {
				lo = l
			}
			lo, hi = min(lo, l), max(hi, h)
		}
		return lo, hi
	case syntax.OpStar:
		c.walk(re.Sub[0])
		return 0, unbounded
	case syntax.OpPlus:
		l, _ := c.walk(re.Sub[0])
		return l, unbounded
	case syntax.OpQuest:
		_, h := c.walk(re.Sub[0])
		return 0, h
	case syntax.OpRepeat:
		l, h := c.walk(re.Sub[0])
		if re.Max < 0 {
			return l * re.Min, unbounded
		}
		return l * re.Min, min(h*re.Max, unbounded)
	default:
		c.any = true
		return 0, unbounded
	}
}
