package service

import (
	"cmp"

	"penstock/cloud"
	"penstock/match"
	"penstock/pipeline"
)

// An Artifact is one artifact of a pipeline as it lies in the store of one
// region.
type Artifact struct {
	Name       string
	Object     string // ARN of the object, its last part unknown
	Bucket     string // name
	Account    string // owner of the bucket; "" where no stack declares it
	Encryption *cloud.Encryption
	Writer     string // what wrote it, for people
}

// Store returns the pipeline's artifact store of a region, nil where it has
// none there.
func (s *Site) Store(region string) *pipeline.Store { return s.Pipeline.Stores[region] }

// Artifact describes an artifact as the site's action finds it, or as it is
// to write it: in the store of the action's region, with the key of whoever
// wrote it there. It returns nil where that region has no store.
//
// Who writes decides about the key. CodePipeline, and the actions that run
// with a role of the pipeline's, use the store's EncryptionKey; "if this is
// undefined, the default key for Amazon S3 is used"
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html).
// CodeBuild uses the key of its project and otherwise the account's aws/s3
// key, whatever the store says
// (https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html,
// https://github.com/aws/aws-cdk/issues/4182). An artifact from another region
// is a copy that CodePipeline made there
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html).
func (s *Site) Artifact(name string) *Artifact {
	st := s.Store(s.Action.Region)
	if st == nil {
		return nil
	}
	a := s.at(st, name)
	producer := s.Pipeline.Producer(name)
	switch {
	case producer == nil || producer.Region != s.Action.Region:
		a.Encryption = s.storeKey(st, s.Pipeline.Account)
		a.Writer = "the pipeline"
	case producer.Provider == "CodeBuild":
		a.Writer = "build project " + producer.Get("ProjectName")
		a.Encryption = s.projectKey(producer)
	default:
		a.Writer = "action " + producer.Name
		a.Encryption = s.storeKey(st, producer.Account)
	}
	return a
}

// Stored describes an artifact in the store of another region than the
// action's: what CodePipeline copies from or to.
func (s *Site) Stored(region, name string) *Artifact {
	st := s.Store(region)
	if st == nil {
		return nil
	}
	site := *s
	a := *s.Action
	a.Region = region
	site.Action = &a
	return site.Artifact(name)
}

func (s *Site) at(st *pipeline.Store, name string) *Artifact {
	a := &Artifact{Name: name, Bucket: st.Bucket}
	t := s.Object(st.Bucket, objectKey(s.Pipeline, name))
	a.Object, a.Account = t.Resource, t.Account
	return a
}

// objectKey is <pipeline>/<artifact>/<id>, where the pipeline's name is cut
// to twenty characters and the artifact's to ten. That names are cut is
// documented
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html,
// "artifact folder name … appears to be truncated"); the lengths are those of
// keys in bug reports (awslabs/aws-refarch-cross-account-pipeline#5).
func objectKey(p *pipeline.Pipeline, artifact string) string {
	id := p.Name
	if p.Resource != nil {
		id = p.Resource.ID()
	}
	return ArtifactKey(p.Name, id, artifact)
}

// ArtifactKey is the key of an artifact of the pipeline with a name, the
// resource with an ID.
func ArtifactKey(name, id, artifact string) string {
	return cut(name, 20, id+".ArtifactFolder") + "/" + cut(artifact, 10, id+"."+artifact) + "/" + match.Hole(match.Key, artifact+" object")
}

// ArtifactFolder is the first part of the key of every artifact of a pipeline.
func ArtifactFolder(p *pipeline.Pipeline) string {
	id := p.Name
	if p.Resource != nil {
		id = p.Resource.ID()
	}
	return cut(p.Name, 20, id+".ArtifactFolder")
}

// cut returns the first n characters of s; from the first hole on they are
// unknown.
func cut(s string, n int, hole string) string {
	for i := range len(s) {
		if s[i] == 0 {
			return s[:i] + match.Hole(match.Name, hole)
		}
		if i == n {
			return s[:i]
		}
	}
	if s == "" {
		return match.Hole(match.Name, hole)
	}
	return s
}

// storeKey is what an artifact that account writes to st is encrypted with.
func (s *Site) storeKey(st *pipeline.Store, account string) *cloud.Encryption {
	e := cloud.Encryption{Span: st.Span}
	bucket := s.BucketResource(st.Bucket)
	if bucket != nil && bucket.Encryption != nil {
		e.BucketKey = bucket.Encryption.BucketKey
	}
	switch {
	case AWSKey(st.Key):
		e.Mode, e.Key = cloud.AWSManaged, Managed("s3", account, st.Region).Key
	case st.Key != "":
		e.Mode, e.Key = cloud.Customer, KeyARN(s.Model, st.Key, account, st.Region)
	case bucket != nil && bucket.Encryption != nil && bucket.Encryption.Mode == cloud.Customer:
		e.Mode, e.Key, e.Span = cloud.Customer, bucket.Encryption.Key, bucket.Encryption.Span
	default:
		e.Mode, e.Key = cloud.AWSManaged, Managed("s3", account, st.Region).Key
	}
	return &e
}

// projectKey is what the build project of an action encrypts its output with.
// For a project that no stack declares the key is a hole and nothing else.
func (s *Site) projectKey(a *pipeline.Action) *cloud.Encryption {
	name := a.Get("ProjectName")
	project := s.Model.ByRef(name, a.Account, a.Region, "AWS::CodeBuild::Project")
	if project == nil {
		return &cloud.Encryption{
			Mode: cloud.Customer,
			Key:  match.Hole(match.Any, "the encryption key of build project "+match.Render(name)),
			Span: a.Span,
		}
	}
	e := s.ProjectKey(project)
	if st := s.Store(a.Region); st != nil {
		if b := s.BucketResource(st.Bucket); b != nil && b.Encryption != nil {
			e.BucketKey = b.Encryption.BucketKey
		}
	}
	return e
}

// ProjectKey is the key that a build project writes its artifacts, logs and
// cache with.
func (s *Site) ProjectKey(project *cloud.Resource) *cloud.Encryption {
	n := project.Prop("EncryptionKey")
	key := n.Str()
	if key == "" || AWSKey(key) {
		e := Managed("s3", project.Account, project.Region)
		e.Span = project.Span
		return e
	}
	return &cloud.Encryption{
		Mode: cloud.Customer,
		Key:  KeyARN(s.Model, key, project.Account, project.Region),
		Span: n.Where(),
	}
}

// Read and Write are the target of reading an artifact and of writing it.
func (a *Artifact) Read() Target {
	return Target{
		Resource: a.Object, Account: a.Account, Encryption: a.Encryption,
		What: "artifact " + a.Name + " of " + cmp.Or(match.Render(a.Writer), "the pipeline"),
	}
}

// Write is the target of writing the artifact. CodePipeline's own walkthrough
// gives the bucket a policy that refuses writes without the header
// x-amz-server-side-encryption: aws:kms
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html,
// bucket policy), so artifacts are written with it; whether the key is named
// in the request is not known, and if so it is this one.
func (a *Artifact) Write() Target {
	t := a.Read()
	t.What = "artifact " + a.Name
	if e := a.Encryption; e != nil {
		t.Context.Set("s3:x-amz-server-side-encryption", "aws:kms")
		if e.Mode == cloud.Customer {
			optional(&t, "s3:x-amz-server-side-encryption-aws-kms-key-id", e.Key)
		}
	}
	return t
}
