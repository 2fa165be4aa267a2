package compile

import (
	"regexp"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/spec"
)

// A writer turns what the model says into what a stack can say, and back: ARNs
// with unknown parts into references.
type writer struct {
	b     *builder
	model *cloud.Model
	// whole are the resources whose ARN or Ref has a part that only a
	// deployment fixes.
	whole []*cloud.Resource
	texts map[[2]string]string
}

func newWriter(b *builder, m *cloud.Model) *writer {
	w := &writer{b: b, model: m, texts: map[[2]string]string{}}
	for _, r := range m.Resources {
		// Nothing can refer to what a stage deploys, nor to what is there already:
		// its stack is never deployed, and so tells no output.
		if st := b.set.Stack(r.Stack.Name); st == nil || st.Exists {
			continue
		}
		if match.HasHole(r.ARN) || match.HasHole(r.Ref) {
			w.whole = append(w.whole, r)
		}
	}
	return w
}

// sub writes s, an ARN or any other text of the model, for a stack: parts that
// only a deployment fixes as references to what they are of, through a
// parameter where that is in another stack; what nothing can refer to as a
// wildcard.
func (w *writer) sub(st *blueprint.Stack, s string) blueprint.Sub {
	if !match.HasHole(s) {
		return w.named(st, s)
	}
	for _, r := range w.whole {
		if rest, ok := strings.CutPrefix(s, r.ARN); ok && r.ARN != "" && match.HasHole(r.ARN) && (rest == "" || rest[0] == ':' || rest[0] == '/') {
			switch {
			case r.Ref == r.ARN:
				return w.ref(st, r, "") + w.sub(st, rest)
			case hasARN(r.Type):
				return w.ref(st, r, "Arn") + w.sub(st, rest)
			}
		}
	}
	for _, r := range w.whole {
		if r.Ref == "" || !match.HasHole(r.Ref) {
			continue
		}
		if before, after, ok := strings.Cut(s, r.Ref); ok {
			return w.sub(st, before) + w.ref(st, r, "") + w.sub(st, after)
		}
	}
	i := strings.IndexByte(s, 0)
	j := i + 1 + strings.IndexByte(s[i+1:], 0)
	wild := blueprint.Sub("*")
	if match.Class(s[i+1]) == match.Suffix {
		wild = "??????"
	}
	return w.named(st, s[:i]) + wild + w.sub(st, s[j+1:])
}

// hasARN reports whether resources of a type tell their ARN as an attribute;
// subnets and security groups do not.
func hasARN(typ string) bool {
	t, ok := facts.CFN(typ)
	if !ok {
		return true
	}
	_, ok = t.Attribute("Arn")
	return ok
}

// ref refers to a resource from a stack.
func (w *writer) ref(in *blueprint.Stack, r *cloud.Resource, attr string) blueprint.Sub {
	local := blueprint.Ref(r.LogicalID)
	if attr != "" {
		local = blueprint.Att(r.LogicalID, attr)
	}
	if r.Stack.Name == in.Name {
		return local
	}
	return w.b.from(in, r.Stack.Name, r.LogicalID, attr)
}

// from is the value of an attribute ("" for the Ref) of a resource of another
// stack, which gets an output for it.
func (b *builder) from(in *blueprint.Stack, stack, id, attr string) blueprint.Sub {
	other := b.set.Stack(stack)
	output := id + attr
	value := blueprint.Att(id, attr)
	if attr == "" {
		output, value = id+"Id", blueprint.Ref(id)
		if r := other.Resource(id); r != nil && strings.HasPrefix(r.Type, "AWS::SecretsManager") {
			output = id + "Arn"
		}
	}
	other.Output(output, "For stack "+in.Name, value)
	name := output
	if p := in.Param(name); p != nil && p.From != stack {
		name = ident(stack) + output
	}
	return in.Parameter(blueprint.Parameter{Name: name, From: stack, Output: output, Description: "Output " + output + " of stack " + stack})
}

// twelve finds account ids.
var twelve = regexp.MustCompile(`[0-9]{12}`)

// named writes a text without unknown parts: the account, region, partition
// and project by name, the rest as it is. Patterns stay patterns.
func (w *writer) named(st *blueprint.Stack, s string) blueprint.Sub {
	a, err := arn.Parse(s)
	if err != nil {
		return blueprint.Sub(strings.ReplaceAll(string(w.b.ids(st, w.b.project(blueprint.Lit(s)))), "."+st.Region+".", ".${AWS::Region}."))
	}
	out := blueprint.Sub("arn:${AWS::Partition}:") + blueprint.Lit(a.Service) + ":"
	if a.Region == st.Region {
		out += "${AWS::Region}:"
	} else {
		out += blueprint.Lit(a.Region) + ":"
	}
	if a.Account != "" {
		out += w.b.account(st, a.Account)
	}
	return out + ":" + w.b.ids(st, w.b.project(blueprint.Lit(a.Resource)))
}

// ids puts the names of the spec's accounts in the place of their ids.
func (b *builder) ids(st *blueprint.Stack, s blueprint.Sub) blueprint.Sub {
	return blueprint.Sub(twelve.ReplaceAllStringFunc(string(s), func(id string) string {
		if !slices.ContainsFunc(b.spec.Accounts, func(a spec.Account) bool { return a.ID == id }) {
			return id
		}
		return string(b.account(st, id))
	}))
}

// project puts the parameter in the place of the project's name where that
// begins a name.
func (b *builder) project(s blueprint.Sub) blueprint.Sub {
	text, p := string(s), b.spec.Project
	var out strings.Builder
	for i := 0; i < len(text); {
		starts := i == 0 || strings.IndexByte(":/", text[i-1]) >= 0
		if rest, ok := strings.CutPrefix(text[i:], p); starts && ok && (rest == "" || strings.IndexByte("-:/", rest[0]) >= 0) {
			out.WriteString("${ProjectName}")
			i += len(p)
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return blueprint.Sub(out.String())
}

// text is what a Sub of a stack says in the model.
func (w *writer) text(st *blueprint.Stack, s blueprint.Sub) string {
	key := [2]string{st.Name, string(s)}
	if t, ok := w.texts[key]; ok {
		return t
	}
	var out strings.Builder
	for _, p := range s.Parts() {
		out.WriteString(w.part(st, p))
	}
	w.texts[key] = out.String()
	return out.String()
}

func (w *writer) part(st *blueprint.Stack, p blueprint.Part) string {
	if p.Name == "" {
		return p.Text
	}
	if text := st.Pseudo(p.Name); text != "" {
		return text
	}
	if q := st.Param(p.Name); q != nil {
		if q.From != "" {
			from := w.b.set.Stack(q.From)
			for _, o := range from.Outputs {
				if o.Name == q.Output {
					return w.text(from, o.Value)
				}
			}
		}
		return q.Value
	}
	for _, r := range w.model.Resources {
		if r.Stack.Name != st.Name || r.LogicalID != p.Name {
			continue
		}
		switch p.Attr {
		case "":
			return r.Ref
		case "Arn":
			return r.ARN
		}
		return r.Unknown(match.Any, p.Attr)
	}
	return match.Hole(match.Any, p.String())
}

// roleARN is the ARN of a role of the blueprint.
func (w *writer) roleARN(r *role) string {
	return w.text(r.stack, w.b.arn(r, r.stack))
}

// owner is the account that owns what an ARN names, "" where that is not told.
func (w *writer) owner(resource string) string {
	if a := arn.Account(resource); a != "" {
		return a
	}
	if r := w.model.Owner(resource); r != nil {
		return r.Account
	}
	return ""
}
