package trail

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/services/cloudtrail"
	"penstock/source"
	"penstock/trail"
)

// A weak is a call by which somebody would weaken what the theorems say, and
// the event that it leaves.
type weak struct {
	event  cloudtrail.Event
	params []any           // of requestParameters, what is known
	names  string          // ARN that the event has in its resources, "" where that is not documented
	of     *cloud.Resource // what the call changes, nil where no stack declares it
	what   string          // for people: "pipeline shop"
	loud   bool            // it stops the pipeline, which shows by itself
	at     source.Span
	alarm  bool // it silences an alert

	anybodys, details *trail.Value // the event of a call by nobody in particular
}

// weaken lists the calls that would weaken the theorems: changes of pipelines
// and gates, of what runs in them, of their principals, and of the keys,
// buckets and repositories that they rest on, of the trails. Those that
// silence alerts come when these are known.
//
// Of each service it is those of its operations that change what a policy, a
// definition or a setting protects; starting a build with overrides and
// assuming a role are left out, since the pipeline makes the same calls.
func (w *world) weaken() {
	for _, r := range w.pipelines {
		if p := r.Pipeline; p != nil {
			w.weakenPipeline(r.Pipeline.Resource)
		}
		for _, s := range r.Steps {
			w.weakenJob(s.Job)
			for _, c := range s.Calls {
				w.weakenTouched(c.Request.Action, c.Request.Resource)
			}
		}
	}
	for _, a := range w.roles {
		p := w.m.Principal(a)
		switch {
		case p == nil || strings.HasPrefix(p.Path, "/aws-service-role/") || strings.HasPrefix(p.Path, "/aws-reserved/"):
			// AWS alone changes those: of a service, and of Identity Center
			// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_modify.html,
			// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
		case p.Kind == cloud.Role:
			w.weakenRole(p)
		case p.Kind == cloud.User:
			w.weakenUser(p)
		}
	}
	for _, t := range w.trails {
		w.weakenTrail(t)
	}
}

// add lists one call, once.
func (w *world) add(k weak, action, account, region string) {
	shape := cloudtrail.ShapeOf(action)
	for _, n := range shape.Names {
		k := k
		k.event = cloudtrail.Event{Shape: shape, Name: n, Account: account, Region: region}
		if id := [5]string{action, n, account, region, k.what}; !w.listed[id] {
			if w.listed == nil {
				w.listed = map[[5]string]bool{}
			}
			w.listed[id] = true
			w.weak = append(w.weak, &k)
		}
	}
}

// each lists actions on one resource.
func (w *world) each(k weak, r *cloud.Resource, actions ...string) {
	k.of, k.at = r, r.Span
	for _, a := range actions {
		w.add(k, a, r.Account, r.Region)
	}
}

func (w *world) weakenPipeline(p *cloud.Resource) {
	if p == nil {
		return
	}
	what := "pipeline " + name(p)
	w.each(weak{what: what, params: []any{"pipeline", trail.Tree(true, "name", p.Name)}}, p, "codepipeline:UpdatePipeline")
	k := weak{what: what, params: []any{"pipelineName", p.Name}}
	var gate, job, condition bool
	for s := range p.Prop("Stages").Elems() {
		condition = condition || s.Get("BeforeEntry") != nil || s.Get("OnSuccess") != nil || s.Get("OnFailure") != nil
		for a := range s.Get("Actions").Elems() {
			t := a.Get("ActionTypeId")
			gate = gate || t.Get("Category").Str() == "Approval"
			// A Lambda function says by this call that its action succeeded; of an
			// owner other than AWS that is what a job worker does.
			job = job || t.Get("Category").Str() == "Invoke" && t.Get("Provider").Str() == "Lambda" || t.Get("Owner").Str() == "Custom"
		}
	}
	if gate {
		w.each(k, p, "codepipeline:PutApprovalResult")
	}
	if condition {
		w.each(k, p, "codepipeline:OverrideStageCondition")
	}
	if job {
		w.each(weak{what: what}, p, "codepipeline:PutJobSuccessResult")
	}
	w.each(k, p, "codepipeline:EnableStageTransition", "codepipeline:RetryStageExecution")
	if p.Prop("PipelineType").Str() == "V2" {
		w.each(k, p, "codepipeline:RollbackStage")
	}
	k.loud = true
	w.each(k, p, "codepipeline:DisableStageTransition", "codepipeline:StopPipelineExecution")
	w.each(weak{what: what, loud: true, params: []any{"name", p.Name}}, p, "codepipeline:DeletePipeline")
}

func (w *world) weakenJob(j *cloud.Resource) {
	if j == nil {
		return
	}
	switch j.Type {
	case "AWS::CodeBuild::Project":
		k := weak{what: "build project " + name(j), params: []any{"name", j.Name}}
		w.each(k, j, "codebuild:UpdateProject")
	case "AWS::Lambda::Function":
		// The caller names it by its name, or by an ARN that holds the name
		// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html, FunctionName).
		w.each(weak{what: "function " + name(j), params: []any{"functionName", holding(j.Name)}}, j, "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration")
	case "AWS::StepFunctions::StateMachine":
		// https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
		w.each(weak{what: "state machine " + name(j), params: []any{"stateMachineArn", j.ARN}}, j, "states:UpdateStateMachine")
	}
}

// weakenTouched lists what would weaken a key, bucket or repository that the
// pipeline uses.
func (w *world) weakenTouched(action, on string) {
	prefix, _, _ := strings.Cut(action, ":")
	switch prefix {
	case "kms", "s3", "ecr":
	default:
		return
	}
	r := w.m.Owner(on)
	if r == nil {
		return
	}
	switch r.Type {
	case "AWS::KMS::Key":
		w.weakenKey(r, "key "+keyName(r), false)
	case "AWS::S3::Bucket":
		w.weakenBucket(r)
	case "AWS::ECR::Repository":
		k := weak{what: "repository " + name(r), params: []any{"repositoryName", r.Name}}
		w.each(k, r, "ecr:SetRepositoryPolicy", "ecr:PutImageTagMutability")
		k.loud = true
		w.each(k, r, "ecr:DeleteRepositoryPolicy", "ecr:DeleteRepository")
	}
}

func keyName(r *cloud.Resource) string { return r.LogicalID }

// holding is a text of which a part is known.
func holding(name string) string {
	return match.Hole(match.Any, "before "+name) + name + match.Hole(match.Any, "after "+name)
}

// weakenKey: whoever changes its policy or makes a grant can use the key; one
// that is disabled stops what uses it, which for the key of a trail is the
// trail. The caller names it by its id or its ARN, the event in its resources
// by its ARN
// (https://docs.aws.amazon.com/kms/latest/developerguide/ct-put-key-policy.html).
func (w *world) weakenKey(r *cloud.Resource, what string, blinds bool) {
	w.each(weak{what: what, names: r.ARN}, r, "kms:PutKeyPolicy", "kms:CreateGrant")
	w.each(weak{what: what, names: r.ARN, loud: !blinds}, r, "kms:DisableKey", "kms:ScheduleKeyDeletion")
}

func (w *world) weakenBucket(r *cloud.Resource) {
	k := weak{what: "bucket " + name(r), params: []any{"bucketName", r.Name}}
	w.each(k, r, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
	k.loud = true
	w.each(k, r, "s3:PutBucketVersioning", "s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:DeleteBucket")
}

// weakenRole lists the calls by which a role gains rights, loses what holds
// it, or is handed to others.
func (w *world) weakenRole(p *cloud.Principal) {
	region := ""
	var at source.Span
	if p.Resource != nil {
		region, at = p.Resource.Region, p.Resource.Span
	}
	k := weak{what: "role " + match.Render(p.Name), params: []any{"roleName", p.Name}, of: p.Resource, at: at}
	put := func(k weak, actions ...string) {
		for _, a := range actions {
			w.add(k, a, p.Account, region)
		}
	}
	put(k, "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy")
	loud := k
	loud.loud = true
	if p.Boundary != nil {
		put(k, "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary")
	}
	inline, managed := false, false
	for _, a := range p.Identity {
		switch {
		case a.Policy == nil || !denies(a.Policy):
		case a.ARN == "":
			inline = true
		default:
			managed = true
		}
	}
	// A policy that only allows can be taken away for the pipeline to stop; one
	// that denies holds something back.
	kind := map[bool]weak{true: k, false: loud}
	put(kind[inline], "iam:DeleteRolePolicy")
	put(kind[managed], "iam:DetachRolePolicy")
	attached := p.Identity
	if p.Boundary != nil {
		attached = append(slices.Clone(attached), *p.Boundary)
	}
	for _, a := range attached {
		if x, err := arn.Parse(a.ARN); err == nil && arn.IsAccountID(x.Account) {
			k := weak{what: "policy " + match.Render(x.Name()), params: []any{"policyArn", a.ARN}, of: a.Resource, at: a.Span}
			put(k, "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
		}
	}
}

// weakenUser is weakenRole for a user, whose access key a pipeline of another
// system holds.
func (w *world) weakenUser(p *cloud.Principal) {
	if p.Resource == nil {
		return
	}
	region, at := p.Resource.Region, p.Resource.Span
	k := weak{what: "user " + match.Render(p.Name), params: []any{"userName", p.Name}, of: p.Resource, at: at}
	for _, a := range [...]string{"iam:CreateAccessKey", "iam:PutUserPolicy", "iam:AttachUserPolicy"} {
		w.add(k, a, p.Account, region)
	}
	if p.Boundary != nil {
		w.add(k, "iam:PutUserPermissionsBoundary", p.Account, region)
		w.add(k, "iam:DeleteUserPermissionsBoundary", p.Account, region)
	}
	for _, g := range p.Groups {
		k := weak{what: "group " + match.Render(g), params: []any{"groupName", g}, of: p.Resource, at: at}
		w.add(k, "iam:PutGroupPolicy", p.Account, region)
		w.add(k, "iam:AttachGroupPolicy", p.Account, region)
	}
}

func denies(p *iam.Policy) bool {
	return slices.ContainsFunc(p.Statements, func(s iam.Statement) bool { return s.Effect == iam.Deny })
}

// weakenTrail: what an account that runs nothing of the pipeline holds is for
// its administrators to guard.
func (w *world) weakenTrail(t *cloud.Resource) {
	if slices.Contains(w.accounts, t.Account) {
		k := weak{what: "trail " + name(t)}
		w.each(k, t, "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors")
	}
	if b := w.bucketOf(t); b != nil && slices.Contains(w.accounts, b.Account) {
		k := weak{what: "bucket " + name(b) + " of the trail", params: []any{"bucketName", b.Name}}
		w.each(k, b, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
	}
	if key := w.keyOf(t, "KMSKeyId"); key != nil && slices.Contains(w.accounts, key.Account) {
		w.weakenKey(key, "key "+keyName(key)+" of the trail", true)
	}
}

// bucketOf returns the declared bucket of a trail, nil where there is none.
func (w *world) bucketOf(t *cloud.Resource) *cloud.Resource {
	return w.m.ByRef(cloud.Text(t.Prop("S3BucketName")), "", "", "AWS::S3::Bucket")
}

// keyOf returns the declared key that a property names.
func (w *world) keyOf(r *cloud.Resource, prop string) *cloud.Resource {
	k := service.KeyARN(w.m, cloud.Text(r.Prop(prop)), r.Account, r.Region)
	if k == "" {
		return nil
	}
	if key := w.m.Resource(k); key != nil && key.Type == "AWS::KMS::Key" {
		return key
	}
	return nil
}

// identity is who makes a call, as its event says it: nil for nobody in
// particular.
type identity struct {
	title string
	tree  *trail.Value
}

// tree is the event as EventBridge hands it to rules
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html)
// whose detail is the record of CloudTrail
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
// The call is one that succeeded.
func (k *weak) tree(who *identity) (event, detail *trail.Value) {
	free := func(n string) *trail.Value { return trail.Text(match.Hole(match.Any, n)) }
	user := trail.Anything()
	switch {
	case who != nil:
		user = who.tree
	case k.anybodys != nil:
		return k.anybodys, k.details
	default:
		defer func() { k.anybodys, k.details = event, detail }()
	}
	e := &k.event
	region := e.RecordedIn()
	detail = trail.Tree(true,
		"eventVersion", free("version"), "userIdentity", user, "eventTime", free("time"),
		"eventSource", e.Source, "eventName", e.Name, "awsRegion", region,
		"sourceIPAddress", free("address"), "requestParameters", trail.Tree(true, k.params...),
		"requestID", free("request"), "eventID", free("event"), "readOnly", trail.Flag(e.ReadOnly),
		"eventType", "AwsApiCall", "managementEvent", trail.Flag(true), "recipientAccountId", e.Account,
		"eventCategory", "Management", "errorCode", trail.Absent(), "errorMessage", trail.Absent(),
	)
	if k.names != "" {
		detail.Fields["resources"] = &trail.Value{Kind: trail.List, Items: []*trail.Value{trail.Tree(true, "ARN", k.names)}}
	}
	event = trail.Tree(false,
		"version", "0", "id", free("id"), "detail-type", "AWS API Call via CloudTrail",
		"source", "aws."+strings.TrimSuffix(e.Source, ".amazonaws.com"), "account", e.Account, "time", free("time"),
		"region", region, "resources", &trail.Value{Kind: trail.List}, "detail", detail,
	)
	return event, detail
}

// identities are those who might make a call: the pipelines' principals, and
// one of each other kind
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
func (w *world) identities() (own, others []identity) {
	session := func(title, a, role, account string) identity {
		return identity{title, trail.Tree(true,
			"type", "AssumedRole", "arn", strings.Replace(strings.Replace(a, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1)+"/"+match.Hole(match.Name, "session"),
			"accountId", account, "userName", trail.Absent(), "invokedBy", trail.Absent(),
			"sessionContext", trail.Tree(true, "sessionIssuer", trail.Tree(true, "type", "Role", "arn", a, "accountId", account, "userName", role)),
		)}
	}
	for _, a := range w.roles {
		x, err := arn.Parse(a)
		if err != nil {
			continue
		}
		own = append(own, session("role "+match.Render(x.Name()), a, x.Name(), x.Account))
	}
	some := match.Hole(match.Name, "somebody")
	account := match.Hole(match.Account, "an account")
	others = []identity{
		{"the root user", trail.Tree(true, "type", "Root", "arn", "arn:aws:iam::"+account+":root", "accountId", account, "invokedBy", trail.Absent(),
			"userName", &trail.Value{Kind: trail.String, Text: some, Optional: true}, "sessionContext", trail.Tree(true, "sessionIssuer", trail.Absent()))},
		{"an IAM user", trail.Tree(true, "type", "IAMUser", "arn", "arn:aws:iam::"+account+":user/"+some, "accountId", account, "userName", some, "invokedBy", trail.Absent(),
			"sessionContext", trail.Tree(true, "sessionIssuer", trail.Absent()))},
		session("another role", "arn:aws:iam::"+account+":role/"+some, some, account),
	}
	return own, others
}
