package chain

import (
	"fmt"
	"slices"
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// A Scene is one request of a story.
type Scene struct {
	Who      Actor  // zero where a service makes it
	Service  string // that makes it, "" where Who does
	Action   string
	Resource string
	Context  []string // "iam:PassedToService = lambda.amazonaws.com"
	Why      string   // what it is for
	// Allowed are the statements that allow it, where they are written in a
	// file. Granted says in words what else allows it.
	Allowed []source.Span
	Granted []string
	Certain bool
}

// A Chapter is a step, told.
type Chapter struct {
	Step   *Step
	Scenes []Scene
	Gives  string // "acts as role deploy"
}

// Tell tells steps, as Steps or Path return them.
func (g *Graph) Tell(steps []Step) []Chapter {
	out := make([]Chapter, len(steps))
	for i := range steps {
		s := &steps[i]
		c := Chapter{Step: s, Gives: s.Gives()}
		for j := range s.Gain.Calls {
			c.Scenes = append(c.Scenes, g.scene(s, j))
		}
		out[i] = c
	}
	return out
}

func (g *Graph) scene(s *Step, i int) Scene {
	call := &s.Gain.Calls[i]
	q := &s.Witnesses[i]
	sc := Scene{Who: s.As, Service: call.Caller.Service, Action: strings.Join(call.Actions, " or "), Why: call.Why}
	if call.Caller.ARN != "" {
		sc.Who = Actor{ARN: call.Caller.ARN}
	}
	if len(call.Resources) > 0 {
		sc.Resource = call.Resources[0]
	}
	if q.Action == "" {
		return sc
	}
	sc.Action, sc.Resource = q.Action, q.Resource
	sc.Context = settings(q, call)
	sc.Allowed, sc.Granted, sc.Certain = g.allowing(&sc, call, q)
	return sc
}

// settings are the keys of a witness that it was asked to have, or that a
// condition made it have.
func settings(q *iam.Request, call *service.PowerCall) []string {
	var out []string
	for k, v := range q.Context.All() {
		if v.State != iam.Known || len(v.Values) == 0 {
			continue
		}
		switch low := strings.ToLower(k); low {
		case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:username", "aws:currenttime", "aws:epochtime",
			"aws:securetransport", "aws:requestedregion", "aws:resourceaccount", "aws:principalisawsservice", "aws:multifactorauthpresent",
			"aws:sourceaccount", "aws:viaawsservice":
			if !call.Context.Has(k) {
				continue
			}
		}
		out = append(out, k+" = "+match.Render(strings.Join(v.Values, ", ")))
	}
	slices.Sort(out)
	return out
}

// allowing finds the statements that allow a witness.
func (g *Graph) allowing(sc *Scene, call *service.PowerCall, q *iam.Request) (at []source.Span, words []string, sure bool) {
	model := g.model
	if sc.Service == "" {
		model, _ = g.view(sc.Who)
	}
	pol := authz.Collect(model, q)
	if call.Same {
		pol = unguarded(pol)
	}
	var ms []authz.Match
	d := g.judge().Judge(q, pol, &ms)
	for _, m := range ms {
		st := m.Statement
		if st.Effect != iam.Allow || m.Match != truth.Yes || m.Layer == "boundary" || m.Layer == "scp" || m.Layer == "rcp" {
			continue
		}
		switch {
		case st.Span.File == nil && st.Sid == "Escalated":
			words = append(words, "the policy that was written before")
		case st.Span.File == nil:
		case strings.HasPrefix(st.Span.File.Name, "arn:"):
			words = append(words, "managed policy "+st.Span.File.Name)
		case !slices.ContainsFunc(at, func(o source.Span) bool { return o.File == st.Span.File && o.Start == st.Span.Start }):
			at = append(at, st.Span)
		}
	}
	return at, words, d.Verdict == authz.Allow
}

// Gives says what somebody has once the step is taken.
func (s *Step) Gives() string {
	gain := s.Gain
	who := Short(gain.Principal)
	switch s.Power.Kind {
	case service.Become:
		return "is " + who
	case service.Execute:
		if gain.Only != nil {
			return "has " + who + " make calls (" + strings.Join(gain.Only, ", ") + ")"
		}
		return "runs what it likes as " + who
	case service.Escalate:
		switch {
		case gain.Principal == "":
			return "has " + gain.What + ", which may do everything"
		case gain.Unbinds:
			return who + " has no boundary"
		case gain.Groups != nil:
			return who + " has the rights of group " + strings.Join(gain.Groups, ", ")
		}
		return who + " may do everything that its boundary and its organization leave"
	case service.Tamper:
		return "can tamper with the " + gain.Touches + ": " + gain.What
	default:
		return "can blind " + gain.What
	}
}

// Story tells steps as text for people: numbered requests, what each is for,
// and the lines of the policies that allow it.
func (g *Graph) Story(steps []Step) string {
	var b strings.Builder
	n := 0
	for _, c := range g.Tell(steps) {
		for _, sc := range c.Scenes {
			n++
			who := sc.Service
			if who == "" {
				who = sc.Who.Name()
			}
			fmt.Fprintf(&b, "%d. %s: %s", n, who, sc.Action)
			if sc.Resource != "" {
				fmt.Fprintf(&b, " on %s", match.Render(sc.Resource))
			}
			fmt.Fprintf(&b, "\n     %s\n", sc.Why)
			for _, x := range sc.Context {
				fmt.Fprintf(&b, "     with %s\n", x)
			}
			for _, at := range sc.Allowed {
				fmt.Fprintf(&b, "     allowed at %s\n", at)
			}
			for _, w := range sc.Granted {
				fmt.Fprintf(&b, "     allowed by %s\n", w)
			}
		}
		fmt.Fprintf(&b, "   ⇒ %s: %s (%s)\n", c.Gives, c.Step.Power.Why, c.Step.Power.ID)
		if c.Step.Verdict != reach.Some {
			fmt.Fprintf(&b, "     depends on %s\n", match.Render(strings.Join(c.Step.Missing, "; ")))
		}
	}
	return b.String()
}
