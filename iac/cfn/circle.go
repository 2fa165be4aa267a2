package cfn

import (
	"slices"
	"strings"

	"penstock/diag"
	"penstock/source"
)

// A step is one thing under evaluation.
type step struct {
	stepKey
	at source.Span
}

type stepKey struct {
	s    *stack
	what string
}

// enter begins the evaluation of something that can refer to itself; false
// means that it does, and a finding says how.
func (w *world) enter(s *stack, what string, at source.Span) bool {
	key := stepKey{s, what}
	if i, ok := w.on[key]; ok {
		var names []string
		for _, p := range w.path[i:] {
			names = append(names, p.s.label+": "+p.what)
		}
		names = append(names, s.label+": "+what)
		if strings.HasSuffix(what, ")") && slices.ContainsFunc(s.t.found, func(f diag.Finding) bool { return f.Code == CodeCircle }) {
			return false // the same circle, as CloudFormation sees it
		}
		w.find(CodeCircle, w.path[i].at, diag.Error, "%s depends on itself: %s", what, strings.Join(names, " → "))
		return false
	}
	if w.on == nil {
		w.on = map[stepKey]int{}
	}
	w.on[key] = len(w.path)
	w.path = append(w.path, step{key, at})
	return true
}

func (w *world) leave() {
	last := len(w.path) - 1
	delete(w.on, w.path[last].stepKey)
	w.path = w.path[:last]
}
