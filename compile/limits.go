package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iac/cfn/emit"
	"penstock/match"
)

// Quotas of IAM, in characters without white space
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
// "IAM and STS character limits"). The inline policies of a role count
// together. A margin is left for what a deployment makes longer than it is
// here.
const (
	inlineLimit  = 10240 - 640
	managedLimit = 6144 - 344
	attachLimit  = 10
)

// policies writes the statements of a role: in one inline policy, or, where
// they are too many, in managed policies.
func (b *builder) policies(w *writer, r *role, sts []*blueprint.Statement) {
	if len(sts) == 0 {
		return
	}
	size := w.sizes(r.stack)
	if size(sts...) <= inlineLimit {
		r.res.Props.Set("Policies", blueprint.List{blueprint.KV("PolicyName", "work", "PolicyDocument", &blueprint.Policy{Statements: sts})})
		return
	}
	var parts [][]*blueprint.Statement
	var part []*blueprint.Statement
	for _, s := range divide(size, sts) {
		if len(part) > 0 && size(append(slices.Clone(part), s)...) > managedLimit {
			parts, part = append(parts, part), nil
		}
		part = append(part, s)
	}
	parts = append(parts, part)
	after := slices.Index(r.stack.Resources, r.res)
	for i, p := range parts {
		n := i + 1
		policy := &blueprint.Resource{
			ID: fmt.Sprintf("%sPolicy%d", r.id, n), Type: "AWS::IAM::ManagedPolicy",
			Comment: fmt.Sprintf("Part %d of %d: what the role does is more than one policy may hold.", n, len(parts)),
			Props: blueprint.KV(
				"ManagedPolicyName", blueprint.Sub(fmt.Sprintf("${ProjectName}%s-%d", strings.TrimPrefix(r.name, b.spec.Project), n)),
				"Roles", blueprint.List{blueprint.Ref(r.id)},
				"PolicyDocument", &blueprint.Policy{Statements: p}),
		}
		r.stack.Resources = slices.Insert(r.stack.Resources, after+n, policy)
	}
}

// attached fails where a role has more managed policies than IAM attaches: one
// that reads hundreds of secrets, say.
func (b *builder) attached() error {
	for _, r := range b.roles {
		n := 0
		for _, res := range r.stack.Resources {
			if res.Type == "AWS::IAM::ManagedPolicy" && slices.Equal(refs(res.Props.Get("Roles")), []string{r.id}) {
				n++
			}
		}
		if n > attachLimit {
			return fmt.Errorf("role %s needs %d managed policies of %d characters, and IAM attaches no more than %d to a role: divide what it does among several builds or stages", r.name, n, managedLimit, attachLimit)
		}
	}
	return nil
}

// refs are the logical ids that a list refers to.
func refs(list any) []string {
	var out []string
	l, _ := list.(blueprint.List)
	for _, v := range l {
		if s, ok := v.(blueprint.Sub); ok {
			for _, p := range s.Parts() {
				out = append(out, p.Name)
			}
		}
	}
	return out
}

// divide splits statements that are too long for a policy alone by their
// resources.
func divide(size sizer, sts []*blueprint.Statement) []*blueprint.Statement {
	var out []*blueprint.Statement
	for _, s := range sts {
		if size(s) <= managedLimit || len(s.Resources) < 2 {
			out = append(out, s)
			continue
		}
		one, two := *s, *s
		half := len(s.Resources) / 2
		one.Resources, two.Resources = s.Resources[:half], s.Resources[half:]
		two.Sid += "More"
		out = append(out, divide(size, []*blueprint.Statement{&one, &two})...)
	}
	return out
}

// A sizer says how long a policy of statements is, without white space and with
// the values of its references.
type sizer func(...*blueprint.Statement) int

// sizes measures policies of a stack.
func (w *writer) sizes(st *blueprint.Stack) sizer {
	return func(sts ...*blueprint.Statement) int {
		p := blueprint.Policy{Statements: sts}
		return measure(p.Map(), func(part blueprint.Part) int { return w.partLength(st, part) })
	}
}

// length is how long a value is as JSON, with parts of texts as they are
// estimated.
func length(v any) int { return measure(v, estimate) }

func measure(v any, part func(blueprint.Part) int) int {
	switch v := v.(type) {
	case blueprint.Map:
		n := 2
		for _, f := range v {
			n += len(f.Key) + 4 + measure(f.Value, part)
		}
		return n
	case blueprint.List:
		n := 2
		for _, e := range v {
			n += measure(e, part) + 1
		}
		return n
	case blueprint.Sub:
		n := 2
		for _, p := range v.Parts() {
			n += part(p)
		}
		return n
	case string:
		return len(v) + 2
	case bool, int:
		return 5
	}
	return 4
}

// estimate is how long a part of a text is at most as a rule, where nothing is
// known of what it refers to.
func estimate(p blueprint.Part) int {
	switch {
	case p.Name == "":
		return len(p.Text)
	case p.Name == "AWS::AccountId" || strings.HasSuffix(p.Name, "Account"):
		return 12
	case p.Name == "AWS::Partition":
		return 3
	case p.Name == "AWS::Region":
		return 14
	case p.Name == "ProjectName":
		return 20
	}
	return 90 // a key's ARN has 75 characters
}

// partLength is how long a part of a text of a stack is when it is deployed.
func (w *writer) partLength(st *blueprint.Stack, p blueprint.Part) int {
	text := match.Render(w.part(st, p))
	if p.Name == "" || p.Name == "ProjectName" || text == "" {
		return estimate(p)
	}
	// An id that only a deployment fixes: that of a key, with 36 characters, is
	// the longest.
	n := 0
	for {
		before, rest, ok := strings.Cut(text, "‹")
		n += len(before)
		if !ok {
			return n
		}
		_, text, _ = strings.Cut(rest, "›")
		n += 36
	}
}

// bodyLimit is how long a template may be that goes with the request to
// CloudFormation; a longer one, up to 1 MB, is fetched from a bucket
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html,
// "Template body size").
const bodyLimit = 51200

// large says which templates go through a bucket.
func (b *builder) large(res *Result) {
	var names []string
	before := ""
	for _, st := range b.set.Stacks {
		name := emit.FileName(st)
		i := slices.IndexFunc(res.Files, func(f File) bool { return f.Name == name })
		if st.Exists || i < 0 || len(res.Files[i].Data) <= bodyLimit {
			continue
		}
		before = cmp.Or(before, st.Name)
		names = append(names, name)
	}
	if len(names) == 0 {
		return
	}
	b.step(Step{
		Before: before, Title: "Have a bucket for large templates",
		Why: "CloudFormation takes a template of more than 51,200 bytes only from a bucket of the stack's region, to which aws cloudformation deploy --s3-bucket BUCKET puts it: " + strings.Join(names, ", "),
	})
	res.Steps = b.steps
}
