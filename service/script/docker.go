package script

import (
	"strings"

	"penstock/match"
	"penstock/service"
)

// What pushing and pulling an image calls
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html).
var (
	PushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
	}
	PullActions = []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
)

// repository is the target of an image.
func Repository(s *service.Site, account, region, name string) service.Target {
	return service.Target{
		Resource: s.ARNIn("ecr", region, account, "repository/"+name), Account: account, Region: region, What: "image repository " + name,
	}
}

// docker reads the commands that talk to a registry.
func (c *CLI) docker(ws []Word) {
	if len(ws) == 0 {
		return
	}
	op := ws[0].Text
	rest := ws[1:]
	if op == "image" && len(rest) > 0 {
		op, rest = rest[0].Text, rest[1:]
	}
	switch op {
	case "push", "pull":
		image, ok := LastPlain(rest)
		if !ok {
			return
		}
		c.image(image, op == "push")
	case "buildx", "build":
		pushes := false
		var tags []string
		for i, w := range rest {
			switch {
			case w.Text == "--push":
				pushes = true
			case (w.Text == "-t" || w.Text == "--tag") && i+1 < len(rest):
				tags = append(tags, rest[i+1].Text)
			case strings.HasPrefix(w.Text, "--tag="):
				tags = append(tags, strings.TrimPrefix(w.Text, "--tag="))
			}
		}
		if pushes {
			for _, t := range tags {
				c.image(t, true)
			}
		}
	}
}

func LastPlain(ws []Word) (string, bool) {
	for i := len(ws) - 1; i >= 0; i-- {
		if !strings.HasPrefix(ws[i].Text, "-") {
			return ws[i].Text, true
		}
	}
	return "", false
}

func (c *CLI) image(ref string, push bool) {
	account, region, name, ok := service.ECRImage(ref)
	if !ok {
		if match.HasHole(ref) {
			c.note("pushing or pulling the image " + match.Render(ref) + ", whose registry cannot be told,")
		}
		return
	}
	t := Repository(c.site, account, region, name)
	if push {
		c.add(t, PushActions...)
		return
	}
	c.add(t, PullActions...)
	c.perhaps(t, "ecr:BatchCheckLayerAvailability")
}

func (c *CLI) ecr(op string, a args) {
	switch op {
	case "get-login-password", "get-authorization-token", "get-login":
		c.add(service.Target{Resource: "*", What: "registry password"}, "ecr:GetAuthorizationToken")
		return
	}
	name := a.opt("--repository-name")
	if name == "" || helpers[op] {
		c.generic("ecr", op)
		return
	}
	account := a.opt("--registry-id")
	if account == "" {
		account = c.site.Account
	}
	if match.HasHole(name) && strings.HasPrefix(name, "\x00"+string(rune(match.Any))) {
		name = match.Hole(match.Path, "the repository that a command names")
	}
	c.add(Repository(c.site, account, c.Region, name), "ecr:"+camel(op))
}
