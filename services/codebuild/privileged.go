package codebuild

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

// daemon are the operations of docker that the daemon does: it starts in a
// build only with PrivilegedMode.
var daemon = []string{
	"build", "run", "push", "pull", "tag", "save", "load", "import", "commit", "exec", "cp", "create", "start", "images", "ps", "rmi", "compose", "bake",
	"up", "stop", "rm", "inspect", "info",
}

// noDaemon finds a build whose commands surely use docker in a project that
// does not let its daemon start.
func noDaemon(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT {
		return nil
	}
	env := s.Resource.Prop("Environment")
	mode := env.Get("PrivilegedMode")
	if f, ok := noMount(s, mode, env); ok {
		return []diag.Finding{f}
	}
	b := buildspec(s).Buildspec
	if b == nil || env == nil || env.Kind != doc.Map || env.Get("DockerServer") != nil || !strings.EqualFold(text(mode), "false") || ownDocker(s, env) {
		return nil
	}
	sh := script.New()
	for _, p := range b.Phases {
		for _, cs := range [][]Command{p.Commands, p.Finally} {
			for _, c := range cs {
				for _, cmd := range sh.Read(c.Text) {
					name, op := dockerOf(cmd)
					if op == "" || cmd.Sure == script.Perhaps {
						continue
					}
					severity := diag.Error
					if cmd.Sure != script.Stops || strings.HasPrefix(p.OnFailure, "CONTINUE") {
						severity = diag.Warning
					}
					if strings.Contains(env.Get("Type").Str(), "_LAMBDA_") {
						return []diag.Finding{{
							At: c.Span, Severity: severity, Certainty: diag.Likely,
							Message:  fmt.Sprintf("the build runs %s %s, and build project %s runs on Lambda, where there is no Docker daemon", name, op, match.Render(project(s))),
							AWSError: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
							Related:  []diag.Note{{At: env.Get("Type").Where(), Message: "the environment of the project"}},
						}}
					}
					f := diag.Finding{
						At: c.Span, Severity: severity, Certainty: diag.Likely,
						Message: fmt.Sprintf("the build runs %s %s, and build project %s is not made with PrivilegedMode, without which the Docker daemon does not start",
							name, op, match.Render(project(s))),
						AWSError: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
						Related:  []diag.Note{{At: env.Where(), Message: "the environment of the project"}},
					}
					if edits, err := splice.SetField(env, "PrivilegedMode", splice.Bool(true)); err == nil {
						f.Fixes = []diag.Fix{{Message: "make the environment of the build privileged", Edits: edits}}
					}
					return []diag.Finding{f}
				}
			}
		}
	}
	return nil
}

// noMount finds a project that mounts a file system without the privilege to.
func noMount(s *service.Site, mode, env *doc.Node) (diag.Finding, bool) {
	n := s.Resource.Prop("FileSystemLocations")
	for range n.Elems() {
		if env == nil || !strings.EqualFold(text(mode), "false") {
			return diag.Finding{}, false
		}
		f := diag.Finding{
			At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("build project %s mounts a file system, for which it must be made with PrivilegedMode", match.Render(project(s))),
			Related: []diag.Note{{At: env.Where(), Message: "the environment of the project"}},
		}
		if edits, err := splice.SetField(env, "PrivilegedMode", splice.Bool(true)); err == nil {
			f.Fixes = []diag.Fix{{Message: "make the environment of the build privileged", Edits: edits}}
		}
		return f, true
	}
	return diag.Finding{}, false
}

// text is a boolean property as a word, "false" where it is absent.
func text(n *doc.Node) string {
	if n == nil || n.Kind == doc.Null {
		return "false"
	}
	return n.Str()
}

// dockerOf returns the docker command that a command line runs and what the
// daemon is to do for it, "" where it is none or the daemon is not needed.
func dockerOf(cmd script.Command) (name, op string) {
	ws := cmd.Words
	for len(ws) > 1 && slices.Contains([]string{"sudo", "time", "command", "exec"}, ws[0].Text) {
		ws = ws[1:]
	}
	if len(ws) == 0 || ws[0].Text != "docker" && ws[0].Text != "docker-compose" {
		return "", ""
	}
	for _, w := range ws[1:] {
		switch {
		case strings.HasPrefix(w.Text, "-"):
			continue
		case w.Text == "image" || w.Text == "container" || w.Text == "buildx" || w.Text == "builder":
			continue
		case slices.Contains(daemon, w.Text):
			return ws[0].Text, w.Text
		}
		return "", ""
	}
	return "", ""
}

// ownDocker reports whether docker may be somebody else's: a daemon elsewhere
// (DOCKER_HOST), an instance of one's own, an image of the days when CodeBuild
// started the daemon by itself, or whatever is not known.
func ownDocker(s *service.Site, env *doc.Node) bool {
	if t := env.Get("Type").Str(); t != "LINUX_CONTAINER" && t != "ARM_CONTAINER" && t != "LINUX_GPU_CONTAINER" && t != "LINUX_LAMBDA_CONTAINER" && t != "ARM_LAMBDA_CONTAINER" {
		return true
	}
	if image := env.Get("Image").Str(); strings.HasPrefix(image, "aws/codebuild/docker:") {
		return true
	}
	return slices.ContainsFunc(environments(s), func(e environment) bool { return e.name == "DOCKER_HOST" || e.name == "DOCKER_CONTEXT" })
}

var privilegedCode = service.Code{
	Code: "RUN100", Theorem: "runs",
	Fix:   "`PrivilegedMode: true`",
	Open:  "on Lambda there is no Docker: the build has to run on EC2",
	Title: "a build uses docker without PrivilegedMode",
	Doc: `
The Docker daemon in a build container starts only where the project's environment has ` + "`PrivilegedMode: true`" + `; it is
false where the template does not say. A ` + "`docker build`" + `, ` + "`run`" + `, ` + "`pull`" + ` or ` + "`push`" + ` of the buildspec then fails, whatever the
build role may do.

**What AWS shows**: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"

**Remedy**: ` + "`PrivilegedMode: true`" + ` in Environment of the project. It gives the build root on its own machine, and no right in
AWS. So does mounting a file system of EFS. There is no daemon on Lambda compute. A project on EC2 compute, one with a Docker server, and one whose commands go to another daemon (` + "`DOCKER_HOST`" + `) need
none.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html (Cannot connect to the Docker daemon)
- https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html (privilegedMode)
- https://docs.aws.amazon.com/codebuild/latest/userguide/sample-efs.html (privileged mode)
- https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html (limitations)
- https://github.com/aws/aws-codebuild-docker-images/issues/177
`,
}
