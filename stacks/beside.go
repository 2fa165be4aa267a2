package stacks

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"penstock/source"
)

// mostBeside bounds how many files of a folder are looked at.
const mostBeside = 200

var (
	looksLikeWorkflow = regexp.MustCompile(`(?m)^jobs:`)
	looksLikeGitLab   = regexp.MustCompile(`(?m)^\s+id_tokens:`)
	looksLikeProfile  = regexp.MustCompile(`(?m)^\s*\[(profile\s|default\])`)
	looksLikeKeys     = regexp.MustCompile(`(?m)^\s*aws_access_key_id\s*=`)
)

// secret is a line of a credentials file that nobody may see: it is blotted
// out before anything else reads the file.
var secret = regexp.MustCompile(`(?mi)^(\s*aws_(?:secret_access_key|session_token|security_token)\s*=[ \t]*)([^\r\n]*)`)

// blot returns the text with its secrets blotted out, byte for byte, so that
// what stands around them keeps its place.
func blot(text []byte) []byte {
	out := bytes.Clone(text)
	for _, at := range secret.FindAllSubmatchIndex(text, -1) {
		for i := at[4]; i < at[5]; i++ {
			out[i] = '*'
		}
	}
	return out
}

// beside returns the files that stand beside the templates and say who comes
// in from outside: workflows of GitHub Actions, in the folder itself and in
// .github/workflows below it, .gitlab-ci.yml, and profiles of the AWS CLI (aws-config, config,
// .aws/config), with the file of their access keys (aws-credentials,
// credentials, .aws/credentials), whose secrets stay out.
func (l *loader) beside(dir string) []*source.File {
	taken := map[string]bool{}
	for _, s := range l.set.Stacks {
		taken[path.Clean(s.Template)] = true
		for _, f := range s.ParameterFiles {
			taken[path.Clean(f)] = true
		}
	}
	var out []*source.File
	add := func(name string, like *regexp.Regexp) {
		if taken[path.Clean(name)] || path.Base(name) == FileName {
			return
		}
		if f, err := l.read(name); err == nil && len(f.Data) < 1<<20 && like.Match(f.Data) && !bytes.Contains(f.Data, []byte("AWSTemplateFormatVersion")) {
			if like == looksLikeKeys {
				f = source.NewFile(f.Name, blot(f.Data))
				l.files[path.Clean(name)] = f
			}
			out = append(out, f)
		}
	}
	for _, d := range []string{dir, path.Join(dir, ".github/workflows")} {
		for _, name := range l.names(d) {
			if ext := path.Ext(name); ext == ".yml" || ext == ".yaml" {
				add(path.Join(d, name), looksLikeWorkflow)
			}
		}
	}
	for _, name := range l.names(dir) {
		if strings.HasSuffix(name, "gitlab-ci.yml") || strings.HasSuffix(name, "gitlab-ci.yaml") {
			add(path.Join(dir, name), looksLikeGitLab)
		} else if base := strings.TrimSuffix(name, path.Ext(name)); base == "aws-config" || base == "aws_config" || name == "config" {
			add(path.Join(dir, name), looksLikeProfile)
		} else if base == "aws-credentials" || base == "aws_credentials" || name == "credentials" {
			add(path.Join(dir, name), looksLikeKeys)
		}
	}
	add(path.Join(dir, ".aws/config"), looksLikeProfile)
	add(path.Join(dir, ".aws/credentials"), looksLikeKeys)
	return out
}

// names lists the files of a folder, in order; none where there is no such
// folder.
func (l *loader) names(dir string) []string {
	d, err := l.root.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	folder, ok := d.(fs.ReadDirFile)
	if !ok {
		return nil
	}
	entries, err := folder.ReadDir(mostBeside)
	if err != nil && len(entries) == 0 {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}
