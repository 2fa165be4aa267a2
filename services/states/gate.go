package states

import (
	"strings"

	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

// gate: a Standard machine with a task that waits for a token goes on when
// somebody returns it
// (https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token),
// and the action waits for the machine. That it is a person who returns the
// token is taken from the pattern.
func gate(s *service.Site) bool {
	if s.Rule != nil || s.Action.Provider != "StepFunctions" || s.Action.Category != "Invoke" {
		return false
	}
	r := declared(s)
	if r == nil || express(r) {
		return false
	}
	return holds(definition(r), ".waitForTaskToken")
}

// slips looks for a way through a machine that ends well without an answer
// from whom it waits for: by a state that catches what becomes of the task,
// its time being over too, or around the task
// (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
func slips(s *service.Site) string {
	if !gate(s) {
		return ""
	}
	site := *s
	site.Resource, site.Memo = declared(s), map[string]any{}
	m := read(&site)
	if m.root == nil {
		return ""
	}
	by, ok := m.past(m.root, 0)
	if !ok {
		return ""
	}
	return "state machine " + match.Render(site.Resource.Name) + " ends well in state " + match.Render(by) + " without an answer"
}

// past returns a state in which a machine, or a branch of one, ends well by a
// way on which nobody was waited for; false where there is none. What is after
// an answer is not looked at.
func (m *machineOf) past(n *doc.Node, depth int) (string, bool) {
	states := n.Get("States")
	if depth > deepest {
		return "", false
	}
	seen := map[string]bool{}
	todo := []string{n.Get("StartAt").Str()}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		st := states.Get(name)
		if seen[name] || st == nil {
			continue
		}
		seen[name] = true
		for c := range st.Get("Catch").Elems() {
			todo = append(todo, c.Get("Next").Str())
		}
		switch st.Get("Type").Str() {
		case "Succeed":
			return name, true
		case "Fail":
			continue
		case "Choice":
			for c := range st.Get("Choices").Elems() {
				todo = append(todo, c.Get("Next").Str())
			}
			todo = append(todo, st.Get("Default").Str())
			continue
		}
		if m.waits(st, name, depth) {
			continue
		}
		if st.Get("End").Str() == "true" {
			return name, true
		}
		todo = append(todo, st.Get("Next").Str())
	}
	return "", false
}

// waits reports whether a state goes on only with an answer: a task that waits
// for its token, an activity, or a Parallel state of which a branch does. A Map
// state may have nothing to go through.
func (m *machineOf) waits(st *doc.Node, name string, depth int) bool {
	switch st.Get("Type").Str() {
	case "Task":
		t := m.task(name, st)
		return t.pattern == ".waitForTaskToken" || strings.Contains(t.resource, ":activity:")
	case "Parallel":
		for b := range st.Get("Branches").Elems() {
			if _, ok := m.past(b, depth+1); !ok && b.Get("States") != nil {
				return true
			}
		}
	}
	return false
}
