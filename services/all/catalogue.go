package all

import (
	"fmt"
	"strings"

	"penstock/chain"
	"penstock/service"
)

// Catalogue renders the call catalogue as Markdown: every row of every room,
// with its source. It is docs/catalogue.md.
func Catalogue(services []*service.Service) string {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range services {
		if len(s.Actions)+len(s.Jobs)+len(s.Entries)+len(s.Effects)+len(s.Checks) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		for i, a := range s.Actions {
			if i > 0 && sameRows(a.Rows, s.Actions[i-1].Rows) {
				continue // the build and the test action make the same calls
			}
			fmt.Fprintf(&b, "\n### %s\n", actionTitle(s.Actions[i:]))
			rows(&b, a.Rows)
		}
		for _, j := range s.Jobs {
			fmt.Fprintf(&b, "\n### When a %s runs\n", j.Type)
			if j.Principal != "" {
				fmt.Fprintf(&b, "\n%s assumes its role: %s\n", j.Principal, j.AssumeSource)
			}
			rows(&b, j.Rows)
		}
		for _, e := range s.Entries {
			fmt.Fprintf(&b, "\n### %s\n", e.Name)
			rows(&b, e.Rows)
		}
		if len(s.Effects) > 0 {
			b.WriteString("\n### What a call causes\n\n| id | call | why | basis | source |\n|---|---|---|---|---|\n")
			for _, e := range s.Effects {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", e.ID, code(e.Actions), cell(e.Why), e.Basis, cell(e.Source))
			}
		}
		if len(s.Checks) > 0 {
			b.WriteString("\n### What stops a pipeline without a policy\n\n")
			titles := map[string]string{}
			for _, c := range s.Codes {
				titles[c.Code] = c.Title
			}
			for _, c := range s.Checks {
				fmt.Fprintf(&b, "- %s (asked at each %s): %s\n", c.Code, c.On, titles[c.Code])
			}
		}
	}
	b.WriteString(powersHead)
	for _, s := range services {
		if len(s.Powers) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n", s.Title)
		powers(&b, s.Powers)
	}
	b.WriteString("\n### By what several services do together\n")
	powers(&b, chain.Derived(services))
	return b.String()
}

func powers(b *strings.Builder, ps []service.Power) {
	b.WriteString("\n| id | kind | whoever may do it | basis | source |\n|---|---|---|---|---|\n")
	for _, p := range ps {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", p.ID, p.Kind, cell(p.Why), p.Basis, cell(p.Source))
	}
}

const powersHead = `
## What a call gives

Whom one becomes, what one executes as somebody else, and what one can change or hide, by making calls that no pipeline
needs. *Kind*: **become** somebody with all its rights; **execute** something with its rights; **escalate** what it may do, up to
its boundary and its organization; **tamper** with what a pipeline, a gate or a deployment rests on; **blind** what records or
raises an alarm.
`

const head = `# The call catalogue

Which AWS calls a delivery pipeline makes: who calls, what, on which resource, with which conditions, and how we know.
Written by ` + "`go test ./services/all -update`" + ` from the rooms in ` + "`services`" + `; do not edit it.

*Need* says what a denied call does: it **stops** the pipeline, it **degrades** it, or AWS's page **lists** the permission
and nothing shows that the action fails without it. *Basis* says how the call is known: **documented** by AWS, **measured**
in an API model or a log, **reported** in an issue or a public project's source, or **reasoned** from other facts.
`

// actionTitle names an action and those after it that share its rows.
func actionTitle(as []service.Action) string {
	if as[0].Provider == "*" {
		if as[0].Last {
			return "Every action, after its provider's calls"
		}
		return "Every action, before its provider's calls"
	}
	kinds := []string{strings.ToLower(as[0].Category)}
	for _, a := range as[1:] {
		if !sameRows(a.Rows, as[0].Rows) {
			break
		}
		kind := strings.ToLower(a.Category)
		if a.Provider != as[0].Provider {
			kind = a.Provider + " " + kind
		}
		kinds = append(kinds, kind)
	}
	who := map[string]string{"action": "the action's role reads and writes its artifacts", "job": "the job that it starts reads and writes its artifacts", "": "no artifacts"}
	return fmt.Sprintf("%s %s: %s", as[0].Provider, strings.Join(kinds, ", "), who[as[0].Artifacts])
}

func sameRows(a, b []service.Row) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

func rows(b *strings.Builder, rs []service.Row) {
	if len(rs) == 0 {
		return
	}
	b.WriteString("\n| id | caller | call | resource | conditions | what for | need | basis | source |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rs {
		need := r.Need.String()
		if r.Lost != "" {
			need += ": " + r.Lost
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.ID, cell(r.Caller), code(r.Actions), cell(r.Resource), cell(r.Context), cell(r.Why), cell(need), r.Basis, cell(r.Source))
	}
}

func code(actions []string) string {
	if len(actions) == 0 {
		return "as the target says"
	}
	return "`" + strings.Join(actions, "`, `") + "`"
}

// cell escapes what would end a table cell or be taken for HTML.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "\n", " ").Replace(s)
}
