// Package sketch drafts a penstock.yaml from what a folder shows of its
// delivery: the buildspec, templates, AppSpec files, the remote of its
// repository, the profiles of the AWS CLI. What it takes it says, with the file
// that it took it from, so that whoever reads the draft can disagree; what
// nothing shows it leaves open and names.
//
// It guesses no account, no group and no address, and it starts no process.
package sketch

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// An Input is where to look.
type Input struct {
	Folder fs.FS  // what is delivered
	Name   string // of the folder
	// Project is the name of the project where somebody said it already.
	Project string
	// The files of git, "" where there is no repository: .git/config and
	// .git/HEAD.
	GitConfig, GitHead string
	// AWSConfig is the text of ~/.aws/config, AWSConfigName how the user
	// writes its name.
	AWSConfig, AWSConfigName string
	Region                   string // of the environment
}

// An Account is one that stages deploy to, or that has a meaning.
type Account struct{ Alias, ID string }

// A Deploy is how one account, or all where Account is "", is deployed to.
type Deploy struct {
	Account string
	Kind    string   // ecs, ec2, lambda, cloudformation, s3
	Fields  []string // "cluster: main"
	// Lacks says what the files do not show: "the cluster and the service".
	Lacks string
}

// A Secret is an environment variable of the build, with the reference.
type Secret struct{ Variable, From string }

// A Found is one thing that was taken, and where it was.
type Found struct{ What, Where string }

// A Draft is a spec in the making.
type Draft struct {
	Project, Region    string
	Accounts           []Account
	Source, Repository string // kind and name
	Branch             string
	Build              bool
	Buildspec          string // "" for the default
	Secrets            []Secret
	Push               []string
	Deploys            []Deploy
	Approvers          []string
	Need               int
	NoApproval         bool // asked, and answered with none
	Alerts             []string
	NoAlerts           bool
	Schema             string // for editors

	Found []Found
	// Notes are what the draft cannot say, for a person to look at.
	Notes []string
}

func (d *Draft) found(where, format string, args ...any) {
	d.Found = append(d.Found, Found{fmt.Sprintf(format, args...), where})
}

func (d *Draft) note(format string, args ...any) {
	d.Notes = append(d.Notes, fmt.Sprintf(format, args...))
}

// Look drafts a spec from what is there.
func Look(in Input) *Draft {
	d := &Draft{Project: in.Project}
	d.git(in)
	d.profiles(in)
	if d.Region == "" && in.Region != "" {
		d.Region = in.Region
		d.found("the environment", "region %s", in.Region)
	}
	if d.Project == "" {
		if p := projectName(in.Name); p != "" {
			d.Project = p
			d.found("the name of the folder", "project %s", p)
		}
	}
	d.deployment(in, d.buildspec(in))
	return d
}

// projectName makes the name of a project of another name, "" where nothing is
// left of it.
func projectName(s string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && b.Len() > 0:
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := b.String()
	if len(out) > 20 {
		out = out[:20]
	}
	if out = strings.Trim(out, "-"); len(out) < 2 {
		return ""
	}
	return out
}

// A Gap is something that no file shows and that somebody has to say.
type Gap struct {
	What string // "the account of the pipeline"
	Flag string // the flag that says it: "account"
	// Before stands before an answer to make it what the flag takes: "tools=".
	Before string
	Like   string // an answer: "111111111111"
}

// Gaps returns what is missing, in the order in which it is asked.
func (d *Draft) Gaps() []Gap {
	var out []Gap
	need := func(missing bool, g Gap) {
		if missing {
			out = append(out, g)
		}
	}
	need(d.Project == "", Gap{"the name of the project", "project", "", "mfmsapp"})
	need(d.Region == "", Gap{"the region of the pipeline", "region", "", "eu-west-1"})
	tools := slices.ContainsFunc(d.Accounts, func(a Account) bool { return a.Alias == "tools" })
	need(!tools, Gap{"the account of the pipeline", "account", "tools=", "111111111111"})
	need(d.Source == "" || d.Repository == "", Gap{"the source", "source", "", "codecommit:NAME, github:OWNER/NAME, gitlab:GROUP/NAME, bitbucket:WORKSPACE/NAME, s3:BUCKET/KEY or ecr:REPOSITORY"})
	for _, alias := range d.Targets() {
		dep, ok := d.DeployTo(alias)
		switch {
		case !ok:
			need(true, Gap{"how " + alias + " is deployed to", "deploy", alias + "=", kinds})
		case dep.Lacks != "":
			need(true, Gap{dep.Lacks + " of " + alias, "deploy", alias + "=", example(dep.Kind)})
		}
	}
	need(len(d.Approvers) == 0 && !d.NoApproval, Gap{"the groups that approve", "approvers", "", "security-team,platform-team or none"})
	need(len(d.Alerts) == 0 && !d.NoAlerts, Gap{"who is told of alarms", "alerts", "", "security@example.com, or none where somebody else keeps the trail"})
	return out
}

const kinds = "ecs:CLUSTER/SERVICE, lambda:FUNCTION, ec2:AUTOSCALINGGROUP, cloudformation:STACK or s3:BUCKET"

// example is what --deploy takes for a kind.
func example(kind string) string {
	return map[string]string{
		"ecs": "ecs:CLUSTER/SERVICE", "lambda": "lambda:FUNCTION", "ec2": "ec2:AUTOSCALINGGROUP",
		"cloudformation": "cloudformation:STACK", "s3": "s3:BUCKET",
	}[kind]
}

// order is that in which stages deploy.
var order = []string{"dev", "test", "staging"}

// Targets returns the aliases that are deployed to, in order: production last.
// Where there is only the account of the pipeline, it is that.
func (d *Draft) Targets() []string {
	rank := func(alias string) int {
		if i := slices.Index(order, alias); i >= 0 {
			return i
		}
		if alias == "prod" {
			return len(order) + 1
		}
		return len(order)
	}
	var out []string
	for _, a := range d.Accounts {
		if a.Alias != "tools" && a.Alias != "logs" {
			out = append(out, a.Alias)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	if len(out) == 0 {
		return []string{"tools"}
	}
	return out
}

// DeployTo returns how an account is deployed to: what is said of it, or of
// all.
func (d *Draft) DeployTo(alias string) (Deploy, bool) {
	var all *Deploy
	for i, dep := range d.Deploys {
		if dep.Account == alias {
			return dep, true
		}
		if dep.Account == "" && all == nil {
			all = &d.Deploys[i]
		}
	}
	if all != nil {
		return *all, true
	}
	return Deploy{}, false
}
