package trail

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// A veil is a call by which somebody would stop, change or hide the trace.
type veil struct {
	action   string
	resource string // ARN
	account  string
	pattern  string // the same for a question about all requests
	of       *cloud.Resource
	code     string
	what     string // "trail audit", for people
}

// logFile stands for the key of some log file.
var logFile = match.Hole(match.Key, "a log file")

// veils lists the calls that blind: on the trails, on what they write to and
// with which key, and on the alerts that work.
func (w *world) veils() []veil {
	var out []veil
	on := func(r *cloud.Resource, code, what, a string, actions ...string) {
		account := arn.Account(a)
		if account == "" {
			account = r.Account
		}
		for _, x := range actions {
			out = append(out, veil{x, a, account, strings.ReplaceAll(a, logFile, "*"), r, code, what})
		}
	}
	for _, t := range w.trails {
		what := "trail " + name(t)
		on(t, "TRAIL011", what, t.ARN, "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors")
		w.veilBucket(t, on)
		if k := service.KeyARN(w.m, cloud.Text(t.Prop("KMSKeyId")), t.Account, t.Region); k != "" {
			on(t, "TRAIL012", "the key of "+what, k, "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")
		}
		if role := w.m.Principal(cloud.Text(t.Prop("CloudWatchLogsRoleArn"))); role != nil && w.listened(t) {
			on(t, "TRAIL013", "the role with which "+what+" writes its log group", role.ARN, "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy")
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
			case "AWS::Lambda::Function":
				on(r, "TRAIL013", what, r.ARN, "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction", "lambda:RemovePermission", "lambda:PutFunctionConcurrency")
			case "AWS::SQS::Queue":
				on(r, "TRAIL013", what, r.ARN, "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:PurgeQueue", "sqs:DeleteMessage")
			case "AWS::SNS::Topic":
				on(r, "TRAIL013", what, r.ARN, "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:RemovePermission")
				// Unsubscribe has no resource.
				out = append(out, veil{"sns:Unsubscribe", "*", r.Account, "*", r, "TRAIL013", what})
				if key := w.keyOf(r, "KmsMasterKeyId"); key != nil {
					on(key, "TRAIL013", "the key of topic "+name(r), key.ARN, "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy")
				}
			}
		}
	}
	return out
}

// listened reports whether a live alert is on the log group of a trail.
func (w *world) listened(t *cloud.Resource) bool {
	return slices.ContainsFunc(w.alerts, func(a *alert) bool {
		return a.live != truth.No && slices.ContainsFunc(a.resources, func(r *cloud.Resource) bool {
			return r.Type == "AWS::Logs::MetricFilter" && slices.Contains(w.trailsTo(r), t)
		})
	})
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
		object := a + "/" + prefix + "AWSLogs/" + t.Account + "/CloudTrail/" + logFile
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

// A blinder is somebody who can make some of these calls, by itself or by a
// chain from a principal of the pipelines.
type blinder struct {
	code    string
	who     []string
	actions []string
	what    []string
	node    *chain.Node
	maybe   bool
	depends []string
	on      *cloud.Resource
}

// blind says which principals of the pipelines can blind the trails or the
// alerts, by themselves or by becoming somebody who can: one finding for those
// that can do the same.
func (w *world) blind() {
	veils := w.veils()
	if len(veils) == 0 || len(w.roles) == 0 {
		return
	}
	g := w.p.Graph(w.m)
	var order []*blinder
	index := map[string]*blinder{}
	sure := map[string]bool{} // codes that somebody is sure of
	var strangers []*chain.Node
	for _, n := range g.From(w.roles...).Nodes {
		if !n.Declared {
			strangers = append(strangers, n)
			continue
		}
		by := map[string]*blinder{}
		var keys []string
		for _, v := range veils {
			verdict, missing := w.can(g, n, v)
			if verdict == reach.None {
				continue
			}
			k := fmt.Sprint(v.code, verdict == reach.Depends)
			if by[k] == nil {
				by[k] = &blinder{code: v.code, maybe: verdict == reach.Depends, node: n, on: v.of}
				keys = append(keys, k)
			}
			b := by[k]
			b.actions, b.what = add(b.actions, v.action), add(b.what, v.what)
			for _, m := range missing {
				b.depends = add(b.depends, m)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			b := by[k]
			if n.Depth > 0 && sure[b.code] {
				continue // shorter is worse
			}
			same := fmt.Sprint(k, b.actions, b.what)
			if n.Depth > 0 {
				same = fmt.Sprint(k, "by a chain")
			}
			if index[same] == nil {
				index[same] = b
				order = append(order, b)
			}
			index[same].who = add(index[same].who, "role "+n.Actor.Name())
			sure[b.code] = sure[b.code] || !b.maybe
		}
	}
	for _, b := range order {
		w.found = append(w.found, w.blinding(g, b))
	}
	w.unknown(strangers)
}

// unknown says of whom it is not known what they may do.
func (w *world) unknown(nodes []*chain.Node) {
	f := diag.Finding{Code: "TRAIL090", Severity: diag.Warning, Certainty: diag.Possible}
	var who []string
	for _, n := range nodes {
		who = add(who, n.Actor.Name())
		f.Depends = add(f.Depends, "the policies of "+n.Actor.Name()+", which no stack declares")
	}
	if len(who) == 0 {
		return
	}
	f.At = w.trails[0].Span
	f.Message = fmt.Sprintf("whether %s of the pipeline can blind the trace is not known: no stack declares %s", list(who, 4), them(who))
	w.found = append(w.found, f)
}

func them(ss []string) string {
	if len(ss) == 1 {
		return "it"
	}
	return "them"
}

// can asks whether somebody can make a blinding call. Most cannot, whatever
// the request holds, which the engine for one request sees by itself where
// every key is open.
func (w *world) can(g *chain.Graph, n *chain.Node, v veil) (reach.Verdict, []string) {
	// Nothing on the way gave it policies that it does not have.
	if own := !n.Actor.Admin && !n.Actor.Made && len(n.Actor.Groups) == 0; own && !w.granted(n.Actor.ARN, v.action) {
		if other := arn.Account(n.Actor.ARN) != v.account; other || !w.guarded(v) {
			return reach.None, nil
		}
	}
	if n.Depth == 0 {
		q := iam.Request{Principal: iam.Principal{ARN: n.Actor.ARN}, Action: v.action, Resource: v.resource, ResourceAccount: v.account, Context: iam.Context{Open: true}}
		pol := authz.Collect(w.m, &q)
		if w.p.Options.Engine.Decide(&q, pol) == authz.Deny {
			return reach.None, nil
		}
	}
	a := g.Can(n.Actor, service.PowerCall{Actions: []string{v.action}, Resources: []string{v.pattern}, Account: v.account})
	if a.Verdict == reach.Depends && v.generated(a.Missing) {
		// What rests on nothing but a name that AWS makes up is asked with such a
		// name: that of another resource it will not be.
		if b := g.Can(n.Actor, service.PowerCall{Actions: []string{v.action}, Resources: []string{v.made()}, Account: v.account}); b.Verdict != reach.Depends {
			a = b
		}
	}
	verdict, missing := a.Verdict, a.Missing
	if verdict == reach.None {
		return verdict, nil
	}
	if verdict == reach.Some && n.Verdict == reach.Depends {
		verdict, missing = reach.Depends, n.Missing
	}
	if verdict != reach.Depends {
		missing = nil
	}
	return verdict, missing
}

// guarded reports whether what a call is made on may have a policy of its own
// that grants it to a principal of its account whose own policies do not. A
// policy that lets in the account, or services, leaves that to those policies
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts).
func (w *world) guarded(v veil) bool {
	switch prefix, _, _ := strings.Cut(v.action, ":"); prefix {
	case "cloudtrail", "cloudwatch", "events", "iam":
		return false
	}
	if v.resource == "*" {
		return false
	}
	r := w.m.Owner(v.resource)
	if r == nil {
		return true
	}
	if is, ok := w.open[r]; ok {
		return is
	}
	if w.open == nil {
		w.open = map[*cloud.Resource]bool{}
	}
	w.open[r] = len(r.Opaque) > 0 || slices.ContainsFunc(r.Policies, lets)
	return w.open[r]
}

// lets reports whether a policy may let in principals by themselves.
func lets(a cloud.Attachment) bool {
	return a.Policy == nil || a.Unknown != "" || slices.ContainsFunc(a.Policy.Statements, func(s iam.Statement) bool {
		if s.Effect == iam.Deny && len(s.Maybe) == 0 {
			return false
		}
		return len(s.Maybe) > 0 || s.NotPrincipal || !s.HasPrincipal || slices.ContainsFunc(s.Principals, func(e iam.PrincipalElem) bool {
			return e.Type != iam.PrincipalService && !(e.Type == iam.PrincipalAWS && (arn.IsAccountID(e.Text) || !match.HasHole(e.Text) && strings.HasSuffix(e.Text, ":root")))
		})
	})
}

// granted reports whether a policy of a principal's own may grant an action,
// on whatever. Across accounts nothing is allowed that none does
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
func (w *world) granted(role, action string) bool {
	k := [2]string{role, action}
	if v, ok := w.grants[k]; ok {
		return v
	}
	v := w.mayGrant(role, action)
	if w.grants == nil {
		w.grants = map[[2]string]bool{}
	}
	w.grants[k] = v
	return v
}

func (w *world) mayGrant(role, action string) bool {
	p := w.m.Principal(role)
	if p == nil || len(p.Groups) > 0 || len(p.Maybe) > 0 || p.Resource != nil && len(p.Resource.Opaque) > 0 {
		return true
	}
	for _, a := range p.Identity {
		if a.Policy == nil || a.Unknown != "" {
			return true
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect != iam.Allow {
				continue
			}
			if st.NotAction || len(st.Actions) == 0 || len(st.Maybe) > 0 {
				return true
			}
			for _, e := range st.Actions {
				if pat := match.CompileFold(e.Text); pat.Match(action) != truth.No {
					return true
				}
			}
		}
	}
	return false
}

// generated reports whether all that is missing is the name of the resource.
func (v *veil) generated(missing []string) bool {
	holes := match.Holes(v.pattern)
	for _, m := range missing {
		if !slices.Contains(holes, m) {
			return false
		}
	}
	return len(missing) > 0 && v.made() != v.pattern
}

// made is the pattern with a name as CloudFormation makes them up, or an id as
// KMS does
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html#resources-section-physical-id).
func (v *veil) made() string {
	r := v.of
	if r.Stack == nil {
		return v.pattern
	}
	name := r.Stack.Name + "-" + r.LogicalID + "-1QX7ZK3V9WJ2"
	switch r.Type {
	case "AWS::S3::Bucket":
		name = strings.ToLower(name)
	case "AWS::KMS::Key":
		name = "0f1e2d3c-4b5a-4697-8879-5a4b3c2d1e0f"
	}
	out := v.pattern
	for _, s := range [...]string{r.Name, r.Ref} {
		if s != "" && match.HasHole(s) && !strings.Contains(s, ":") {
			out = strings.ReplaceAll(out, s, name)
		}
	}
	return out
}

func (w *world) blinding(g *chain.Graph, b *blinder) diag.Finding {
	f := diag.Finding{Code: b.code, Severity: diag.Error, Certainty: diag.Proved, At: b.on.Span}
	root := b.node
	for root.Via != nil {
		root = root.Via
	}
	if p := w.m.Principal(root.Actor.ARN); p != nil && p.Resource != nil {
		f.At = p.Resource.Span
		f.Related = []diag.Note{{At: b.on.Span, Message: "what can be blinded"}}
	}
	does := map[string]string{
		"TRAIL011": "what is done after that is recorded nowhere",
		"TRAIL012": "what was recorded can be removed, or can no longer be written or read",
		"TRAIL013": "what is done after that is told to nobody",
	}[b.code]
	can := "can"
	if b.maybe {
		can = "may be able to"
		f.Severity, f.Certainty, f.Depends = diag.Warning, diag.Possible, b.depends
	}
	who := list(b.who, 4) + " of the pipeline"
	if b.node.Depth > 0 {
		who = fmt.Sprintf("role %s of the pipeline can become %s, who", root.Actor.Name(), strings.TrimPrefix(list(b.who, 3), "role "))
		if b.maybe {
			who = strings.Replace(who, "can become", "may be able to become", 1)
		}
		f.Trace = strings.Split(strings.TrimRight(g.Story(b.node.Steps()), "\n"), "\n")
	}
	f.Message = fmt.Sprintf("%s %s blind %s by %s: %s", who, can, list(b.what, 3), list(b.actions, 5), does)
	return f
}
