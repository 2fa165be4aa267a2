package cfn

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"penstock/diag"
	"penstock/doc"
)

// domain records the values that an unknown parameter can have.
func (s *stack) domain(hole string, allowed *doc.Node) {
	if _, ok := s.w.domains[hole]; ok {
		return
	}
	vals := []string{}
	for _, v := range allowed.Items {
		vals = append(vals, v.Str())
	}
	s.w.domains[hole] = vals
}

// checkValue reports a value that the declaration does not allow.
func (s *stack) checkValue(name string, decl, value *doc.Node) {
	say := func(what string) {
		shown := fmt.Sprintf("%q", value.Text)
		if decl.Get("NoEcho").Str() == "true" {
			shown = "its value"
		}
		s.w.find(CodeNotAllowed, value.Span, diag.Error, "parameter %q of stack %q: %s %s", name, s.label, shown, what)
	}
	list, _ := listType(decl.Get("Type").Str())
	texts := []string{value.Text}
	if list {
		texts = strings.Split(value.Text, ",")
	}
	allowed, pattern := decl.Get("AllowedValues"), decl.Get("AllowedPattern").Str()
	var re *regexp.Regexp
	if pattern != "" && !list { // CloudFormation is said to match lists whole: aws/aws-cli#7750
		re, _ = regexp.Compile("^(?:" + pattern + ")$")
	}
	for _, t := range texts {
		t = strings.TrimSpace(t)
		if allowed != nil && allowed.Kind == doc.List && !slices.ContainsFunc(allowed.Items, func(a *doc.Node) bool { return a.Str() == t }) {
			var names []string
			for _, a := range allowed.Items {
				names = append(names, a.Str())
			}
			say("is not one of " + strings.Join(names, ", "))
			return
		}
		if re != nil && !re.MatchString(t) {
			say("does not match " + pattern)
			return
		}
	}
	for _, bound := range []struct {
		key   string
		value func() (float64, error)
		least bool
	}{
		{"MinLength", func() (float64, error) { return float64(utf8.RuneCountInString(value.Text)), nil }, true},
		{"MaxLength", func() (float64, error) { return float64(utf8.RuneCountInString(value.Text)), nil }, false},
		{"MinValue", func() (float64, error) { return strconv.ParseFloat(value.Text, 64) }, true},
		{"MaxValue", func() (float64, error) { return strconv.ParseFloat(value.Text, 64) }, false},
	} {
		limit, err := strconv.ParseFloat(decl.Get(bound.key).Str(), 64)
		if err != nil || list {
			continue
		}
		switch x, err := bound.value(); {
		case err != nil:
			say("is no number")
			return
		case bound.least && x < limit, !bound.least && x > limit:
			say("breaks " + bound.key + " " + decl.Get(bound.key).Str())
			return
		}
	}
}
