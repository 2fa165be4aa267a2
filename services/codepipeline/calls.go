package codepipeline

import (
	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	guide       = "https://docs.aws.amazon.com/codepipeline/latest/userguide/"
	rolePage    = guide + "how-to-custom-role.html#how-to-custom-role-policy"
	crossPage   = guide + "pipelines-create-cross-account.html"
	regionsPage = guide + "actions-create-cross-region.html"
	partsIssue  = "https://github.com/aws/aws-cdk/issues/3170 (CodeCommitSourceAction cannot decrypt S3)"
	partsPage   = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions"
	copyIssue   = "https://github.com/awslabs/aws-deployment-framework/issues/756 (Replication of artifact … failed)"
	triggerPage = guide + "create-cwe-codecommit.html" // "add permissions to the role for CodePipeline"
)

// jobs: what happens before the first stage. CodePipeline assumes the role of
// the pipeline, and whatever starts the pipeline does so.
var jobs = []service.Job{{
	Type:         "AWS::CodePipeline::Pipeline",
	Role:         pipelineRole,
	Principal:    "codepipeline.amazonaws.com",
	Assume:       assumeContext,
	AssumeSource: guide + "how-to-create-service-role.html (the trust policy names codepipeline.amazonaws.com)",
	Rows:         triggerRows,
}}

// triggerRows: an EventBridge rule that starts the pipeline.
var triggerRows = []service.Row{
	{
		ID: "codepipeline.trigger.assume", Caller: "events.amazonaws.com",
		Actions: []string{"sts:AssumeRole"}, Resource: "role of the rule's target",
		Context: "aws:SourceArn = the rule, aws:SourceAccount = its account",
		Why:     "EventBridge assumes the role of the rule that starts the pipeline",
		Need:    service.Stops, Basis: service.Documented,
		Source:  "https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
		Targets: triggerAssume,
	},
	{
		ID: "codepipeline.trigger", Caller: "role of the EventBridge target",
		Actions: []string{"codepipeline:StartPipelineExecution"}, Resource: "<pipeline>",
		Why:  "starts the pipeline on an event",
		Need: service.Stops, Basis: service.Documented, Source: triggerPage,
		Targets: triggerStart,
	},
}

func pipelineRole(s *service.Site) (string, source.Span) {
	return s.Pipeline.Role, s.Resource.Prop("RoleArn").Where()
}

// assumeContext: AWS's page for the service role shows a trust without
// conditions and does not say what CodePipeline sends; public tools compare
// aws:SourceArn and aws:SourceAccount with the …IfExists operators only
// (awslabs/aws-deployment-framework). So the keys are the pipeline's if they
// are there, and may be absent.
func assumeContext(s *service.Site) iam.Context {
	var c iam.Context
	c.Put("aws:SourceArn", iam.ContextValue{State: iam.Known, Values: []string{s.Pipeline.ARN}, Optional: true})
	c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{s.Pipeline.Account}, Optional: true})
	return c
}

// trigger is one target of an EventBridge rule that starts the pipeline.
type trigger struct {
	rule, role, account, region string
	at                          source.Span
}

func triggers(s *service.Site) []trigger {
	var ts []trigger
	for r := range s.Model.OfType("AWS::Events::Rule") {
		for t := range r.Prop("Targets").Elems() {
			if t.Get("Arn").Str() != s.Pipeline.ARN {
				continue
			}
			ts = append(ts, trigger{
				rule: r.ARN, role: s.RoleARN(t.Get("RoleArn").Str(), r.Account),
				account: r.Account, region: r.Region, at: t.Where(),
			})
		}
	}
	return ts
}

func triggerAssume(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range triggers(s) {
		if t.role == "" {
			continue
		}
		ts = append(ts, service.Target{
			Caller: iam.Principal{Service: "events.amazonaws.com"}, Resource: t.role, Account: arn.Account(t.role),
			Region: t.region, At: t.at, What: "role of the rule that starts the pipeline",
			Context: service.Context("aws:SourceArn", t.rule, "aws:SourceAccount", t.account),
		})
	}
	return ts
}

func triggerStart(s *service.Site) []service.Target {
	var ts []service.Target
	for _, t := range triggers(s) {
		if t.role == "" {
			continue
		}
		ts = append(ts, service.Target{
			Caller: iam.Principal{ARN: t.role}, Resource: s.Pipeline.ARN, Account: s.Pipeline.Account,
			Region: t.region, At: t.at, What: "pipeline",
		})
	}
	return ts
}

// actions: what every action does before and after its provider's own calls.
var actions = []service.Action{
	{
		Provider: "*",
		Rows: []service.Row{
			{
				ID: "codepipeline.assume-action-role", Caller: "pipeline role",
				Actions: []string{"sts:AssumeRole"}, Resource: "role of the action",
				Context: "no sts:ExternalId: ActionDeclaration has no member for one",
				Why:     "takes on the role of the action",
				Need:    service.Stops, Basis: service.Documented, Source: crossPage, Made: true,
				Targets: actionRole,
			},
			{
				ID: "codepipeline.copy.read", Caller: "pipeline role",
				Actions: []string{"s3:GetObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Why:  "copies an artifact into the store of another region",
				Need: service.Stops, Basis: service.Reported, Source: copyIssue + "; " + regionsPage,
				Targets: copyFrom,
			},
			{
				ID: "codepipeline.copy.write", Caller: "pipeline role",
				Actions: []string{"s3:PutObject"}, Resource: "<bucket of the other region>/<pipeline>/<artifact>/…",
				Why:  "copies an artifact into the store of another region",
				Need: service.Stops, Basis: service.Reported, Source: copyIssue + "; " + regionsPage,
				Targets: copyTo,
			},
			{
				ID: "codepipeline.artifact.bucket", Caller: "pipeline or action role",
				Actions:  []string{"s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"},
				Resource: "<bucket>", Why: "inspects the artifact store",
				Need: service.Listed, Basis: service.Documented, Source: rolePage,
				Targets: inspectStore,
			},
			{
				ID: "codepipeline.artifact.read", Caller: "pipeline or action role",
				Actions: []string{"s3:GetObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Why:  "reads the input artifact",
				Need: service.Stops, Basis: service.Documented, Source: rolePage,
				Targets: readInputs,
			},
			{
				// An artifact's location is a bucket and a key without a version:
				// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3ArtifactLocation.html
				ID: "codepipeline.artifact.read-version", Caller: "pipeline or action role",
				Actions: []string{"s3:GetObjectVersion"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Why:  "reads the input artifact, should it be named by version",
				Need: service.Listed, Basis: service.Documented, Source: rolePage,
				Targets: readInputs,
			},
		},
	},
	{
		Provider: "*", Last: true,
		Rows: []service.Row{
			{
				ID: "codepipeline.artifact.write", Caller: "pipeline or action role",
				Actions: []string{"s3:PutObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Context: "s3:x-amz-server-side-encryption = aws:kms",
				Why:     "writes the output artifact",
				Need:    service.Stops, Basis: service.Documented, Source: rolePage,
				Targets: writeOutputs,
			},
			{
				ID: "codepipeline.artifact.parts", Caller: "pipeline or action role",
				Actions: []string{"kms:Decrypt"}, Resource: "key of the artifact store",
				Context: "kms:ViaService = s3.<region>.amazonaws.com, kms:EncryptionContext:aws:s3:arn",
				Why:     "finishes an output artifact that is uploaded in parts",
				Need:    service.Listed, Lost: "a large artifact is uploaded in parts, and S3 decrypts them before it puts them together",
				Basis: service.Reported, Source: partsIssue + "; " + partsPage,
				Targets: finishOutputs,
			},
			{
				ID: "codepipeline.artifact.acl", Caller: "action role of another account",
				Actions: []string{"s3:PutObjectAcl"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Why:  "gives the pipeline's account the object that another account writes; idle with BucketOwnerEnforced",
				Need: service.Listed, Basis: service.Documented, Source: rolePage,
				Targets: writeForeign,
			},
			{
				ID: "codepipeline.artifact.tags", Caller: "pipeline or action role",
				Actions: []string{"s3:PutObjectTagging", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
				Why:  "carries the tags of a tagged source object along",
				Need: service.Listed, Basis: service.Documented, Source: rolePage,
				Targets: func(s *service.Site) []service.Target {
					if s.Action.Category != "Source" || s.Action.Provider != "S3" {
						return nil
					}
					return plain(writeOutputs(s))
				},
			},
		},
	},
}

// byJob reports whether an action leaves its artifacts to a job that it
// starts, which reads and writes them with a role of its own. It repeats the
// field Artifacts of the providers; a test compares them.
func byJob(provider string) bool { return provider == "CodeBuild" }

func actionRole(s *service.Site) []service.Target {
	role := s.Action.Role
	if role == "" || role == s.Pipeline.Role {
		return nil
	}
	t := service.Target{
		Caller: iam.Principal{ARN: s.Pipeline.Role}, Resource: role, Account: arn.Account(role), Region: s.Pipeline.Region,
		At: s.Action.RoleNode.Where(), What: "role of action " + s.Action.Name,
	}
	// The API of CodePipeline has no member that could carry one:
	// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
	t.Context.SetAbsent("sts:ExternalId")
	// Present only where a service assumes a role as itself
	// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn).
	t.Context.SetAbsent("aws:SourceArn")
	t.Context.SetAbsent("aws:SourceAccount")
	// The name of the session is a number that CodePipeline chooses (seen in
	// https://github.com/aws/aws-cdk/issues/1034).
	t.Context.SetUnknown("sts:RoleSessionName")
	return []service.Target{t}
}

func inspectStore(s *service.Site) []service.Target {
	if byJob(s.Action.Provider) || len(s.Action.Inputs)+len(s.Action.Outputs) == 0 {
		return nil
	}
	st := s.Store(s.Action.Region)
	if st == nil || st.Bucket == "" {
		return nil
	}
	t := s.Object(st.Bucket, "")
	t.What, t.At = "artifact store", st.Span
	return []service.Target{t}
}

func readInputs(s *service.Site) []service.Target {
	if byJob(s.Action.Provider) {
		return nil
	}
	var ts []service.Target
	for _, in := range s.Action.Inputs {
		if a := s.Artifact(in.Name); a != nil {
			t := a.Read()
			t.At = in.Span
			ts = append(ts, t)
		}
	}
	return ts
}

func writeOutputs(s *service.Site) []service.Target {
	if byJob(s.Action.Provider) {
		return nil
	}
	var ts []service.Target
	for _, out := range s.Action.Outputs {
		if a := s.Artifact(out.Name); a != nil {
			t := a.Write()
			t.At = out.Span
			ts = append(ts, t)
		}
	}
	return ts
}

// finishOutputs is the use of the key for what is uploaded in parts.
func finishOutputs(s *service.Site) []service.Target { return service.Finish(s, writeOutputs(s)) }

func writeForeign(s *service.Site) []service.Target {
	if s.Action.Account == s.Pipeline.Account {
		return nil
	}
	return plain(writeOutputs(s))
}

// plain drops the context of an upload, for calls that are none.
func plain(ts []service.Target) []service.Target {
	for i := range ts {
		ts[i].Context = iam.Context{}
	}
	return ts
}

// copied yields what CodePipeline copies into the region of the action: the
// inputs that were made elsewhere.
func copied(s *service.Site) []string {
	var names []string
	for _, in := range s.Action.Inputs {
		p := s.Pipeline.Producer(in.Name)
		if p != nil && p.Region != s.Action.Region && !match.HasHole(p.Region) && !match.HasHole(s.Action.Region) {
			names = append(names, in.Name)
		}
	}
	return names
}

func copyFrom(s *service.Site) []service.Target {
	var ts []service.Target
	for _, name := range copied(s) {
		from := s.Pipeline.Producer(name).Region
		if a := s.Stored(from, name); a != nil {
			t := a.Read()
			t.Caller, t.Region, t.At = iam.Principal{ARN: s.Pipeline.Role}, from, s.Action.Span
			ts = append(ts, t)
		}
	}
	return ts
}

func copyTo(s *service.Site) []service.Target {
	var ts []service.Target
	for _, name := range copied(s) {
		if a := s.Artifact(name); a != nil {
			t := a.Write()
			t.Caller, t.Region, t.At = iam.Principal{ARN: s.Pipeline.Role}, s.Action.Region, s.Action.Span
			ts = append(ts, t)
		}
	}
	return ts
}
