package trail

import (
	"fmt"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// allowed reports whether the calls by which something tells a target are all
// allowed, as theorem one decided them: those of the target at a place, and
// what they cause.
func (w *world) allowed(run *prove.Run, at source.Span, who, target string) (truth.Value, *fault) {
	if run == nil {
		return truth.No, &fault{code: "TRAIL023", at: at, message: who + " calls nothing"}
	}
	v, calls := truth.Yes, 0
	var f *fault
	for _, s := range run.Steps {
		if s.Job != nil && s.Job != run.Entry.Resource {
			continue
		}
		for _, x := range s.Findings {
			if x.Severity == diag.Error && (x.At == at || about(x, at)) {
				return truth.No, &fault{code: "TRAIL023", at: x.At, message: x.Message, related: x.Related}
			}
		}
		for _, c := range s.Calls {
			if rootOf(c.Call).Target.At != at || c.Row.Need != service.Stops {
				continue
			}
			calls++
			switch c.Decision.Verdict {
			case authz.Allow:
			case authz.Deny:
				return truth.No, &fault{
					code: "TRAIL023", at: at,
					message: fmt.Sprintf("%s cannot reach %s: %s on %s is denied to %s by layer %s", who, target, c.Request.Action, match.Render(c.Request.Resource), caller(c), c.Decision.Layer),
				}
			case authz.Depends:
				v = truth.Maybe
				f = &fault{code: "TRAIL090", at: at, message: fmt.Sprintf("%s needs %s on %s", who, c.Request.Action, match.Render(c.Request.Resource)), depends: c.Decision.Missing}
			default:
				panic("trail: no such verdict")
			}
		}
	}
	if calls == 0 {
		return truth.Maybe, &fault{code: "TRAIL090", at: at, message: fmt.Sprintf("how %s reaches %s is not in the catalogue", who, target),
			depends: []string{"whether " + who + " reaches " + target}}
	}
	return v, f
}

func about(f diag.Finding, at source.Span) bool {
	for _, r := range f.Related {
		if r.At == at {
			return true
		}
	}
	return false
}

func rootOf(c *service.Call) *service.Call {
	for c.Cause != nil {
		c = c.Cause
	}
	return c
}

func caller(c *prove.Call) string {
	if s := c.Request.Principal.Service; s != "" {
		return s
	}
	return match.Render(c.Request.Principal.ARN)
}

// subscribed reports whether somebody is subscribed to a topic. An e-mail
// address has to confirm, which is taken to have happened.
func (w *world) subscribed(a string, topic *cloud.Resource, at source.Span, rule *doc.Node) (truth.Value, *fault) {
	v, n := truth.No, 0
	var worst *fault
	one := func(r *cloud.Resource, s *doc.Node) {
		n++
		x, f := w.subscriber(r, s, rule)
		if len(r.Maybe) > 0 {
			x = x.And(truth.Maybe)
			if f == nil {
				f = &fault{code: "TRAIL090", at: r.Span, message: name(r) + " exists under a condition", depends: r.Maybe}
			}
		}
		if x > v || worst == nil {
			worst = f
		}
		v = v.Or(x)
	}
	if topic != nil {
		for s := range topic.Prop("Subscription").Elems() {
			one(topic, s)
		}
	}
	for r := range w.m.OfType("AWS::SNS::Subscription") {
		switch match.Equal(cloud.Text(r.Prop("TopicArn")), a) {
		case truth.Yes:
			one(r, r.Props)
		case truth.Maybe:
			n, v = n+1, v.Or(truth.Maybe)
			worst = &fault{code: "TRAIL090", at: r.Span, message: "which topic " + name(r) + " subscribes to is not known", depends: []string{"TopicArn of " + name(r)}}
		case truth.No:
		}
	}
	for _, chat := range [...]string{"AWS::Chatbot::SlackChannelConfiguration", "AWS::Chatbot::MicrosoftTeamsChannelConfiguration"} {
		for r := range w.m.OfType(chat) {
			for t := range r.Prop("SnsTopicArns").Elems() {
				if match.Equal(cloud.Text(t), a) == truth.Yes {
					n, v = n+1, truth.Yes
				}
			}
		}
	}
	switch {
	case v == truth.Yes:
		return v, nil
	case topic == nil:
		return truth.Maybe, &fault{code: "TRAIL090", at: at, message: "no stack declares topic " + match.Render(a), depends: []string{"whether anybody is subscribed to " + match.Render(a) + ", which no stack declares"}}
	case n == 0:
		return truth.No, &fault{code: "TRAIL024", at: topic.Span, message: fmt.Sprintf("nobody is subscribed to topic %s", name(topic)), related: []diag.Note{{At: at, Message: "tells the topic"}}}
	default:
		return v, worst
	}
}

// subscriber reports whether one subscription passes the message on.
func (w *world) subscriber(r *cloud.Resource, s *doc.Node, rule *doc.Node) (truth.Value, *fault) {
	if s.Kind == doc.Unknown {
		return truth.Maybe, &fault{code: "TRAIL090", at: s.Where(), message: "who is subscribed is not known", depends: []string{"the subscriptions of " + name(r)}}
	}
	if s.Get("Protocol") == nil || s.Get("Endpoint") == nil {
		return truth.No, &fault{code: "TRAIL024", at: s.Where(), message: fmt.Sprintf("a subscription of %s has no protocol or no endpoint", name(r))}
	}
	v := truth.Yes
	if p := s.Get("FilterPolicy"); p != nil && p.Kind != doc.Null {
		// By default a filter looks at the attributes of the message, and neither
		// a rule nor an alarm gives it any
		// (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).
		if s.Get("FilterPolicyScope").Str() != "MessageBody" {
			return truth.No, &fault{code: "TRAIL024", at: p.Where(), message: fmt.Sprintf("the filter policy of a subscription of %s asks for message attributes, which rules and alarms do not send", name(r))}
		}
		v = truth.Maybe
	}
	switch s.Get("Protocol").Str() {
	case "email", "email-json":
		w.assume("whoever is subscribed by e-mail has confirmed the subscription")
		if len(s.Maybe) > 0 {
			v = v.And(truth.Maybe)
		}
		return v, filterFault(v, s, r)
	case "sqs", "lambda", "firehose":
		if to, err := arn.Parse(cloud.Text(s.Get("Endpoint"))); err == nil && w.code(to) {
			return truth.No, nil
		}
		x, f := w.allowed(w.alone[r], s.Get("Endpoint").Where(), "topic "+name(r), match.Render(cloud.Text(s.Get("Endpoint"))))
		if x != truth.Yes {
			return x, f
		}
	}
	return v, filterFault(v, s, r)
}

func filterFault(v truth.Value, s *doc.Node, r *cloud.Resource) *fault {
	if v == truth.Yes {
		return nil
	}
	return &fault{code: "TRAIL090", at: s.Where(), message: "a subscription of " + name(r) + " is filtered or conditional",
		depends: []string{"what the subscription of " + name(r) + " lets through"}}
}
