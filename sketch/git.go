package sketch

import (
	"net/url"
	"strings"
)

// git takes the source from the remote of the repository.
func (d *Draft) git(in Input) {
	if in.GitConfig == "" {
		return
	}
	if ref, ok := strings.CutPrefix(strings.TrimSpace(in.GitHead), "ref: refs/heads/"); ok {
		d.Branch = ref
		d.found(".git/HEAD", "branch %s", ref)
	}
	remotes := map[string]string{}
	tracked, name, last := "", "", ""
	for line := range strings.Lines(in.GitConfig) {
		line = strings.TrimSpace(line)
		if kind, rest, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "["), "]"), " "); ok && strings.HasPrefix(line, "[") {
			name = kind + " " + strings.Trim(rest, `"`)
			continue
		} else if strings.HasPrefix(line, "[") {
			name = ""
			continue
		}
		key, val, ok := strings.Cut(line, "=")
		key, val = strings.ToLower(strings.TrimSpace(key)), strings.Trim(strings.TrimSpace(val), `"`)
		switch remote, is := strings.CutPrefix(name, "remote "); {
		case !ok:
		case is && key == "url" && remotes[remote] == "":
			remotes[remote], last = val, remote
		case name == "branch "+d.Branch && key == "remote":
			tracked = val
		}
	}
	remote := "origin"
	if remotes[tracked] != "" {
		remote = tracked
	} else if remotes[remote] == "" && len(remotes) == 1 {
		remote = last
	}
	at := remotes[remote]
	if at == "" {
		return
	}
	kind, repo, region := Remote(at)
	if kind == "" {
		d.note("the remote %s is at %s, which is neither CodeCommit nor github.com, gitlab.com or bitbucket.org", remote, hostOf(at))
		return
	}
	d.Source, d.Repository = kind, repo
	d.found(".git/config", "source %s %s", kind, repo)
	if region != "" {
		d.Region = region
		d.found(".git/config", "region %s, which the repository is in", region)
	}
	if p := projectName(repo[strings.LastIndexByte(repo, '/')+1:]); p != "" {
		d.Project = p
		d.found(".git/config", "project %s", p)
	}
}

// Remote tells from the address of a git remote which source it is, the name
// of the repository, and the region of one in CodeCommit; kind is "" where it
// is none that a pipeline can take
// (https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html,
// https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-git-remote-codecommit.html).
func Remote(at string) (kind, repository, region string) {
	if rest, ok := strings.CutPrefix(at, "codecommit:"); ok {
		if r, ok := strings.CutPrefix(rest, ":"); ok { // codecommit::region://profile@name
			if region, rest, ok = strings.Cut(r, "://"); !ok {
				return "", "", ""
			}
		} else if rest, ok = strings.CutPrefix(rest, "//"); !ok {
			return "", "", ""
		}
		name := rest[strings.LastIndexByte(rest, '@')+1:]
		if name == "" {
			return "", "", ""
		}
		return "codecommit", name, region
	}
	host, path := hostOf(at), ""
	if u, err := url.Parse(at); err == nil && u.Host != "" {
		path = u.Path
	} else if _, rest, ok := strings.Cut(at, ":"); ok { // git@host:owner/name
		path = rest
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if name, ok := strings.CutPrefix(path, "v1/repos/"); ok && name != "" {
		if r, ok := strings.CutPrefix(strings.TrimSuffix(strings.TrimSuffix(host, ".cn"), ".amazonaws.com"), "git-codecommit."); ok && !strings.Contains(r, ".") {
			return "codecommit", name, r
		}
	}
	kind = map[string]string{"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}[host]
	if kind == "" || !strings.Contains(path, "/") {
		return "", "", ""
	}
	return kind, path, ""
}

// hostOf is the host of an address, without who logs in to it.
func hostOf(at string) string {
	if u, err := url.Parse(at); err == nil && u.Host != "" {
		return strings.ToLower(u.Hostname())
	}
	head, _, _ := strings.Cut(at, ":")
	return strings.ToLower(head[strings.LastIndexByte(head, '@')+1:])
}
