package trail

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/trail"
	"penstock/trail/pattern"
	"penstock/truth"
)

const (
	ruleType  = "AWS::Events::Rule"
	allStates = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
)

// rules finds the alerts that are rules of EventBridge: those of the default
// bus, where the events of AWS arrive, and behind them those of the buses that
// they hand events to.
func (w *world) rules() []*alert {
	var out []*alert
	for r := range w.m.OfType(ruleType) {
		if r.Prop("EventPattern") == nil || busOf(r) != bus(r, "default") {
			continue
		}
		out = append(out, w.rule(r, 0)...)
	}
	return out
}

// busOf returns the ARN of the bus that a rule is on.
func busOf(r *cloud.Resource) string {
	n := cloud.Text(r.Prop("EventBusName"))
	switch {
	case n == "":
		n = "default"
	case strings.HasPrefix(n, "arn:"):
		return n
	}
	return bus(r, n)
}

func bus(r *cloud.Resource, name string) string {
	return "arn:" + arn.Partition(r.Region) + ":events:" + r.Region + ":" + r.Account + ":event-bus/" + name
}

// maxBuses bounds how far an event is followed from bus to bus; EventBridge
// hands on no event that came from another bus more than once.
const maxBuses = 2

// rule returns the alert that a rule is, and those behind the buses that it
// hands events to.
func (w *world) rule(r *cloud.Resource, depth int) []*alert {
	p := pattern.Parse(r.Prop("EventPattern"))
	a := &alert{what: "rule " + name(r), at: r.Span, resources: []*cloud.Resource{r}}
	a.match = func(k *weak, who *identity) (truth.Value, *fault) { return w.hears(r, p, k, who) }
	a.narrow = func(k *weak) string {
		event, _ := k.tree(nil)
		return p.Narrow(event)
	}
	a.live, a.fault = w.reaches(r, a)
	a.rests = w.restsOn(a.live, func() truth.Value { v, _ := w.reaches(r, &alert{}); return v })
	out := []*alert{a}
	if depth >= maxBuses {
		return out
	}
	for t := range r.Prop("Targets").Elems() {
		to := cloud.Text(t.Get("Arn"))
		if x, err := arn.Parse(to); err != nil || x.Service != "events" || !strings.HasPrefix(x.Resource, "event-bus/") {
			continue
		}
		handed, why := w.target(r, t, nil)
		for other := range w.m.OfType(ruleType) {
			if other.Prop("EventPattern") == nil || busOf(other) != to || other == r {
				continue
			}
			for _, b := range w.rule(other, depth+1) {
				out = append(out, w.behind(r, p, b, other, handed, why))
			}
		}
	}
	return out
}

// behind is the alert b, which hears events by way of rule r.
func (w *world) behind(r *cloud.Resource, p *pattern.Pattern, b *alert, second *cloud.Resource, handed truth.Value, why *fault) *alert {
	q := pattern.Parse(second.Prop("EventPattern"))
	a := &alert{what: b.what, at: b.at, resources: append([]*cloud.Resource{r}, b.resources...), narrow: b.narrow, rests: b.rests}
	a.match = func(k *weak, who *identity) (truth.Value, *fault) {
		v, f := w.hears(r, p, k, who)
		event, _ := k.tree(who)
		return v.And(q.Match(event)), f
	}
	a.live, a.fault = b.live.And(handed).And(enabled(second, false)), b.fault
	if handed != truth.Yes && why != nil {
		a.fault = why
	}
	return a
}

// enabled reports whether a rule is on, for events that only read where reads
// is set.
func enabled(r *cloud.Resource, reads bool) truth.Value {
	s := r.Prop("State")
	switch {
	case s == nil || s.Kind == doc.Null:
		return truth.Of(!reads)
	case s.Kind == doc.Unknown || len(s.Maybe) > 0 || match.HasHole(s.Str()):
		return truth.Maybe
	case reads:
		return truth.Of(s.Str() == allStates)
	default:
		return truth.Of(s.Str() != "DISABLED")
	}
}

// hears reports whether a rule matches the event of a call, and what keeps
// the event from it if it does.
func (w *world) hears(r *cloud.Resource, p *pattern.Pattern, k *weak, who *identity) (truth.Value, *fault) {
	account, region := in(&k.event, r)
	if account == truth.No || region == truth.No && !k.event.Global {
		return truth.No, nil // for what is done in its own account and region
	}
	event, _ := k.tree(who)
	v := p.Match(event)
	if p.Broken != "" {
		// What it was to match is not known; a text that names the event is.
		if strings.Contains(r.Prop("EventPattern").Where().Text(), k.event.Name) {
			return truth.Maybe, &fault{code: "TRAIL027", at: r.Prop("EventPattern").Where(), message: fmt.Sprintf("EventBridge refuses the pattern of rule %s (%s)", name(r), p.Broken)}
		}
		return truth.No, nil
	}
	if v == truth.No {
		// A rule for these very calls, in which one field can never be so.
		if f := w.almost(r, p, k); f != nil {
			return truth.Maybe, f
		}
		return truth.No, nil
	}
	if len(r.Maybe) > 0 {
		v = v.And(truth.Maybe)
	}
	switch {
	case region == truth.No:
		f := &fault{code: "TRAIL021", at: r.Span, message: fmt.Sprintf("rule %s is in %s, and EventBridge has these events in %s only", name(r), r.Region, k.event.RecordedIn())}
		return v, f
	case enabled(r, false) == truth.No:
		return v, &fault{code: "TRAIL022", at: r.Prop("State").Where(), message: fmt.Sprintf("rule %s is disabled", name(r)),
			fixes: w.put(r, "enable the rule", "State", splice.String("ENABLED"))}
	case enabled(r, k.event.ReadOnly) == truth.No:
		return v, &fault{code: "TRAIL022", at: r.Span, message: fmt.Sprintf("rule %s is not in the state %s, without which it gets no events of calls that only read", name(r), allStates),
			fixes: w.put(r, "let the rule have them", "State", splice.String(allStates))}
	}
	return v.And(region).And(enabled(r, k.event.ReadOnly)), nil
}

// almost returns the fault of a rule that names the event of a call and can
// not match it, for a field that is the same for all such events: its source
// or its kind.
func (w *world) almost(r *cloud.Resource, p *pattern.Pattern, k *weak) *fault {
	event, _ := k.tree(nil)
	miss := p.Miss(event)
	switch miss {
	case "source", "detail-type", "detail.eventSource", "detail.eventType", "detail.eventCategory", "detail.managementEvent":
	default:
		return nil
	}
	if !p.Only(event, miss) {
		return nil // another field does not fit either: the rule is for other calls
	}
	return &fault{code: "TRAIL027", at: r.Prop("EventPattern").Where(),
		message: fmt.Sprintf("rule %s names %s, and its pattern can never match by the field %s, which is %q", name(r), k.event.Name, miss, at(event, miss))}
}

// at returns the text of a field of an event.
func at(e *trail.Value, path string) string {
	for f := range strings.SplitSeq(path, ".") {
		e = e.Get(f)
	}
	return e.Text
}

// reaches reports whether a rule tells somebody: one target will do.
func (w *world) reaches(r *cloud.Resource, a *alert) (truth.Value, *fault) {
	v := truth.No
	var worst *fault
	n := 0
	for t := range r.Prop("Targets").Elems() {
		n++
		x, f := w.target(r, t, a)
		if x > v || worst == nil {
			worst = f
		}
		v = v.Or(x)
	}
	if n == 0 {
		return truth.No, &fault{code: "TRAIL023", at: r.Span, message: fmt.Sprintf("rule %s has no target", name(r))}
	}
	if v == truth.Yes {
		return v, nil
	}
	return v, worst
}

// target reports whether a target of a rule is reached and is somebody.
func (w *world) target(r *cloud.Resource, t *doc.Node, a *alert) (truth.Value, *fault) {
	to := cloud.Text(t.Get("Arn"))
	x, err := arn.Parse(to)
	if err != nil {
		return truth.Maybe, &fault{code: "TRAIL090", at: t.Where(), message: "what rule " + name(r) + " tells is not known",
			depends: []string{"the target " + match.Render(to) + " of rule " + name(r)}}
	}
	switch x.Service {
	case "logs", "kinesis", "firehose", "s3":
		return truth.No, &fault{code: "TRAIL023", at: t.Where(), message: fmt.Sprintf("rule %s writes to %s, which tells nobody", name(r), match.Render(x.Name()))}
	case "events":
		if strings.HasPrefix(x.Resource, "event-bus/") && a != nil {
			if w.m.Owned(x.Account) {
				return truth.No, nil // told of by the rules of that bus
			}
			return truth.Maybe, &fault{code: "TRAIL090", at: t.Where(), message: "what the rules of " + match.Render(to) + " do is not known",
				depends: []string{"the rules of the event bus " + match.Render(to) + ", which no stack declares"}}
		}
	}
	if a != nil && x.Service != "sns" && w.code(x) {
		return truth.No, nil
	}
	v, f := w.allowed(w.alone[r], t.Where(), "rule "+name(r), match.Render(x.Name()))
	if v == truth.No {
		return v, f
	}
	if a != nil && (x.Service == "lambda" || x.Service == "sqs") {
		if r := w.m.Owner(to); r != nil {
			a.resources = append(a.resources, r)
		}
	}
	if a != nil && x.Service == "sns" {
		topic := w.m.Resource(to)
		if topic != nil {
			a.resources = append(a.resources, topic)
			if key := w.keyOf(topic, "KmsMasterKeyId"); key != nil && disabled(key) {
				return truth.No, &fault{code: "TRAIL023", at: key.Span, message: fmt.Sprintf("the key of topic %s is disabled", name(topic))}
			}
		}
		s, sf := w.subscribed(to, topic, t.Where(), t)
		if v = v.And(s); sf != nil {
			f = sf
		}
	}
	return v, f
}
