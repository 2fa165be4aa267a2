package all

import (
	"fmt"
	"strings"

	"penstock/service"
)

// Matrix renders what each room offers, as Markdown: the support matrix of
// docs/services.md. What a room leaves nil is not supported.
func Matrix(services []*service.Service) string {
	var b strings.Builder
	b.WriteString(`# Services

What Penstock knows about each AWS service, printed from the rooms in ` + "`services/`" + ` by
` + "`go test ./services/all -update`" + `. A dash is "not supported".

| service | resource types | of these in Terraform | pipeline actions and rules | what runs | calls that cause others | checks | ways in |
|---|---|---|---|---|---|---|---|
`)
	for _, s := range services {
		var actions []string
		for _, a := range s.Actions {
			name := a.Provider
			if name == "*" {
				name = "every action"
			}
			if n := len(actions); n == 0 || actions[n-1] != name {
				actions = append(actions, name)
			}
		}
		var jobs []string
		for _, j := range s.Jobs {
			jobs = append(jobs, "`"+j.Type+"`")
		}
		var entries []string
		for _, e := range s.Entries {
			entries = append(entries, e.Name)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", s.Title, number(len(s.Types)), number(mapped(s)), names(actions), names(jobs),
			number(len(s.Effects)), number(len(s.Checks)), names(entries))
	}
	return b.String()
}

// mapped counts the types that have a mapping to Terraform.
func mapped(s *service.Service) int {
	n := 0
	for line := range strings.Lines(s.Terraform) {
		if strings.HasPrefix(line, "AWS::") {
			n++
		}
	}
	return n
}

func number(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

func names(ss []string) string {
	if len(ss) == 0 {
		return "–"
	}
	return strings.Join(ss, ", ")
}
