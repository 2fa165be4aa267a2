package sts

import (
	"path"
	"strings"

	"penstock/source"
)

// A profile is one section of a configuration file.
type profile struct {
	file *source.File
	name string
	at   source.Span
	keys map[string]value
}

type value struct {
	text string
	at   source.Span
}

func (p *profile) get(key string) string { return p.keys[key].text }

// has reports whether the profile is there and has the key.
func (p *profile) has(key string) bool { return p != nil && p.keys[key].text != "" }

// lends reports whether the profile has credentials that are no access key of
// its own: a role, a login or a program.
func (p *profile) lends() bool {
	return p.has("role_arn") || p.has("sso_session") || p.has("sso_account_id") || p.has("credential_process") || p.has("login_session")
}

// parseConfig reads a configuration file of the AWS CLI: [default], [profile
// x], [sso-session x], each with "key = value" lines; '#' and ';' begin a
// comment. In the credentials file a section has the bare name of its profile,
// and "profile" before it is part of the name
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html#cli-configure-files-format-profile).
func parseConfig(f *source.File) map[string]*profile {
	out := map[string]*profile{}
	var in *profile
	at := 0
	for line := range strings.SplitAfterSeq(string(f.Data), "\n") {
		start := at
		at += len(line)
		text := strings.TrimSpace(line)
		span := func(s string) source.Span {
			i := start + strings.Index(line, s)
			return source.Span{File: f, Start: i, End: i + len(s)}
		}
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
		case text[0] == '[':
			name, _, ok := strings.Cut(text[1:], "]")
			if !ok {
				in = nil
				continue
			}
			name = strings.Join(strings.Fields(strings.Trim(name, `"`)), " ")
			if !isCredentials(f) {
				name = strings.TrimPrefix(name, "profile ")
			}
			name = strings.ReplaceAll(name, `"`, "")
			in = &profile{file: f, name: name, at: span(text), keys: map[string]value{}}
			out[name] = in
		case in != nil && line[0] != ' ' && line[0] != '\t':
			k, v, ok := strings.Cut(text, "=")
			if !ok {
				continue
			}
			if i := strings.Index(v, " #"); i >= 0 {
				v = v[:i]
			}
			v = strings.TrimSpace(v)
			in.keys[strings.ToLower(strings.TrimSpace(k))] = value{v, span(text)}
		}
	}
	return out
}

// isConfig tells a configuration file by its name; stacks has looked inside.
func isConfig(f *source.File) bool {
	switch path.Ext(f.Name) {
	case ".yml", ".yaml", ".json":
		return false
	}
	return !isCredentials(f)
}

// isCredentials tells the file of the access keys.
func isCredentials(f *source.File) bool {
	base := path.Base(f.Name)
	switch strings.TrimSuffix(base, path.Ext(base)) {
	case "credentials", "aws-credentials", "aws_credentials":
		return true
	}
	return false
}
