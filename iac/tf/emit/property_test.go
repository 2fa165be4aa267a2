package emit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/services/all"
)

// texts are what a careless writer breaks.
var texts = []string{
	"a", "x y", `say "no"`, `back\slash`, "tab\there", "two\nlines", "three\nlines\nhere\n", "a\n\nb\nc", "  indented\n    more\n  less\n", "EOT\nEOT\nEOT\n", "$", "$$", "%", "$${x}", "%{if}", "${aws:username}", "${", "}", "#{x.y}", "日本", "🚀",
	"cr\r\nlf\r\nend\r\n", "\x01\x7f", "null", "true", "12", "0012", "", " ", "a,b", "<&>", "arn:aws:s3:::x/*", "key = 1 # no", "// no", "/* no */", "\u2028", "trailing \nspace \nhere \n", "\n\n\nx\n",
}

// made makes values by a mapping.
type made struct {
	*rand.Rand
	keys int
}

func (g *made) text() string {
	s := texts[g.IntN(len(texts))]
	if g.IntN(4) == 0 {
		s += texts[g.IntN(len(texts))]
	}
	return s
}

var refs = []blueprint.Sub{"${AWS::Region}", "${AWS::AccountId}", "${AWS::Partition}", "${AWS::URLSuffix}", "${Project}", "${Stage}", "${Other}", "${Other.Arn}", "${OtherBucket}", "${OtherBucket.Arn}"}

func (g *made) scalar() any {
	switch g.IntN(8) {
	case 0:
		return g.IntN(2) == 0
	case 1:
		return g.IntN(5000) - 10
	case 2, 3:
		s := blueprint.Lit(g.text())
		for range g.IntN(3) + 1 {
			s += refs[g.IntN(len(refs))] + blueprint.Lit(g.text())
		}
		return s
	case 4:
		return refs[g.IntN(len(refs))]
	}
	return g.text()
}

func (g *made) scalars() blueprint.List {
	out := blueprint.List{}
	for range g.IntN(4) {
		out = append(out, g.scalar())
	}
	return out
}

// json makes an object of any shape.
func (g *made) json(depth int) any {
	switch n := g.IntN(6); {
	case depth == 0 || n < 2:
		return g.scalar()
	case n == 2:
		out := blueprint.List{}
		for range g.IntN(4) {
			out = append(out, g.json(depth-1))
		}
		return out
	}
	return g.object(depth)
}

func (g *made) object(depth int) blueprint.Map {
	out := blueprint.Map{}
	for range g.IntN(4) + 1 {
		g.keys++
		f := blueprint.Field{Key: fmt.Sprintf("Key%d%s", g.keys, []string{"", ":x", "-y", " z", "${q}", `"`}[g.IntN(6)]), Value: g.json(depth - 1)}
		if g.IntN(5) == 0 {
			f.Comment = "why it is so"
		}
		out = append(out, f)
	}
	return out
}

// body makes properties for arguments.
func (g *made) body(args []*tf.Arg, into *blueprint.Map, must string) {
	said := map[string]bool{}
	for _, a := range args {
		name := strings.Join(a.Name, ".")
		if a.Implied != "" {
			if slices.ContainsFunc(args, func(o *tf.Arg) bool {
				return o.Implied == "" && o.Name[0] == a.Name[0] && said[strings.Join(o.Name, ".")]
			}) {
				g.put(into, a.Prop, a.Implied)
			}
			continue
		}
		if a.IsConst || said[name] || a.Prop == nil || name != must && a.Absent == "" && g.IntN(3) == 0 {
			continue
		}
		said[name] = true
		g.put(into, a.Prop, g.arg(a))
	}
}

func (g *made) arg(a *tf.Arg) any {
	if len(a.Words) > 0 {
		return a.Words[g.IntN(len(a.Words))][0]
	}
	switch a.Shape {
	case tf.JSONText:
		return g.text()
	case tf.JSON:
		return g.object(3)
	case tf.Camel:
		return blueprint.List{blueprint.KV("Name", g.text(), "LogConfiguration", blueprint.KV("Options", g.object(1))), blueprint.KV("PortMappings", blueprint.List{blueprint.KV("ContainerPort", 80)})}
	case tf.Block:
		var m blueprint.Map
		g.body(a.Args, &m, a.With)
		return m
	case tf.Blocks:
		var l blueprint.List
		for range g.IntN(3) + 1 {
			var m blueprint.Map
			g.body(a.Args, &m, a.With)
			l = append(l, m)
		}
		return l
	case tf.Pairs:
		var l blueprint.List
		for range g.IntN(3) + 1 {
			g.keys++
			l = append(l, blueprint.KV(a.Key, fmt.Sprintf("k%d-%s", g.keys, g.text()), a.Value, g.scalar()))
		}
		return l
	case tf.Pluck:
		var l blueprint.List
		for range g.IntN(3) + 1 {
			l = append(l, blueprint.KV(a.Key, g.scalar()))
		}
		return l
	case tf.First:
		return blueprint.List{g.scalar()}
	case tf.Comma:
		return "a,b,c"
	case tf.Zip:
		return g.text()
	case tf.Wrap:
		return g.scalar()
	}
	if a.HasDefault {
		return "other than the default"
	}
	switch g.IntN(4) {
	case 0:
		return g.scalars()
	case 1:
		m := blueprint.Map{}
		for range g.IntN(3) {
			g.keys++
			m = append(m, blueprint.Field{Key: fmt.Sprintf("K%d", g.keys), Value: g.scalar()})
		}
		return m
	}
	return g.scalar()
}

// put sets a value at a path.
func (g *made) put(into *blueprint.Map, path []tf.Step, v any) {
	s := path[0]
	if len(path) == 1 && s.Of == "" {
		into.Set(s.Key, v)
		return
	}
	if s.Of == "" {
		m, _ := into.Get(s.Key).(blueprint.Map)
		m = slices.Clone(m)
		g.put(&m, path[1:], v)
		into.Set(s.Key, m)
		return
	}
	l, _ := into.Get(s.Key).(blueprint.List)
	for i, it := range l {
		if m := it.(blueprint.Map); s.Of == "#" || m.Get(s.Of) == s.Is {
			g.put(&m, path[1:], v)
			l[i] = m
			return
		}
	}
	var m blueprint.Map
	if s.Of != "#" {
		m.Set(s.Of, s.Is)
	}
	g.put(&m, path[1:], v)
	into.Set(s.Key, append(l, m))
}

// resource makes one of a type.
func (g *made) resource(m *tf.Mapping) *blueprint.Resource {
	r := &blueprint.Resource{ID: "Made", Type: m.CFN, Comment: "what it is for", Retain: m.Type != "" && g.IntN(3) == 0}
	g.body(m.Args, &r.Props, "")
	for _, p := range m.Parts {
		switch {
		case g.IntN(3) == 0 || p.Spread || p.Reads:
		case p.Each == "":
			g.body(p.Args, &r.Props, "")
		default:
			var l blueprint.List
			for range g.IntN(3) + 1 {
				if len(p.Args) == 1 && p.Args[0].Prop == nil {
					l = append(l, g.scalar())
					continue
				}
				var it blueprint.Map
				g.body(p.Args, &it, p.Args[0].Name[0])
				l = append(l, it)
			}
			r.Props.Set(p.Each, l)
		}
	}
	if g.IntN(4) == 0 {
		r.DependsOn = []string{"OtherBucket"}
	}
	return r
}

// Every mapping, over made values: what is written as Terraform and read again
// has the properties that the blueprint has as CloudFormation.
func TestEveryMapping(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	for _, s := range all.Services() {
		ms, err := tf.ParseMappings(s.Terraform)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if m.Type == "" || m.Fold != nil {
				continue
			}
			t.Run(strings.ReplaceAll(m.CFN, "::", "."), func(t *testing.T) {
				for seed := range rounds {
					checkMade(t, m, uint64(seed))
					if t.Failed() {
						t.Fatalf("seed %d", seed)
					}
				}
			})
		}
	}
}

func checkMade(t testing.TB, m *tf.Mapping, seed uint64) {
	t.Helper()
	g := &made{Rand: rand.New(rand.NewPCG(seed, 11))}
	st := &blueprint.Stack{Name: "s", Account: "111111111111", Region: "eu-west-1"}
	st.Parameter(blueprint.Parameter{Name: "Project", Value: "shop", Inline: true})
	st.Parameter(blueprint.Parameter{Name: "Stage", Value: "prod"})
	st.Add(&blueprint.Resource{ID: "Other", Type: "AWS::KMS::Key"})
	st.Add(&blueprint.Resource{ID: "OtherBucket", Type: "AWS::S3::Bucket"})
	st.Add(g.resource(m))
	set := &blueprint.Set{Stacks: []*blueprint.Stack{st}}
	modules, err := emit.Emit(set, emit.Options{Book: all.Terraform(), Variables: seed%2 == 1})
	if err != nil {
		t.Fatal(err)
	}
	formatted(t, modules)
	id := func(r *cloud.Resource) string { return r.LogicalID }
	want, got := resources(asCFN(t, set), id), resources(asTF(t, modules), id)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-CloudFormation +Terraform\n%s\n%s", d, show(modules))
	}
}
