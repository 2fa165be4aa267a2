package githubactions

import (
	"slices"
	"strings"

	"penstock/doc"
	"penstock/match"
)

// A subject is one value that the claim sub of a job's token may have, without
// the "repo:owner/name:" in front.
type subject struct {
	text string
	when string // "on push to main"
	// unsure says that the job may not run then, or that the claim is not
	// told by GitHub's page.
	unsure string
}

// subjects returns what GitHub puts into the claim sub
// (https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect#example-subject-claims):
// the environment where the job has one, whatever starts the workflow; else
// pull_request for a pull request; else the branch or tag. That a repository
// or an organization has customized the claim is not in the files.
func (j *job) subjects() []subject {
	if env, _ := j.environment(); env != "" {
		// A colon of the name is escaped.
		return []subject{{text: "environment:" + strings.ReplaceAll(env, ":", "%3A"), when: "in environment " + match.Render(env)}}
	}
	var out []subject
	add := func(s subject) {
		if !slices.ContainsFunc(out, func(o subject) bool { return o.text == s.text }) {
			out = append(out, s)
		}
	}
	for _, e := range j.events() {
		for _, s := range ofEvent(e) {
			if keep, unsure := j.runs(e, s); keep {
				if s.unsure == "" {
					s.unsure = unsure
				}
				add(s)
			}
		}
	}
	return out
}

const heads, tags = "ref:refs/heads/", "ref:refs/tags/"

// ofEvent: what one event makes of the claim.
func ofEvent(e event) []subject {
	when := "on " + e.name
	switch e.name {
	case "push":
		branches, tagged := e.node.Get("branches"), e.node.Get("tags")
		var out []subject
		for n := range branches.Elems() {
			if !strings.HasPrefix(n.Str(), "!") {
				out = append(out, subject{text: heads + glob(n.Str(), "the branch"), when: when + " to " + n.Str()})
			}
		}
		for n := range tagged.Elems() {
			if !strings.HasPrefix(n.Str(), "!") {
				out = append(out, subject{text: tags + glob(n.Str(), "the tag"), when: when + " of tag " + n.Str()})
			}
		}
		if branches != nil || tagged != nil {
			return out
		}
		// Without a filter, branches and tags start it; which are pushed to is
		// not known. With branches-ignore alone, branches do.
		out = append(out, subject{text: heads + match.Hole(match.Path, "the branch"), when: when})
		return out
	case "pull_request":
		return []subject{{text: "pull_request", when: when}}
	case "pull_request_target", "pull_request_review", "pull_request_review_comment", "merge_group":
		return []subject{{text: match.Hole(match.Any, "the subject of "+e.name), when: when, unsure: "the claim sub on " + e.name}}
	case "release", "create":
		return []subject{{text: tags + match.Hole(match.Path, "the tag"), when: when}}
	case "workflow_dispatch":
		return []subject{{text: "ref:refs/" + match.Hole(match.Any, "the branch or tag that somebody chooses"), when: when}}
	case "workflow_call":
		return []subject{{text: match.Hole(match.Any, "the subject of the workflow that calls this one"), when: when}}
	default:
		// schedule, repository_dispatch, workflow_run and the events of issues run
		// on the default branch
		// (https://docs.github.com/en/actions/writing-workflows/choosing-when-your-workflow-runs/events-that-trigger-workflows).
		return []subject{{text: heads + match.Hole(match.Path, "the default branch"), when: when}}
	}
}

// glob is a branch or tag that a filter lets through: up to its first special
// character it is known.
func glob(pattern, what string) string {
	if i := strings.IndexAny(pattern, "*?+[]!"); i >= 0 {
		return pattern[:i] + match.Hole(match.Any, what)
	}
	return pattern
}

// runs reads the plain conditions of a job and of its login. It reports
// whether the job may run at all for a subject, and what that depends on.
func (j *job) runs(e event, s subject) (keep bool, unsure string) {
	conds := []*doc.Node{j.node.Get("if")}
	for _, st := range j.steps {
		if st.logsIn() {
			conds = append(conds, st.node.Get("if"))
		}
	}
	for _, n := range conds {
		c := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(n.Str()), "${{"), "}}")
		c = strings.ReplaceAll(strings.ReplaceAll(c, `"`, "'"), " ", "")
		if c == "" || c == "success()" || c == "always()" {
			continue
		}
		for term := range strings.SplitSeq(c, "&&") {
			switch v, known := holdsFor(term, e, s); {
			case known && !v:
				return false, ""
			case !known:
				unsure = "whether job " + j.name + " runs " + s.when + " (" + n.Str() + ")"
			}
		}
	}
	return true, unsure
}

// holdsFor judges one comparison; known is false where it is not one that can
// be told.
func holdsFor(term string, e event, s subject) (v, known bool) {
	for _, op := range []string{"==", "!="} {
		left, right, ok := strings.Cut(term, op)
		if !ok || strings.ContainsAny(term, "|()") {
			continue
		}
		right = strings.Trim(right, "'")
		switch left {
		case "github.event_name":
			return (e.name == right) == (op == "=="), true
		case "github.ref":
			ref, isRef := strings.CutPrefix(s.text, "ref:")
			if !isRef && !match.HasHole(s.text) {
				return op == "!=", true // refs/pull/1/merge
			}
			if match.HasHole(ref) || !isRef {
				return false, false
			}
			return (ref == right) == (op == "=="), true
		}
	}
	return false, false
}
