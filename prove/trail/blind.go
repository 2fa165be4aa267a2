package trail

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
	"penstock/service"
	"penstock/truth"
)

// A veil is a call by which somebody would stop, change or hide the trace.
type veil struct {
	action   string
	resource string // ARN
	account  string
	region   string
	of       *cloud.Resource
	code     string
	what     string // "trail audit", for people
}

// veils lists the calls that blind: on the trails, on what they write to and
// with which key, and on the alerts that work.
func (w *world) veils() []veil {
	var out []veil
	on := func(r *cloud.Resource, code, what, a string, actions ...string) {
		account, region := arn.Account(a), r.Region
		if account == "" {
			account = r.Account
		}
		for _, x := range actions {
			out = append(out, veil{x, a, account, region, r, code, what})
		}
	}
	for _, t := range w.trails {
		what := "trail " + name(t)
		on(t, "TRAIL011", what, t.ARN, "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors")
		w.veilBucket(t, on)
		if k := service.KeyARN(w.m, cloud.Text(t.Prop("KMSKeyId")), t.Account, t.Region); k != "" && !match.HasHole(k) {
			on(t, "TRAIL012", "the key of "+what, k, "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")
		} else if key := w.keyOf(t, "KMSKeyId"); key != nil {
			on(key, "TRAIL012", "the key of "+what, key.ARN, "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")
		}
	}
	seen := map[*cloud.Resource]bool{}
	for _, a := range w.alerts {
		if a.live == truth.No {
			continue
		}
		for _, r := range a.resources {
			if seen[r] {
				continue
			}
			seen[r] = true
			what := "alert by " + name(r)
			switch r.Type {
			case ruleType:
				on(r, "TRAIL013", what, r.ARN, "events:DisableRule", "events:DeleteRule", "events:PutRule", "events:RemoveTargets")
			case "AWS::Logs::LogGroup":
				on(r, "TRAIL013", what, r.ARN, "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:PutMetricFilter")
			case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm":
				on(r, "TRAIL013", what, r.ARN, "cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState")
			case "AWS::SNS::Topic":
				on(r, "TRAIL013", what, r.ARN, "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:RemovePermission")
				if key := w.keyOf(r, "KmsMasterKeyId"); key != nil {
					on(key, "TRAIL013", "the key of topic "+name(r), key.ARN, "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")
				}
			}
		}
	}
	return out
}

// veilBucket lists what hides the files of a trail: removing or overwriting
// them, and changing what guards them. Where the bucket keeps every version
// for a time by Object Lock in compliance mode, nobody removes or overwrites
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes).
func (w *world) veilBucket(t *cloud.Resource, on func(r *cloud.Resource, code, what, a string, actions ...string)) {
	bucket := cloud.Text(t.Prop("S3BucketName"))
	if bucket == "" {
		return
	}
	a := "arn:" + arn.Partition(t.Region) + ":s3:::" + bucket
	b := w.bucketOf(t)
	r, what := t, "the log of trail "+name(t)
	if b != nil {
		r, a = b, b.ARN
	}
	if b == nil || !locked(b) {
		prefix := strings.Trim(cloud.Text(t.Prop("S3KeyPrefix")), "/")
		if prefix != "" {
			prefix += "/"
		}
		object := a + "/" + prefix + "AWSLogs/" + t.Account + "/CloudTrail/" + match.Hole(match.Key, "a log file")
		on(r, "TRAIL012", what, object, "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject")
		on(r, "TRAIL012", what, a, "s3:PutLifecycleConfiguration", "s3:DeleteBucket")
	}
	on(r, "TRAIL012", what, a, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
}

// locked reports whether objects cannot be removed while their time runs,
// whoever tries.
func locked(b *cloud.Resource) bool {
	lock := b.Prop("ObjectLockConfiguration", "Rule", "DefaultRetention")
	return b.Prop("ObjectLockEnabled").Str() == "true" && lock.Get("Mode").Str() == "COMPLIANCE" && len(b.Maybe) == 0
}

// A blinder is principals that can make the same calls.
type blinder struct {
	code    string
	who     []string
	actions []string
	what    []string
	at      *cloud.Principal
	maybe   bool
	depends []string
	on      *cloud.Resource
}

// blind says which principals of the pipelines can blind the trails or the
// alerts: one finding for those that can do the same.
func (w *world) blind() {
	veils := w.veils()
	var order []*blinder
	index := map[string]*blinder{}
	for _, role := range w.roles {
		by := map[string]*blinder{}
		var codes []string
		for _, v := range veils {
			verdict, missing := w.can(role, v)
			if verdict == authz.Deny {
				continue
			}
			k := fmt.Sprint(v.code, verdict == authz.Depends)
			if by[k] == nil {
				by[k] = &blinder{code: v.code, maybe: verdict == authz.Depends, at: w.m.Principal(role), on: v.of}
				codes = append(codes, k)
			}
			b := by[k]
			b.actions, b.what = add(b.actions, v.action), add(b.what, v.what)
			for _, m := range missing {
				b.depends = add(b.depends, m)
			}
		}
		slices.Sort(codes)
		for _, c := range codes {
			b := by[c]
			k := fmt.Sprint(c, b.actions, b.what)
			if index[k] == nil {
				index[k] = b
				order = append(order, b)
			}
			index[k].who = append(index[k].who, "role "+match.Render(lastOf(role)))
		}
	}
	for _, b := range order {
		w.found = append(w.found, b.finding())
	}
}

// can decides one blinding call of a principal: made where the resource is,
// by whoever runs with the role.
func (w *world) can(role string, v veil) (authz.Verdict, []string) {
	q := iam.Request{Principal: iam.Principal{ARN: role}, Action: v.action, Resource: v.resource, ResourceAccount: v.account}
	q.Context.Set("aws:RequestedRegion", v.region)
	q.Context.Set("aws:SecureTransport", "true")
	for k, val := range w.p.Options.Context {
		q.Context.Set(k, val)
	}
	q.Context.Rest = service.Rest(w.m, q)
	pol := authz.Collect(w.m, &q)
	verdict := w.p.Options.Engine.DecideCases(&q, pol)
	if verdict != authz.Depends {
		return verdict, nil
	}
	return verdict, w.p.Options.Engine.ExplainCases(&q, pol).Missing
}

func (b *blinder) finding() diag.Finding {
	f := diag.Finding{Code: b.code, Severity: diag.Error, Certainty: diag.Proved, At: b.on.Span, Action: b.actions[0]}
	if b.at != nil && b.at.Resource != nil {
		f.At = b.at.Resource.Span
		f.Principal = b.at.ARN
		f.Related = []diag.Note{{At: b.on.Span, Message: "what it can blind"}}
	}
	f.Action, f.Principal = "", ""
	does := map[string]string{
		"TRAIL011": "what it does after that is recorded nowhere",
		"TRAIL012": "what was recorded can be removed, or can no longer be written or read",
		"TRAIL013": "what it does after that is told to nobody",
	}[b.code]
	can := "can"
	if b.maybe {
		can = "may be able to"
		f.Severity, f.Certainty, f.Depends = diag.Warning, diag.Possible, b.depends
	}
	f.Message = fmt.Sprintf("%s of the pipeline %s blind %s by %s: %s", list(b.who, 4), can, list(b.what, 3), list(b.actions, 5), does)
	return f
}
