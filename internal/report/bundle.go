package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
)

// A mark is what a person sees of a call at a glance.
type mark uint8

const (
	allowed  mark = iota
	denied        // the pipeline stops
	degraded      // denied, and the pipeline goes on with something lost
	listed        // denied, and nothing shows that it matters
	depends
)

func markOf(c *prove.Call) mark {
	switch c.Decision.Verdict {
	case authz.Allow:
		return allowed
	case authz.Depends:
		return depends
	case authz.Deny:
		switch c.Row.Need {
		case service.Stops:
			return denied
		case service.Degrades:
			return degraded
		case service.Listed:
			return listed
		default:
			panic("report: no such need")
		}
	default:
		panic("report: no such verdict")
	}
}

// A bundle is calls that one line can show: one caller, one resource, one
// mark, one layer, one scenario.
type bundle struct {
	mark
	calls []*call
}

// bundles groups calls, in the order in which the first of each is made.
func bundles(calls []*call) []bundle {
	type key struct {
		mark
		principal, resource, account, layer, when string
	}
	index := map[key]int{}
	var bs []bundle
	for _, c := range calls {
		k := key{markOf(c.Call), principal(c.Call), c.Request.Resource, c.Request.ResourceAccount, "", c.when}
		if k.mark != allowed {
			k.layer = c.Decision.Layer + strings.Join(c.Decision.Missing, "|")
		}
		i, ok := index[k]
		if !ok {
			i = len(bs)
			index[k] = i
			bs = append(bs, bundle{mark: k.mark})
		}
		bs[i].calls = append(bs[i].calls, c)
	}
	return bs
}

// actions returns the IAM actions of a bundle, each once.
func (b bundle) actions() []string {
	var as []string
	for _, c := range b.calls {
		if !slices.Contains(as, c.Request.Action) {
			as = append(as, c.Request.Action)
		}
	}
	return as
}

// numbers returns the numbers of a bundle's calls: "#3–#5, #9".
func (b bundle) numbers() string {
	var parts []string
	for i := 0; i < len(b.calls); {
		j := i
		for j+1 < len(b.calls) && b.calls[j+1].number == b.calls[j].number+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, fmt.Sprintf("#%d", b.calls[i].number))
		case j == i+1:
			parts = append(parts, fmt.Sprintf("#%d", b.calls[i].number), fmt.Sprintf("#%d", b.calls[j].number))
		default:
			parts = append(parts, fmt.Sprintf("#%d–#%d", b.calls[i].number, b.calls[j].number))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// finding returns the number, from 1, of the finding that speaks of a call,
// 0 where none does.
func (v *view) finding(c *call) int {
	if c.Decision.Verdict == authz.Allow {
		return 0
	}
	for i := range v.rep.Findings {
		if speaks(&v.rep.Findings[i], c) {
			return i + 1
		}
	}
	return 0
}

// index returns the number, from 1, of a finding in the report.
func (v *view) index(f *diag.Finding) int {
	key := findingKey(f)
	for i := range v.rep.Findings {
		if findingKey(&v.rep.Findings[i]) == key {
			return i + 1
		}
	}
	return 0
}

func speaks(f *diag.Finding, c *call) bool {
	return f.Principal == principal(c.Call) && lists(f.Resource, c.Request.Resource) && lists(f.Action, c.Request.Action)
}

// lists reports whether one of the names that a finding joins is the one.
func lists(joined, one string) bool {
	return joined == one || strings.Contains(", "+joined+", ", ", "+one+", ")
}

// show makes text from a template fit to be shown: holes by name.
func show(s string) string { return match.Render(s) }
