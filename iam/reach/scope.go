package reach

import (
	"strings"

	"penstock/iam"
)

// A scope is a list of patterns of actions outside of which a question has no
// answer. What else policies name need not be looked at: in a pair of long
// policies that is most of it.
type scope struct {
	texts map[string]bool     // actions written out, in lower case
	all   map[string][]string // everything, by service
	wild  []string            // the text before the wildcard, where that is in the service
}

// add adds the actions of a statement; it fails for one that has no list.
func (s *scope) add(st *iam.Statement) bool {
	if st.NotAction {
		return false
	}
	for i := range st.Actions {
		if !s.addText(st.Actions[i].Text) {
			return false
		}
	}
	return true
}

func (s *scope) addText(text string) bool {
	text = strings.ToLower(text)
	if holed(text) {
		return false
	}
	first := strings.IndexAny(text, "*?")
	switch svc, _, ok := strings.Cut(text, ":"); {
	case first >= 0 && (!ok || first < len(svc)):
		s.wild = append(s.wild, text[:first])
	case first >= 0:
		s.all[svc] = append(s.all[svc], text[:first])
		s.texts["\x00"+svc] = true // a wildcard of the service
	default:
		s.texts[text] = true
		s.all[svc] = append(s.all[svc], text)
	}
	return true
}

func newScope() *scope { return &scope{texts: map[string]bool{}, all: map[string][]string{}} }

// scopeOf is the scope of a list of patterns; nil where there is none.
func scopeOf(list []string) *scope {
	if list == nil {
		return nil
	}
	s := newScope()
	for _, t := range list {
		if !s.addText(t) {
			return nil
		}
	}
	return s
}

// meets reports whether a pattern may match an action in scope.
func (s *scope) meets(text string) bool {
	text = strings.ToLower(text)
	if holed(text) {
		return true
	}
	head := text
	first := strings.IndexAny(text, "*?")
	if first >= 0 {
		head = text[:first]
	}
	for _, w := range s.wild {
		if strings.HasPrefix(head, w) || strings.HasPrefix(w, head) {
			return true
		}
	}
	svc, _, ok := strings.Cut(head, ":")
	if !ok {
		// The wildcard is in the service.
		for of := range s.all {
			if strings.HasPrefix(of+":", head) || strings.HasPrefix(head, of+":") {
				return true
			}
		}
		return false
	}
	if first < 0 && !s.texts["\x00"+svc] {
		return s.texts[text]
	}
	for _, h := range s.all[svc] {
		if strings.HasPrefix(h, head) || strings.HasPrefix(head, h) {
			return true
		}
	}
	return false
}
