package emit_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"penstock/blueprint"
	"penstock/doc"
	"penstock/iac/cfn"
	"penstock/iac/cfn/emit"
	"penstock/service"
	"penstock/source"
)

// nasty are texts that a careless writer breaks.
var nasty = []string{
	"", " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "a", "abc", "a b", " a", "a ", "a  b", "\ta", "a\t", "a\tb", "a\nb", "a\nb\n", "a\n\nb", "a\n\n",
	"a\n b", " a\nb", "a\n \nb", "a \nb", "a\n\tb", "\na", "#", "a #b", "a# b", "#a", ":", "a:", "a: b", "a:b", ":a", "-", "- a", "-a", "--- a", "---", "...", "?", "? a",
	"!", "!Ref a", "!!str a", "&a", "*", "*a", "|", ">", ">-", "%a", "@a", "`a", "'", "''", "it's", `"`, `""`, `a"b`, `a\b`, `\`, `\n`, "\"'\\", "{", "}", "{}", "{a: b}", "[", "]", "[]", "[a]", ",", "a,b", "a, b",
	"null", "Null", "NULL", "~", "true", "True", "FALSE", "yes", "No", "on", "OFF", "y", "N", "0", "00", "012", "0o7", "0x1F", "0b11", "1_000", "1.5", "1e3", "-1", "+1", ".5", ".", "..", "-.inf", ".NaN", "1:30", "12:30:45", "190:20:30.15",
	"2012-10-17", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "=", "<<", "<", "0.2", "v1.0", "1.0.0", "111111111111", "012345678901", "1a", "10.0.0.0/16", "e1", "0123abc",
	"${", "$", "$$", "${}", "${a}", "${!a}", "${!}", "${AWS::Region}", "${a ${b}}", "}", "$${a}", "${a", "\u00e9", "日本語", "🚀", "\u0085", "\u2028", "\u2029", "\ufeff", "\u00a0", "\u200b", "\x00", "\x07", "\x1b[0m", "\x7f", "\x80", "\xff", "\ufffd", "\ufffe", "\U000e0001", "\u202e",
	"arn:aws:s3:::a/*", "kms:Decrypt", "a: |\n  b\n", "{\n  \"a\": [1]\n}\n", "#!/bin/sh\necho $A\n", "key: value # note", "a\n# b\n", "trailing \n", "x\u0085y\nz", "%TAG", "a\n---\nb\n", "a\n...\n",
	"Ref", "Fn", "a sentence that goes on and on so that it is longer than a line of a template may be, which is a hundred and twenty characters",
	"a  sentence with  two blanks   that goes  on and on so that it is longer than a line of a template may be, which is  a hundred and twenty characters ",
	strings.Repeat("unbreakable", 14), strings.Repeat("x ", 90) + "y", strings.Repeat("# ", 90) + ".",
}

// generator makes blueprints and what they mean.
type generator struct{ *rand.Rand }

func (g generator) text() string {
	var b strings.Builder
	for range 1 + g.IntN(3)*g.IntN(2) {
		b.WriteString(nasty[g.IntN(len(nasty))])
	}
	return b.String()
}

// known are references and their values.
var known = []struct {
	part  blueprint.Part
	value string
}{
	{blueprint.Part{Name: "AWS::Region"}, "eu-west-1"},
	{blueprint.Part{Name: "AWS::AccountId"}, "111111111111"},
	{blueprint.Part{Name: "Bucket"}, "the-bucket"},
	{blueprint.Part{Name: "Bucket", Attr: "Arn"}, "arn:aws:s3:::the-bucket"},
	{blueprint.Part{Name: "Given"}, "given value"},
	{blueprint.Part{Name: "Inline"}, "in: line #${x}"},
	{blueprint.Part{Name: "Digits"}, "012345678901"},
	{blueprint.Part{Name: "Empty"}, ""},
	{blueprint.Part{Name: "Dollar"}, "$"},
}

func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

func (g generator) sub() (blueprint.Sub, string) {
	var parts []blueprint.Part
	var b strings.Builder
	for range g.IntN(5) {
		if g.IntN(2) == 0 {
			t := g.text()
			parts = append(parts, blueprint.Part{Text: t})
			b.WriteString(t)
			continue
		}
		k := known[g.IntN(len(known))]
		parts = append(parts, k.part)
		b.WriteString(k.value)
	}
	return blueprint.Join(parts), b.String()
}

// value makes a value and the tree that it means.
func (g generator) value(depth int) (any, *doc.Node) {
	str := func(s string) *doc.Node { return &doc.Node{Kind: doc.String, Text: clean(s)} }
	switch n := g.IntN(11); {
	case n < 4:
		s := g.text()
		return s, str(s)
	case n < 7:
		s, v := g.sub()
		return s, str(v)
	case n == 7:
		i := g.IntN(2000) - 1000
		return i, &doc.Node{Kind: doc.Number, Text: strconv.Itoa(i)}
	case n == 8:
		v := g.IntN(2) == 0
		return v, &doc.Node{Kind: doc.Bool, Text: strconv.FormatBool(v)}
	case n == 9 && depth > 0:
		l, want := blueprint.List{}, &doc.Node{Kind: doc.List}
		short := g.IntN(2) == 0
		for range g.IntN(4) * (1 + 5*g.IntN(2)) {
			d := depth - 1
			if short {
				d = 0
			}
			v, w := g.value(d)
			l, want.Items = append(l, v), append(want.Items, w)
			if g.IntN(5) == 0 {
				l = append(l, nil)
			}
		}
		return l, want
	case depth > 0:
		m, want := g.fields(depth - 1)
		return m, want
	}
	return "x", str("x")
}

func (g generator) fields(depth int) (blueprint.Map, *doc.Node) {
	m, want := blueprint.Map{}, &doc.Node{Kind: doc.Map}
	var seen []string
	for range g.IntN(5) {
		k := g.text()
		if g.IntN(3) == 0 {
			k = []string{"Key", "Name", "Value", "Type"}[g.IntN(4)]
		}
		if k == "Ref" || slices.Contains(seen, clean(k)) {
			continue // is a function, or there already
		}
		seen = append(seen, clean(k))
		v, w := g.value(depth)
		f := blueprint.Field{Key: k, Value: v}
		if g.IntN(4) == 0 {
			f.Comment = g.text()
		}
		m = append(m, f)
		want.Fields = append(want.Fields, doc.Field{Key: &doc.Node{Kind: doc.String, Text: clean(k)}, Value: w})
		if g.IntN(6) == 0 {
			m = append(m, blueprint.Field{Key: "absent", Comment: "x"})
		}
	}
	return m, want
}

// stack makes a stack and the properties of its resource X.
func (g generator) stack() (*blueprint.Stack, *doc.Node) {
	st := &blueprint.Stack{Name: "s", Account: "111111111111", Region: "eu-west-1", Description: g.text()}
	for _, p := range []blueprint.Parameter{
		{Name: "Given", Value: "given value", Description: g.text()},
		{Name: "Inline", Value: "in: line #${x}", Inline: true, Allowed: []string{"in: line #${x}", "no"}},
		{Name: "Digits", Value: "012345678901", Inline: true, Pattern: "[0-9]{12}"},
		{Name: "Empty", Inline: true, Default: ""},
		{Name: "Dollar", Value: "$", Default: "x"},
		{Name: "Nobody", Value: "x"},
	} {
		st.Parameter(p)
	}
	st.Add(&blueprint.Resource{ID: "Bucket", Type: "AWS::S3::Bucket", Section: g.text(), Comment: g.text(), Props: blueprint.KV("BucketName", "the-bucket")})
	props, want := g.fields(4)
	props = append(props, blueprint.Field{Key: "Last", Value: "x"})
	want.Fields = append(want.Fields, doc.Field{Key: &doc.Node{Kind: doc.String, Text: "Last"}, Value: &doc.Node{Kind: doc.String, Text: "x"}})
	st.Add(&blueprint.Resource{ID: "X", Type: "AWS::X::X", Comment: g.text(), Props: props, Retain: g.IntN(2) == 0})
	v, _ := g.sub()
	st.Output("Out", g.text(), v)
	return st, want
}

var bucket = &service.Type{Name: "AWS::S3::Bucket", NameProp: "BucketName", ARN: "arn:${Partition}:s3:::${Name}"}

// props evaluates a stack and returns the properties of X.
func props(t testing.TB, s cfn.Stack, text []byte) *doc.Node {
	t.Helper()
	r, err := cfn.Load(cfn.Input{
		Stacks: []cfn.Stack{s},
		Types: func(name string) *service.Type {
			if name == bucket.Name {
				return bucket
			}
			return nil
		},
		Read: func(name string) (*source.File, error) { return source.NewFile(name, text), nil },
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	m := r.Models[0]
	for _, f := range m.Findings {
		// A parameter that is empty is not given; that it has no value is said.
		if f.Code != cfn.CodeNoValue {
			t.Errorf("%s: %s: %s\n%s", f.At, f.Code, f.Message, text)
		}
	}
	return m.Resources[len(m.Resources)-1].Props
}

// check is the law: what is written means what the blueprint says, and so does
// what is made without writing.
func check(t testing.TB, seed uint64) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(seed, 7))}
	st, want := g.stack()
	for _, opt := range []emit.Options{{}, {Parameters: true}} {
		if opt.Parameters {
			// A parameter without a value or a default has no value.
			st.Param("Empty").Inline = false
			st.Param("Empty").Default = " "
			for v := range blueprint.Values(st.Resource("X").Props) {
				if s, ok := v.(blueprint.Sub); ok && slices.ContainsFunc(s.Parts(), func(p blueprint.Part) bool { return p.Name == "Empty" }) {
					return
				}
			}
		}
		root := read(t, st, opt)
		text := emit.Template(st, opt)
		plainTexts(t, root, false, text)
		s := emit.Stack(st, opt)
		made := props(t, s, text)
		s.Root = nil
		written := props(t, s, text)
		if d := differ(want, written, false); d != "" {
			t.Errorf("seed %d, %+v: -want +written\n%s\n%s", seed, opt, d, text)
		}
		if d := differ(want, made, false); d != "" {
			t.Errorf("seed %d, %+v: -want +made\n%s", seed, opt, d)
		}
		if t.Failed() {
			return
		}
	}
}

// The types that YAML 1.1 gives to plain texts (https://yaml.org/type/), and
// those of the core schema of 1.2.
var otherType = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF`,
	`~|null|Null|NULL|`, `=`, `<<`,
	`[-+]?0b[0-1_]+`, `[-+]?0[0-7_]+`, `[-+]?(0|[1-9][0-9_]*)`, `[-+]?0x[0-9a-fA-F_]+`, `[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+`, `0o[0-7]+`, `[-+]?[0-9]+`,
	`[-+]?([0-9][0-9_]*)?\.[0-9.]*([eE][-+][0-9]+)?`, `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*`, `[-+]?\.(inf|Inf|INF)`, `\.(nan|NaN|NAN)`,
	`[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`,
	`[0-9]{4}-[0-9]{2}-[0-9]{2}`, `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?`,
}, "|") + `)$`)

// plainTexts checks that no plain text is of another type in YAML 1.1 or 1.2,
// and that none in brackets holds what some parsers stop at.
func plainTexts(t testing.TB, n *doc.Node, brackets bool, text []byte) {
	t.Helper()
	brackets = brackets || n.Style == doc.Flow
	if n.Kind == doc.String && n.Style == doc.Plain && n.Tag == "" {
		if otherType.MatchString(n.Span.Text()) || brackets && strings.ContainsAny(n.Text, ",[]{}:") {
			t.Errorf("%s: %q is plain\n%s", n.Span, n.Text, text)
		}
	}
	for _, it := range n.Items {
		plainTexts(t, it, brackets, text)
	}
	for _, f := range n.Fields {
		plainTexts(t, f.Key, brackets, text)
		plainTexts(t, f.Value, brackets, text)
	}
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(1500) {
		check(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// Every nasty text alone, as a property, in a list, as a key, as a comment.
func TestNasty(t *testing.T) {
	for i, s := range nasty {
		t.Run(fmt.Sprintf("%d %.20q", i, s), func(t *testing.T) {
			st := &blueprint.Stack{Name: "s", Account: "111111111111", Region: "eu-west-1", Description: s}
			st.Add(&blueprint.Resource{ID: "X", Type: "AWS::X::X", Section: s, Comment: s, Props: blueprint.KV(
				"a", s, "b", blueprint.List{s, s}, "c", blueprint.Lit(s), "d", blueprint.Lit(s)+"${AWS::Region}"+blueprint.Lit(s),
				"e", blueprint.List{blueprint.List{s}, blueprint.KV("Key", "k", "Value", s)}, "f", blueprint.Map{{Key: "k" + s, Value: s, Comment: s}}, "end", 1,
			)})
			plainTexts(t, read(t, st, emit.Options{}), false, emit.Template(st, emit.Options{}))
		})
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(1), "a: b", "x")
	for i, s := range nasty {
		f.Add(uint64(i), s, nasty[len(nasty)-1-i])
	}
	f.Fuzz(func(t *testing.T, seed uint64, a, b string) {
		st := &blueprint.Stack{Name: "s", Description: a + b}
		st.Add(&blueprint.Resource{ID: "X", Type: "T", Comment: a, Section: b, Props: blueprint.Map{
			{Key: "k" + b[:min(len(b), 400)], Value: a, Comment: b},
			{Key: "List", Value: blueprint.List{a, blueprint.Lit(b), blueprint.Sub(a), blueprint.Lit(a) + "${AWS::Region}" + blueprint.Lit(b)}},
		}})
		read(t, st, emit.Options{})
		check(t, seed)
	})
}
