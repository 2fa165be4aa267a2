package yaml

// block returns the end of the literal or folded scalar with this value whose
// indicator stands at i: before the line break of its last line.
//
// The indentation is not known here, but it follows from the value: it is
// what the first line that is not blank has more in the text than there.
func (t *text) block(i int, value string, literal bool) (int, bool) {
	if c := t.at(i); c != '|' && c != '>' {
		return i, false
	}
	keep := false
	i++
	for c := t.at(i); c == '+' || c == '-' || c >= '0' && c <= '9'; c = t.at(i) {
		keep = keep || c == '+'
		i++
	}
	end := i // the last byte of the scalar so far
	pos := t.lineEnd(i)
	pos += t.lineBreak(pos)

	spaces, ok := firstText(value)
	if !ok {
		// Blank lines only; a clipped or stripped one has none to its name,
		// unless they are longer than the indentation.
		for n := breaks(value); n > 0 && pos < len(t.data); n-- {
			stop := pos
			for t.at(stop) == ' ' {
				stop++
			}
			w := t.lineBreak(stop)
			if w == 0 && stop < len(t.data) {
				break
			}
			end = stop
			pos = stop + w
		}
		return end, true
	}
	indent := -1
	for pos < len(t.data) {
		stop := pos
		for t.at(stop) == ' ' {
			stop++
		}
		blank := stop >= len(t.data) || t.lineBreak(stop) > 0
		if indent < 0 && !blank {
			indent = stop - pos - spaces
			if indent < 0 {
				return i, false
			}
		}
		switch {
		case !blank && stop-pos < indent:
			return end, true
		case !blank, literal && indent >= 0 && stop-pos > indent:
			end = t.lineEnd(stop)
		case indent >= 0 && stop-pos > indent:
			end = stop
		case keep:
			end = stop
		}
		pos = t.lineEnd(stop)
		w := t.lineBreak(pos)
		if w == 0 {
			break
		}
		pos += w
	}
	return end, indent >= 0
}

// firstText returns how many spaces the first line of s with something else
// than spaces in it begins with; false if there is no such line.
func firstText(s string) (int, bool) {
	n := 0
	for len(s) > 0 {
		if s[0] == ' ' {
			n++
			s = s[1:]
			continue
		}
		if s[0] != '\t' {
			if w := blankPrefix(s); w > 0 {
				n = 0
				s = s[w:]
				continue
			}
		}
		return n, true
	}
	return 0, false
}

// breaks counts the line breaks in s.
func breaks(s string) int {
	n := 0
	for len(s) > 0 {
		w := blankPrefix(s)
		if w > 0 && s[0] != ' ' && s[0] != '\t' {
			n++
		}
		s = s[max(w, 1):]
	}
	return n
}
