package match

import (
	"slices"
	"strings"
)

// A symbolic string is a Go string in which unknown parts stand as holes. A
// hole is written NUL, a class letter, a name, NUL:
//
//	"arn:aws:s3:::" + Hole(Name, "tools.Bucket") + "/*"
//
// Everything that concatenates, splits or compares strings works on symbolic
// strings unchanged: the same hole is the same text everywhere, so two
// symbolic strings that are equal as Go strings are equal for every value of
// their holes. The converse does not hold, which is what Pattern.Match and
// Equal are for. A hole's name contains no ':' and no '/', so an ARN splits
// where it should; readers of documents replace NUL, so no input can forge a
// hole.

// Class says which strings can fill a hole. It is an over-approximation:
// whatever AWS puts there is in the class.
type Class byte

// The classes.
const (
	Any     Class = 'a' // any string, the empty one included
	Name    Class = 'n' // one or more characters, none of them ':' '/' '*' '?' or white space: a name or an id
	Account Class = 'd' // twelve digits
	Path    Class = 'p' // one or more characters, none of them ':' '*' '?' or white space: may hold '/'
	Key     Class = 'k' // one or more characters, any: an S3 object key
	Suffix  Class = 's' // six letters or digits: what Secrets Manager appends to a name
	// ID is as Name, and made anew for each resource with a random part: two
	// holes with different names are never the same, nor is one a name in which
	// nothing looks random.
	ID Class = 'i'
)

const mark = '\x00'

// Hole returns the symbolic string of one unknown. Characters of name that a
// hole must not contain (':', '/', NUL) are replaced by '.'.
func Hole(c Class, name string) string {
	name = strings.Map(func(r rune) rune {
		if r == ':' || r == '/' || r == mark {
			return '.'
		}
		return r
	}, name)
	return string(mark) + string(rune(c)) + name + string(mark)
}

// HasHole reports whether s is symbolic.
func HasHole(s string) bool { return strings.IndexByte(s, mark) >= 0 }

// Holes returns the names of the holes in s, each once, in order.
func Holes(s string) []string {
	var names []string
	for {
		i := strings.IndexByte(s, mark)
		if i < 0 {
			return names
		}
		j := strings.IndexByte(s[i+1:], mark)
		if j < 1 {
			return names
		}
		if n := s[i+2 : i+1+j]; !slices.Contains(names, n) {
			names = append(names, n)
		}
		s = s[i+j+2:]
	}
}

// Render returns s for a person: each hole as ‹name›.
func Render(s string) string {
	if !HasHole(s) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, mark)
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], mark)
		if j < 1 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString("‹" + s[i+2:i+1+j] + "›")
		s = s[i+j+2:]
	}
	b.WriteString(s)
	return b.String()
}

// Widest returns the IAM pattern of all that s can be: '*' for each hole. A
// '*' or '?' that s holds stays one.
func Widest(s string) string {
	if !HasHole(s) {
		return s
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(s, mark)
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		b.WriteByte('*')
		_, rest, _ := strings.Cut(s[at+1:], string(mark))
		s = rest
	}
}
