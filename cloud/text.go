package cloud

import (
	"strings"

	"penstock/doc"
	"penstock/source"
)

// A JSON reader replaces NUL, which begins and ends a hole. So that a text
// with holes can be read, each hole stands meanwhile as three characters of
// the private use area: lead, its number, tail.
const (
	lead = '\uE0F0'
	tail = '\uE0F1'
	zero = '\uF000' // the first of 2048 numbers
	many = 2048
)

// hide replaces the holes of s and returns them in the order of their numbers.
func hide(s string) (string, []string) {
	var b strings.Builder
	var holes []string
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], 0)
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		h := s[i : i+j+2]
		n := 0
		for n < len(holes) && holes[n] != h {
			n++
		}
		if n == len(holes) && n < many {
			holes = append(holes, h)
		}
		b.WriteRune(lead)
		b.WriteRune(zero + rune(n))
		b.WriteRune(tail)
		s = s[i+j+2:]
	}
	b.WriteString(s)
	return b.String(), holes
}

// restore puts the holes back in every text of the tree and makes every span
// at.
func restore(n *doc.Node, at source.Span, holes []string) {
	n.Span = at
	if len(holes) > 0 && strings.ContainsRune(n.Text, lead) {
		for i, h := range holes {
			n.Text = strings.ReplaceAll(n.Text, string([]rune{lead, zero + rune(i), tail}), h)
		}
	}
	for _, it := range n.Items {
		restore(it, at, holes)
	}
	for i := range n.Fields {
		restore(n.Fields[i].Key, at, holes)
		restore(n.Fields[i].Value, at, holes)
	}
}
