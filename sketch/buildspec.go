package sketch

import (
	"io/fs"
	"slices"
	"strings"

	"penstock/match"
	"penstock/service"
	"penstock/service/script"
	"penstock/services/codebuild"
	"penstock/source"
)

// mostRead bounds the size of what is read.
const mostRead = 1 << 20

// read returns a file of the folder, nil where there is none or it is too
// large to be what it is looked at for.
func read(in Input, name string) *source.File {
	if in.Folder == nil {
		return nil
	}
	info, err := fs.Stat(in.Folder, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostRead {
		return nil
	}
	data, err := fs.ReadFile(in.Folder, name)
	if err != nil {
		return nil
	}
	return source.NewFile(name, data)
}

// A built is what a buildspec tells.
type built struct {
	text     string // of all commands, for names of files in it
	packaged string // template that sam or cloudformation package writes
}

// buildspec takes the build from its buildspec.
func (d *Draft) buildspec(in Input) *built {
	var f *source.File
	for _, name := range []string{"buildspec.yml", "buildspec.yaml"} {
		if f = read(in, name); f != nil {
			break
		}
	}
	if f == nil {
		if read(in, "Dockerfile") != nil {
			d.Build = true
			d.found("Dockerfile", "a build, whose buildspec.yml is still to be written")
			if d.Project != "" {
				d.Push = []string{d.Project}
				d.found("Dockerfile", "images pushed to %s", d.Project)
			}
		}
		return nil
	}
	d.Build = true
	if f.Name != "buildspec.yml" {
		d.Buildspec = f.Name
	}
	d.found(f.Name, "the build")
	b, _, err := codebuild.ParseBuildspec(f)
	if err != nil {
		d.note("%s cannot be read: %v", f.Name, err)
		return nil
	}
	d.secrets(f.Name, b)
	out := &built{text: string(f.Data)}
	sh := script.New()
	for _, v := range b.Variables {
		sh.Set(v.Name, v.Value)
	}
	unnamed := false
	for _, p := range b.Phases {
		for _, cs := range [][]codebuild.Command{p.Commands, p.Finally} {
			for _, c := range cs {
				for _, cmd := range sh.Read(c.Text) {
					for _, image := range pushed(cmd.Words) {
						if name := repositoryOf(image); name == "" {
							unnamed = true
						} else if !slices.Contains(d.Push, name) {
							d.Push = append(d.Push, name)
							d.found(f.Name, "images pushed to %s", name)
						}
					}
					if t := packagedTo(cmd.Words); t != "" {
						out.packaged = t
					}
				}
			}
		}
	}
	if unnamed && len(d.Push) == 0 && d.Project != "" {
		d.Push = []string{d.Project}
		d.found(f.Name, "images pushed, to a repository that it does not name: taken to be %s", d.Project)
	}
	return out
}

// secrets takes the secrets of a buildspec.
func (d *Draft) secrets(name string, b *codebuild.Buildspec) {
	var vars []string
	add := func(v codebuild.Variable, from string) {
		d.Secrets = append(d.Secrets, Secret{v.Name, from})
		vars = append(vars, v.Name)
	}
	for _, v := range b.Parameters {
		switch {
		case strings.HasPrefix(v.Value, "/"), strings.HasPrefix(v.Value, "arn:"):
			from := v.Value
			if from[0] == '/' {
				from = "ssm:" + from
			}
			add(v, from)
		default:
			d.note("%s takes %s from the parameter %q, whose name has no path: give it one, such as /%s/%s", name, v.Name, v.Value, d.Project, v.Name)
		}
	}
	for _, v := range b.Secrets {
		key := service.SecretKey(v.Value)
		id, rest, _ := strings.Cut(v.Value, ":")
		if strings.HasPrefix(v.Value, "arn:") {
			parts := strings.SplitN(v.Value, ":", 8)
			if len(parts) < 7 {
				d.note("%s takes %s from %q, which is no secret", name, v.Name, v.Value)
				continue
			}
			id, rest = strings.Join(parts[:7], ":"), ""
			if len(parts) == 8 {
				rest = parts[7]
			}
		} else {
			id = "secretsmanager:" + id
		}
		if _, version, _ := strings.Cut(rest, ":"); strings.Trim(version, ":") != "" {
			d.note("%s takes a version of its own of the secret of %s: the spec takes the current one", name, v.Name)
		}
		if key != "" {
			id += "#" + key
		}
		add(v, id)
	}
	if len(vars) > 0 {
		d.found(name, "secrets %s", strings.Join(vars, ", "))
	}
}

// plainWords are the words of a command after sudo and the like.
func plainWords(ws []script.Word) []string {
	var out []string
	for _, w := range ws {
		if len(out) == 0 && slices.Contains([]string{"sudo", "time", "command", "exec"}, w.Text) {
			continue
		}
		out = append(out, w.Text)
	}
	return out
}

// pushed returns the images that a docker command pushes.
func pushed(words []script.Word) []string {
	ws := plainWords(words)
	if len(ws) < 2 || ws[0] != "docker" && ws[0] != "podman" {
		return nil
	}
	ws = ws[1:]
	for len(ws) > 1 && (ws[0] == "image" || ws[0] == "buildx") {
		ws = ws[1:]
	}
	var out []string
	switch ws[0] {
	case "push":
		for _, w := range ws[1:] {
			if !strings.HasPrefix(w, "-") {
				out = append(out, w)
			}
		}
	case "build":
		if !slices.Contains(ws, "--push") {
			return nil
		}
		for i, w := range ws {
			if t, ok := strings.CutPrefix(w, "--tag="); ok {
				out = append(out, t)
			} else if (w == "-t" || w == "--tag") && i+1 < len(ws) {
				out = append(out, ws[i+1])
			}
		}
	}
	return out
}

// repositoryOf returns the repository of an image: what stands after the
// registry and before the tag, "" where it is not in the text.
func repositoryOf(image string) string {
	_, name, ok := strings.Cut(image, "/")
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[:i]
	}
	if match.HasHole(name) || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._/-") != "" {
		return ""
	}
	return name
}

// packagedTo returns the template that a command packages.
func packagedTo(words []script.Word) string {
	ws := plainWords(words)
	if len(ws) < 2 || !slices.Contains(ws[1:min(len(ws), 3)], "package") || ws[0] != "sam" && ws[0] != "aws" {
		return ""
	}
	for i, w := range ws {
		if t, ok := strings.CutPrefix(w, "--output-template-file="); ok {
			return t
		}
		if w == "--output-template-file" && i+1 < len(ws) && !match.HasHole(ws[i+1]) {
			return ws[i+1]
		}
	}
	return ""
}
