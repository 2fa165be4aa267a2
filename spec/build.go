package spec

import (
	"cmp"
	"strings"
	"time"

	"penstock/doc"
)

// builds reads build or builds.
func (r *reader) builds(s *Spec, n *doc.Node) {
	one, many := n.Get("build"), n.Get("builds")
	if one != nil && many != nil {
		r.add("SPEC010", many.Span, "there are build and builds: keep one of them")
		return
	}
	if one != nil && one.Kind == doc.Map {
		s.Builds = append(s.Builds, r.build(s, one, "build", false))
	}
	for f := range entries(many) {
		if f.Value.Kind == doc.Map {
			s.Builds = append(s.Builds, r.build(s, f.Value, f.Name(), false))
		}
	}
}

// build reads a build, or a test.
func (r *reader) build(s *Spec, n *doc.Node, name string, test bool) *Build {
	b := &Build{Name: name, Test: test, At: n.Span}
	spec := n.Get("buildspec")
	if n.IsScalar() {
		spec, n = n, nil
	}
	b.Buildspec = word(spec, "buildspec.yml")
	b.Inline = strings.Contains(b.Buildspec, "\n")
	b.Type, b.Image = "LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0"
	if str(n.Get("arch")) == "arm64" {
		b.Type, b.Image = "ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0"
	}
	if i := n.Get("image"); i != nil {
		if i.Kind == doc.Map {
			b.ImageECR, b.Image = str(i.Get("ecr")), word(i.Get("tag"), "latest")
		} else {
			b.Image = cmp.Or(str(i), b.Image)
		}
	}
	b.Compute = "BUILD_GENERAL1_" + strings.ToUpper(word(n.Get("compute"), "small"))
	b.Timeout = lasts(n.Get("timeout"), time.Hour)
	for f := range entries(n.Get("secrets")) {
		if x, ok := r.secret(f); ok {
			b.Secrets = append(b.Secrets, x)
		}
	}
	b.Env = variables(n.Get("env"))
	b.Push, b.Pull = images(n.Get("push"), true), images(n.Get("pull"), false)
	// docker, which builds the image, needs it
	// (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html).
	b.Privileged = boolean(n.Get("privileged"), len(b.Push) > 0)
	if c := str(n.Get("cache")); c != "none" {
		b.Cache = c
	}
	b.Reports, b.Batch = boolean(n.Get("reports"), false), boolean(n.Get("batch"), false)
	b.VPC = boolean(n.Get("vpc"), s.Network != nil)
	if in := str(n.Get("input")); in != "source" {
		b.Input = in
	}
	b.Output = boolean(n.Get("output"), !test)
	b.Allow = permissions(n.Get("allow"))
	return b
}

// images reads ECR repositories: a name, a list of names, or a map.
func images(n *doc.Node, create bool) []Image {
	if n != nil && n.Kind == doc.Map {
		create = boolean(n.Get("create"), create)
		n = n.Get("ecr")
	}
	if n == nil {
		return nil
	}
	var out []Image
	for e := range n.Elems() {
		if name := str(e); name != "" {
			out = append(out, Image{Repository: name, Create: create, At: e.Span})
		}
	}
	return out
}

// permissions reads what only the user knows to be needed.
func permissions(n *doc.Node) []Permission {
	if n == nil || n.Kind != doc.List {
		return nil
	}
	var out []Permission
	for _, it := range n.Items {
		if it.Kind == doc.Map {
			out = append(out, Permission{Actions: texts(it.Get("actions")), Resources: texts(it.Get("resources")), Why: str(it.Get("why")), At: it.Span})
		}
	}
	return out
}
