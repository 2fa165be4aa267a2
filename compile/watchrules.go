package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/services/cloudtrail"
)

// patternLimit is how long an event pattern may be, with a margin for what a
// deployment makes longer
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html, "Event pattern size").
const patternLimit = 2048 - 148

// A branch is part of a rule's pattern: these events, where a field has one of
// these values.
type branch struct {
	source string // "kms.amazonaws.com"
	events []string
	field  string
	form   form
	names  []blueprint.Sub
	begin  []blueprint.Sub // what names begin with, whatever follows
	tests  blueprint.List  // what the field is compared with; nil for any
}

// rules draws the rules of a place, one for each kind of thing that is there,
// in more than one where the pattern grows too long.
func (w *watch) rules(p *place) {
	byRule := map[string][]*branch{}
	var order []string
	put := func(rule string, br *branch) {
		if byRule[rule] == nil {
			order = append(order, rule)
		}
		for _, o := range byRule[rule] {
			if o.source == br.source && o.field == br.field && o.form == br.form {
				for _, n := range br.names {
					if !slices.Contains(o.names, n) {
						o.names = append(o.names, n)
					}
				}
				for _, e := range br.events {
					o.events = addOnce(o.events, e)
				}
				o.begin = append(o.begin, br.begin...)
				return
			}
		}
		byRule[rule] = append(byRule[rule], br)
	}
	for t := range w.things() {
		if t.account.ID != p.account.ID || t.region != p.stack.Region {
			continue
		}
		for i := range t.by {
			put(t.rule, w.branch(p, &t, &t.by[i]))
		}
	}
	if p.stack.Region == global(p.stack.Region) {
		put(ruleRoles, w.policies())
	}
	for _, br := range w.secrets(p) {
		put(ruleKeys, br)
	}
	// The rules of the place watch each other: who silences one is told of by
	// another. Those that watch are not drawn yet.
	for _, c := range [...]struct{ field, events string }{{"name", "DeleteRule DisableRule PutRule"}, {"rule", "PutTargets RemoveTargets"}} {
		field, events := request(c.field), strings.Fields(c.events)
		const source = "events.amazonaws.com"
		put(ruleAlerts, &branch{source: source, events: events, field: field, begin: []blueprint.Sub{projectName}})
		put(ruleTrail, &branch{source: source, events: slices.Clone(events), field: field, names: []blueprint.Sub{ruleName(ruleAlerts)}})
	}
	for _, rule := range [...]string{rulePipeline, ruleCode, ruleKeys, ruleData, ruleSources, ruleRoles, ruleAlerts, ruleTrail} {
		if slices.Contains(order, rule) {
			w.parts(p, rule, titles[rule], "", byRule[rule], nil)
		}
	}
	w.byHand(p)
}

// projectName is how the names of what is drawn begin.
const projectName blueprint.Sub = "${ProjectName}-"

// policies is the branch about managed policies: those of the project, which
// hold what a role's own policy does not, and the boundary.
func (w *watch) policies() *branch {
	const arn blueprint.Sub = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/"
	br := &branch{source: "iam.amazonaws.com", events: []string{"CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"}, field: request("policyArn"), form: whole, begin: []blueprint.Sub{arn + projectName}}
	switch name := w.b.spec.Boundary; {
	case strings.Contains(name, "::aws:policy/"): // AWS's own, which nobody else changes
	case name != "":
		if _, n, ok := strings.Cut(name, ":policy/"); ok {
			name = n
		}
		br.names = []blueprint.Sub{arn + blueprint.Lit(name)}
	}
	return br
}

func ruleName(rule string) blueprint.Sub { return "${ProjectName}-watch-" + blueprint.Sub(rule) }

// branch is the part of a pattern that tells of changes to a thing.
func (w *watch) branch(p *place, t *thing, c *calledBy) *branch {
	br := &branch{source: cloudtrail.ShapeOf(c.actions[0]).Source, field: c.field, form: c.form}
	for _, a := range c.actions {
		for _, n := range cloudtrail.ShapeOf(a).Names {
			br.events = addOnce(br.events, n)
		}
	}
	switch {
	case c.field == "":
	case c.form == ours:
		br.names = []blueprint.Sub{w.b.attr(p.stack, t.in, t.res, cmp.Or(t.attr, "Arn"))}
	case c.form == whole || c.form == inside:
		br.names = []blueprint.Sub{w.b.arnIn(p.stack, t.in, t.res, t.name, t.arn)}
	default:
		br.names = []blueprint.Sub{w.b.nameIn(p.stack, t.in, t.res, t.name)}
	}
	return br
}

// finish makes the tests of a branch: names of the project, which all begin
// alike, become one prefix.
func (br *branch) finish() {
	if br.field == "" {
		return
	}
	type value struct {
		text   blueprint.Sub
		prefix bool
	}
	const project = string(projectName)
	heads := map[blueprint.Sub]int{}
	for _, n := range br.names {
		if i := strings.Index(string(n), project); i >= 0 {
			heads[n[:i+len(project)]]++
		}
	}
	for _, n := range br.begin {
		heads[n] = 2
	}
	var values []value
	add := func(v value) {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	for _, n := range br.begin {
		add(value{n, true})
	}
	for _, n := range br.names {
		if i := strings.Index(string(n), project); i >= 0 && heads[n[:i+len(project)]] > 1 {
			add(value{n[:i+len(project)], true})
			continue
		}
		add(value{n, false})
	}
	for _, v := range values {
		switch {
		case br.form == holding:
			br.tests = append(br.tests, blueprint.KV("wildcard", "*"+v.text+"*"))
		case br.form == inside && !v.prefix:
			br.tests = append(br.tests, blueprint.KV("prefix", v.text+":"))
		case v.prefix:
			br.tests = append(br.tests, blueprint.KV("prefix", v.text))
		default:
			br.tests = append(br.tests, v.text)
		}
	}
}

// body is a branch as part of detail.
func (br *branch) body() blueprint.Map {
	m := blueprint.KV("eventSource", blueprint.Strings(br.source), "eventName", blueprint.Strings(br.events...))
	if br.field == "" {
		return m
	}
	var v any = br.tests
	path := strings.Split(br.field, ".")
	for i := len(path) - 1; i > 0; i-- {
		v = blueprint.KV(path[i], v)
	}
	return append(m, blueprint.Field{Key: path[0], Value: v})
}

// pattern is that of a rule of branches; who is what it asks of the caller,
// nil for nothing.
func pattern(branches []*branch, who any) blueprint.Map {
	var sources []string
	var bodies blueprint.List
	for _, br := range branches {
		sources = addOnce(sources, "aws."+strings.TrimSuffix(br.source, ".amazonaws.com"))
		bodies = append(bodies, br.body())
	}
	detail := blueprint.KV("$or", bodies)
	if len(bodies) == 1 {
		detail = bodies[0].(blueprint.Map)
	}
	if who != nil {
		detail.Set("userIdentity", who)
	}
	return blueprint.KV("source", blueprint.Strings(sources...), "detail-type", blueprint.Strings("AWS API Call via CloudTrail"), "detail", detail)
}

// parts draws a rule, or several where its pattern is too long for one.
func (w *watch) parts(p *place, rule, what, state string, branches []*branch, who any) {
	var parts [][]*branch
	var part []*branch
	for _, br := range branches {
		br.finish()
		for _, one := range br.split(who) {
			if len(part) > 0 && length(pattern(append(slices.Clone(part), one), who)) > patternLimit {
				parts, part = append(parts, part), nil
			}
			part = append(part, one)
		}
	}
	if len(part) > 0 {
		parts = append(parts, part)
	}
	for i, part := range parts {
		id, name := "Watch"+ident(rule), ruleName(rule)
		if i > 0 {
			id, name = fmt.Sprintf("%s%d", id, i+1), blueprint.Sub(fmt.Sprintf("%s-%d", name, i+1))
		}
		w.rule(p, id, name, what, state, pattern(part, who))
	}
}

// split divides a branch whose values are too many for one pattern.
func (br *branch) split(who any) []*branch {
	if len(br.tests) < 2 || length(pattern([]*branch{br}, who)) <= patternLimit {
		return []*branch{br}
	}
	one, two := *br, *br
	half := len(br.tests) / 2
	one.tests, two.tests = br.tests[:half], br.tests[half:]
	return append(one.split(who), two.split(who)...)
}

// rule adds a rule that tells the topic of a place. State is "" for what
// changes something; for what only reads it is the state that hands such
// events to a rule.
func (w *watch) rule(p *place, id string, name blueprint.Sub, what, state string, pattern blueprint.Map) {
	props := blueprint.KV("Name", name, "Description", sentence(what), "EventPattern", pattern)
	if state != "" {
		props.Set("State", state)
	}
	tell := blueprint.KV("Id", "alert", "Arn", blueprint.Ref(watchTopic), "InputTransformer", message(what))
	if w.b.spec.Audit.Function {
		tell.Set("DeadLetterConfig", undelivered())
		props.Set("Targets", blueprint.List{tell, blueprint.KV("Id", "words", "Arn", blueprint.Att(alertFn, "Arn"), "DeadLetterConfig", undelivered())})
	} else {
		props.Set("Targets", blueprint.List{tell})
	}
	r := &blueprint.Resource{ID: id, Type: "AWS::Events::Rule", Props: props}
	if !slices.ContainsFunc(p.stack.Resources, func(o *blueprint.Resource) bool { return o.Type == r.Type && strings.HasPrefix(o.ID, "Watch") }) {
		r.Section = "rules"
		r.Comment = "Whoever it is: an attempt that was refused is told of as well."
	}
	p.stack.Add(r)
}

// sentence begins a sentence.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// message is what people read: who did what, from where, when. That, and no
// more, is why no function stands between the rule and the topic: it would be
// one thing more that can fail, be changed and has to be watched.
func message(what string) blueprint.Map {
	return blueprint.KV(
		"InputPathsMap", blueprint.KV(
			"event", "$.detail.eventName", "who", "$.detail.userIdentity.arn", "from", "$.detail.sourceIPAddress", "account", "$.account",
			"region", "$.region", "time", "$.time", "error", "$.detail.errorCode", "id", "$.detail.eventID",
		),
		"InputTemplate", blueprint.Sub(`"${ProjectName}: `+what+`. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>"`),
	)
}

// allManagement is the state of a rule that gets events of calls that only
// read
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html).
const allManagement = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
