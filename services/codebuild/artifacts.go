package codebuild

import (
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

const connectionPage = guide + "connections-github-app.html"

// sourceRows: what a build fetches before its first phase.
var sourceRows = []service.Row{
	{
		ID: "codebuild.source.artifact", Caller: "build role",
		Actions: []string{"s3:GetObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
		Why:  "reads the input artifact of the action",
		Need: service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: inputs,
	},
	{
		// CodePipeline names its artifacts by bucket and key, without a version:
		// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_S3ArtifactLocation.html
		ID: "codebuild.source.artifact-version", Caller: "build role",
		Actions: []string{"s3:GetObjectVersion"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
		Why:  "reads the input artifact, should it be named by version",
		Need: service.Listed, Basis: service.Documented, Source: rolePage,
		Targets: inputs,
	},
	{
		ID: "codebuild.source.bucket", Caller: "build role",
		Actions: []string{"s3:GetBucketAcl", "s3:GetBucketLocation"}, Resource: "<bucket>",
		Why:  "inspects the artifact store",
		Need: service.Listed, Basis: service.Documented, Source: rolePage,
		Targets: storeBucket,
	},
	{
		ID: "codebuild.source.s3", Caller: "build role",
		Actions: []string{"s3:GetObject", "s3:GetObjectVersion"}, Resource: "<Source.Location>",
		Why:  "reads the source of the project in S3",
		Need: service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: s3Source,
	},
	{
		ID: "codebuild.source.codecommit", Caller: "build role",
		Actions: []string{"codecommit:GitPull"}, Resource: "<repository>",
		Why:  "clones the repository",
		Need: service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: pulls,
	},
	{
		ID: "codebuild.source.connection", Caller: "build role",
		Resource: "<connection>",
		Why:      "clones the repository through the connection",
		Need:     service.Stops, Basis: service.Documented,
		Source:  "https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#codebuild-role-connections",
		Targets: connections,
	},
	{
		ID: "codebuild.source.token", Caller: "build role",
		Resource: "<Source.Auth.Resource>",
		Why:      "gets a token of the connection of the project's source",
		Need:     service.Stops, Basis: service.Documented, Source: connectionPage,
		Targets: sourceConnection,
	},
	{
		ID: "codebuild.cache.read", Caller: "build role",
		Actions: []string{"s3:GetObject"}, Resource: "<Cache.Location>/*",
		Why:  "reads the cache",
		Need: service.Degrades, Lost: "the build starts without its cache", Basis: service.Documented, Source: guide + "caching-s3.html",
		Targets: cache,
	},
}

// outputRows: what a build leaves.
var outputRows = []service.Row{
	{
		ID: "codebuild.output.artifact", Caller: "build role",
		Actions: []string{"s3:PutObject"}, Resource: "<bucket>/<pipeline>/<artifact>/…",
		Context: "s3:x-amz-server-side-encryption = aws:kms",
		Why:     "writes the output artifact, with the key of the project and not that of the pipeline",
		Need:    service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: outputs,
	},
	{
		ID: "codebuild.output.s3", Caller: "build role",
		Actions: []string{"s3:PutObject"}, Resource: "<Artifacts.Location>/<Path>/…",
		Why:  "writes the artifacts of the project",
		Need: service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: s3Output,
	},
	{
		ID: "codebuild.cache.write", Caller: "build role",
		Actions: []string{"s3:PutObject"}, Resource: "<Cache.Location>/*",
		Why:  "writes the cache",
		Need: service.Degrades, Lost: "the next build starts without a cache", Basis: service.Documented, Source: guide + "caching-s3.html",
		Targets: cache,
	},
}

// inPipeline reports whether the build runs for an action of a pipeline.
func inPipeline(s *service.Site) bool { return s.Pipeline != nil && s.Action != nil }

// clonesFully reports whether an artifact is only a reference that the build
// clones itself.
func clonesFully(s *service.Site, artifact string) bool {
	p := s.Pipeline.Producer(artifact)
	return p != nil && p.Get("OutputArtifactFormat") == "CODEBUILD_CLONE_REF"
}

func inputs(s *service.Site) []service.Target {
	if !inPipeline(s) {
		return nil
	}
	var ts []service.Target
	for _, in := range s.Action.Inputs {
		// The reference of a full clone is a small artifact too.
		if a := s.Artifact(in.Name); a != nil {
			t := a.Read()
			t.At = in.Span
			ts = append(ts, t)
		}
	}
	return ts
}

func outputs(s *service.Site) []service.Target {
	if !inPipeline(s) {
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

func storeBucket(s *service.Site) []service.Target {
	if !inPipeline(s) || s.Store(s.Action.Region) == nil {
		return nil
	}
	t := s.Object(s.Store(s.Action.Region).Bucket, "")
	t.What, t.At = "artifact store", s.Action.Span
	return []service.Target{t}
}

// sources yields the source of the project and its secondary ones. In a
// pipeline they give way to the action's input artifacts.
func sources(s *service.Site) []*doc.Node {
	if inPipeline(s) {
		return nil
	}
	ns := []*doc.Node{s.Resource.Prop("Source")}
	for n := range s.Resource.Prop("SecondarySources").Elems() {
		ns = append(ns, n)
	}
	return ns
}

func s3Source(s *service.Site) []service.Target {
	var ts []service.Target
	for _, n := range sources(s) {
		if n.Get("Type").Str() != "S3" || n.Get("Location").Str() == "" {
			continue
		}
		bucket, key := service.Bucket(n.Get("Location").Str())
		if key == "" || strings.HasSuffix(key, "/") {
			key = service.KeyHole(key, "a source file")
		}
		t := s.Object(bucket, key)
		t.What, t.At = "source of the project", n.Get("Location").Where()
		ts = append(ts, t)
	}
	return ts
}

// pulls: the repositories that the build clones from CodeCommit: sources of
// the project, and full clones for a pipeline.
func pulls(s *service.Site) []service.Target {
	var ts []service.Target
	for _, n := range sources(s) {
		loc := n.Get("Location").Str()
		host, repo, ok := strings.Cut(loc, "/v1/repos/")
		if n.Get("Type").Str() != "CODECOMMIT" || !ok {
			continue
		}
		region := s.Region
		if r, found := strings.CutPrefix(host, "https://git-codecommit."); found {
			region, _, _ = strings.Cut(r, ".")
		}
		ts = append(ts, service.Target{
			Resource: s.ARNIn("codecommit", region, s.Account, repo), Region: region, At: n.Get("Location").Where(), What: "repository " + repo,
		})
	}
	if !inPipeline(s) {
		return ts
	}
	for _, in := range s.Action.Inputs {
		p := s.Pipeline.Producer(in.Name)
		if p == nil || p.Provider != "CodeCommit" || !clonesFully(s, in.Name) {
			continue
		}
		name := p.Get("RepositoryName")
		ts = append(ts, service.Target{
			Resource: s.ARNIn("codecommit", p.Region, p.Account, name), Account: p.Account, Region: p.Region, At: p.Span, What: "repository " + name,
		})
	}
	return ts
}

// prefixOf is the IAM prefix under which a connection is used: that of its
// ARN, of the service's two names.
func prefixOf(connection string) string {
	if a, err := arn.Parse(connection); err == nil && a.Service == "codestar-connections" {
		return a.Service
	}
	return "codeconnections"
}

func connections(s *service.Site) []service.Target {
	if !inPipeline(s) {
		return nil
	}
	var ts []service.Target
	for _, in := range s.Action.Inputs {
		p := s.Pipeline.Producer(in.Name)
		if p == nil || p.Provider != "CodeStarSourceConnection" || !clonesFully(s, in.Name) {
			continue
		}
		c := p.Get("ConnectionArn")
		if c == "" {
			continue
		}
		prefix := prefixOf(c)
		t := service.Target{Resource: c, Account: arn.Account(c), At: p.Span, What: "connection to " + p.Get("FullRepositoryId"), Only: []string{prefix + ":UseConnection"}}
		t.Else = map[string]string{"codeconnections": "codestar-connections", "codestar-connections": "codeconnections"}[prefix] + ":UseConnection"
		t.Context.Open = true // repository, branch, provider action: not documented
		ts = append(ts, t)
	}
	return ts
}

// sourceConnection: Auth of a source names a connection.
func sourceConnection(s *service.Site) []service.Target {
	var ts []service.Target
	for _, n := range sources(s) {
		auth := n.Get("Auth")
		c := auth.Get("Resource").Str()
		if t := auth.Get("Type").Str(); c == "" || t != "CODECONNECTIONS" {
			continue
		}
		prefix := prefixOf(c)
		ts = append(ts, service.Target{
			Resource: c, Account: arn.Account(c), At: auth.Where(), What: "connection of the source",
			Only: []string{prefix + ":GetConnectionToken", prefix + ":GetConnection"},
		})
	}
	return ts
}

// s3Output: artifacts of a project that no pipeline runs
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html).
func s3Output(s *service.Site) []service.Target {
	if inPipeline(s) {
		return nil
	}
	ns := []*doc.Node{s.Resource.Prop("Artifacts")}
	for n := range s.Resource.Prop("SecondaryArtifacts").Elems() {
		ns = append(ns, n)
	}
	var ts []service.Target
	for _, n := range ns {
		if n.Get("Type").Str() != "S3" || n.Get("Location").Str() == "" {
			continue
		}
		bucket, prefix := service.Bucket(n.Get("Location").Str())
		prefix = folder(prefix) + folder(strings.Trim(n.Get("Path").Str(), "/"))
		if n.Get("NamespaceType").Str() == "BUILD_ID" {
			prefix += match.Hole(match.Name, "build id") + "/"
		}
		t := s.Object(bucket, service.KeyHole(prefix, "an artifact"))
		t.What, t.At = "artifacts of the project", n.Get("Location").Where()
		if n.Get("EncryptionDisabled").Str() != "true" {
			t.Encryption = s.ProjectKey(s.Resource)
			if b := s.BucketResource(bucket); b != nil && b.Encryption != nil {
				t.Encryption.BucketKey = b.Encryption.BucketKey
			}
		}
		ts = append(ts, t)
	}
	return ts
}

func cache(s *service.Site) []service.Target {
	n := s.Resource.Prop("Cache")
	if n.Get("Type").Str() != "S3" || n.Get("Location").Str() == "" {
		return nil
	}
	bucket, prefix := service.Bucket(n.Get("Location").Str())
	t := s.Object(bucket, service.KeyHole(folder(prefix), "the cache"))
	t.What, t.At = "cache", n.Where()
	t.Encryption = s.ProjectKey(s.Resource)
	if b := s.BucketResource(bucket); b != nil && b.Encryption != nil {
		t.Encryption.BucketKey = b.Encryption.BucketKey
	}
	return []service.Target{t}
}
