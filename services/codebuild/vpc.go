package codebuild

import (
	"slices"
	"strings"

	"penstock/match"
	"penstock/service"
	"penstock/service/script"
	"penstock/truth"
)

// inside are the rows that a build makes from its container, through the
// network interface in the VPC. CodeBuild itself makes the network interface
// and pulls the image of the build, on its own network
// (https://github.com/aws/containers-roadmap/issues/2576,
// https://github.com/awsdocs/aws-cloudformation-user-guide/pull/991). Who
// writes the test reports is not documented; they are taken not to.
//
//   - Source, artifacts and cache: the S3 endpoint must be in the region of the
//     buckets of the build's input and output
//     (https://docs.aws.amazon.com/codebuild/latest/userguide/use-vpc-endpoints-with-codebuild.html),
//     and a source on a GitHub server in a VPC needs the VPC
//     (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-github-enterprise.html).
//   - Log: a build that cannot reach CloudWatch hangs
//     (https://github.com/CloudSnorkel/cdk-github-runners/pull/558).
//   - Secrets and parameters: the container's own log says "[Container] …
//     Decrypting parameter store environment variables"
//     (https://github.com/YumaInaura/YumaInaura/issues/3354).
//   - Commands run in the VPC
//     (https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html).
var inside = []struct {
	prefix string
	basis  service.Basis
}{
	{"codebuild.source.artifact", service.Documented},
	{"codebuild.source.s3", service.Documented},
	{"codebuild.source.", service.Documented},
	{"codebuild.output.", service.Documented},
	{"codebuild.cache.", service.Documented},
	{"codebuild.commands", service.Documented},
	{"codebuild.seal", service.Documented},
	{"codebuild.logs", service.Reported},
	{"codebuild.secrets", service.Reported},
	{"codebuild.parameters", service.Reported},
}

func through(c *service.Call) (bool, service.Basis) {
	for _, in := range inside {
		if strings.HasPrefix(c.Row.ID, in.prefix) {
			return true, in.basis
		}
	}
	return false, 0
}

// network is where in a VPC a build runs. It never has a public address
// (https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html:
// "CodeBuild does not assign elastic or public IP addresses").
func network(s *service.Site) *service.Network {
	if !inVPC(s) {
		return nil
	}
	n := s.Resource.Prop("VpcConfig")
	return &service.Network{
		What: "build project " + project(s),
		VPC:  n.Get("VpcId").Str(), Subnets: n.Get("Subnets"), Groups: n.Get("SecurityGroupIds"),
		PublicIP: truth.No, At: n.Where(),
		Proxy:   proxy(s),
		Through: through,
		Hosts:   append(gitHosts(s), commandHosts(s)...),
		Shows:   shows,
	}
}

// proxy: a build may go through a proxy, by a variable that its tools know or
// by the buildspec
// (https://docs.aws.amazon.com/codebuild/latest/userguide/use-proxy-server.html).
func proxy(s *service.Site) string {
	for _, e := range environments(s) {
		if n := strings.ToUpper(e.name); (n == "HTTPS_PROXY" || n == "ALL_PROXY") && e.value != "" {
			return "the proxy of the variable " + e.name
		}
	}
	return ""
}

// shows is what a build says where a service does not answer. The first is
// from a report, the rest is Go's and the AWS CLI's.
func shows(svc string) string {
	switch svc {
	case "ecr.api", "ecr.dkr":
		return "CLIENT_ERROR: CannotPullContainerError: failed to resolve reference"
	case "":
		return "CLIENT_ERROR: … dial tcp: i/o timeout"
	case "logs":
		return "(the build hangs and has no log)"
	}
	return "RequestError: send request failed … dial tcp: i/o timeout"
}

// gitHosts: the source of a build that no pipeline runs.
func gitHosts(s *service.Site) []service.Host {
	var hs []service.Host
	for _, n := range sources(s) {
		h := service.Host{Why: "downloads the source of the project", At: n.Where(), Need: service.Stops, Basis: service.Documented}
		switch n.Get("Type").Str() {
		case "GITHUB":
			h.Name = "github.com"
		case "BITBUCKET":
			h.Name = "bitbucket.org"
		case "GITLAB":
			h.Name = "gitlab.com"
		default:
			continue // a server of one's own may be in the VPC
		}
		hs = append(hs, h)
	}
	return hs
}

// registries are the public hosts that plain commands fetch from unless a file
// of the sources names another one, which is not read: so they only warn.
var registries = map[string]string{
	"npm ci": "the npm registry", "npm install": "the npm registry", "npm i": "the npm registry",
	"yarn install": "the npm registry", "pnpm install": "the npm registry",
	"pip install": "PyPI", "pip3 install": "PyPI", "go get": "the Go module proxy", "go mod": "the Go module proxy", "apt-get update": "the package mirrors", "apt-get install": "the package mirrors", "apt update": "the package mirrors", "apt install": "the package mirrors",
}

// commandHosts: the hosts on the internet that the commands surely want, and
// AWS STS where a command asks who it is: that takes no permission, so that no
// call tells of it, and yet a way there
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func commandHosts(s *service.Site) []service.Host {
	b := buildspec(s).Buildspec
	if b == nil || cliCalls(s) == nil && len(b.Phases) == 0 {
		return nil
	}
	mirror := slices.ContainsFunc(environments(s), func(e environment) bool {
		n := strings.ToUpper(e.name)
		return n == "GOPROXY" || n == "PIP_INDEX_URL" || strings.HasPrefix(n, "NPM_CONFIG_")
	})
	var hs []service.Host
	add := func(name, why string, c Command, n service.Need) {
		if !slices.ContainsFunc(hs, func(h service.Host) bool { return h.Name == name }) {
			hs = append(hs, service.Host{Name: name, Why: why, At: c.Span, Need: n, Basis: service.Reasoned})
		}
	}
	sh := script.New()
	for _, p := range b.Phases {
		for _, c := range p.Commands {
			for _, cmd := range sh.Read(c.Text) {
				ws := cmd.Words
				for len(ws) > 1 && ws[0].Text == "sudo" {
					ws = ws[1:]
				}
				if len(ws) < 2 || cmd.Sure == script.Perhaps {
					continue
				}
				head := ws[0].Text + " " + ws[1].Text
				need := service.Degrades
				if cmd.Sure == script.Stops && !strings.HasPrefix(p.OnFailure, "CONTINUE") {
					need = service.Stops
				}
				switch {
				case ws[0].Text == "aws" && says(ws, "sts") && says(ws, "get-caller-identity"):
					if !slices.ContainsFunc(hs, func(h service.Host) bool { return h.Service == "sts" }) {
						hs = append(hs, service.Host{Service: "sts", Why: "a command of the buildspec asks AWS STS who it is", At: c.Span, Need: need, Basis: service.Reasoned})
					}
				case head == "aws codeartifact", head == "npm config", head == "pip config":
					mirror = true
				case head == "docker pull":
					if image, ok := script.LastPlain(ws[2:]); ok && service.PublicImage(image) {
						add("the registry of "+match.Render(image), head+" of a public image", c, need)
					}
				case head == "git clone" && len(ws) > 2:
					if u, ok := lastURL(ws[2:]); ok {
						add(u, head+" from there", c, need)
					}
				case head == "go mod" && (len(ws) < 3 || ws[2].Text != "download" && ws[2].Text != "tidy"):
					// the others read what is there
				case registries[head] != "" && !mirror && !named(ws[2:]):
					add(registries[head], head+" fetches from there, unless a file of the sources names a mirror in the VPC", c, service.Degrades)
				}
			}
		}
	}
	return hs
}

// says reports whether a word is one of a command's.
func says(ws []script.Word, word string) bool {
	return slices.ContainsFunc(ws, func(w script.Word) bool { return w.Text == word })
}

// named reports whether a command names its own index or registry, or only
// local files.
func named(ws []script.Word) bool {
	return slices.ContainsFunc(ws, func(w script.Word) bool {
		return w.Text == "-i" || w.Text == "--no-index" || w.Text == "--offline" ||
			strings.HasPrefix(w.Text, "--index-url") || strings.HasPrefix(w.Text, "--registry") || strings.HasPrefix(w.Text, "--extra-index-url")
	})
}

// lastURL returns the host of the public git server that a command clones
// from.
func lastURL(ws []script.Word) (string, bool) {
	for _, w := range ws {
		rest, ok := strings.CutPrefix(w.Text, "https://")
		if !ok {
			continue
		}
		host, _, _ := strings.Cut(rest, "/")
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			host = host[i+1:]
		}
		return host, slices.Contains([]string{"github.com", "gitlab.com", "bitbucket.org"}, host)
	}
	return "", false
}
