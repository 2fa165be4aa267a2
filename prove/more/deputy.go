package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
)

// senders are the services that say on whose behalf they call, by
// aws:SourceArn and aws:SourceAccount, with the page that says so; those that
// do not for a resource's service are left out by not.
var senders = map[string]struct {
	arn  string // of something of theirs: "arn:aws:cloudtrail:<region>:<account>:trail/any"
	not  []string
	page string
}{
	"cloudtrail.amazonaws.com": {arn: "cloudtrail:%s:%s:trail/any", page: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"},
	"s3.amazonaws.com":         {arn: "s3:::somebodys-bucket", page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"},
	"sns.amazonaws.com":        {arn: "sns:%s:%s:any", not: []string{"kms"}, page: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"},
	"events.amazonaws.com":     {arn: "events:%s:%s:rule/any", not: []string{"kms"}, page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"},
	"cloudwatch.amazonaws.com": {arn: "cloudwatch:%s:%s:alarm:any", not: []string{"kms"}, page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"},
}

// deputies finds the statements by which a service may act on a resource
// whoever it acts for: the confused deputy
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
func (f *finder) deputies(t *tally) []diag.Finding {
	var out []diag.Finding
	for _, r := range f.model.Resources {
		a, err := arn.Parse(r.ARN)
		if err != nil || len(r.Policies) == 0 {
			continue
		}
		for _, at := range r.Policies {
			if at.Policy == nil || at.Policy.Broken != "" {
				continue
			}
			for i := range at.Policy.Statements {
				st := &at.Policy.Statements[i]
				if st.Effect != iam.Allow || st.NotPrincipal || len(st.Maybe) > 0 {
					continue
				}
				if d, ok := f.deputy(r, a.Service, st); ok {
					if d.Severity == diag.Error {
						t.grave++
					} else {
						t.unexplained++
					}
					out = append(out, d)
				}
			}
		}
	}
	return out
}

func (f *finder) deputy(r *cloud.Resource, of string, st *iam.Statement) (diag.Finding, bool) {
	for _, p := range st.Principals {
		s, ok := senders[p.Text]
		if p.Type != iam.PrincipalService || !ok || slices.Contains(s.not, of) || len(st.Actions) == 0 {
			continue
		}
		action, ok := concrete(of, st.Actions[0].Text)
		if !ok {
			continue
		}
		source := s.arn
		if strings.Contains(source, "%s") {
			source = fmt.Sprintf(source, r.Region, stranger)
		}
		on := r.ARN
		if len(st.Resources) > 0 && strings.Contains(st.Resources[0].Text, "/") && of == "s3" {
			on = strings.ReplaceAll(match.Widest(st.Resources[0].Text), "*", "any")
		}
		q := iam.Request{Principal: iam.Principal{Service: p.Text}, Action: action, Resource: on, ResourceAccount: r.Account}
		q.Context.Open = true
		q.Context.Set("aws:SourceArn", "arn:"+partition(r.ARN)+":"+source)
		q.Context.Set("aws:SourceAccount", stranger)
		q.Context.SetAbsent("aws:SourceOrgID")
		q.Context.SetAbsent("aws:SourceOrgPaths")
		if f.engine.DecideCases(&q, authz.Collect(f.model, &q)) != authz.Allow && !f.meets(&q, st) {
			continue
		}
		severity := diag.Warning
		if of == "lambda" && (p.Text == "s3.amazonaws.com" || p.Text == "sns.amazonaws.com") {
			severity = diag.Error // anybody's bucket or topic has the function run with an event of its choice
		}
		return diag.Finding{
			Code: "MORE010", Theorem: string(prove.NothingMore), At: st.Span, Severity: severity, Certainty: diag.Proved,
			Principal: p.Text, Action: action, Resource: match.Render(r.ARN), Layer: "resource",
			Message: fmt.Sprintf("%s may %s on %s whoever's account it acts for: nothing compares aws:SourceArn or aws:SourceAccount, which it sends", p.Text, action, match.Render(r.ID())),
		}, true
	}
	return diag.Finding{}, false
}

// meets reports whether what else a statement demands could be met by such a
// request: its other conditions are the sender's to fill in.
func (f *finder) meets(q *iam.Request, st *iam.Statement) bool {
	for _, c := range st.Conditions {
		low := strings.ToLower(c.Key)
		if strings.HasPrefix(low, "aws:source") || strings.HasPrefix(low, "aws:principal") {
			return false
		}
	}
	return f.engine.DecideCases(q, authz.Collect(f.model, q)) == authz.Depends
}

// concrete is an action of a service that a pattern names.
func concrete(of, pattern string) (string, bool) {
	if !strings.ContainsAny(pattern, "*?") {
		return pattern, strings.HasPrefix(strings.ToLower(pattern), of+":")
	}
	one := iam.Statement{Actions: []iam.Elem{{Text: pattern}}}
	as, all := expand(&one)
	if all || len(as) == 0 {
		return "", false
	}
	return as[0], true
}
