package splice_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/doctest"
	"penstock/doc/json"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/doc/yaml"
	"penstock/source"
)

// written makes random documents in the ways that people write them.
type written struct {
	*rand.Rand
	b      strings.Builder
	nl     string
	unit   int // indentation of maps
	dashes int // and of lists in them
	notes  bool
	nodes  int
}

func (w *written) yaml() string {
	w.nl = []string{"\n", "\r\n"}[w.IntN(2)]
	w.unit = []int{2, 3, 4}[w.IntN(3)]
	w.dashes = []int{0, 2, w.unit}[w.IntN(3)]
	w.notes = w.IntN(2) == 0
	if w.IntN(3) == 0 {
		w.b.WriteString("---" + w.nl)
	}
	w.comment(0)
	w.block(0, 4)
	s := w.b.String()
	if w.IntN(3) > 0 {
		s += w.nl
	}
	return s
}

func (w *written) comment(col int) {
	if w.notes && w.IntN(4) == 0 {
		w.b.WriteString(strings.Repeat(" ", col) + "# note: [x" + w.nl)
	}
}

func (w *written) trail() {
	if w.notes && w.IntN(4) == 0 {
		w.b.WriteString("  # why: - 'x")
	}
}

// line ends a line, with a comment perhaps, and begins the next one at col.
func (w *written) line(col int) {
	w.b.WriteString(w.nl)
	if w.notes && w.IntN(8) == 0 {
		w.b.WriteString(w.nl)
	}
	w.comment(col)
	w.b.WriteString(strings.Repeat(" ", col))
}

// block writes a collection whose entries stand at col, where the cursor is.
func (w *written) block(col, depth int) {
	n := 1 + w.IntN(3)
	if w.IntN(2) == 0 {
		for i := range n {
			if i > 0 {
				w.line(col)
			}
			fmt.Fprintf(&w.b, "%s:", w.key(i))
			w.under(col, depth-1)
		}
		return
	}
	for i := range n {
		if i > 0 {
			w.line(col)
		}
		w.b.WriteString("-")
		w.item(col+1, depth-1)
	}
}

func (w *written) key(i int) string {
	k := fmt.Sprintf("%s%d", []string{"Key", "aws:k", "k é", "On"}[w.IntN(4)], i)
	return []string{k, `"` + k + `"`, "'" + k + "'"}[max(0, w.IntN(5)-2)]
}

func (w *written) tag() string {
	return []string{"", "", "", "", "!Sub ", "!Transform "}[w.IntN(6)]
}

// under writes the value of a key at col.
func (w *written) under(col, depth int) {
	switch w.IntN(3 + min(depth, 3)) {
	case 0, 1, 2:
		w.scalar(col, depth)
	case 3:
		w.b.WriteString(" " + w.tag() + w.flow(depth, col+1))
		w.trail()
	default:
		if t := w.tag(); t != "" {
			w.b.WriteString(" " + strings.TrimSpace(t))
		}
		w.trail()
		list := w.IntN(2) == 0
		deep := col + w.unit
		if list {
			deep = col + w.dashes
		}
		w.line(deep)
		n := 1 + w.IntN(3)
		for i := range n {
			if i > 0 {
				w.line(deep)
			}
			if list {
				w.b.WriteString("-")
				w.item(deep+1, depth-1)
			} else {
				fmt.Fprintf(&w.b, "%s:", w.key(i))
				w.under(deep, depth-1)
			}
		}
	}
}

// item writes an item after a dash that ends at col.
func (w *written) item(col, depth int) {
	switch w.IntN(4 + min(depth, 2)) {
	case 0, 1, 2:
		w.scalar(col-1, depth)
	case 3:
		w.b.WriteString(" " + w.tag() + w.flow(depth, col+1))
		w.trail()
	default:
		gap := []int{1, 1, 1, 3}[w.IntN(4)]
		w.b.WriteString(strings.Repeat(" ", gap))
		w.block(col+gap, depth)
	}
}

// scalar writes the value of a key or a dash at col.
func (w *written) scalar(col, _ int) {
	deep := strings.Repeat(" ", col+1+w.IntN(3))
	s := " " + w.tag()
	switch w.IntN(12) {
	case 0, 1:
		s += []string{"plain", "two words", "a:b", "arn:aws:s3:::b/*", "1", "true", "x, y"}[w.IntN(7)]
	case 2:
		s += `"quoted # \"x\""`
	case 3:
		s += "'it''s'"
	case 4:
		s += "one" + w.nl + deep + "two"
	case 5:
		s += `"one` + w.nl + w.nl + deep + `two"`
	case 6:
		s += []string{"|", ">-", "|+"}[w.IntN(3)] + w.nl + deep + "text" + w.nl + deep + " more"
		if w.IntN(2) == 0 {
			s += w.nl + w.nl + deep + "- end"
		}
		w.b.WriteString(s)
		return
	case 7:
		s = []string{"", " ~", " null", " !Base64"}[w.IntN(4)]
	case 8:
		s += "[]"
	case 9:
		s += "{ }"
	default:
		s += "value"
	}
	w.b.WriteString(s)
	w.trail()
}

// flow writes a flow collection; lines within are indented by col.
func (w *written) flow(depth, col int) string {
	gap, end, sep := "", "", ", "
	switch w.IntN(6) {
	case 0:
		gap = w.nl + strings.Repeat(" ", col+1)
		sep = "," + gap
		end = w.nl + strings.Repeat(" ", col)
		if w.IntN(2) == 0 {
			end = "," + end
		}
	case 1:
		gap, end = " ", " "
	}
	var parts []string
	list := w.IntN(2) == 0
	for i := range w.IntN(4) {
		s := []string{"a", "'b c'", `"d, e"`, "!Ref X", "1", "s3:Get*"}[w.IntN(6)]
		if depth > 0 && w.IntN(4) == 0 {
			s = w.flow(depth-1, col+2)
		}
		if !list {
			s = fmt.Sprintf("k%d: %s", i, s)
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		gap, end = "", strings.TrimPrefix(end, ",")
	}
	s := gap + strings.Join(parts, sep) + end
	if list {
		return "[" + s + "]"
	}
	return "{" + s + "}"
}

// json writes a JSON value.
func (w *written) json(indent string, depth int) {
	if w.nodes++; depth == 0 || w.IntN(3) == 0 && w.nodes > 1 {
		w.b.WriteString([]string{`"x"`, `"a\n\u00e9"`, "1", "true", "null", "[]", "{}", `{"Ref": "X"}`}[w.IntN(8)])
		return
	}
	inner, comma, end := "", ", ", ""
	if w.unit > 0 {
		inner = w.nl + indent + strings.Repeat(" ", w.unit)
		comma, end = ","+inner, w.nl+indent
	} else if w.unit < 0 {
		comma = ","
	}
	list := w.IntN(2) == 0
	w.b.WriteString(map[bool]string{true: "[", false: "{"}[list] + inner)
	for i := range 1 + w.IntN(3) {
		if i > 0 {
			w.b.WriteString(comma)
		}
		if !list {
			fmt.Fprintf(&w.b, "\"k%d\":%s", i, strings.Repeat(" ", min(1, w.unit+1)))
		}
		w.json(indent+strings.Repeat(" ", max(0, w.unit)), depth-1)
	}
	w.b.WriteString(end + map[bool]string{true: "]", false: "}"}[list])
}

// value makes a random value to insert.
func value(r *rand.Rand, depth int) splice.Value {
	texts := []string{"s3:GetObject", "*", "012345678901", "", " x ", "a: b", "it's", "#", "two words", "line\nbreak", "é\u2028", "${X}", "true", "- a", "!x", "a,b", "@", "|", "x:"}
	s := texts[r.IntN(len(texts))]
	switch r.IntN(6 + min(depth, 1)*4) {
	case 0:
		return splice.Tagged([]string{"!Sub", "!Ref", "!GetAtt", "!ImportValue"}[r.IntN(4)], []string{"A.Arn", "${B}/*", s}[r.IntN(3)])
	case 1:
		return []splice.Value{splice.Number("1"), splice.Bool(false), {}, splice.List(), splice.Map()}[r.IntN(5)]
	case 2, 3, 4, 5:
		return splice.String(s)
	case 6, 7:
		v := splice.List()
		for range 1 + r.IntN(2) {
			v.Items = append(v.Items, value(r, depth-1))
		}
		return v
	default:
		v := splice.Map()
		for i := range 1 + r.IntN(2) {
			v.Fields = append(v.Fields, splice.Field{fmt.Sprint(texts[r.IntN(len(texts))], i), value(r, depth-1)})
		}
		return v
	}
}

// all returns n and what is below it.
func all(n *doc.Node) []*doc.Node {
	out := []*doc.Node{n}
	for _, it := range n.Items {
		out = append(out, all(it)...)
	}
	for _, f := range n.Fields {
		out = append(out, all(f.Value)...)
	}
	return out
}

// random makes one random edit of the tree.
func random(e *splice.Editor, root *doc.Node, r *rand.Rand) (string, []diag.Edit, error) {
	nodes := all(root)
	n := nodes[r.IntN(len(nodes))]
	v := value(r, 2)
	what := fmt.Sprintf("%v at %v with %+v", n.Kind, n.Span, v)
	switch n.Kind {
	case doc.List:
		switch i := r.IntN(5); {
		case i < 2:
			edits, err := e.AppendItem(n, v)
			return "AppendItem " + what, edits, err
		case i < 4 && len(n.Items) > 0:
			j := r.IntN(len(n.Items))
			edits, err := e.RemoveItem(n, j)
			return fmt.Sprintf("RemoveItem %d of %s", j, what), edits, err
		}
	case doc.Map:
		switch i := r.IntN(5); {
		case i < 2:
			edits, err := e.SetField(n, "New: key", v)
			return "SetField " + what, edits, err
		case i < 4 && len(n.Fields) > 0:
			f := n.Fields[r.IntN(len(n.Fields))]
			edits, err := e.RemoveField(n, f.Key.Text)
			return fmt.Sprintf("RemoveField %q of %s", f.Key.Text, what), edits, err
		}
	}
	if r.IntN(2) == 0 {
		edits, err := e.ListOf(n, v)
		return "ListOf " + what, edits, err
	}
	edits, err := e.Replace(n, v)
	return "Replace " + what, edits, err
}

// TestRandom makes random edits of random documents. In what people write,
// without aliases, every one must succeed, and the result be a document with
// right spans. That nothing else changes is what the editor itself proves.
func TestRandom(t *testing.T) {
	n := 1500
	if testing.Short() {
		n = 300
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		w := &written{Rand: r, nl: "\n"}
		var text string
		parse := doctest.Parser(yaml.Parse)
		if seed%4 == 0 {
			w.unit = []int{-1, 0, 2, 4}[r.IntN(4)]
			w.json("", 4)
			text, parse = w.b.String(), json.Parse
		} else {
			text = w.yaml()
		}
		f := source.NewFile("f", []byte(text))
		root, _, err := load.Parse(f)
		if err != nil {
			t.Fatalf("seed %d: %v in\n%s", seed, err, text)
		}
		if bad := doctest.Laws(f, root, parse); bad != "" {
			t.Fatalf("seed %d: %s in\n%s", seed, bad, text)
		}
		e, err := splice.New(f)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := splice.NewWhole(f)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			again := rand.New(rand.NewPCG(uint64(seed), uint64(i)+10))
			_, sure, surely := random(whole, root, again)
			again = rand.New(rand.NewPCG(uint64(seed), uint64(i)+10))
			what, edits, err := random(e, root, again)
			if (err == nil) != (surely == nil) || !slices.Equal(edits, sure) {
				t.Fatalf("seed %d: %s: %v %v near, %v %v on the whole, in\n%s", seed, what, edits, err, sure, surely, text)
			}
			if err != nil {
				t.Errorf("seed %d: %s: %v in\n%s", seed, what, err, text)
				continue
			}
			out, err := diag.Apply(f, edits)
			if err != nil {
				t.Fatal(err)
			}
			g := source.NewFile("f", out)
			now, _, err := load.Parse(g)
			if err != nil {
				t.Fatalf("seed %d: %s: %v in\n%s", seed, what, err, out)
			}
			if bad := doctest.Laws(g, now, parse); bad != "" {
				t.Fatalf("seed %d: %s: %s in\n%s", seed, what, bad, out)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// FuzzEdits makes random edits of whatever can be read; they may be refused,
// but only with an error that says so.
func FuzzEdits(f *testing.F) {
	for seed := range 20 {
		w := &written{Rand: rand.New(rand.NewPCG(uint64(seed), 2))}
		f.Add([]byte(w.yaml()), uint64(seed))
	}
	f.Add([]byte("a: &x [1]\nb: {<<: {c: d}, e: *x}\n? f\n: [g: h, ? i]\n"), uint64(1))
	f.Add([]byte(`{"a":[1,{"b":null}]}`), uint64(2))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		file := source.NewFile("f", data)
		root, _, err := load.Parse(file)
		if err != nil || len(data) > 1000 {
			return
		}
		e, err := splice.New(file)
		if err != nil {
			return // its name would have said that it is JSON
		}
		whole, err := splice.NewWhole(file)
		if err != nil {
			t.Fatal(err)
		}
		what, edits, err := random(e, root, rand.New(rand.NewPCG(seed, 3)))
		_, sure, surely := random(whole, root, rand.New(rand.NewPCG(seed, 3)))
		if (err == nil) != (surely == nil) || !slices.Equal(edits, sure) {
			t.Fatalf("%s: %v %v near, %v %v on the whole", what, edits, err, sure, surely)
		}
		if err != nil {
			if _, ok := errors.AsType[*doc.Error](err); !ok {
				t.Fatalf("%s: %T %v", what, err, err)
			}
			return
		}
		if _, err := diag.Apply(file, edits); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	})
}
