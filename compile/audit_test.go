package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"penstock/blueprint"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/spec"
	"penstock/trail/filter"
	events "penstock/trail/pattern"
)

var (
	toolsAccount   = spec.Account{Alias: "tools", ID: "111111111111"}
	stagingAccount = spec.Account{Alias: "staging", ID: "222222222222"}
	prodAccount    = spec.Account{Alias: "prod", ID: "333333333333"}
	logsAccount    = spec.Account{Alias: "logs", ID: "444444444444"}
)

// auditSpec is a pipeline that builds, and deploys to two accounts.
func auditSpec(change func(*spec.Spec)) *spec.Spec {
	const region = "ap-northeast-1"
	s := &spec.Spec{
		Project: "mfmsapp", Region: region, Environment: "prod",
		Accounts: []spec.Account{toolsAccount, stagingAccount, prodAccount}, Tools: toolsAccount,
		Source: spec.Source{Kind: spec.CodeCommit, Repository: "mfmsapp", Branch: "main", Create: true},
		Builds: []*spec.Build{{Name: "build", Buildspec: "buildspec.yml", Output: true, Privileged: true, Timeout: time.Hour, Push: []spec.Image{{Repository: "mfmsapp", Create: true}}}},
		Stages: []*spec.Stage{ecs(stagingAccount, region), ecs(prodAccount, region)},
		Mode:   "QUEUED", Key: spec.Key{Alias: "mfmsapp-cicd"},
		Audit: spec.Audit{Alerts: []string{"security@example.com"}, Retention: 365, Insights: true, Dashboard: true},
	}
	if change != nil {
		change(s)
	}
	return s
}

// proved compiles a spec, with theorems one and four.
func proved(t *testing.T, s *spec.Spec) *Result {
	t.Helper()
	opt := testOptions()
	r, err := Compile(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Models[0].Findings {
		if f.Code == "CFN021" {
			continue // a value that is given when the stack is deployed
		}
		t.Errorf("%s %s", f.Code, f.Message)
	}
	r.Report = prove.Prove(r.Models, prove.Options{
		Services: opt.Services, Theorems: []prove.Theorem{prove.Runs, prove.NothingMore, prove.Gate, prove.Trail},
		Provers: map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove},
	})
	return r
}

// ecs is a stage that deploys to ECS.
func ecs(a spec.Account, regions ...string) *spec.Stage {
	return &spec.Stage{Name: a.Alias, Deploy: &spec.Deploy{Account: a, Regions: regions, Kind: spec.ECS, Cluster: a.Alias + "-cluster", Service: "my-service"}}
}

// Theorem four holds of every shape that the audit takes, with nothing to
// assume of it but what cannot be in a template.
func TestAudit(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*spec.Spec)
		stacks []string // some that have to be there
	}{
		{"log in the tools account", nil, []string{"audit", "watch-tools-us-east-1", "watch-staging", "watch-prod-us-east-1"}},
		{"log in an account of its own", func(s *spec.Spec) {
			s.Accounts, s.Logs = append(s.Accounts, logsAccount), &logsAccount
		}, []string{"audit", "watch-tools", "watch-logs-us-east-1"}},
		{"a trail of the organization", func(s *spec.Spec) {
			s.Accounts, s.Logs = append(s.Accounts, logsAccount), &logsAccount
			s.Organization = &spec.Organization{ID: "o-example1234", Management: "999999999999"}
			s.Audit.Organization = true
		}, []string{"audit", "watch-tools", "watch-prod"}},
		{"where IAM is", func(s *spec.Spec) {
			s.Region = "us-east-1"
			s.Stages = []*spec.Stage{ecs(stagingAccount, "us-east-1")}
		}, []string{"audit", "watch-staging"}},
		{"an account elsewhere", func(s *spec.Spec) {
			s.Stages = []*spec.Stage{ecs(stagingAccount, "ap-northeast-1"), ecs(prodAccount, "eu-west-1")}
		}, []string{"watch-tools-eu-west-1", "watch-prod", "watch-prod-us-east-1"}},
		{"China", func(s *spec.Spec) {
			s.Region = "cn-northwest-1"
			s.Stages = []*spec.Stage{ecs(stagingAccount, "cn-northwest-1")}
		}, []string{"audit", "watch-staging-cn-north-1"}},
		{"one account", func(s *spec.Spec) {
			s.Accounts = []spec.Account{toolsAccount}
			s.Stages = []*spec.Stage{ecs(toolsAccount, "ap-northeast-1")}
		}, []string{"audit", "watch-tools-us-east-1"}},
		{"secrets and notifications", func(s *spec.Spec) {
			s.Builds[0].Secrets = []spec.Secret{
				{Variable: "A", Kind: spec.Parameter, Name: "/mfmsapp/prod/A"},
				{Variable: "B", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "b"},
			}
			s.Notifications = spec.Notifications{Emails: []string{"team@example.com"}, On: []string{"failed", "succeeded"}}
			s.Audit.Alerts = nil
		}, nil},
		{"a gate of two", func(s *spec.Spec) {
			gate := &spec.Stage{Name: "approve-prod", Approve: &spec.Approve{By: []string{"security", "platform"}, Need: 2, Within: 24 * time.Hour, Never: []string{"author", "starter"}, Notify: []string{"approvers@example.com"}}}
			s.Stages = []*spec.Stage{s.Stages[0], gate, s.Stages[1]}
			s.Seal = true
		}, nil},
		{"every way to deploy", func(s *spec.Spec) {
			at := []string{"ap-northeast-1"}
			s.Stages = []*spec.Stage{
				{Name: "bucket", Deploy: &spec.Deploy{Account: stagingAccount, Regions: at, Kind: spec.S3, Bucket: "site-of-staging", Extract: true}},
				{Name: "function", Deploy: &spec.Deploy{Account: stagingAccount, Regions: at, Kind: spec.Lambda, Function: "mfmsapp-api", Alias: "live"}},
				{Name: "instances", Deploy: &spec.Deploy{Account: prodAccount, Regions: at, Kind: spec.EC2, InstanceTags: []spec.Tag{{Key: "Role", Value: "web"}}}},
				{Name: "stack", Deploy: &spec.Deploy{Account: prodAccount, Regions: at, Kind: spec.CloudFormation, StackName: "mfmsapp", Template: "template.yaml", ChangeSet: true}},
			}
		}, nil},
		{"without insights and a dashboard", func(s *spec.Spec) {
			s.Audit.Insights, s.Audit.Dashboard, s.Audit.Retention = false, false, 90
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := proved(t, auditSpec(c.change))
			for _, name := range c.stacks {
				if r.Set.Stack(name) == nil {
					t.Errorf("no stack %q", name)
				}
			}
			for _, th := range r.Report.Theorems {
				if th.Outcome != prove.Holds && th.Theorem == prove.Trail || th.Outcome == prove.Fails {
					t.Errorf("%s %s: %s", th.Theorem, th.Outcome, th.Why)
				}
				t.Logf("%s %s: %s; assuming %s", th.Theorem, th.Outcome, th.Why, strings.Join(th.Assumes, "; "))
			}
			for _, f := range r.Report.Findings {
				if f.Severity != diag.Info && f.Code != "CFN021" {
					t.Errorf("%s %s %s %v", f.Code, f.At, f.Message, f.Depends)
				}
				t.Logf("%s %s %s", f.Code, f.Message, f.Depends)
			}
			fits(t, r)
			byHandOnly(t, r)
			show(t, r)
		})
	}
}

// fits holds what was drawn to the quotas of EventBridge and CloudWatch Logs.
func fits(t *testing.T, r *Result) {
	t.Helper()
	for _, m := range r.Models {
		names := map[string]bool{}
		for rule := range m.OfType("AWS::Events::Rule") {
			if n := len(compact(rule.Prop("EventPattern"))); n > 2048 {
				t.Errorf("rule %s: a pattern of %d characters", rule.Name, n)
			}
			if why := events.Parse(rule.Prop("EventPattern")).Broken; why != "" {
				t.Errorf("rule %s: EventBridge refuses its pattern: %s", rule.Name, why)
			}
			id := rule.Account + rule.Region + rule.Name
			if len(rule.Name) > 64 || names[id] {
				t.Errorf("rule %s: its name is too long or not its own", rule.Name)
			}
			names[id] = true
		}
		// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
		for f := range m.OfType("AWS::Logs::MetricFilter") {
			if n := len(f.Prop("FilterPattern").Str()); n > 1024 {
				t.Errorf("metric filter %s: a pattern of %d characters", f.Name, n)
			}
			if why := filter.Parse(f.Prop("FilterPattern").Str()).Broken; why != "" {
				t.Errorf("metric filter %s: CloudWatch Logs refuses its pattern: %s", f.Name, why)
			}
		}
	}
}

// byHandOnly holds the guards of the audit to what was drawn by hand: nothing
// had to be derived beside it.
func byHandOnly(t *testing.T, r *Result) {
	t.Helper()
	known := []string{
		"Administration", "ReadTheLog", "CloudTrailEncrypts", "CloudTrailDescribes", "TlsOnly", "NobodyElseWrites", "CloudTrailLooks", "CloudTrailWrites",
		"RulesTell", "AlarmsTell", "RulesAndAlarmsTell", "TrailLogs",
	}
	for _, st := range r.Set.Stacks {
		if st.Name != auditStack && !strings.HasPrefix(st.Name, "watch-") {
			continue
		}
		for _, res := range st.Resources {
			for _, prop := range [...]string{"KeyPolicy", "PolicyDocument"} {
				p, ok := res.Props.Get(prop).(*blueprint.Policy)
				if !ok || res.Type == "AWS::IAM::ManagedPolicy" {
					continue
				}
				for _, s := range p.Statements {
					if !slices.Contains(known, s.Sid) {
						t.Errorf("stack %s, %s: statement %s of %v was derived", st.Name, res.ID, s.Sid, s.Resources)
					}
				}
			}
		}
	}
}

// compact writes a node as EventBridge gets it.
func compact(n *doc.Node) string {
	switch n.Kind {
	case doc.Map:
		var fields []string
		for _, f := range n.Fields {
			fields = append(fields, fmt.Sprintf("%q:%s", f.Name(), compact(f.Value)))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case doc.List:
		var items []string
		for _, i := range n.Items {
			items = append(items, compact(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	default:
		return fmt.Sprintf("%q", match.Render(n.Str()))
	}
}

// show writes what was compiled to the folder that SHOW names.
func show(t *testing.T, r *Result) {
	dir := os.Getenv("SHOW")
	if dir == "" {
		return
	}
	dir = filepath.Join(dir, filepath.Base(t.Name()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// beyond are the rules that tell of more than theorem four asks for; and
// alarms tell what no rule can.
var beyond = []string{"ByHand", "Artifacts", "Images", "Secrets", "Votes"}

// What the audit is made of earns its place: without any of its rules the
// theorem fails.
func TestAuditEarns(t *testing.T) {
	if testing.Short() {
		t.Skip("proves some forty worlds")
	}
	s := auditSpec(nil)
	r := proved(t, s)
	n := 0
	for _, st := range r.Set.Stacks {
		all := st.Resources
		for i, res := range all {
			rule := strings.TrimRight(strings.TrimPrefix(res.ID, "Watch"), "23456789")
			if res.Type != "AWS::Events::Rule" || rule == res.ID || slices.Contains(beyond, rule) {
				continue
			}
			n++
			st.Resources = slices.Delete(slices.Clone(all), i, i+1)
			b := &builder{spec: s, set: r.Set}
			opt := testOptions()
			models, err := b.load(opt)
			if err != nil {
				t.Fatal(err)
			}
			rep := prove.Prove(models, prove.Options{
				Services: opt.Services, Theorems: []prove.Theorem{prove.Trail}, Provers: map[prove.Theorem]prove.Prover{prove.Trail: trail.Prove},
			})
			if rep.Theorems[0].Outcome == prove.Holds && !slices.ContainsFunc(rep.Findings, func(f diag.Finding) bool { return f.Theorem == string(prove.Trail) }) {
				t.Errorf("stack %s: nobody misses rule %s", st.Name, res.ID)
			}
			st.Resources = all
		}
	}
	if n < 20 {
		t.Errorf("%d rules were looked at", n)
	}
}

// Forty stages are watched by no more rules than four.
func TestAuditForty(t *testing.T) {
	r := proved(t, auditSpec(func(s *spec.Spec) {
		s.Stages = nil
		for i := range 40 {
			st := ecs(prodAccount, "ap-northeast-1")
			st.Name = fmt.Sprintf("prod-%d", i)
			st.Deploy.Service = fmt.Sprintf("service-%d", i)
			s.Stages = append(s.Stages, st)
		}
	}))
	fits(t, r)
	for _, th := range r.Report.Theorems {
		if th.Theorem == prove.Trail && th.Outcome != prove.Holds {
			t.Errorf("%s %s: %s", th.Theorem, th.Outcome, th.Why)
		}
	}
	if n := len(r.Set.Stack("watch-prod").Resources); n > 20 {
		t.Errorf("%d resources watch over one account", n)
	}
}
