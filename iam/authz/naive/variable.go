package naive

import (
	"strings"

	"penstock/iam"
)

// A variable of a policy string
// (reference_policies_variables.html).
type variable struct {
	key      string
	fallback string
	hasElse  bool
}

// part is text, or a variable.
type part struct {
	pieces []piece
	v      *variable
}

// parts takes text apart. mode says whether '*' and '?' are wildcards.
func parts(s string, wildcards bool) []part {
	read := literal
	if wildcards {
		read = wild
	}
	var out []part
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			break
		}
		// The end is the first '}' outside the quotes of a default value.
		end, quoted := -1, false
		for j := i + 2; j < len(s); j++ {
			if s[j] == '\'' {
				quoted = !quoted
			}
			if s[j] == '}' && !quoted {
				end = j
				break
			}
		}
		if end < 0 {
			break
		}
		out = append(out, part{pieces: read(s[:i])})
		inner := s[i+2 : end]
		s = s[end+1:]
		if inner == "*" || inner == "?" || inner == "$" {
			out = append(out, part{pieces: literal(inner)})
			continue
		}
		v := variable{key: strings.TrimSpace(inner)}
		if before, after, ok := strings.Cut(inner, ","); ok {
			d := strings.TrimSpace(after)
			if len(d) > 1 && strings.HasPrefix(d, "'") && strings.HasSuffix(d, "'") {
				v = variable{key: strings.TrimSpace(before), fallback: d[1 : len(d)-1], hasElse: true}
			}
		}
		if v.key == "" {
			out = append(out, part{pieces: read("${" + inner + "}")})
			continue
		}
		out = append(out, part{v: &v})
	}
	return append(out, part{pieces: read(s)})
}

// An alternative is one way in which the variables of a text may turn out;
// null where one of them has no value, so that nothing matches.
type alternative struct {
	pieces []piece
	null   bool
}

// substitute returns the alternatives of a text.
func (w *world) substitute(ps []part) []alternative {
	// Choose a value for each key, the same wherever the key stands.
	keys := []string{}
	for _, p := range ps {
		if p.v != nil {
			keys = append(keys, strings.ToLower(p.v.key))
		}
	}
	type choice struct {
		absent, hole bool
		value        string
	}
	choices := map[string][]choice{}
	for _, k := range keys {
		v := w.key(k)
		var cs []choice
		switch v.State {
		case iam.Unknown:
			cs = []choice{{hole: true}, {absent: true}}
		case iam.Known:
			// A multivalued key cannot be a variable; a key without a value
			// resolves to nothing.
			if v.Multi || len(v.Values) != 1 || v.Values[0] == "" {
				cs = []choice{{absent: true}}
			} else {
				cs = []choice{{value: v.Values[0]}}
				if v.Optional {
					cs = append(cs, choice{absent: true})
				}
			}
		default:
			cs = []choice{{absent: true}}
		}
		choices[k] = cs
	}
	picked := map[string]choice{}
	var out []alternative
	var pick func(i int)
	pick = func(i int) {
		if i < len(keys) {
			if _, done := picked[keys[i]]; done {
				pick(i + 1)
				return
			}
			for _, c := range choices[keys[i]] {
				picked[keys[i]] = c
				pick(i + 1)
				delete(picked, keys[i])
			}
			return
		}
		a := alternative{}
		for _, p := range ps {
			if p.v == nil {
				a.pieces = append(a.pieces, p.pieces...)
				continue
			}
			c := picked[strings.ToLower(p.v.key)]
			switch {
			case c.hole:
				a.pieces = append(a.pieces, piece{kind: 'h'})
			case !c.absent:
				a.pieces = append(a.pieces, literal(c.value)...)
			case p.v.hasElse:
				a.pieces = append(a.pieces, literal(p.v.fallback)...)
			default:
				a.null = true
			}
		}
		out = append(out, a)
	}
	pick(0)
	return out
}

// plain is a text without variables.
func plain(s string, wildcards bool) []alternative {
	if wildcards {
		return []alternative{{pieces: wild(s)}}
	}
	return []alternative{{pieces: literal(s)}}
}
