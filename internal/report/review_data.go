package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
	"penstock/spec"
)

// A holder is somebody who can make a call, by itself or by a chain.
type holder struct {
	arn     string
	verdict reach.Verdict
	via     []string // whom it becomes on the way, nil where it needs nobody
}

// holders asks who can make a call on a resource, a pattern as in a Resource
// element.
func (v *reviewer) holders(account, resource string, actions ...string) []holder {
	call := service.PowerCall{Actions: actions, Resources: []string{resource}, Account: account}
	var direct, chained []holder
	asked := map[string]reach.Verdict{}
	can := func(a chain.Actor) reach.Verdict {
		key := fmt.Sprintf("%+v", a)
		if x, ok := asked[key]; ok {
			return x
		}
		x := v.graph.Can(a, call).Verdict
		asked[key] = x
		return x
	}
	for p := range v.m.Principals() {
		if p.Kind == cloud.Group {
			continue
		}
		own := can(chain.Actor{ARN: p.ARN})
		if own == reach.Some {
			direct = append(direct, holder{arn: p.ARN, verdict: own})
			continue
		}
		best := holder{arn: p.ARN, verdict: own}
		t := v.tree(p.ARN)
		if t.Cut {
			best.verdict = max(best.verdict, reach.Depends) // more than is followed
		}
		for _, n := range t.Nodes {
			if n.Via == nil || !n.Declared {
				continue
			}
			if x := min(can(n.Actor), n.Verdict); x > best.verdict {
				best.verdict, best.via = x, nil
				for o := n; o.Via != nil; o = o.Via {
					best.via = append(best.via, o.Actor.Name())
				}
				slices.Reverse(best.via)
			}
		}
		switch {
		case best.verdict == reach.None:
		case best.via == nil:
			direct = append(direct, best)
		default:
			chained = append(chained, best)
		}
	}
	return append(direct, chained...)
}

// tree is whom a principal can become.
func (v *reviewer) tree(principal string) *chain.Tree {
	t := v.trees[principal]
	if t == nil {
		t = v.graph.From(principal)
		if v.trees == nil {
			v.trees = map[string]*chain.Tree{}
		}
		v.trees[principal] = t
	}
	return t
}

// holdersCell lists holders under each other.
func (v *reviewer) holdersCell(hs []holder) prose {
	if len(hs) == 0 {
		return say(dim("nobody"))
	}
	var lines []prose
	for _, h := range hs {
		l := v.who(h.arn)
		if h.via != nil {
			l = append(l, dim(" as "+strings.Join(h.via, ", then ")))
		}
		if h.verdict != reach.Some {
			l = append(l, painted(unsure, " possibly"))
		}
		lines = append(lines, l)
	}
	return stacked(lines...)
}

// data tells who can use what holds and guards the artifacts.
func (v *reviewer) data() {
	v.add(para{say("Who can make these calls through every policy layer, by itself or as somebody whom it can become. " +
		"Who administers an account can change what the policies of that account say, and is not listed.")})
	type column struct {
		title   string
		within  string // what the calls are made on, below the ARN
		actions []string
	}
	kinds := []struct {
		typ, title string
		columns    []column
	}{
		{"AWS::KMS::Key", "Key", []column{
			{"Decrypts", "", []string{"kms:Decrypt"}},
			{"Encrypts", "", []string{"kms:GenerateDataKey", "kms:Encrypt"}},
			{"Gives away", "", []string{"kms:PutKeyPolicy", "kms:CreateGrant"}},
			{"Destroys", "", []string{"kms:ScheduleKeyDeletion", "kms:DisableKey"}},
		}},
		{"AWS::S3::Bucket", "Bucket", []column{
			{"Reads", "/*", []string{"s3:GetObject", "s3:GetObjectVersion"}},
			{"Writes", "/*", []string{"s3:PutObject"}},
			{"Deletes", "/*", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
			{"Gives away", "", []string{"s3:PutBucketPolicy", "s3:PutBucketAcl"}},
		}},
		{"AWS::ECR::Repository", "Image repository", []column{
			{"Pulls", "", []string{"ecr:BatchGetImage"}},
			{"Pushes", "", []string{"ecr:PutImage"}},
			{"Deletes", "", []string{"ecr:BatchDeleteImage"}},
			{"Gives away", "", []string{"ecr:SetRepositoryPolicy"}},
		}},
	}
	for _, k := range kinds {
		t := table{head: []string{k.title}}
		for _, c := range k.columns {
			t.head = append(t.head, c.title)
		}
		t.head = append(t.head, "AWS services")
		for r := range v.m.OfType(k.typ) {
			if r.ARN == "" {
				continue
			}
			row := []prose{v.thing(r)}
			for _, c := range k.columns {
				row = append(row, v.holdersCell(v.holders(r.Account, r.ARN+c.within, c.actions...)))
			}
			t.rows = append(t.rows, append(row, servicesOf(r)))
		}
		if len(t.rows) > 0 {
			v.add(t)
		}
	}
}

// servicesOf names the services that the policy of a resource lets in.
func servicesOf(r *cloud.Resource) prose {
	var names []string
	for i := range r.Policies {
		if r.Policies[i].Policy == nil {
			continue
		}
		for j := range r.Policies[i].Policy.Statements {
			s := &r.Policies[i].Policy.Statements[j]
			if s.Effect != iam.Allow {
				continue
			}
			for _, p := range s.Principals {
				if p.Type == iam.PrincipalService && !slices.Contains(names, p.Text) {
					names = append(names, p.Text)
				}
			}
		}
	}
	if len(names) == 0 {
		return say(dim("none"))
	}
	var lines []prose
	for _, n := range names {
		lines = append(lines, say(strings.TrimSuffix(n, ".amazonaws.com")))
	}
	return stacked(lines...)
}

// thing names a resource, with the words that stand above it in its template.
func (v *reviewer) thing(r *cloud.Resource) prose {
	name := service.Called(r)
	if r.Name != "" && !match.HasHole(r.Name) {
		name = r.Name
	}
	out := stacked(say(bold(match.Render(name))), say(dim(v.account(r.Account)+" "+r.Region)))
	if r.Stack == nil {
		return out
	}
	if st := v.Result.Set.Stack(r.Stack.Name); st != nil {
		if st.Exists {
			out = append(out, br, dim("there already"))
		}
		if b := st.Resource(r.LogicalID); b != nil && b.Comment != "" {
			out = append(out, br, dim(b.Comment))
		}
	}
	return out
}

// secrets tells who can read the secrets of the builds, and those that are made.
func (v *reviewer) secrets() {
	t := table{head: []string{"Secret", "Is for", "Who reads it"}}
	done := map[string]bool{}
	add := func(name prose, why prose, account, a string, actions ...string) {
		if done[a] {
			return
		}
		done[a] = true
		t.rows = append(t.rows, []prose{name, why, v.holdersCell(v.holders(account, a, actions...))})
	}
	s := v.Spec
	builds := slices.Clone(s.Builds)
	for _, st := range s.Stages {
		if st.Test != nil {
			builds = append(builds, st.Test)
		}
	}
	for _, b := range builds {
		for i := range b.Secrets {
			x := &b.Secrets[i]
			a, actions := secretARN(s, x)
			why := say(code(x.Variable), " of build ", b.Name)
			if x.JSONKey != "" {
				why = append(why, say(", key ", code(x.JSONKey))...)
			}
			if x.Rotate > 0 {
				why = append(why, run{text: fmt.Sprintf(", rotated every %s", count(x.Rotate, "day"))})
			}
			add(say(dim(string(x.Kind)+" "), code(firstOf(x.Name, x.ARN))), why, firstOf(arn.Account(a), s.Tools.ID), a, actions...)
		}
	}
	for r := range v.m.OfType("AWS::SecretsManager::Secret") {
		if r.ARN != "" && !slices.ContainsFunc(builds, func(b *spec.Build) bool {
			return slices.ContainsFunc(b.Secrets, func(x spec.Secret) bool { return x.Create && x.Name == r.Name })
		}) {
			add(v.thing(r), nil, r.Account, r.ARN, "secretsmanager:GetSecretValue")
		}
	}
	v.add(heading{level: 3, id: "secrets", text: say("Secrets")})
	if len(t.rows) == 0 {
		v.add(para{say("The pipeline has none.")})
		return
	}
	v.add(para{say("No value of a secret stands in these templates: each is named, and read when it is used.")}, t)
}

// secretARN is what a secret is called on, and the calls that read it.
func secretARN(s *spec.Spec, x *spec.Secret) (string, []string) {
	reads := []string{"secretsmanager:GetSecretValue"}
	a := arn.ARN{Partition: arn.Partition(s.Region), Service: string(x.Kind), Region: s.Region, Account: s.Tools.ID}
	if x.Kind == spec.Parameter {
		reads = []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"}
		a.Resource = "parameter/" + strings.TrimPrefix(x.Name, "/")
	} else {
		a.Resource = "secret:" + x.Name + "-??????"
	}
	if x.ARN != "" {
		return x.ARN, reads
	}
	return a.String(), reads
}
