package codebuild

import (
	"strings"

	"penstock/match"
	"penstock/service"
)

// What pushing and pulling an image calls
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html).
var (
	pushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
	}
	pullActions = []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
)

// repository is the target of an image.
func repository(s *service.Site, account, region, name string) service.Target {
	return service.Target{
		Resource: s.ARNIn("ecr", region, account, "repository/"+name), Account: account, Region: region, What: "image repository " + name,
	}
}

// docker reads the commands that talk to a registry.
func (c *cli) docker(ws []word) {
	if len(ws) == 0 {
		return
	}
	op := ws[0].text
	rest := ws[1:]
	if op == "image" && len(rest) > 0 {
		op, rest = rest[0].text, rest[1:]
	}
	switch op {
	case "push", "pull":
		image, ok := lastPlain(rest)
		if !ok {
			return
		}
		c.image(image, op == "push")
	case "buildx", "build":
		pushes := false
		var tags []string
		for i, w := range rest {
			switch {
			case w.text == "--push":
				pushes = true
			case (w.text == "-t" || w.text == "--tag") && i+1 < len(rest):
				tags = append(tags, rest[i+1].text)
			case strings.HasPrefix(w.text, "--tag="):
				tags = append(tags, strings.TrimPrefix(w.text, "--tag="))
			}
		}
		if pushes {
			for _, t := range tags {
				c.image(t, true)
			}
		}
	}
}

func lastPlain(ws []word) (string, bool) {
	for i := len(ws) - 1; i >= 0; i-- {
		if !strings.HasPrefix(ws[i].text, "-") {
			return ws[i].text, true
		}
	}
	return "", false
}

func (c *cli) image(ref string, push bool) {
	account, region, name, ok := service.ECRImage(ref)
	if !ok {
		if match.HasHole(ref) {
			c.note("pushing or pulling the image " + match.Render(ref) + ", whose registry cannot be told,")
		}
		return
	}
	t := repository(c.site, account, region, name)
	if push {
		c.add(t, pushActions...)
		return
	}
	c.add(t, pullActions...)
	c.perhaps(t, "ecr:BatchCheckLayerAvailability")
}

func (c *cli) ecr(op string, a args) {
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
	c.add(repository(c.site, account, c.region, name), "ecr:"+camel(op))
}
