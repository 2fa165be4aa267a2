package expect

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/query"
	"penstock/truth"
)

// A Result is what became of a test.
type Result struct {
	Test *Test
	// Calls counts the calls that the test stands for.
	Calls    int
	Failures []Failure
	// Err says why the test could not be run: a name that means nothing.
	Err error
}

// Passed reports whether the test holds.
func (r *Result) Passed() bool { return r.Err == nil && len(r.Failures) == 0 }

// A Failure is one call that is not as the test says. Its answer is Depends
// where the facts that it rests on decide.
type Failure struct {
	Answer *query.Answer
}

// maxCalls bounds the calls of one test.
const maxCalls = 200_000

// Run runs the tests over models, which load returns for the templates of the
// file and those of single tests.
func (s *Suite) Run(engine *authz.Engine, load func(Templates) ([]*cloud.Model, error)) ([]Result, error) {
	var out []Result
	loaded := map[string][]*cloud.Model{}
	for i := range s.Tests {
		t := &s.Tests[i]
		from := s.Templates
		if t.Templates != nil {
			from = *t.Templates
		}
		key := fmt.Sprintf("%q", from)
		models, ok := loaded[key]
		if !ok {
			var err error
			if models, err = load(from); err != nil {
				return nil, err
			}
			loaded[key] = models
		}
		out = append(out, s.run(t, engine, models))
	}
	return out, nil
}

func (s *Suite) run(t *Test, engine *authz.Engine, models []*cloud.Model) Result {
	r := Result{Test: t}
	who, err := t.everybody(models)
	if err != nil {
		r.Err = err
		return r
	}
	actions, err := expand(t.Actions)
	if err != nil {
		r.Err = err
		return r
	}
	if n := len(who) * len(actions) * len(t.On); n > maxCalls {
		r.Err = fmt.Errorf("the test stands for %d calls, more than %d: name fewer actions", n, maxCalls)
		return r
	}
	context := slices.Clone(t.Context)
	for _, c := range s.Context {
		if !slices.ContainsFunc(context, func(o query.Setting) bool { return strings.EqualFold(o.Key, c.Key) }) {
			context = append(context, c)
		}
	}
	want := authz.Deny
	if t.May {
		want = authz.Allow
	}
	for _, w := range who {
		models := models
		if w.in != nil {
			models = w.in
		}
		for _, on := range t.On {
			for _, a := range actions {
				answer, err := query.Ask(models, engine, query.Question{Who: w.name, Action: a, On: on, Owner: t.Owner, Context: context})
				if err != nil {
					r.Err = err
					return r
				}
				r.Calls++
				if answer.Verdict() != want {
					r.Failures = append(r.Failures, Failure{answer})
				}
			}
		}
	}
	return r
}

// somebody is one principal that a test is about, and for one that the
// templates declare the scenarios in which it exists.
type somebody struct {
	name string
	in   []*cloud.Model
}

// everybody returns all that the test is about.
func (t *Test) everybody(models []*cloud.Model) ([]somebody, error) {
	var who []somebody
	for _, name := range t.Who {
		who = append(who, somebody{name: name})
	}
	if !t.Everyone {
		return who, nil
	}
	spared := map[string]bool{}
	for _, name := range t.Except {
		found := false
		var firstErr error
		for _, m := range models {
			p, err := query.Who(m, name)
			if err != nil {
				firstErr = err
				continue
			}
			found = true
			spared[p.ARN+p.Service] = true
		}
		if !found {
			return nil, firstErr
		}
	}
	index := map[string]int{}
	for _, m := range models {
		for p := range m.Principals() {
			if p.Kind == cloud.Group || spared[p.ARN] {
				continue
			}
			i, ok := index[p.ARN]
			if !ok {
				i = len(who)
				index[p.ARN] = i
				who = append(who, somebody{name: p.ARN})
			}
			who[i].in = append(who[i].in, m)
		}
	}
	if !spared[""] {
		who = append(who, somebody{name: "*"})
	}
	return who, nil
}

// expand returns the actions that patterns stand for.
func expand(patterns []string) ([]string, error) {
	var out []string
	add := func(a string) {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, s := range patterns {
		prefix, name, ok := strings.Cut(s, ":")
		if !ok || !strings.ContainsAny(name, "*?") {
			add(s)
			continue
		}
		svc, ok := facts.Service(prefix)
		if !ok {
			return nil, &query.Unclear{Kind: "service", Asked: prefix, Hinted: "a pattern stands for the actions of one service, such as s3:Put*"}
		}
		p := match.CompileFold(name)
		n := 0
		for a := range svc.Actions() {
			if p.MatchText(a.Name) == truth.Yes {
				add(svc.Prefix + ":" + a.Name)
				n++
			}
		}
		if n == 0 {
			return nil, &query.Unclear{Kind: "action", Asked: s, Near: []string{prefix + ":*"}}
		}
	}
	return out, nil
}
