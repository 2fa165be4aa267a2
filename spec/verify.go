package spec

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
	"penstock/spelling"
)

func note(at source.Span, message string) diag.Note { return diag.Note{At: at, Message: message} }

// verify asks what no single place can answer: whether names name something,
// and whether AWS can do all of it together.
func (r *reader) verify(s *Spec, n *doc.Node) {
	r.verifyAccounts(s, n)
	r.verifyBuilds(s, n)
	r.verifyStages(s, n)
	r.verifyTrigger(s, n)
	r.verifyNetwork(s, n)
	r.verifyPeople(s, n)
	r.verifyBrokered(s, n)
	r.verifyRest(s, n)
	for _, st := range s.Stages {
		if st.Approve != nil {
			r.verifyApprove(s, st.Approve)
		}
	}
}

// noAccount reports an alias that no account has.
func (r *reader) noAccount(s *Spec, at *doc.Node, what string) {
	var have []string
	for _, a := range s.Accounts {
		have = append(have, a.Alias)
	}
	r.nothing(at, what, "account", str(at), have)
}

// nothing reports a name that names nothing.
func (r *reader) nothing(at *doc.Node, what, kind, asked string, have []string) {
	if near := spelling.Nearest(asked, have); len(near) > 0 {
		d := r.add("SPEC011", at.Span, "%s is %q, and there is no such %s: did you mean %s?", what, asked, kind, strings.Join(near, " or "))
		if len(near) == 1 {
			d.Fixes = []diag.Fix{replace(at, "write "+near[0], near[0], false)}
		}
		return
	}
	if len(have) == 0 {
		r.add("SPEC011", at.Span, "%s is %q, and the spec has no %s", what, asked, kind)
		return
	}
	r.add("SPEC011", at.Span, "%s is %q, and there is no such %s: the spec has %s", what, asked, kind, strings.Join(have, ", "))
}

func (r *reader) verifyAccounts(s *Spec, n *doc.Node) {
	accounts := n.Get("accounts")
	if accounts == nil || accounts.Kind != doc.Map {
		return
	}
	if accounts.Get("tools") == nil {
		r.add("SPEC003", accounts.Span, "accounts has no tools: name the account that the pipeline is in, tools: \"111111111111\"")
	}
	byID, byName := map[string]Account{}, map[string]Account{}
	for _, a := range s.Accounts {
		if o, ok := byID[a.ID]; ok {
			d := r.add("SPEC006", a.At, "accounts.%s is %s, which %s is already: give the account one alias, and the stages names", a.Alias, a.ID, o.Alias)
			d.Related = append(d.Related, note(o.At, "the other alias"))
		}
		if o, ok := byName[plain(a.Alias)]; ok {
			d := r.add("SPEC008", a.At, "accounts.%s differs from %s by hyphens only: names of resources would clash", a.Alias, o.Alias)
			d.Related = append(d.Related, note(o.At, "the other one"))
		}
		byID[a.ID], byName[plain(a.Alias)] = a, a
	}
	used := map[string]bool{"tools": true, "logs": true}
	for _, st := range s.Stages {
		if st.Deploy != nil {
			used[st.Deploy.Account.Alias] = true
		}
	}
	if s.People != nil {
		for _, w := range s.People.Roles {
			for _, a := range w.Accounts {
				used[a.Alias] = true
			}
		}
	}
	for _, o := range s.Brokered {
		used[o.Account.Alias] = true
	}
	for _, a := range s.Accounts {
		if !used[a.Alias] && len(s.Stages) > 0 {
			r.warn("SPEC011", a.At, "accounts.%s is used nowhere: no stage deploys to it", a.Alias)
		}
	}
}

func (r *reader) verifyBuilds(s *Spec, n *doc.Node) {
	byName := map[string]*Build{}
	var outputs, names []string
	for _, b := range s.Builds {
		if o := byName[plain(b.Name)]; o != nil {
			d := r.add("SPEC008", b.At, "the build %q differs from %q by hyphens only: names of resources would clash", b.Name, o.Name)
			d.Related = append(d.Related, note(o.At, "the other one"))
		}
		if b.Name == "source" || b.Name == "seal" || b.Name == "promote" {
			r.add("SPEC008", b.At, "the build is named %q, which the pipeline has of itself: take another name", b.Name)
		}
		byName[plain(b.Name)] = b
		names = append(names, b.Name)
		if b.Output {
			outputs = append(outputs, b.Name)
		}
	}
	for _, st := range s.Stages {
		if o := byName[plain(st.Name)]; o != nil {
			d := r.add("SPEC008", st.At, "the stage %q has the name of a build: names of resources would clash", st.Name)
			d.Related = append(d.Related, note(o.At, "the build"))
		}
	}
	each := func(b *Build, at *doc.Node) {
		in := at.Get("input")
		switch {
		case b.Input == "" || in == nil:
		case b.Input == b.Name:
			r.add("SPEC011", in.Span, "input of %s is its own output: name another build, or source", b.Name)
		case !slices.Contains(names, b.Input):
			r.nothing(in, "input of "+b.Name, "build", b.Input, append(slices.Clone(names), "source"))
		case !slices.Contains(outputs, b.Input):
			r.add("SPEC011", in.Span, "input of %s is %q, which makes no output: set output: true there", b.Name, b.Input)
		}
	}
	for _, b := range s.Builds {
		at := n.Get("build")
		if at == nil {
			at = n.Get("builds").Get(b.Name)
		}
		each(b, at)
	}
	r.order(s)
	r.eachStage(s, n, func(st *Stage, at *doc.Node) {
		if st.Test != nil {
			each(st.Test, at.Get("test"))
		}
		d := st.Deploy
		if d == nil {
			return
		}
		in := at.Get("input")
		switch {
		case d.Input == "source":
			if len(outputs) == 0 {
				d.Input = ""
			}
		case d.Input == "" && len(outputs) == 1:
			d.Input = outputs[0]
		case d.Input == "" && len(outputs) > 1:
			r.add("SPEC003", st.At, "the stage %q does not say which build it deploys: add input: with one of %s", st.Name, strings.Join(outputs, ", "))
		case d.Input == "" || in == nil:
		case !slices.Contains(names, d.Input):
			r.nothing(in, "input of "+st.Name, "build", d.Input, append(slices.Clone(names), "source"))
		case !slices.Contains(outputs, d.Input):
			r.add("SPEC011", in.Span, "input of %s is %q, which makes no output: set output: true there", st.Name, d.Input)
		}
	})
}

// order sorts the builds so that each stands after the one whose output it
// takes.
func (r *reader) order(s *Spec) {
	done := map[string]bool{}
	var out []*Build
	for rest := s.Builds; len(rest) > 0; {
		var later []*Build
		for _, b := range rest {
			if b.Input == "" || done[b.Input] || !slices.ContainsFunc(rest, func(o *Build) bool { return o.Name == b.Input }) {
				done[b.Name] = true
				out = append(out, b)
			} else {
				later = append(later, b)
			}
		}
		if len(later) == len(rest) {
			if later[0].Input != later[0].Name { // which has been said
				r.add("SPEC012", later[0].At, "the build %q takes the output of %q, which waits for it in turn: let one of them build from the source", later[0].Name, later[0].Input)
			}
			return
		}
		rest = later
	}
	s.Builds = out
}

// eachStage calls f with each stage and the node that it was read from.
func (r *reader) eachStage(s *Spec, n *doc.Node, f func(*Stage, *doc.Node)) {
	list := n.Get("stages")
	if list == nil {
		return
	}
	i := 0
	for _, it := range list.Items {
		if it.Kind == doc.Map && i < len(s.Stages) {
			f(s.Stages[i], it)
			i++
		}
	}
}

func (r *reader) verifyStages(s *Spec, n *doc.Node) {
	r.eachStage(s, n, func(st *Stage, at *doc.Node) {
		if d := st.Deploy; d != nil {
			alias := at.Get("deploy")
			if _, ok := s.Account(d.Account.Alias); !ok && d.Account.Alias != "" {
				r.noAccount(s, alias, "deploy")
			}
			if d.Account.Alias == "logs" {
				r.add("SPEC012", alias.Span, "deploy is \"logs\", the account of the audit log, which the pipeline must not touch: deploy to another")
			}
			for i, region := range d.Regions {
				if slices.Contains(d.Regions[:i], region) {
					r.add("SPEC012", at.Get("regions").Where(), "regions of %s has %s twice: keep one", st.Name, region)
				}
			}
		}
	})
}

// sevenDays is the longest that a Step Functions action may take
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html).
const sevenDays = 7 * 24 * time.Hour

func (r *reader) verifyApprove(s *Spec, a *Approve) {
	switch {
	case a.Native:
		if len(a.By) > 0 || a.Need > 1 || a.Every || len(a.Never) > 0 {
			r.add("SPEC012", a.At, "approve is native, and the manual approval action of CodePipeline takes one person of any group: leave out by, need, every and never, or native")
		}
	case len(a.By) == 0:
		r.add("SPEC003", a.At, "approve does not say who: add by: [security-team]")
	default:
		if a.Within > sevenDays {
			r.add("SPEC012", a.At, "approve.within is longer than 7d, after which CodePipeline gives up a Step Functions action: write 7d or less")
		}
		if a.Every && a.Need < len(a.By) {
			r.add("SPEC012", a.At, "approve.every asks each of %d groups, but approve.need is %d: write need: %d or more", len(a.By), a.Need, len(a.By))
		}
	}
	for i, g := range a.By {
		if slices.Contains(a.By[:i], g) {
			r.add("SPEC012", a.At, "approve.by has %q twice: keep one", g)
		}
	}
	r.voters(s, a)
}

// voters counts who can vote, where the spec says who is in the groups.
func (r *reader) voters(s *Spec, a *Approve) {
	if s.People == nil || len(s.People.Users) == 0 || s.People.IdentityCenter != nil || len(a.By) == 0 {
		return
	}
	all := 0
	for _, p := range s.People.Users {
		if slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(a.By, g) }) {
			all++
		}
	}
	if a.Need == all && slices.Contains(a.Never, "author") && all > 0 {
		r.warn("SPEC012", a.At, "approve.need is %d, which is everybody in %s: a change that one of them wrote cannot be approved", a.Need, strings.Join(a.By, ", "))
	}
	if a.Need > all && all > 0 {
		r.add("SPEC012", a.At, "approve.need is %d, and %d people are in %s: add people, or need fewer", a.Need, all, strings.Join(a.By, ", "))
	}
}

// goodCIDR says what is wrong with a range of addresses
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func goodCIDR(s string) string {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return "it is no range of addresses"
	case p.Masked() != p:
		return "its first address is " + p.Masked().String()
	case p.Bits() < 16 || p.Bits() > 28:
		return "a VPC has from /16 to /28"
	}
	return ""
}
