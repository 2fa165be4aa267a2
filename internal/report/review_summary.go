package report

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"penstock/blueprint"
	"penstock/spec"
)

// opening says what the report is about and how it came out.
func (v *reviewer) opening() {
	s := v.Spec
	n, there := 0, 0
	for _, st := range v.Result.Set.Stacks {
		if st.Exists {
			there++
			continue
		}
		n += len(st.Resources)
	}
	words := []any{
		"Penstock made ", bold(count(n, "resource")), " in ", count(len(v.Result.Set.Stacks)-there, "stack"), " out of a spec for the pipeline ",
		code(s.Project), ", with ", bold(count(len(v.roles), "role")), " whose policies are derived from the calls that are made. It then read back what it wrote, " +
			"and proved what stands below about every request that those policies decide.",
	}
	v.add(para{say(words...)})
	v.add(v.verdicts())
	t := table{head: []string{"Asked for", ""}}
	row := func(name string, p prose) {
		if len(p) > 0 {
			t.rows = append(t.rows, []prose{say(bold(name)), p})
		}
	}
	var accounts []prose
	for _, a := range s.Accounts {
		accounts = append(accounts, say(a.Alias, " ", code(a.ID)))
	}
	row("Accounts", stacked(accounts...))
	row("Region", say(s.Region))
	row("Environment", say(s.Environment))
	row("Source", v.sourceWords())
	var builds []prose
	for _, b := range s.Builds {
		builds = append(builds, buildWords(b))
	}
	row("Builds", stacked(builds...))
	var stages []prose
	for _, st := range s.Stages {
		stages = append(stages, stageWords(st))
	}
	row("Stages", stacked(stages...))
	seal := "no"
	if s.Seal {
		seal = "yes: what is approved is a digest, and production deploys nothing else"
	}
	row("Sealed promotion", say(seal))
	switch {
	case s.Network == nil:
		row("Network of builds", say("none of yours: builds run in a network of AWS's"))
	case s.Network.VPC != "":
		row("Network of builds", say("in ", code(s.Network.VPC)))
	default:
		row("Network of builds", say("a VPC of its own"))
	}
	if s.Organization != nil {
		row("Organization", say(code(s.Organization.ID)))
	}
	if s.Audit.Off {
		row("Audit", say("none here: somebody else keeps the trail"))
	} else {
		row("Audit", say("alerts to ", series(codeRun, s.Audit.Alerts), fmt.Sprintf("; the log is kept %d days", s.Audit.Retention)))
	}
	v.add(t)
	v.add(para{say("A reviewer has four things to judge: what a theorem does not prove or takes for granted (", to("theorems", "What is proved"),
		"), what the roles that run the author's code can reach (", to("reach", "Who can reach what"), "), what was granted on somebody's word alone (marked ",
		bold("stated"), " under ", to("roles", "Roles"), "), and what people do by hand (", to("by-hand", "By hand"), ").")})
}

func (v *reviewer) sourceWords() prose {
	x := v.Spec.Source
	switch x.Kind {
	case spec.S3Source:
		return say("S3: ", code(x.Bucket+"/"+x.Object))
	case spec.ECRSource:
		return say("ECR: ", code(x.Repository+":"+x.Tag))
	}
	out := say(string(x.Kind), ": ", code(x.Repository), ", branch ", code(x.Branch))
	if v.Spec.Trigger.Manual {
		out = append(out, run{text: ", started by hand alone"})
	}
	return out
}

func buildWords(b *spec.Build) prose {
	what := say(bold(b.Name))
	if !b.Inline && b.Buildspec != "" {
		what = append(what, say(" by ", code(b.Buildspec))...)
	}
	var parts []string
	if b.Privileged {
		parts = append(parts, "privileged")
	}
	for _, i := range b.Push {
		parts = append(parts, "pushes "+i.Repository)
	}
	if len(b.Secrets) > 0 {
		parts = append(parts, count(len(b.Secrets), "secret"))
	}
	if len(parts) > 0 {
		what = append(what, run{text: ": " + strings.Join(parts, ", ")})
	}
	return what
}

func stageWords(st *spec.Stage) prose {
	out := say(bold(st.Name), " ")
	switch {
	case st.Approve != nil:
		a := st.Approve
		if a.Native {
			return append(out, run{text: "one person approves, by CodePipeline's own action"})
		}
		out = append(out, say(fmt.Sprintf("%d of ", a.Need), series(codeRun, a.By), " approve within "+hours(a.Within))...)
		if a.Every {
			out = append(out, run{text: ", each group"})
		}
		if len(a.Never) > 0 {
			out = append(out, run{text: ", never " + strings.Join(a.Never, " or ")})
		}
	case st.Test != nil:
		out = append(out, run{text: "tests"})
	case st.Deploy != nil:
		out = append(out, say(string(st.Deploy.Kind), " in ", st.Deploy.Account.Alias, " ", dim(strings.Join(st.Deploy.Regions, ", ")))...)
	}
	return out
}

func hours(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return count(int(d/(24*time.Hour)), "day")
	}
	if d >= time.Hour && d%time.Hour == 0 {
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/time.Minute), "minute")
}

// stacks tells what is deployed where.
func (v *reviewer) stacks() {
	t := table{head: []string{"", "Stack", "Account", "Region", "Resources", "After"}}
	var folds []block
	for i, st := range v.Result.Set.Stacks {
		size := say(fmt.Sprint(len(st.Resources)))
		if st.Exists {
			size = say(dim("is there already"))
		}
		var after []string
		for _, p := range st.Parameters {
			if p.From != "" && !slices.Contains(after, p.From) {
				after = append(after, p.From)
			}
		}
		t.rows = append(t.rows, []prose{
			say(fmt.Sprint(i + 1)), say(bold(st.Name)), say(v.account(st.Account), " ", dim(st.Account)), say(st.Region), size, series(codeRun, after),
		})
		if st.Exists {
			continue
		}
		folds = append(folds, fold{
			summary: say(bold(st.Name), " ", dim(count(len(st.Resources), "resource"))), blocks: []block{resources(st)},
		})
	}
	v.add(t)
	v.add(folds...)
}

func resources(st *blueprint.Stack) table {
	t := table{head: []string{"Resource", "Type", ""}}
	for _, r := range st.Resources {
		t.rows = append(t.rows, []prose{say(code(r.ID)), say(dim(strings.TrimPrefix(r.Type, "AWS::"))), say(r.Comment)})
	}
	return t
}

// byHand tells what no template does.
func (v *reviewer) byHand() {
	if len(v.Result.Steps) == 0 {
		v.add(para{say("Nothing.")})
		return
	}
	for i, s := range v.Result.Steps {
		when := "once, before the first deployment"
		switch {
		case s.Before != "":
			when = "before stack " + s.Before
		case s.After != "":
			when = "after stack " + s.After
		}
		v.add(para{say(bold(fmt.Sprintf("%d. %s", i+1, s.Title)), dim(" ("+when+")"), br, s.Why)})
		if c := strings.TrimSpace(s.Command); c != "" {
			v.add(verbatim{c})
		}
	}
}

// versions tells what the report was made from, so that somebody else can make
// it again.
func (v *reviewer) versions() {
	t := table{head: []string{"", "Version", "Date"}}
	t.rows = append(t.rows, []prose{say("Penstock"), say(v.Tool.Version), say(v.Date)})
	for _, f := range v.Tool.Facts {
		t.rows = append(t.rows, []prose{say(f.Name), say(f.Version), say(f.Date)})
	}
	v.add(t)
	files := table{head: []string{"File", "Bytes", "SHA-256"}}
	add := func(name string, data []byte) {
		files.rows = append(files.rows, []prose{say(code(name)), say(fmt.Sprint(len(data))), say(code(fmt.Sprintf("%x", sha256.Sum256(data))))})
	}
	if f := v.Spec.File; f != nil {
		add(f.Name, f.Data)
	}
	for _, f := range v.Result.Files {
		add(f.Name, f.Data)
	}
	v.add(para{say("The report speaks of these files and of no others.")}, files)
}
