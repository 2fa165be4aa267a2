package compile

import (
	"cmp"
	"strings"
	"time"

	"penstock/blueprint"
	"penstock/spec"
)

// build draws a build project, with its role and its log, and returns the
// action that runs it.
func (b *builder) build(d *spec.Build, in []string) blueprint.Map {
	st := b.tools()
	section := d.Name
	logs := b.log(st, ident(d.Name)+"Logs", "/aws/codebuild/${ProjectName}-"+blueprint.Sub(d.Name), section)
	r := b.role(st, d.Name, "The commands of "+d.Name+" run with this role, and so does whatever they run of the source.", 0)
	env := b.environment(d)
	image, pull := b.buildImage(d)
	environment := blueprint.KV("Type", cmp.Or(d.Type, "LINUX_CONTAINER"), "ComputeType", cmp.Or(d.Compute, "BUILD_GENERAL1_SMALL"), "Image", image)
	if pull != "" {
		environment.Set("ImagePullCredentialsType", pull)
	}
	if d.Privileged {
		environment.Set("PrivilegedMode", true)
	}
	if len(env) > 0 {
		environment.Set("EnvironmentVariables", env)
	}
	source := blueprint.KV("Type", "CODEPIPELINE")
	switch {
	case d.Inline:
		source.Set("BuildSpec", blueprint.Lit(d.Buildspec))
	case d.Buildspec != "":
		source.Set("BuildSpec", d.Buildspec)
	}
	props := blueprint.KV(
		"Name", blueprint.Sub("${ProjectName}-"+d.Name),
		"ServiceRole", blueprint.Att(r.id, "Arn"),
		"EncryptionKey", blueprint.Att(artifactKey, "Arn"),
		"TimeoutInMinutes", minutes(d.Timeout, time.Hour),
		"Artifacts", blueprint.KV("Type", "CODEPIPELINE"),
		"Environment", environment,
		"LogsConfig", blueprint.KV("CloudWatchLogs", blueprint.KV("Status", "ENABLED", "GroupName", blueprint.Ref(logs.ID))),
		"Source", source,
		"VpcConfig", b.vpcConfig(d),
		"Tags", b.tags(),
	)
	if d.Cache == "local" {
		props.Set("Cache", blueprint.KV("Type", "LOCAL", "Modes", blueprint.Strings("LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE")))
	}
	if d.Cache == "s3" {
		props.Set("Cache", blueprint.KV("Type", "S3", "Location", blueprint.Ref(b.cache())+"/"+blueprint.Sub(d.Name)))
	}
	if d.Batch {
		props.Set("BuildBatchConfig", b.batch(d))
	}
	project := st.Add(&blueprint.Resource{ID: ident(d.Name) + "Project", Type: "AWS::CodeBuild::Project", Props: props})
	// CodeBuild writes its output with the key of the project, whatever the
	// pipeline's store says.
	project.Props.Set("EncryptionKey", blueprint.Att(artifactKey, "Arn"))
	for _, img := range d.Push {
		b.pushes(r, img)
	}
	for _, img := range d.Pull {
		b.pulls(r, img)
	}
	if d.Reports {
		// The groups that a buildspec names are <project>-<name>
		// (https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html#test-permissions-required).
		r.grant("makes the test reports of the buildspec", []string{
			"codebuild:BatchPutCodeCoverages", "codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:CreateReportGroup", "codebuild:UpdateReport",
		}, "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:report-group/${ProjectName}-"+blueprint.Sub(d.Name)+"-*")
	}
	for _, p := range d.Allow {
		r.allow(p)
	}
	category, out := "Build", []string(nil)
	if d.Test {
		category = "Test"
	}
	if d.Output {
		out = []string{artifactName(d.Name)}
	}
	config := blueprint.KV("ProjectName", blueprint.Ref(project.ID))
	if d.Batch {
		config.Set("BatchEnabled", "true")
	}
	return action(ident(d.Name), category, "AWS", "CodeBuild", config, in, out, "")
}

// cache draws the bucket of the caches of builds, once. It is none of the
// pipeline's: what a build leaves there, the next one takes.
func (b *builder) cache() string {
	const id = "CacheBucket"
	st := b.tools()
	if st.Resource(id) != nil {
		return id
	}
	props := blueprint.KV("BucketName", blueprint.Sub("${ProjectName}-cache-${AWS::AccountId}"), "BucketEncryption", encrypted(artifactKey))
	props = append(props, closed()...)
	props.Set("LifecycleConfiguration", blueprint.KV("Rules", blueprint.List{blueprint.KV(
		"Id", "forget", "Status", "Enabled", "ExpirationInDays", 30, "NoncurrentVersionExpiration", blueprint.KV("NoncurrentDays", 1))}))
	props.Set("Tags", b.tags())
	of := st.Add(&blueprint.Resource{ID: id, Type: "AWS::S3::Bucket", Section: "cache", Props: props})
	policy := st.Add(&blueprint.Resource{ID: "CacheBucketPolicy", Type: "AWS::S3::BucketPolicy", Props: blueprint.KV("Bucket", blueprint.Ref(id))})
	b.guard(st, of, policy, "PolicyDocument", tlsOnly(blueprint.Att(id, "Arn")))
	return id
}

// artifactName is the name of what a build makes: no more than ten characters,
// to which CodePipeline cuts it in the key of the object, and none of the
// names that the pipeline itself uses.
func artifactName(build string) string {
	name := longest(ident(build), 10)
	switch name {
	case sourceArtifact, "Sealed", "Approved":
		return longest(name, 8) + "Of"
	}
	return name
}

// minutes is a duration in minutes, as CodeBuild and CodePipeline count.
func minutes(d, absent time.Duration) int {
	return int(cmp.Or(d, absent) / time.Minute)
}

// log draws a log group.
func (b *builder) log(st *blueprint.Stack, id string, name blueprint.Sub, section string) *blueprint.Resource {
	return st.Add(&blueprint.Resource{
		ID: id, Type: "AWS::Logs::LogGroup", Section: section, Retain: true,
		Props: blueprint.KV("LogGroupName", name, "RetentionInDays", 365),
	})
}

// allow grants what only the user knows to be needed.
func (r *role) allow(p spec.Permission) {
	g := grant{actions: p.Actions, why: cmp.Or(p.Why, "stated in the spec"), user: true}
	for _, res := range p.Resources {
		g.resources = append(g.resources, blueprint.Lit(res))
	}
	if g.resources == nil {
		g.resources = []blueprint.Sub{"*"}
	}
	r.grants = append(r.grants, g)
}

// environment are the variables of a build: plain ones, and secrets by
// reference.
func (b *builder) environment(d *spec.Build) blueprint.List {
	var out blueprint.List
	for _, v := range d.Env {
		out = append(out, blueprint.KV("Name", v.Name, "Value", blueprint.Lit(v.Value)))
	}
	for _, img := range d.Push {
		name := "IMAGE_REPOSITORY"
		if len(d.Push) > 1 {
			name += "_" + strings.ToUpper(strings.NewReplacer("-", "_", "/", "_", ".", "_").Replace(img.Repository))
		}
		out = append(out, blueprint.KV("Name", name, "Value", b.imageURI(b.tools(), img)))
	}
	return append(out, b.secrets(d)...)
}

// buildImage is the image that a build runs in, and who pulls it.
func (b *builder) buildImage(d *spec.Build) (image blueprint.Sub, credentials string) {
	if d.ImageECR == "" {
		return blueprint.Lit(cmp.Or(d.Image, "aws/codebuild/amazonlinux-x86_64-standard:5.0")), ""
	}
	uri := b.imageURI(b.tools(), spec.Image{Repository: d.ImageECR})
	if strings.HasPrefix(d.Image, "sha256:") {
		return uri + "@" + blueprint.Lit(d.Image), "SERVICE_ROLE"
	}
	return uri + ":" + blueprint.Lit(cmp.Or(d.Image, "latest")), "SERVICE_ROLE"
}

// imageURI is an image repository of the tools account as docker names it.
func (b *builder) imageURI(in *blueprint.Stack, img spec.Image) blueprint.Sub {
	region := blueprint.Sub("${AWS::Region}")
	if in.Region != b.spec.Region {
		region = blueprint.Lit(b.spec.Region)
	}
	return b.account(in, b.spec.Tools.ID) + ".dkr.ecr." + region + ".${AWS::URLSuffix}/" + b.project(blueprint.Lit(img.Repository))
}

// imageARN is its ARN.
func (b *builder) imageARN(in *blueprint.Stack, img spec.Image) blueprint.Sub {
	region := blueprint.Sub("${AWS::Region}")
	if in.Region != b.spec.Region {
		region = blueprint.Lit(b.spec.Region)
	}
	return "arn:${AWS::Partition}:ecr:" + region + ":" + b.account(in, b.spec.Tools.ID) + ":repository/" + b.project(blueprint.Lit(img.Repository))
}

// imagesID is the logical id of an image repository.
func imagesID(project, repository string) string {
	if repository == project {
		return "Images"
	}
	return "Images" + ident(repository)
}

// repository is the image repository with a name in a stack, nil where it has
// none.
func (b *builder) repository(st *blueprint.Stack, name string) *blueprint.Resource {
	return called(st, "AWS::ECR::Repository", "RepositoryName", b.project(blueprint.Lit(name)))
}

// called is the resource of a type whose property says a name, nil where the
// stack has none.
func called(st *blueprint.Stack, typ, prop string, name blueprint.Sub) *blueprint.Resource {
	for _, r := range st.Resources {
		if r.Type == typ && r.Props.Get(prop) == any(name) {
			return r
		}
	}
	return nil
}

// image draws an image repository, once.
func (b *builder) image(img spec.Image) {
	st := b.tools()
	if !img.Create || b.repository(st, img.Repository) != nil {
		return
	}
	id := free(st, imagesID(b.spec.Project, img.Repository))
	r := st.Add(&blueprint.Resource{
		ID: id, Type: "AWS::ECR::Repository", Section: "images", Retain: true,
		Comment: "Tags cannot be moved: what was approved is what runs.",
		Props: blueprint.KV(
			"RepositoryName", b.project(blueprint.Lit(img.Repository)),
			"ImageTagMutability", "IMMUTABLE",
			"ImageScanningConfiguration", blueprint.KV("ScanOnPush", true),
			"EncryptionConfiguration", blueprint.KV("EncryptionType", "AES256"),
			"RepositoryPolicyText", nil,
			"Tags", b.tags(),
		),
	})
	b.guard(st, r, r, "RepositoryPolicyText")
}

// What docker push and docker pull call
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html).
var (
	pushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
	}
	pullActions = []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
)

func (b *builder) pushes(r *role, img spec.Image) {
	b.image(img)
	r.grant("logs in to the registry; the action has no resource", []string{"ecr:GetAuthorizationToken"}, "*")
	r.grant("pushes to repository "+img.Repository, pushActions, b.imageARN(r.stack, img))
}

func (b *builder) pulls(r *role, img spec.Image) {
	b.image(img)
	r.grant("logs in to the registry; the action has no resource", []string{"ecr:GetAuthorizationToken"}, "*")
	r.grant("pulls from repository "+img.Repository, pullActions, b.imageARN(r.stack, img))
}

// batch is the batch configuration of a project, with the role that starts its
// builds.
func (b *builder) batch(d *spec.Build) blueprint.Map {
	r := b.role(b.tools(), d.Name+"-batch", "Starts the builds of a batch", 0)
	return blueprint.KV("ServiceRole", blueprint.Att(r.id, "Arn"), "TimeoutInMins", minutes(d.Timeout, time.Hour))
}
