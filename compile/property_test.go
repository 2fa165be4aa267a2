package compile

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/services/all"
	"penstock/source"
	"penstock/spec"
)

var specs = flag.Int("specs", 12, "how many specs TestSpecs makes up")

// TestSpecs makes specs up and holds, of each, what is promised of all: it
// compiles, no theorem fails and every call is allowed, it is the same to the
// byte when it is compiled again, Terraform and CloudFormation say the same when
// they are read, and nothing is longer than AWS takes (theorem one would tell).
func TestSpecs(t *testing.T) {
	for seed := range *specs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			text := makeUp(rand.New(rand.NewPCG(uint64(seed), 6)))
			compiled := func(change func(*Options)) *Result {
				t.Helper()
				s, found := spec.Read(source.NewFile("penstock.yaml", []byte(text)))
				for _, f := range found {
					if f.Severity == diag.Error {
						t.Fatalf("%s: %s\n%s", f.At, f.Message, text)
					}
				}
				opt := testOptions()
				opt.Provers = map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove}
				if change != nil {
					change(&opt)
				}
				r, err := Compile(s, opt)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				return r
			}
			r := compiled(nil)
			allHold(t, r, text)
			for _, st := range r.Set.Stacks {
				for _, p := range st.Parameters {
					if from := r.Set.Stack(p.From); !st.Exists && from != nil && from.Exists {
						t.Errorf("stack %s waits for %s, which nobody deploys", st.Name, p.From)
					}
				}
			}
			again := compiled(nil)
			for i, f := range r.Files {
				if !bytes.Equal(f.Data, again.Files[i].Data) {
					t.Errorf("%s is another when it is compiled again", f.Name)
				}
			}
			tf := compiled(func(o *Options) { o.Terraform = all.Terraform() })
			allHold(t, tf, text)
			if d := gocmp.Diff(picture(r.Models[0]), picture(tf.Models[0])); d != "" {
				t.Errorf("-CloudFormation +Terraform\n%s\n%s", d, text)
			}
			params := compiled(func(o *Options) { o.Parameters = true })
			if d := gocmp.Diff(picture(r.Models[0]), picture(params.Models[0])); d != "" {
				t.Errorf("-plain +parameters\n%s\n%s", d, text)
			}
		})
	}
}

// allHold fails where a theorem does, or where a call is not allowed.
func allHold(t *testing.T, r *Result, text string) {
	t.Helper()
	for _, th := range r.Report.Theorems {
		ok := th.Outcome == prove.Holds || th.Outcome == prove.NotApplicable
		if !ok {
			var why []string
			for _, f := range r.Report.Findings {
				if f.Severity != diag.Info {
					why = append(why, f.Code+" "+f.Message)
				}
			}
			if th.Theorem == prove.Runs {
				for _, run := range r.Report.Runs {
					for _, st := range run.Steps {
						for _, c := range st.Calls {
							if c.Decision.Verdict == authz.Depends {
								why = append(why, fmt.Sprintf("%s on %s: %q", c.Request.Action, match.Render(c.Request.Resource), c.Decision.Missing))
							}
						}
					}
				}
			}
			t.Errorf("%s %s\n%s\n%s", th.Theorem, th.Outcome, strings.Join(why, "\n"), text)
		}
	}
}

// picture is a model in a form that says the same of the same accounts
// whichever format they were read from: stacks and places left out, unknown
// parts by what they are of.
func picture(m *cloud.Model) []string {
	var out []string
	for _, r := range m.Resources {
		out = append(out, fmt.Sprintf("%s %s %s %s", r.Account, r.Region, r.Type, props(r.Props)))
	}
	slices.Sort(out)
	return out
}

// props writes a tree with its maps in the order of their keys and unknown
// parts as marks.
func props(n *doc.Node) string {
	if n == nil {
		return "-"
	}
	switch n.Kind {
	case doc.Map:
		fs := slices.Clone(n.Fields)
		slices.SortStableFunc(fs, func(a, b doc.Field) int { return cmp.Compare(a.Name(), b.Name()) })
		var parts []string
		for _, f := range fs {
			parts = append(parts, f.Name()+": "+props(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case doc.List:
		var parts []string
		for _, it := range n.Items {
			parts = append(parts, props(it))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return match.Widest(n.Text)
}

// makeUp makes a spec up.
func makeUp(r *rand.Rand) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	maybe := func() bool { return r.IntN(2) == 0 }
	project := pick("shop", "a1", "my-service", "the-longest-project")
	region := pick("eu-west-1", "ap-northeast-1", "us-east-1", "us-west-2")
	line("project: %s\nregion: %s", project, region)
	var accounts strings.Builder
	accounts.WriteString(`tools: "111111111111"`)
	targets := []string{"tools", "staging", "prod"}[:1+r.IntN(3)]
	for i, a := range targets[1:] {
		accounts.WriteString(fmt.Sprintf(`, %s: "%s"`, a, strings.Repeat(fmt.Sprint(i+2), 12)))
	}
	if maybe() {
		accounts.WriteString(`, logs: "999999999999"`)
	}
	line("accounts: {%s}", accounts.String())
	if maybe() {
		line("organization: {id: o-example1234, management: %q}", "888888888888")
	}
	line("source: %s", pick(
		"{codecommit: "+project+", branch: main, create: true}", "{codecommit: other, branch: release}", "{github: acme/shop, branch: main}",
		"{gitlab: acme/shop, fullClone: true}", "{s3: acme-source, object: source.zip, create: true}", "{ecr: base, tag: stable}"))
	vpc := maybe()
	line("build:\n  buildspec: |\n    version: 0.2\n    phases: {build: {commands: [make]}}\n    artifacts: {files: ['**/*']}")
	if maybe() {
		line("  push: {ecr: %s}", project)
	}
	if maybe() {
		line("  secrets:\n    TOKEN: {from: %q, create: true}", "secretsmanager:"+project+"/build#token")
	} else if maybe() {
		line("  secrets: {TOKEN: \"secretsmanager:%s/there#token\", OTHER: \"secretsmanager:%s-there\"}", project, project)
	}
	if maybe() {
		line("  cache: %s", pick("s3", "local"))
	}
	if maybe() {
		line("  timeout: 30m\n  compute: large\n  env: {MODE: fast}")
	}
	people := maybe()
	groups := pick("by: [security, platform], need: 2, within: 12h", "by: [release]")
	if people {
		groups = "by: [dev]" // the groups are those of people, where these are said
	}
	line("stages:")
	gates := 0
	for i := range 1 + r.IntN(4) {
		if i > 0 && gates == 0 && maybe() {
			gates++
			line("  - approve: %s", pick("{"+groups+"}", "{native: true, notify: [release@example.com]}"))
		}
		account := targets[r.IntN(len(targets))]
		line("  - deploy: %s\n    name: s%d", account, i)
		if maybe() {
			line("    onFailure: rollback")
		}
		line("    %s", pick(
			fmt.Sprintf("ecs: {cluster: c%d, service: web%d}", i, i),
			fmt.Sprintf("ecs: {cluster: c%d, service: web%d, create: true, subnets: [subnet-0a1b2c3d4e5f60001]}", i, i),
			fmt.Sprintf("s3: {bucket: acme-site-%d, prefix: www/}", i),
			fmt.Sprintf("lambda: {function: fn-%d, create: true}", i),
			fmt.Sprintf("ec2: {autoScalingGroup: asg-%d}", i),
			fmt.Sprintf("ec2: {tags: {Role: web%d}}", i),
		))
	}
	if vpc {
		line("network: %s", pick("true", "{cidr: 10.1.0.0/16, nat: true}"))
	}
	if maybe() {
		line("mode: %s", pick("queued", "superseded"))
	}
	line("audit: {alerts: [security@example.com], function: %t}", maybe())
	if maybe() {
		by := pick("555555555555", "arn:aws:iam::555555555555:role/vendor/scanner", "arn:aws:iam::111111111111:role/"+project+"-build")
		line("brokered:\n  vendor: {account: %s, by: %q, externalId: %s, session: 2h, allow: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-docs/*'], why: reads documents}]}",
			targets[r.IntN(len(targets))], by, pick("shop/5f0c", "a=b@c:d", "-_"))
	}
	if people {
		line("people: {users: {alice: [dev]}, roles: {dev: {accounts: [tools], groups: [dev], allow: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-docs/*'], why: reads documents}]}}}")
	}
	return b.String()
}
