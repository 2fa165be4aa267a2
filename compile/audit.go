package compile

import (
	"fmt"
	"slices"

	"penstock/blueprint"
	"penstock/services/cloudtrail"
	"penstock/spec"
)

// Logical ids of the audit.
const (
	auditKey    = "AuditKey"
	auditBucket = "AuditLogBucket"
	auditPolicy = "AuditLogBucketPolicy"
)

// audit draws what records the pipeline and tells of changes to it: a locked
// bucket for the log, a trail in each account, and in every account and region
// that holds something of the pipeline rules that tell of changes to it. It
// comes last, since it looks at everything that the other parts drew.
func (b *builder) audit() {
	b.notify()
	if b.spec.Audit.Off {
		return
	}
	w := &watch{b: b}
	w.drawn = slices.Clone(b.set.Stacks)
	logs := b.logs()
	for _, a := range b.audited() {
		w.accounts = append(w.accounts, audited{Account: a, home: b.home(a), trail: !b.spec.Audit.Organization || a.ID == b.spec.Tools.ID})
	}
	au := b.stack(auditStack, logs, b.home(logs), "Where the trails of all accounts of "+b.spec.Project+" are kept, locked")
	b.auditLog(au, w)
	for i := range w.accounts {
		a := &w.accounts[i]
		p := w.place(a.Account, a.home)
		if a.trail {
			b.trail(p.stack, a, w)
			b.alarms(p.stack)
			if a.ID == b.spec.Tools.ID {
				b.secretReads(p.stack)
			}
		}
		w.place(a.Account, global(a.home))
	}
	// Which regions hold something that is watched is known by now; the topics
	// and keys that they get are watched like the rest.
	for t := range w.things() {
		w.place(t.account, t.region)
	}
	for _, p := range w.places {
		w.rules(p)
	}
	if b.spec.Audit.Dashboard {
		b.dashboard(w.place(b.spec.Tools, b.home(b.spec.Tools)).stack)
	}
	if b.spec.Audit.Organization {
		b.organizationSteps()
	}
	if n := len(b.alerted()); n > 0 {
		b.step(Step{
			After: w.places[len(w.places)-1].stack.Name, Title: "Confirm the subscriptions to the alerts",
			Why: fmt.Sprintf("SNS sends each address of audit.alerts %s; who has not confirmed is told nothing", messages(len(w.places))),
		})
	}
}

func messages(places int) string {
	if places == 1 {
		return "a message"
	}
	return fmt.Sprintf("%d messages, one for each account and region that is watched", places)
}

// logs is the account that keeps the log.
func (b *builder) logs() spec.Account {
	if b.spec.Logs != nil {
		return *b.spec.Logs
	}
	return b.spec.Tools
}

// audited lists the accounts of the pipeline, that of the tools first, and the
// one that keeps the log last.
func (b *builder) audited() []spec.Account {
	out := []spec.Account{b.spec.Tools}
	add := func(a spec.Account) {
		if !slices.ContainsFunc(out, func(o spec.Account) bool { return o.ID == a.ID }) {
			out = append(out, a)
		}
	}
	for _, a := range b.spec.Accounts {
		if slices.ContainsFunc(b.set.Stacks, func(st *blueprint.Stack) bool { return st.Account == a.ID }) {
			add(a)
		}
	}
	add(b.logs())
	return out
}

// home is the region of an account's trail: the pipeline's, or the first in
// which the account has anything.
func (b *builder) home(a spec.Account) string {
	home := ""
	for _, st := range b.set.Stacks {
		switch {
		case st.Account != a.ID:
		case st.Region == b.spec.Region:
			return st.Region
		case home == "":
			home = st.Region
		}
	}
	if home == "" {
		return b.spec.Region
	}
	return home
}

// global is the region in which the events of IAM arise.
func global(region string) string {
	e := cloudtrail.Event{Shape: cloudtrail.ShapeOf("iam:PutRolePolicy"), Region: region}
	return e.RecordedIn()
}

// trailName names the trail, its log group and its role in every account.
const trailName blueprint.Sub = "${ProjectName}-trail"

// trails are the ARNs of the trails that write to the log. A trail of the
// organization that a delegated administrator makes belongs to the management
// account
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-delegated-administrator.html).
func (w *watch) trails(in *blueprint.Stack) []blueprint.Sub {
	var out []blueprint.Sub
	arn := func(region string, account blueprint.Sub) {
		r := blueprint.Sub("${AWS::Region}")
		if region != in.Region {
			r = blueprint.Lit(region)
		}
		out = append(out, "arn:${AWS::Partition}:cloudtrail:"+r+":"+account+":trail/"+trailName)
	}
	for _, a := range w.accounts {
		if a.trail {
			arn(a.home, w.b.account(in, a.ID))
		}
	}
	if o := w.b.spec.Organization; w.b.spec.Audit.Organization && o != nil && o.Management != "" && o.Management != w.b.spec.Tools.ID {
		arn(w.b.home(w.b.spec.Tools), w.b.account(in, o.Management))
	}
	return out
}

// auditLog draws the bucket of the log and its key.
func (b *builder) auditLog(st *blueprint.Stack, w *watch) {
	trails := w.trails(st)
	from := blueprint.Condition{Operator: "ArnEquals", Key: "aws:SourceArn", Values: trails}
	service := blueprint.KV("Service", "cloudtrail.amazonaws.com")
	b.key(st, auditKey, "Log of what is done in the accounts of the pipeline", "", "log",
		&blueprint.Statement{
			Sid: "ReadTheLog", Comment: "Whoever may read the bucket by IAM may decrypt what CloudTrail wrote there, through S3 only.",
			Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
			Actions:   []string{"kms:Decrypt"}, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{
				{Operator: "StringEquals", Key: "kms:ViaService", Values: []blueprint.Sub{"s3.${AWS::Region}.amazonaws.com"}},
				{Operator: "Null", Key: "kms:EncryptionContext:aws:cloudtrail:arn", Values: []blueprint.Sub{"false"}},
			},
		},
		&blueprint.Statement{
			Sid: "CloudTrailEncrypts", Principal: service, Actions: []string{"kms:GenerateDataKey*"}, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{from, {Operator: "StringLike", Key: "kms:EncryptionContext:aws:cloudtrail:arn", Values: w.contexts(st)}},
			Uses:       []blueprint.Use{{Row: "cloudtrail.encrypt", Call: "kms:GenerateDataKey", Why: "encrypts the log files"}},
		},
		&blueprint.Statement{
			Sid: "CloudTrailDescribes", Principal: service, Actions: []string{"kms:DescribeKey"}, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{from},
			Uses:       []blueprint.Use{{Row: "cloudtrail.key", Call: "kms:DescribeKey", Why: "looks at the key"}},
		},
	)

	retention := b.spec.Audit.Retention
	props := blueprint.KV("BucketName", b.auditBucketName(st), "BucketEncryption", plainly(auditKey))
	props = append(props, closed()...)
	props.Set("ObjectLockEnabled", true)
	props = append(props, blueprint.Field{
		Key:     "ObjectLockConfiguration",
		Comment: "A record cannot be changed or removed before its time is over, whatever any policy comes to say.",
		Value: blueprint.KV("ObjectLockEnabled", "Enabled", "Rule", blueprint.KV(
			"DefaultRetention", blueprint.KV("Mode", "COMPLIANCE", "Days", retention))),
	})
	props.Set("LifecycleConfiguration", blueprint.KV("Rules", blueprint.List{blueprint.KV(
		"Id", "forget", "Status", "Enabled", "ExpirationInDays", retention+1,
		"NoncurrentVersionExpiration", blueprint.KV("NoncurrentDays", 1),
		"AbortIncompleteMultipartUpload", blueprint.KV("DaysAfterInitiation", 1),
	)}))
	props.Set("Tags", b.tags())
	bucket := st.Add(&blueprint.Resource{ID: auditBucket, Type: "AWS::S3::Bucket", Retain: true, Props: props})
	policy := st.Add(&blueprint.Resource{ID: auditPolicy, Type: "AWS::S3::BucketPolicy", Props: blueprint.KV("Bucket", blueprint.Ref(auditBucket))})
	arn := blueprint.Att(auditBucket, "Arn")
	var files []blueprint.Sub
	for _, a := range w.accounts {
		if a.trail {
			files = append(files, arn+"/AWSLogs/"+b.account(st, a.ID)+"/*")
		}
	}
	if o := b.spec.Organization; b.spec.Audit.Organization && o != nil {
		files = append(files, arn+"/AWSLogs/"+blueprint.Lit(o.ID)+"/*")
	}
	b.guard(st, bucket, policy, "PolicyDocument",
		tlsOnly(arn),
		&blueprint.Statement{
			Sid: "NobodyElseWrites", Effect: "Deny", Principal: "*",
			Comment: "A file that CloudTrail did not write is in no digest, and validation would not miss it; nobody adds, hides or removes one, administrators included.",
			Actions: []string{"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:ReplicateDelete", "s3:ReplicateObject"}, Resources: []blueprint.Sub{arn + "/*"},
			Conditions: []blueprint.Condition{{Operator: "BoolIfExists", Key: "aws:PrincipalIsAWSService", Values: []blueprint.Sub{"false"}}},
		},
		&blueprint.Statement{
			Sid: "CloudTrailLooks", Principal: service, Actions: []string{"s3:GetBucketAcl"}, Resources: []blueprint.Sub{arn},
			Conditions: []blueprint.Condition{from},
			Uses:       []blueprint.Use{{Row: "cloudtrail.bucket", Call: "s3:GetBucketAcl", Why: "looks at the bucket of the trail"}},
		},
		&blueprint.Statement{
			Sid: "CloudTrailWrites", Principal: service, Actions: []string{"s3:PutObject"}, Resources: files,
			Conditions: []blueprint.Condition{{Operator: "StringEquals", Key: "s3:x-amz-acl", Values: []blueprint.Sub{"bucket-owner-full-control"}}, from},
			Uses:       []blueprint.Use{{Row: "cloudtrail.write", Call: "s3:PutObject", Why: "writes the log files"}},
		},
	)
}

// plainly is the default encryption of the bucket of a trail, without a Bucket
// Key: with one, CloudTrail wants to decrypt with the key before it makes a
// trail
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html#create-kms-key-policy-for-cloudtrail-decrypt),
// and the encryption context is the bucket in place of the trail.
func plainly(key string) blueprint.Map {
	return blueprint.KV("ServerSideEncryptionConfiguration", blueprint.List{blueprint.KV(
		"ServerSideEncryptionByDefault", blueprint.KV("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", blueprint.Att(key, "Arn")),
	)})
}

// contexts are what CloudTrail says that it encrypts for: a trail of one of
// the accounts.
func (w *watch) contexts(in *blueprint.Stack) []blueprint.Sub {
	var out []blueprint.Sub
	add := func(account blueprint.Sub) {
		out = append(out, "arn:${AWS::Partition}:cloudtrail:*:"+account+":trail/*")
	}
	for _, a := range w.accounts {
		add(w.b.account(in, a.ID))
	}
	if o := w.b.spec.Organization; w.b.spec.Audit.Organization && o != nil && o.Management != "" {
		if !slices.ContainsFunc(w.accounts, func(a audited) bool { return a.ID == o.Management }) {
			add(w.b.account(in, o.Management))
		}
	}
	return out
}

// auditBucketName is the name of the bucket of the log, as any stack writes it.
func (b *builder) auditBucketName(in *blueprint.Stack) blueprint.Sub {
	return "${ProjectName}-audit-" + b.account(in, b.logs().ID)
}

// organizationSteps are what the management account does once, before a trail
// of the organization can be made
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html).
func (b *builder) organizationSteps() {
	if o := b.spec.Organization; o == nil || o.Management == b.spec.Tools.ID {
		return
	}
	b.step(Step{
		Title:   "Let the tools account keep the trail of the organization",
		Command: "aws cloudtrail register-organization-delegated-admin --member-account-id " + b.spec.Tools.ID,
		Why:     "in the management account: no other account may make a trail of the organization",
	})
}
