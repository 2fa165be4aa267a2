package codebuild

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

// baked finds commands that write the value of a secret into what the build
// makes: a flag of the linker, an argument of an image's build, a definition of
// a compiler or of a bundler. The secret is then in the artifact, in every copy
// of it, and stays there when it is rotated.
func baked(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT {
		return nil
	}
	b := buildspec(s).Buildspec
	if b == nil {
		return nil
	}
	sh := script.New()
	secrets := map[string]environment{}
	for _, e := range environments(s) {
		switch {
		case e.kind == "PLAINTEXT":
			sh.Set(e.name, e.value)
		case e.kind == "SECRETS_MANAGER" || e.kind == "PARAMETER_STORE" && secretParameter(s, e):
			secrets[e.name] = e
			sh.Set(e.name, script.Unknown(e.name))
		}
	}
	if len(secrets) == 0 {
		return nil
	}
	var fs []diag.Finding
	told := map[string]bool{}
	for _, p := range b.Phases {
		for _, cs := range [][]Command{p.Commands, p.Finally} {
			for _, c := range cs {
				for _, cmd := range sh.Read(c.Text) {
					ws := toolWords(cmd)
					for name, e := range secrets {
						how := bakes(ws, name, sh.Get(name) == script.Unknown(name))
						if how == "" || told[name+"\x00"+how] {
							continue
						}
						told[name+"\x00"+how] = true
						f := diag.Finding{
							At: c.Span, Severity: diag.Warning, Certainty: diag.Likely,
							Message: fmt.Sprintf("the build of project %s writes secret %s into what it makes: %s", match.Render(project(s)), name, how),
							Related: []diag.Note{{At: e.at, Message: "the secret"}},
						}
						if e.kind == "PARAMETER_STORE" && !secretWords.MatchString(name) {
							f.Severity, f.Certainty = diag.Info, diag.Possible
							f.Depends = []string{fmt.Sprintf("whether parameter %s is a SecureString", match.Render(e.value))}
						}
						fs = append(fs, f)
					}
				}
			}
		}
	}
	diag.Sort(fs)
	return fs
}

// secretParameter reports whether a parameter may be a secret: one that the
// stacks make is none, since CloudFormation makes no SecureString.
func secretParameter(s *service.Site, e environment) bool {
	for r := range s.Model.OfType("AWS::SSM::Parameter") {
		if r.Account == s.Account && r.Name == e.value {
			return false
		}
	}
	return true
}

// toolWords are the words of a command from its tool on, a runner of node
// modules left out.
func toolWords(cmd script.Command) []string {
	var ws []string
	for _, w := range cmd.Words {
		if len(ws) == 0 && slices.Contains([]string{"sudo", "time", "command", "exec", "env", "npx", "yarn", "pnpm"}, w.Text) && len(cmd.Words) > 1 &&
			!(slices.Contains([]string{"yarn", "pnpm"}, w.Text) && slices.ContainsFunc(cmd.Words, func(w script.Word) bool { return w.Text == "build" })) {
			continue
		}
		ws = append(ws, w.Text)
	}
	return ws
}

var (
	// A parameter may be plain text: its type is in no template, its name tells.
	secretWords = regexp.MustCompile(`(?i)passw|passphrase|secret|token|credential|private|api_?key|access_?key`)

	linkerX   = regexp.MustCompile(`(^|[\s'"])-X[\s=]?`)
	compilers = []string{"gcc", "g++", "cc", "c++", "clang", "clang++"}
	builders  = []string{"docker", "podman", "buildah", "nerdctl", "/kaniko/executor", "docker-compose"}
	// bundled are the beginnings of names that bundlers write into the files
	// for browsers (https://vite.dev/guide/env-and-mode,
	// https://create-react-app.dev/docs/adding-custom-environment-variables,
	// https://nextjs.org/docs/pages/guides/environment-variables,
	// https://cli.vuejs.org/guide/mode-and-env.html,
	// https://docs.expo.dev/guides/environment-variables).
	bundled = []string{"VITE_", "REACT_APP_", "NEXT_PUBLIC_", "VUE_APP_", "GATSBY_", "EXPO_PUBLIC_", "NUXT_PUBLIC_"}
)

// bakes says how a command writes a secret into what it makes, "" where it
// does not. As it was says that the variable still holds the secret.
func bakes(ws []string, name string, asItWas bool) string {
	if len(ws) < 2 {
		return ""
	}
	value := script.Unknown(name)
	has := func(s string) bool { return strings.Contains(s, value) }
	switch tool := ws[0]; {
	case (tool == "go" || tool == "garble") && slices.ContainsFunc(ws[1:], func(w string) bool { return w == "build" || w == "install" }):
		for _, v := range options(ws, "-ldflags", "--ldflags") {
			if has(v) && linkerX.MatchString(v) {
				return "go build -ldflags -X keeps it in the binary, where strings shows it"
			}
		}
	case slices.Contains(builders, tool):
		for _, v := range options(ws, "--build-arg") {
			if has(v) || v == name && asItWas {
				return "--build-arg keeps it in the history of the image"
			}
		}
	case slices.Contains(compilers, tool):
		for _, w := range ws[1:] {
			if strings.HasPrefix(w, "-D") && has(w) {
				return tool + " -D keeps it in the binary"
			}
		}
	case tool == "esbuild":
		for _, w := range ws[1:] {
			if strings.HasPrefix(w, "--define:") && has(w) {
				return "esbuild --define keeps it in the bundle"
			}
		}
	}
	if asItWas && slices.ContainsFunc(bundled, func(p string) bool { return strings.HasPrefix(name, p) }) && bundles(ws) {
		return "its name tells the bundler to write it into the files for browsers"
	}
	return ""
}

// bundles reports whether a command surely runs a bundler, or the script build
// of a package, which is there for that.
func bundles(ws []string) bool {
	rest := ws[1:]
	switch ws[0] {
	case "npm", "yarn", "pnpm", "bun":
		if len(rest) > 1 && (rest[0] == "run" || rest[0] == "run-script") {
			rest = rest[1:]
		} else if ws[0] == "npm" {
			return false
		}
		return rest[0] == "build"
	case "vite", "next", "react-scripts", "gatsby", "nuxt", "vue-cli-service":
		return rest[0] == "build"
	}
	return false
}

// options returns the values of an option, which stand in the word after it or
// behind =.
func options(ws []string, names ...string) []string {
	var out []string
	for i, w := range ws {
		for _, n := range names {
			if v, ok := strings.CutPrefix(w, n+"="); ok {
				out = append(out, v)
			} else if w == n && i+1 < len(ws) {
				out = append(out, ws[i+1])
			}
		}
	}
	return out
}

var bakedCode = service.Code{
	Code: "RUN130", Theorem: "runs",
	Open:  "how the program gets its secret when it runs is its author's to say",
	Title: "a build writes a secret into what it makes",
	Doc: `
A secret that a build gets is safe as long as it stays in the environment of the build. A flag that puts its value into
the binary, the image or the bundle makes the artifact a secret itself: whoever can read the artifact bucket, pull the
image or open the page has it, every deployed copy has it, and rotating the secret changes none of them.

- ` + "`go build -ldflags \"-X main.password=$DB_PASSWORD\"`" + `: the linker stores the string in the binary.
- ` + "`docker build --build-arg TOKEN=$TOKEN`" + `: the value stands in the history of the image, which ` + "`docker history`" + ` shows.
- ` + "`gcc -DKEY=…`" + `, ` + "`esbuild --define:…`" + `: the value stands in what is compiled.
- Variables called ` + "`VITE_…`" + `, ` + "`REACT_APP_…`" + `, ` + "`NEXT_PUBLIC_…`" + ` and the like: their names tell the bundler to write them into the
  files for browsers.

The pipeline runs all the same, so theorem one does not fail of it.

**Remedy**: let the program read the secret when it runs: ` + "`secrets`" + ` of an ECS container definition, the Parameters and Secrets
extension of Lambda, GetSecretValue with the role of the instance. What a build needs while it runs goes by a mount that no
layer keeps: ` + "`docker build --secret id=token,env=TOKEN`" + `. Rotate the secret after the change.

**Sources**
- https://pkg.go.dev/cmd/link (-X importpath.name=value)
- https://docs.docker.com/build/building/variables/ (build arguments and environment variables are inappropriate for secrets)
- https://docs.docker.com/build/building/secrets/
- https://vite.dev/guide/env-and-mode, https://create-react-app.dev/docs/adding-custom-environment-variables
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
`,
}
