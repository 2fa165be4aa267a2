package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/diag"
	"penstock/iam/authz"
	"penstock/prove"
	"penstock/services/all"
	"penstock/spec"
)

// With a function all holds that holds without, and rests on no code.
func TestAlertFunction(t *testing.T) {
	for name, change := range map[string]func(*spec.Spec){
		"three accounts": nil,
		"a log account, elsewhere": func(s *spec.Spec) {
			s.Accounts, s.Logs = append(s.Accounts, logsAccount), &logsAccount
			s.Stages = []*spec.Stage{ecs(stagingAccount, "ap-northeast-1"), ecs(prodAccount, "eu-west-1")}
		},
		"where IAM is": func(s *spec.Spec) {
			s.Region = "us-east-1"
			s.Stages = []*spec.Stage{ecs(stagingAccount, "us-east-1")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := proved(t, auditSpec(func(s *spec.Spec) {
				s.Builds[0].Push, s.Builds[0].Inline, s.Builds[0].Buildspec = nil, true, inline("make")
				if change != nil {
					change(s)
				}
				s.Audit.Function = true
			}))
			provenHolds(t, r)
			for _, f := range r.Report.Findings {
				if f.Severity != diag.Info && f.Code != "CFN021" {
					t.Errorf("%s %s %s %v", f.Code, f.At, f.Message, f.Depends)
				}
			}
			for _, th := range r.Report.Theorems {
				if slices.ContainsFunc(th.Assumes, func(s string) bool { return strings.Contains(s, "its code is not read") }) {
					t.Errorf("%s rests on code: %q", th.Theorem, th.Assumes)
				}
			}
			fits(t, r)
			for rule := range r.Models[0].OfType("AWS::Events::Rule") {
				direct := false
				for target := range rule.Prop("Targets").Elems() {
					direct = direct || target.Get("Id").Str() == "alert"
				}
				if strings.HasPrefix(rule.Name, "mfmsapp-watch-") && !direct {
					t.Errorf("rule %s tells the function alone", rule.Name)
				}
			}
			show(t, r)
		})
	}
}

// The function publishes to its topic and does nothing else; only the rules
// call it and fill the queue.
func TestAlertFunctionRights(t *testing.T) {
	s := auditSpec(func(s *spec.Spec) { s.Audit.Function = true })
	r := proved(t, s)
	const (
		role  = "arn:aws:iam::111111111111:role/mfmsapp-alert"
		queue = "arn:aws:sqs:ap-northeast-1:111111111111:mfmsapp-alerts-undelivered"
		topic = "arn:aws:sns:ap-northeast-1:111111111111:mfmsapp-alerts"
		build = "arn:aws:iam::111111111111:role/mfmsapp-build"
	)
	answers(t, r, []question{
		{role, "sns:Publish", topic, "", authz.Allow},
		{role, "sns:Publish", "arn:aws:sns:us-east-1:111111111111:mfmsapp-alerts", "", authz.Deny},
		{role, "sns:Publish", topic, "aws:SecureTransport=false", authz.Deny},
		{role, "sns:SetTopicAttributes", topic, "", authz.Deny},
		{role, "sqs:SendMessage", queue, "", authz.Allow},
		{role, "sqs:ReceiveMessage", queue, "", authz.Deny},
		{build, "sqs:SendMessage", queue, "", authz.Deny},
		{build, "lambda:InvokeFunction", "arn:aws:lambda:ap-northeast-1:111111111111:function:mfmsapp-alert", "", authz.Deny},
	})
	opt := testOptions()
	opt.Terraform = all.Terraform()
	tf, err := Compile(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(picture(r.Models[0]), picture(tf.Models[0])); d != "" {
		t.Errorf("-CloudFormation +Terraform\n%s", d)
	}
	for _, th := range tf.Report.Theorems {
		if th.Outcome == prove.Fails {
			t.Errorf("Terraform: %s fails: %s", th.Theorem, th.Why)
		}
	}
}
