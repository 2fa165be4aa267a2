package compile

import (
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

const sourceArtifact = "Source"

// source draws the source, what starts the pipeline on a change of it, and
// returns the action.
func (b *builder) source() blueprint.Map {
	s := &b.spec.Source
	var provider, owner = "CodeStarSourceConnection", "AWS"
	var config blueprint.Map
	switch s.Kind {
	case spec.CodeCommit:
		provider, config = "CodeCommit", b.codecommit()
	case spec.S3Source:
		provider, config = "S3", b.s3source()
	case spec.ECRSource:
		provider, config = "ECR", b.ecrsource()
	default:
		config = b.connection()
	}
	return action("Source", "Source", owner, provider, config, nil, []string{sourceArtifact}, "SourceVariables")
}

// action is the declaration of an action.
func action(name, category, owner, provider string, config blueprint.Map, in, out []string, namespace string) blueprint.Map {
	m := blueprint.KV(
		"Name", name,
		"ActionTypeId", blueprint.KV("Category", category, "Owner", owner, "Provider", provider, "Version", "1"),
		"Configuration", config,
	)
	if namespace != "" {
		m.Set("Namespace", namespace)
	}
	artifacts := func(key string, names []string) {
		var list blueprint.List
		for _, n := range names {
			list = append(list, blueprint.KV("Name", n))
		}
		if list != nil {
			m.Set(key, list)
		}
	}
	artifacts("InputArtifacts", in)
	artifacts("OutputArtifacts", out)
	return m
}

func (b *builder) codecommit() blueprint.Map {
	s, st := &b.spec.Source, b.tools()
	name := b.project(blueprint.Lit(s.Repository))
	if s.Create {
		st.Add(&blueprint.Resource{ID: "Repository", Type: "AWS::CodeCommit::Repository", Section: "source", Retain: true, Props: blueprint.KV("RepositoryName", name)})
	}
	b.trigger("A change of "+s.Branch+" starts the pipeline; CodePipeline does not poll.", blueprint.KV(
		"source", blueprint.Strings("aws.codecommit"),
		"detail-type", blueprint.Strings("CodeCommit Repository State Change"),
		"resources", blueprint.Subs("arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:"+name),
		"detail", blueprint.KV("event", blueprint.Strings("referenceCreated", "referenceUpdated"), "referenceType", blueprint.Strings("branch"), "referenceName", blueprint.Strings(s.Branch)),
	))
	config := blueprint.KV("RepositoryName", name, "BranchName", s.Branch, "PollForSourceChanges", "false")
	if s.FullClone {
		config.Set("OutputArtifactFormat", "CODEBUILD_CLONE_REF")
	}
	return config
}

func (b *builder) s3source() blueprint.Map {
	s, st := &b.spec.Source, b.tools()
	bucket := b.project(blueprint.Lit(s.Bucket))
	if s.Create {
		b.key(st, "SourceKey", "Source of the pipeline", "", "source")
		props := blueprint.KV("BucketName", bucket, "BucketEncryption", encrypted("SourceKey"),
			// Events of the bucket reach EventBridge only where it is told to.
			"NotificationConfiguration", blueprint.KV("EventBridgeConfiguration", blueprint.KV("EventBridgeEnabled", true)))
		props = append(props, closed()...)
		of := st.Add(&blueprint.Resource{ID: "SourceBucket", Type: "AWS::S3::Bucket", Retain: true, Props: append(props, blueprint.Field{Key: "Tags", Value: b.tags()})})
		policy := st.Add(&blueprint.Resource{ID: "SourceBucketPolicy", Type: "AWS::S3::BucketPolicy", Props: blueprint.KV("Bucket", blueprint.Ref("SourceBucket"))})
		b.guard(st, of, policy, "PolicyDocument", tlsOnly(blueprint.Att("SourceBucket", "Arn")))
	}
	b.trigger("A new version of the object starts the pipeline. The bucket must send its events to EventBridge.", blueprint.KV(
		"source", blueprint.Strings("aws.s3"),
		"detail-type", blueprint.Strings("Object Created"),
		"detail", blueprint.KV("bucket", blueprint.KV("name", blueprint.Subs(bucket)), "object", blueprint.KV("key", blueprint.Strings(s.Object))),
	))
	return blueprint.KV("S3Bucket", bucket, "S3ObjectKey", s.Object, "PollForSourceChanges", "false")
}

func (b *builder) ecrsource() blueprint.Map {
	s := &b.spec.Source
	name := b.project(blueprint.Lit(s.Repository))
	tag := s.Tag
	if tag == "" {
		tag = "latest"
	}
	if s.Create {
		b.image(spec.Image{Repository: s.Repository, Create: true})
	}
	b.trigger("A push of the tag "+tag+" starts the pipeline", blueprint.KV(
		"source", blueprint.Strings("aws.ecr"),
		"detail-type", blueprint.Strings("ECR Image Action"),
		"detail", blueprint.KV("action-type", blueprint.Strings("PUSH"), "result", blueprint.Strings("SUCCESS"),
			"repository-name", blueprint.Subs(name), "image-tag", blueprint.Strings(tag)),
	))
	return blueprint.KV("RepositoryName", name, "ImageTag", tag)
}

func (b *builder) connection() blueprint.Map {
	s, st := &b.spec.Source, b.tools()
	id := blueprint.Lit(s.Connection)
	if s.Connection == "" {
		provider := map[spec.SourceKind]string{spec.GitHub: "GitHub", spec.GitLab: "GitLab", spec.Bitbucket: "Bitbucket"}[s.Kind]
		st.Add(&blueprint.Resource{
			ID: "Connection", Type: "AWS::CodeConnections::Connection", Section: "source",
			Comment: "Somebody confirms it in the console once, after which it is AVAILABLE.",
			Props:   blueprint.KV("ConnectionName", blueprint.Sub("${ProjectName}"), "ProviderType", provider, "Tags", b.tags()),
		})
		id = blueprint.Att("Connection", "ConnectionArn")
		b.step(Step{After: toolsStack, Title: "Confirm the connection to " + provider, Why: "a connection that a template makes is PENDING until somebody of the account confirms it in the console: Developer Tools, Settings, Connections"})
	}
	config := blueprint.KV("ConnectionArn", id, "FullRepositoryId", s.Repository, "BranchName", s.Branch)
	if s.FullClone {
		config.Set("OutputArtifactFormat", "CODEBUILD_CLONE_REF")
	}
	if b.spec.Trigger.Manual || b.filtered() {
		config.Set("DetectChanges", "false")
	}
	return config
}

// filtered reports whether the pipeline has triggers of its own: with them
// CodePipeline no longer watches the branch by itself.
func (b *builder) filtered() bool {
	t := &b.spec.Trigger
	for _, f := range []spec.Filter{t.Branches, t.Paths, t.Tags, t.PullRequests} {
		if len(f.Include)+len(f.Exclude) > 0 {
			return b.spec.Source.Kind == spec.GitHub || b.spec.Source.Kind == spec.GitLab || b.spec.Source.Kind == spec.Bitbucket
		}
	}
	return false
}

// triggers are the pipeline's own, nil where it has none
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitConfiguration.html).
func (b *builder) triggers() any {
	if !b.filtered() || b.spec.Trigger.Manual {
		return nil
	}
	t := &b.spec.Trigger
	filter := func(f spec.Filter) any {
		var m blueprint.Map
		if len(f.Include) > 0 {
			m.Set("Includes", blueprint.Strings(f.Include...))
		}
		if len(f.Exclude) > 0 {
			m.Set("Excludes", blueprint.Strings(f.Exclude...))
		}
		if m == nil {
			return nil
		}
		return m
	}
	set := func(m *blueprint.Map, key string, f spec.Filter) {
		if v := filter(f); v != nil {
			m.Set(key, v)
		}
	}
	git := blueprint.KV("SourceActionName", "Source")
	var push blueprint.List
	var onBranch, onTag, onRequest blueprint.Map
	set(&onBranch, "Branches", t.Branches)
	set(&onBranch, "FilePaths", t.Paths)
	set(&onTag, "Tags", t.Tags)
	set(&onRequest, "Branches", t.PullRequests)
	if onBranch != nil {
		push = append(push, onBranch)
	}
	if onTag != nil {
		push = append(push, onTag)
	}
	if push != nil {
		git.Set("Push", push)
	}
	if onRequest != nil {
		onRequest.Set("Events", blueprint.Strings("OPEN", "UPDATED"))
		git.Set("PullRequest", blueprint.List{onRequest})
	}
	return blueprint.List{blueprint.KV("ProviderType", "CodeStarSourceConnection", "GitConfiguration", git)}
}

// trigger draws the rule that starts the pipeline, and its role.
func (b *builder) trigger(description string, pattern blueprint.Map) {
	if b.spec.Trigger.Manual {
		return
	}
	st := b.tools()
	r := b.role(st, "trigger", "", 0)
	r.res.Section = "trigger"
	st.Add(&blueprint.Resource{
		ID: "Trigger", Type: "AWS::Events::Rule",
		Comment: strings.TrimSuffix(description, "."),
		Props: blueprint.KV(
			"Name", blueprint.Sub("${ProjectName}-change"),
			"Description", "A change of the source starts the pipeline",
			"EventPattern", pattern,
			"Targets", blueprint.List{blueprint.KV(
				"Id", "pipeline",
				"Arn", blueprint.Sub("arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${ProjectName}"),
				"RoleArn", blueprint.Att(r.id, "Arn"),
			)},
		),
	})
}
