package tf

import (
	"strings"
	"unicode"
)

// Label makes the label of a resource out of its logical id: the words of the
// id in lower case, with underscores between. A word that is not written as a
// capitalised one is kept as it is, so that Logical finds the id again:
// "BuildRole" is build_role, "VPCEndpoint" is VPC_endpoint, "myKey" is _my_key.
func Label(id string) string {
	var b strings.Builder
	for i, w := range words(id) {
		switch {
		case i == 0 && !unicode.IsUpper(rune(w[0])):
			b.WriteByte('_') // the first word as it stands
			b.WriteString(w)
			continue
		case i > 0:
			b.WriteByte('_')
		}
		if low := strings.ToLower(w); title(low) == w {
			b.WriteString(low)
		} else {
			b.WriteString(w)
		}
	}
	return b.String()
}

// Logical returns the logical id that Label makes this label of; false for a
// label that it makes of none.
func Logical(label string) (string, bool) {
	rest, asIs := strings.CutPrefix(label, "_")
	if rest == "" {
		return "", false
	}
	var b strings.Builder
	for i, w := range strings.Split(rest, "_") {
		switch {
		case w == "":
			return "", false
		case i == 0 && asIs:
			b.WriteString(w)
		default:
			b.WriteString(title(w))
		}
	}
	id := b.String()
	for _, r := range id {
		if r > 127 || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return "", false
		}
	}
	return id, Label(id) == label
}

func title(w string) string { return strings.ToUpper(w[:1]) + w[1:] }

// words cuts an id before each capital letter that begins a word: one that
// stands after a small letter or a digit, or before a small letter.
func words(id string) []string {
	var out []string
	start := 0
	up := func(i int) bool { return i < len(id) && id[i] >= 'A' && id[i] <= 'Z' }
	low := func(i int) bool { return i < len(id) && id[i] >= 'a' && id[i] <= 'z' }
	for i := 1; i < len(id); i++ {
		if up(i) && (!up(i-1) || low(i+1)) {
			out = append(out, id[start:i])
			start = i
		}
	}
	if id == "" {
		return nil
	}
	return append(out, id[start:])
}
