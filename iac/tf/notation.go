package tf

import (
	"fmt"
	"strings"
)

var shapes = map[string]Shape{
	"json": JSON, "block": Block, "blocks": Blocks, "pairs": Pairs, "pluck": Pluck, "first": First,
	"wrap": Wrap, "jsontext": JSONText, "camel": Camel, "zip": Zip, "comma": Comma,
}

// ParseMappings reads the mappings of a room.
func ParseMappings(text string) ([]*Mapping, error) {
	p := &mappingReader{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", i+1, line, err)
		}
	}
	if len(p.open) > 0 {
		return nil, fmt.Errorf("a block is not closed")
	}
	return p.out, nil
}

// A frame is a block that is open: where its arguments go.
type frame struct {
	args *[]*Arg
	skip *[]string
}

type mappingReader struct {
	out  []*Mapping
	open []frame
}

func (p *mappingReader) line(line string) error {
	w := strings.Fields(line)
	if strings.HasPrefix(w[0], "AWS::") {
		if len(p.open) > 0 || len(w) != 2 {
			return fmt.Errorf("a type begins here")
		}
		m := &Mapping{CFN: w[0], Type: w[1]}
		if m.Type == "-" {
			m.Type = ""
		}
		p.out = append(p.out, m)
		return nil
	}
	if len(p.out) == 0 {
		return fmt.Errorf("no type stands before it")
	}
	m := p.out[len(p.out)-1]
	at := frame{&m.Args, &m.Skip}
	if n := len(p.open); n > 0 {
		at = p.open[n-1]
	}
	opens := w[len(w)-1] == "{"
	if opens {
		w = w[:len(w)-1]
	}
	switch {
	case w[0] == "}":
		if len(p.open) == 0 {
			return fmt.Errorf("nothing to close")
		}
		p.open = p.open[:len(p.open)-1]
	case w[0] == "ref":
		for _, a := range w[1:] {
			m.Attrs = append(m.Attrs, Attr{TF: a})
		}
	case w[0] == "att" && len(w) >= 3:
		a := Attr{CFN: w[1], TF: w[2]}
		for _, o := range w[3:] {
			k, v, _ := strings.Cut(o, "=")
			switch k {
			case "suffix":
				a.Suffix = v
			case "else":
				a.Else = v
			default:
				return fmt.Errorf("no option %q", k)
			}
		}
		m.Attrs = append(m.Attrs, a)
	case w[0] == "sub" && len(w) == 3:
		m.Attrs = append(m.Attrs, Attr{TF: w[1], Else: w[2], Sub: true})
	case w[0] == "skip":
		*at.skip = append(*at.skip, w[1:]...)
	case w[0] == "deployed" && len(p.open) == 0:
		m.Deployed = append(m.Deployed, w[1:]...)
	case w[0] == "const" && len(w) == 3:
		*at.args = append(*at.args, &Arg{Name: strings.Split(w[1], "."), Const: w[2], IsConst: true})
	case w[0] == "fold" && len(w) == 4:
		m.Fold = &Fold{Prop: w[1], Arg: w[2], ID: w[3]}
	case w[0] == "implied" && len(w) == 4:
		*at.args = append(*at.args, &Arg{Prop: steps(w[1]), Implied: w[2], Name: strings.Split(w[3], ".")})
	case w[0] == "copy" && len(w) == 3 && len(p.open) == 1 && len(m.Parts) > 0:
		q := m.Parts[len(m.Parts)-1]
		q.Copies = append(q.Copies, &Arg{Prop: steps(w[1]), Name: []string{w[2]}})
	case (w[0] == "part" || w[0] == "spread" || w[0] == "reads") && len(w) >= 3:
		return p.part(m, w)
	default:
		return p.arg(at, w, opens)
	}
	return nil
}

func (p *mappingReader) part(m *Mapping, w []string) error {
	q := &Part{Type: w[1], Spread: w[0] == "spread", Reads: w[0] == "reads"}
	q.Link, q.Attr, _ = strings.Cut(w[2], "=")
	for _, o := range w[3:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "each":
			q.Each = v
		case "label":
			q.Label = v
		case "wait":
			q.Wait = true
		case "absent":
			q.Absent = pairs(v)
		case "empty":
			q.Empty = pairs(v)
		default:
			return fmt.Errorf("no option %q", k)
		}
	}
	m.Parts = append(m.Parts, q)
	p.open = append(p.open, frame{&q.Args, &q.Skip})
	return nil
}

func (p *mappingReader) arg(at frame, w []string, opens bool) error {
	if len(w) < 2 {
		return fmt.Errorf("a property and an argument")
	}
	a := &Arg{Prop: steps(w[0]), Name: strings.Split(w[1], ".")}
	for _, o := range w[2:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "words":
			a.Words = pairs(v)
		case "default", "within":
			a.Default, a.HasDefault, a.Within = v, true, k == "within"
		case "absent":
			a.Absent = v
		case "with":
			a.With = v
		case "without":
			a.Without = v
		case "tags":
			a.Shape, a.Key, a.Value = Pairs, "Key", "Value"
		case "pairs":
			a.Shape = Pairs
			a.Key, a.Value, _ = strings.Cut(v, ",")
		case "pluck":
			a.Shape, a.Key = Pluck, v
		default:
			s, ok := shapes[k]
			if !ok {
				return fmt.Errorf("no shape or option %q", k)
			}
			a.Shape = s
		}
	}
	if opens != (a.Shape == Block || a.Shape == Blocks) {
		return fmt.Errorf("blocks, and only blocks, have arguments")
	}
	*at.args = append(*at.args, a)
	if opens {
		p.open = append(p.open, frame{&a.Args, &a.Skip})
	}
	return nil
}

// pairs reads "a:b,c:d".
func pairs(s string) [][2]string {
	var out [][2]string
	for pair := range strings.SplitSeq(s, ",") {
		k, v, _ := strings.Cut(pair, ":")
		out = append(out, [2]string{k, v})
	}
	return out
}

// steps reads a property path; "." is the thing itself.
func steps(s string) []Step {
	if s == "." {
		return nil
	}
	var out []Step
	for key := range strings.SplitSeq(s, ".") {
		st := Step{Key: key}
		if k, sel, ok := strings.Cut(key, "["); ok {
			st.Key = k
			st.Of, st.Is, _ = strings.Cut(strings.TrimSuffix(sel, "]"), "=")
		}
		out = append(out, st)
	}
	return out
}
