package compile

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/seal"
	"penstock/spec"
)

// sealedArtifact is what the stages before the first approval deploy.
const sealedArtifact = seal.Sealed

// Names of the two projects and of their roles.
const (
	sealName    = "seal"
	promoteName = "promote"
)

// seal draws the project that seals an artifact, and returns the action that
// runs it: its output is what is deployed up to the first approval, and its
// digest is what people approve.
func (b *builder) seal(in string) blueprint.Map {
	project, r := b.sealing(sealName, seal.Seals,
		"Seals what the builds made: nothing of it runs with this role, and no other role writes what is sealed.")
	for _, region := range b.regions() {
		b.onlyBy(region, seal.Sealed, r)
	}
	config := blueprint.KV("ProjectName", blueprint.Ref(project.ID))
	return action("Seal", "Build", "AWS", "CodeBuild", config, []string{in}, []string{seal.Sealed}, seal.Namespace)
}

// promote draws the project that promotes what was sealed, once, and returns
// the action that does so after the nth approval, with the artifact that is
// deployed from there on.
func (b *builder) promote(in string, n int) (blueprint.Map, string) {
	out, name := seal.Approved, "Promote"
	if n > 1 {
		out, name = fmt.Sprintf("%s%d", out, n), fmt.Sprintf("%s%d", name, n)
	}
	id := ident(promoteName) + "Project"
	i := slices.IndexFunc(b.roles, func(r *role) bool { return r.name == b.spec.Project+"-"+promoteName && r.stack == b.tools() })
	var r *role
	if i >= 0 {
		r = b.roles[i]
	} else {
		_, r = b.sealing(promoteName, seal.Promotes,
			"Hands on what was approved, if its digest is the one that was sealed: nothing of it runs with this role, and no other role\nwrites what is handed on.")
	}
	for _, region := range b.regions() {
		b.onlyBy(region, out, r)
	}
	config := blueprint.KV("ProjectName", blueprint.Ref(id), "EnvironmentVariables",
		fmt.Sprintf(`[{"name":%q,"value":%q,"type":"PLAINTEXT"}]`, seal.DigestVariable, seal.Reference(seal.Namespace)))
	return action(name, "Build", "AWS", "CodeBuild", config, []string{in}, []string{out}, ""), out
}

// sealing draws a project that runs our code, with its log and its role. It
// has what package seal allows and nothing more, no VPC of the builds' among
// it.
func (b *builder) sealing(name string, kind seal.Kind, comment string) (*blueprint.Resource, *role) {
	st := b.tools()
	logs := b.log(st, ident(name)+"Logs", "/aws/codebuild/${ProjectName}-"+blueprint.Sub(name), name)
	r := b.role(st, name, comment, 0)
	environment := blueprint.KV("Type", "LINUX_CONTAINER", "ComputeType", "BUILD_GENERAL1_SMALL", "Image", "aws/codebuild/amazonlinux-x86_64-standard:5.0")
	if env := b.sealedImages(); env != nil {
		environment.Set("EnvironmentVariables", env)
	}
	project := st.Add(&blueprint.Resource{ID: ident(name) + "Project", Type: "AWS::CodeBuild::Project", Props: blueprint.KV(
		"Name", blueprint.Sub("${ProjectName}-"+name),
		"ServiceRole", blueprint.Att(r.id, "Arn"),
		"EncryptionKey", blueprint.Att(artifactKey, "Arn"),
		"TimeoutInMinutes", 30,
		"Artifacts", blueprint.KV("Type", "CODEPIPELINE"),
		"Environment", environment,
		"LogsConfig", blueprint.KV("CloudWatchLogs", blueprint.KV("Status", "ENABLED", "GroupName", blueprint.Ref(logs.ID))),
		"Source", blueprint.Map{
			{Key: "Type", Value: "CODEPIPELINE"},
			{Key: "BuildSpec", Value: seal.Latest(kind).Text, Comment: "Of Penstock's, letter by letter: what is changed here is sealed no more."},
		},
		"Tags", b.tags(),
	)})
	return project, r
}

// sealedImages are the variables that tell which files of an artifact name
// images, and which repositories may be asked for their digests.
func (b *builder) sealedImages() blueprint.List {
	var uris []string
	for _, img := range b.images() {
		uri := string(b.imageURI(b.tools(), img))
		if !slices.Contains(uris, uri) {
			uris = append(uris, uri)
		}
	}
	files := []string{"imagedefinitions.json", "imageDetail.json"}
	deploys := false
	for _, s := range b.spec.Stages {
		if d := s.Deploy; d != nil && (d.Kind == spec.ECS || d.Kind == spec.ECSBlueGreen) {
			deploys = true
			if d.Definitions != "" && !slices.Contains(files, d.Definitions) {
				files = append(files, d.Definitions)
			}
		}
	}
	if !deploys {
		return nil
	}
	out := blueprint.List{blueprint.KV("Name", seal.FilesVariable, "Value", strings.Join(files, " "))}
	if len(uris) > 0 {
		out = append(out, blueprint.KV("Name", seal.RepositoriesVariable, "Value", blueprint.Sub(strings.Join(uris, " "))))
	}
	return out
}

// onlyBy keeps everybody from writing an artifact but one role, and in another
// region, where CodePipeline copies what it deploys there, the pipeline's: that
// it copies with this role is reasoned from
// https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html.
// CodeBuild writes what a build made with the role of its project
// (https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html),
// and aws:PrincipalArn of a session is the ARN of its role
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn).
// Nobody deletes it but the lifecycle of the bucket, which no policy stops.
func (b *builder) onlyBy(region, artifact string, r *role) {
	st := b.storeStack(region)
	who, by := b.arn(r, st), strings.TrimPrefix(r.name, b.spec.Project+"-")
	if region != b.spec.Region {
		who, by = "arn:${AWS::Partition}:iam::"+b.account(st, b.spec.Tools.ID)+":role/${ProjectName}-pipeline", "pipeline"
	}
	objects := []blueprint.Sub{blueprint.Att(artifactBucket, "Arn") + "/${ProjectName}/" + blueprint.Sub(artifact) + "/*"}
	for _, g := range b.guards {
		if g.of.ID != artifactBucket || g.stack != st {
			continue
		}
		g.base = append(g.base,
			&blueprint.Statement{
				Sid: artifact + "Only" + ident(by), Effect: "Deny", Principal: "*", Actions: []string{"s3:PutObject", "s3:ReplicateObject"}, Resources: objects,
				Comment:    "What is deployed from " + artifact + " is what " + by + " wrote, and nothing else.",
				Conditions: []blueprint.Condition{{Operator: "ArnNotEquals", Key: "aws:PrincipalArn", Values: []blueprint.Sub{who}}},
			},
			&blueprint.Statement{
				Sid: artifact + "Stays", Effect: "Deny", Principal: "*", Actions: []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, Resources: objects,
			})
	}
}
