package s3

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/AmazonS3/latest/API/"

// putAction puts or replaces an object: a copy and the parts of a multipart
// upload take it too
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
const putAction = "s3:PutObject"

// settingActions are the settings of a bucket that decide who can write it and what
// becomes of what is written.
var settingActions = []string{
	"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls",
	"s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration", "s3:PutEncryptionConfiguration",
	"s3:PutBucketNotification", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketLogging", "s3:DeleteBucket",
}

// powers: who can put something else where a pipeline, a function or a stack
// reads what it runs.
var powers = []service.Power{
	{
		// An artifact is named by bucket and key, without a version:
		// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3ArtifactLocation.html
		ID: "s3.artifact", Kind: service.Tamper,
		Why:   "replaces an artifact between the action that made it and one that reads it",
		Basis: service.Reasoned, Source: "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3ArtifactLocation.html; " + apiPage + "API_PutObject.html",
		Find: func(m *cloud.Model) []service.Gain {
			return stores(m, "replaces an artifact", putAction)
		},
	},
	{
		ID: "s3.artifact-delete", Kind: service.Tamper,
		Why:   "deletes an artifact, or a version of it, before it is read",
		Basis: service.Documented, Source: apiPage + "API_DeleteObject.html",
		Find: func(m *cloud.Model) []service.Gain {
			return stores(m, "deletes an artifact", "s3:DeleteObject", "s3:DeleteObjectVersion")
		},
	},
	{
		ID: "s3.source", Kind: service.Tamper,
		Why:   "writes the object that a pipeline takes as its source",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html",
		Find: sources,
	},
	{
		ID: "s3.deploy-target", Kind: service.Tamper,
		Why:   "writes what a pipeline deploys to the bucket, beside the pipeline",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html",
		Find: targets,
	},
	{
		ID: "s3.code", Kind: service.Tamper,
		Why:   "writes the object that a function, a stack, a container or a build takes its code from when it is next made",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html; https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html (TemplateURL)",
		Find: code,
	},
	{
		ID: "s3.build-input", Kind: service.Execute,
		Why:   "writes the source, the buildspec or the cache of a build, which runs with the service role of its project",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html; https://docs.aws.amazon.com/codebuild/latest/userguide/build-caching.html",
		Find: builds,
	},
	{
		ID: "s3.guard", Kind: service.Tamper,
		Why:   "changes who may write a bucket, or what becomes of what is written",
		Basis: service.Documented, Source: apiPage + "API_PutBucketPolicy.html; https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
		Find: service.Change(bucketType, "bucket", service.TouchesGuard, "changes the settings of the bucket", settingActions...),
	},
	{
		ID: "s3.object-guard", Kind: service.Tamper,
		Why:   "opens objects to others, or lifts what keeps them from being deleted",
		Basis: service.Documented, Source: apiPage + "API_PutObjectAcl.html; https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, bucketType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{gain(r, service.TouchesGuard, "objects of bucket "+match.Render(service.Called(r)),
					service.Below(r, "/*", "changes who may read objects or how long they are kept",
						"s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:BypassGovernanceRetention", "s3:PutObjectRetention", "s3:PutObjectLegalHold"))}
			})
		},
	},
	{
		ID: "s3.access-point", Kind: service.Tamper,
		Why:   "makes another way to the bucket, with a policy of its own",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateAccessPoint.html; https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
		Find: accessPoints,
	},
	{
		ID: "s3.trail", Kind: service.Blind,
		Why:   "deletes or replaces what a trail has written, or keeps the trail from writing",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
		Find: trails,
	},
}

func gain(r *cloud.Resource, touches, what string, calls ...service.PowerCall) service.Gain {
	return service.Gain{Calls: calls, Resource: r, Touches: touches, What: what, Maybe: r.Maybe}
}

// inBucket is a call on objects of a bucket that is named, declared or not.
func inBucket(m *cloud.Model, bucket, key, why string, actions ...string) (service.PowerCall, *cloud.Resource) {
	s := service.Site{Model: m}
	if r := s.BucketResource(bucket); r != nil {
		return service.Below(r, "/"+key, why, actions...), r
	}
	return service.PowerCall{Actions: actions, Resources: []string{s.Object(bucket, "").Resource + "/" + key}, Why: why}, nil
}

// ways are the gains of writing an object by c into a bucket that encrypts
// with e.
func ways(g service.Gain, c service.PowerCall, e *cloud.Encryption) []service.Gain {
	var out []service.Gain
	for _, calls := range service.Puts(c, e) {
		g.Calls = calls
		out = append(out, g)
	}
	return out
}

// keyOf is the encryption of a bucket, nil for one that no stack declares.
func keyOf(b *cloud.Resource) *cloud.Encryption {
	if b == nil {
		return nil
	}
	return b.Encryption
}

// storeKey is what artifacts in a store are encrypted with: the store's key,
// or the bucket's.
func storeKey(m *cloud.Model, p *pipeline.Pipeline, st *pipeline.Store, b *cloud.Resource) *cloud.Encryption {
	if st.Key == "" || service.AWSKey(st.Key) {
		return keyOf(b)
	}
	return &cloud.Encryption{Mode: cloud.Customer, Key: service.KeyARN(m, st.Key, p.Account, st.Region)}
}

// stores returns a gain for the artifacts of each pipeline in each of its
// stores.
func stores(m *cloud.Model, why string, actions ...string) []service.Gain {
	var gs []service.Gain
	for p := range pipeline.Find(m) {
		for _, region := range sorted(p.Stores) {
			st := p.Stores[region]
			if st.Bucket == "" {
				continue
			}
			c, r := inBucket(m, st.Bucket, service.ArtifactFolder(p)+"/*", why, actions...)
			g := service.Gain{
				Calls: []service.PowerCall{c}, Resource: r, Touches: service.TouchesArtifact,
				What: "artifacts of pipeline " + match.Render(p.Name) + " in bucket " + match.Render(st.Bucket),
			}
			if !slices.Contains(actions, putAction) {
				gs = append(gs, g)
				continue
			}
			s := service.Site{Model: m}
			for _, calls := range service.Overwrites(p, c, s.Object(st.Bucket, "").Resource, storeKey(m, p, st, r)) {
				g.Calls = calls
				gs = append(gs, g)
			}
		}
	}
	return gs
}

func sorted(stores map[string]*pipeline.Store) []string {
	var out []string
	for region := range stores {
		out = append(out, region)
	}
	slices.Sort(out)
	return out
}

// eachAction yields the actions of a provider and category.
func eachAction(m *cloud.Model, category, provider string, visit func(*pipeline.Pipeline, *pipeline.Action)) {
	for p := range pipeline.Find(m) {
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				if a.Category == category && a.Provider == provider {
					visit(p, a)
				}
			}
		}
	}
}

func sources(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	eachAction(m, "Source", "S3", func(p *pipeline.Pipeline, a *pipeline.Action) {
		bucket, key := a.Get("S3Bucket"), a.Get("S3ObjectKey")
		if bucket == "" || key == "" {
			return
		}
		what := "source of pipeline " + match.Render(p.Name)
		c, r := inBucket(m, bucket, key, "writes the source object", putAction)
		gs = append(gs, ways(service.Gain{Resource: r, Touches: service.TouchesSource, What: what}, c, keyOf(r))...)
		// A version that is deleted leaves the one before it as the source.
		c, _ = inBucket(m, bucket, key, "deletes a version of the source object", "s3:DeleteObjectVersion")
		gs = append(gs, service.Gain{Calls: []service.PowerCall{c}, Resource: r, Touches: service.TouchesSource, What: what})
	})
	return gs
}

func targets(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	eachAction(m, "Deploy", "S3", func(p *pipeline.Pipeline, a *pipeline.Action) {
		bucket := a.Get("BucketName")
		if bucket == "" {
			return
		}
		what := "what pipeline " + match.Render(p.Name) + " deploys to bucket " + match.Render(bucket)
		c, r := inBucket(m, bucket, "*", "writes what is deployed", putAction)
		gs = append(gs, ways(service.Gain{Resource: r, Touches: service.TouchesTarget, What: what}, c, keyOf(r))...)
		c, _ = inBucket(m, bucket, "*", "deletes what is deployed", "s3:DeleteObject", "s3:DeleteObjectVersion")
		gs = append(gs, service.Gain{Calls: []service.PowerCall{c}, Resource: r, Touches: service.TouchesTarget, What: what})
	})
	return gs
}

// code finds the objects that templates name as code.
func code(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	add := func(r *cloud.Resource, bucket, key, what string) {
		if bucket == "" || key == "" {
			return
		}
		c, b := inBucket(m, bucket, key, "writes "+what, putAction)
		gs = append(gs, ways(service.Gain{
			Resource: r, Touches: service.TouchesArtifact, What: what + " of " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}, c, keyOf(b))...)
	}
	for r := range m.OfType("AWS::Lambda::Function") {
		add(r, cloud.Text(r.Prop("Code", "S3Bucket")), cloud.Text(r.Prop("Code", "S3Key")), "the code")
	}
	for r := range m.OfType("AWS::Lambda::LayerVersion") {
		add(r, cloud.Text(r.Prop("Content", "S3Bucket")), cloud.Text(r.Prop("Content", "S3Key")), "the content")
	}
	for r := range m.OfType("AWS::StepFunctions::StateMachine") {
		add(r, cloud.Text(r.Prop("DefinitionS3Location", "Bucket")), cloud.Text(r.Prop("DefinitionS3Location", "Key")), "the definition")
	}
	for _, t := range [...]string{"AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"} {
		for r := range m.OfType(t) {
			if bucket, key, ok := fromURL(cloud.Text(r.Prop("TemplateURL"))); ok {
				add(r, bucket, key, "the template")
			}
		}
	}
	for r := range m.OfType("AWS::ECS::TaskDefinition") {
		for c := range r.Prop("ContainerDefinitions").Elems() {
			for f := range c.Get("EnvironmentFiles").Elems() {
				bucket, key := service.Bucket(cloud.Text(f.Get("Value")))
				add(r, bucket, key, "the environment file")
			}
		}
	}
	return gs
}

// builds finds what build projects read from S3 and run.
func builds(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::CodeBuild::Project", func(r *cloud.Resource) []service.Gain {
		role := service.RoleOf(m, r, "ServiceRole")
		var gs []service.Gain
		add := func(where, rest, what string) {
			bucket, key := service.Bucket(where)
			if bucket == "" {
				return
			}
			if rest != "" && key != "" {
				key += "/"
			}
			c, b := inBucket(m, bucket, key+rest, "writes "+what, putAction)
			gs = append(gs, ways(service.Gain{
				Principal: role, Resource: r, Touches: service.TouchesSource,
				What: what + " of build project " + match.Render(service.Called(r)), Maybe: r.Maybe,
			}, c, keyOf(b))...)
		}
		if r.Prop("Source", "Type").Str() == "S3" {
			add(cloud.Text(r.Prop("Source", "Location")), "", "the source")
		}
		for n := range r.Prop("SecondarySources").Elems() {
			if n.Get("Type").Str() == "S3" {
				add(cloud.Text(n.Get("Location")), "", "a source")
			}
		}
		if spec := cloud.Text(r.Prop("Source", "BuildSpec")); len(spec) > 13 && spec[:13] == "arn:aws:s3:::" {
			add(spec, "", "the buildspec")
		}
		if r.Prop("Cache", "Type").Str() == "S3" {
			add(cloud.Text(r.Prop("Cache", "Location")), "*", "the cache")
		}
		return gs
	})
}

func accessPoints(m *cloud.Model) []service.Gain {
	return service.Each(m, bucketType, func(r *cloud.Resource) []service.Gain {
		on := []string{"arn:*:s3:*:" + r.Account + ":accesspoint/*"}
		return []service.Gain{gain(r, service.TouchesGuard, "access point of bucket "+match.Render(service.Called(r)),
			service.PowerCall{Actions: []string{"s3:CreateAccessPoint", "s3:PutAccessPointPolicy"}, Resources: on, Account: r.Account, Why: "makes or opens an access point"})}
	})
}

func trails(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for r := range m.OfType("AWS::CloudTrail::Trail") {
		bucket := cloud.Text(r.Prop("S3BucketName"))
		if bucket == "" {
			continue
		}
		c, b := inBucket(m, bucket, "*", "deletes or replaces files of the trail", putAction, "s3:DeleteObject", "s3:DeleteObjectVersion")
		for _, calls := range [][]service.PowerCall{{c}, {settings(c, b)}} {
			gs = append(gs, service.Gain{Calls: calls, Resource: r, What: "bucket " + match.Render(bucket) + " of trail " + match.Render(service.Called(r)), Maybe: r.Maybe})
		}
	}
	return gs
}

// settings is the call that changes the bucket of an object's call.
func settings(c service.PowerCall, b *cloud.Resource) service.PowerCall {
	if b != nil {
		return service.On(b, "changes the settings of the bucket", settingActions...)
	}
	on := c.Resources[0]
	return service.PowerCall{Actions: settingActions, Resources: []string{on[:len(on)-len("/*")]}, Why: "changes the settings of the bucket"}
}

// fromURL takes the address of an object apart
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html):
// https://bucket.s3.region.amazonaws.com/key, or with the bucket in the path.
func fromURL(u string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(u, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(u, "s3://")
		bucket, key = service.Bucket(rest)
		return bucket, key, ok && key != ""
	}
	host, path, ok := strings.Cut(rest, "/")
	if !ok || path == "" {
		return "", "", false
	}
	if strings.HasPrefix(host, "s3.") || strings.HasPrefix(host, "s3-") {
		bucket, key = service.Bucket(path)
		return bucket, key, key != ""
	}
	for _, mark := range [...]string{".s3.", ".s3-"} {
		if i := strings.Index(host, mark); i > 0 {
			return host[:i], path, true
		}
	}
	return "", "", false
}
