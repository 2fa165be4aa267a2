package trail

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/services/cloudtrail"
	"penstock/source"
	"penstock/trail"
	"penstock/truth"
)

// An alert is a rule or a filter that may tell somebody of a call, with what
// stands between it and that somebody.
type alert struct {
	what      string            // "rule pipeline-change", "metric filter RoleChange"
	at        source.Span       // where it is declared
	resources []*cloud.Resource // what must stay as it is for it to tell
	// match reports whether it matches the event of a call by somebody, nil for
	// nobody in particular; where it cannot hear of the event at all the other
	// result says why.
	match func(k *weak, who *identity) (truth.Value, *fault)
	// narrow names the field for which a match is not sure.
	narrow func(k *weak) string
	live   truth.Value // whether what it matches reaches somebody
	fault  *fault      // why it is not live, or may not be
	// rests names what tells somebody only if its code does so: a function, a
	// queue that somebody reads. Empty where somebody is told without.
	rests []string
}

// A fault is why an alert that matches tells nobody.
type fault struct {
	code    string
	at      source.Span
	message string // a clause: "topic alerts lets events.amazonaws.com not publish"
	related []diag.Note
	depends []string
	fixes   []diag.Fix
}

// hear finds the alerts, and says which calls none of them tells of.
func (w *world) hear() {
	w.alerts = append(w.rules(), w.filters()...)
	w.weakenAlerts()
	own, others := w.identities()
	un := newUnheard(w)
	for _, k := range w.weak {
		if w.recordedIn(k.event, k.event.Account).is == truth.No {
			continue // that it is not recorded has been said
		}
		w.ask(k, own, others, un)
	}
	un.report()
}

// weakenAlerts lists the calls that silence an alert which works.
func (w *world) weakenAlerts() {
	for _, a := range w.alerts {
		if a.live == truth.No {
			continue
		}
		for _, r := range a.resources {
			if !slices.Contains(w.accounts, r.Account) {
				continue
			}
			switch r.Type {
			case "AWS::Events::Rule":
				w.each(weak{what: "rule " + name(r), alarm: true, params: []any{"name", r.Name}}, r, "events:DisableRule", "events:PutRule")
				w.each(weak{what: "rule " + name(r), alarm: true, params: []any{"rule", r.Name}}, r, "events:RemoveTargets")
			case "AWS::Logs::MetricFilter":
				w.each(weak{what: "metric filter " + name(r), alarm: true, params: []any{"filterName", r.Name}}, r, "logs:DeleteMetricFilter", "logs:PutMetricFilter")
			case "AWS::Logs::SubscriptionFilter":
				w.each(weak{what: "subscription filter " + name(r), alarm: true, params: []any{"filterName", r.Name}}, r, "logs:DeleteSubscriptionFilter", "logs:PutSubscriptionFilter")
			case "AWS::Logs::LogGroup":
				w.each(weak{what: "log group " + name(r), alarm: true, params: []any{"logGroupName", r.Name}}, r, "logs:DeleteLogGroup")
			case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm":
				k := weak{what: "alarm " + name(r), alarm: true, params: []any{"alarmNames", oneOf(r.Name)}}
				w.each(k, r, "cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions")
				k.params = []any{"alarmName", r.Name}
				w.each(k, r, "cloudwatch:PutMetricAlarm")
			case "AWS::SNS::Topic":
				w.each(weak{what: "topic " + name(r), alarm: true, loud: true, params: []any{"topicArn", r.ARN}}, r, "sns:SetTopicAttributes", "sns:DeleteTopic")
				if key := w.keyOf(r, "KmsMasterKeyId"); key != nil {
					k := weak{what: "key " + keyName(key) + " of topic " + name(r), alarm: true, loud: true, names: key.ARN}
					w.each(k, key, "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
				}
			}
		}
	}
}

// oneOf is a list that holds a name, and maybe others.
func oneOf(name string) *trail.Value {
	return &trail.Value{Kind: trail.List, Items: []*trail.Value{trail.Text(name), trail.Anything()}}
}

// ask looks for an alert that tells of a call, whoever makes it.
func (w *world) ask(k *weak, own, others []identity, un *unheard) {
	anybody, faults, itself := w.told(k, nil)
	if k.loud {
		// That the root user or whoever else would be told of is not enough.
		if len(faults) == 0 && (anybody == truth.No || anybody == truth.Maybe && len(own) > 0 && w.deaf(k, own)) {
			un.loud(k)
		}
		return
	}
	switch {
	case anybody == truth.Yes:
		return
	case anybody == truth.No && itself == truth.Yes:
		un.itself(k)
		return
	case anybody == truth.No:
		un.silent(k, faults)
		return
	}
	// Some events are told of. What a principal of the pipeline does must be.
	var left []string
	maybe := false
	for i := range own {
		if w.routine(k, own[i].title) {
			continue
		}
		switch v, _, _ := w.told(k, &own[i]); v {
		case truth.No:
			left = append(left, own[i].title)
		case truth.Maybe:
			maybe = true
		}
	}
	if len(left) > 0 {
		un.leftOut(k, left, w.narrows(k))
		return
	}
	if !maybe {
		for i := range others {
			switch v, _, _ := w.told(k, &others[i]); v {
			case truth.No:
				left = append(left, others[i].title)
			case truth.Maybe:
				maybe = true
			}
		}
	}
	field := w.narrows(k)
	switch {
	case len(left) > 0:
		un.leftOut(k, left, field)
	case maybe && strings.HasPrefix(field, "detail.userAgent"):
		un.leftOut(k, []string{"whoever gives a user agent that it leaves out"}, field)
	case maybe && isCaller(field):
		un.some(k, field)
	case maybe:
		un.unsure(k, field, faults)
	}
}

// deaf reports whether no alert tells of a call by any of those who might make
// it.
func (w *world) deaf(k *weak, who []identity) bool {
	for i := range who {
		if v, _, _ := w.told(k, &who[i]); v != truth.No {
			return false
		}
	}
	return true
}

// isCaller reports whether a field of an event is about who makes the call
// and from where, which is known of an attacker as little as of anybody.
func isCaller(field string) bool {
	for _, f := range [...]string{"detail.userIdentity", "detail.sourceIPAddress", "detail.vpcEndpoint", "detail.sessionCredentialFromConsole", "detail.additionalEventData"} {
		if strings.HasPrefix(field, f) {
			return true
		}
	}
	return false
}

// routine reports whether the pipeline itself makes the call, as somebody.
func (w *world) routine(k *weak, title string) bool {
	if w.daily == nil {
		w.daily = map[[2]string]bool{}
		for _, r := range w.pipelines {
			for _, s := range r.Steps {
				for _, c := range s.Calls {
					w.daily[[2]string{c.Request.Action, "role " + match.Render(lastOf(c.Request.Principal.ARN))}] = true
				}
			}
		}
	}
	return w.daily[[2]string{k.event.Action, title}]
}

func lastOf(a string) string { return a[strings.LastIndexByte(a, '/')+1:] }

// told asks all alerts about a call: whether one tells of it, and what keeps
// those from it that match. An alert that the call itself silences does not
// count; whether one would else have told is the last result.
func (w *world) told(k *weak, who *identity) (v truth.Value, faults []*fault, itself truth.Value) {
	var rests *alert
	for _, a := range w.alerts {
		m, f := a.match(k, who)
		if m == truth.No {
			continue
		}
		if f != nil {
			faults = append(faults, f)
			continue
		}
		if a.fault != nil {
			faults = append(faults, a.fault)
		}
		m = m.And(a.live)
		if k.alarm && k.of != nil && slices.Contains(a.resources, k.of) && k.of.Type != "AWS::SNS::Topic" && k.of.Type != "AWS::Logs::LogGroup" {
			itself = itself.Or(m)
			continue
		}
		if m == truth.Yes && a.rests != nil {
			rests = cmp.Or(rests, a) // unless another one tells without code
			continue
		}
		if v = v.Or(m); v == truth.Yes {
			return v, nil, itself
		}
	}
	if rests != nil {
		w.assume("%s tells somebody of what %s hands it: its code is not read", strings.Join(rests.rests, " or "), rests.what)
		return truth.Yes, nil, itself
	}
	return v, faults, itself
}

// restsOn names the code on which it rests that an alert is live, by asking
// again with code left out; nil where it is so without any.
func (w *world) restsOn(live truth.Value, again func() truth.Value) []string {
	if live != truth.Yes {
		return nil
	}
	w.without = []string{}
	v := again()
	on := w.without
	w.without = nil
	if v == truth.Yes {
		return nil
	}
	return on
}

// code reports whether code does not count now (restsOn), and notes whose.
func (w *world) code(x arn.ARN) bool {
	if w.without == nil {
		return false
	}
	if s := match.Render(x.Name()); !slices.Contains(w.without, s) {
		w.without = append(w.without, s)
	}
	return true
}

// narrows names the field for which an alert tells of some events of a call
// only.
func (w *world) narrows(k *weak) string {
	for _, a := range w.alerts {
		if m, f := a.match(k, nil); m == truth.Maybe && f == nil && a.live != truth.No {
			if s := a.narrow(k); s != "" {
				return s
			}
		}
	}
	return ""
}

// unheard groups the calls that no alert tells of, by cause.
type unheard struct {
	w     *world
	order []*quiet
	index map[string]*quiet
}

type quiet struct {
	weaks   []*weak
	fault   *fault
	account string
	kind    string // "silent", "itself", "left", "some", "unsure"
	who     string
	field   string
}

func newUnheard(w *world) *unheard { return &unheard{w: w, index: map[string]*quiet{}} }

func (u *unheard) put(k *weak, q quiet) {
	q.account = k.event.Account
	key := fmt.Sprint(q.kind, q.account, q.who, q.field)
	switch {
	case q.fault != nil:
		key = fmt.Sprint(q.kind, q.fault.code, q.fault.at.String())
	case q.kind == "loud":
		key = q.kind
	}
	if u.index[key] == nil {
		u.index[key] = &q
		u.order = append(u.order, &q)
	}
	u.index[key].weaks = append(u.index[key].weaks, k)
}

// silent: of an alert that matches and cannot tell, the fault is the cause.
func (u *unheard) silent(k *weak, faults []*fault) {
	if len(faults) > 0 {
		u.put(k, quiet{kind: "silent", fault: faults[0]})
		return
	}
	u.put(k, quiet{kind: "silent"})
}

func (u *unheard) loud(k *weak) { u.put(k, quiet{kind: "loud"}) }

func (u *unheard) itself(k *weak) { u.put(k, quiet{kind: "itself"}) }

func (u *unheard) leftOut(k *weak, who []string, field string) {
	u.put(k, quiet{kind: "left", who: list(who, 3), field: field})
}

func (u *unheard) some(k *weak, field string) { u.put(k, quiet{kind: "some", field: field}) }

func (u *unheard) unsure(k *weak, field string, faults []*fault) {
	q := quiet{kind: "unsure", field: field}
	for _, f := range faults {
		if len(f.depends) > 0 {
			q.fault = f
			break
		}
	}
	u.put(k, q)
}

func (u *unheard) report() {
	for _, q := range u.order {
		u.w.found = append(u.w.found, u.finding(q))
	}
}

// names lists the events of calls, the most telling first.
func (q *quiet) names() string {
	var ns []string
	for _, k := range q.weaks {
		ns = add(ns, k.event.Name)
	}
	return list(ns, 6)
}

func (q *quiet) things() string {
	var ns []string
	for _, k := range q.weaks {
		ns = add(ns, k.what)
	}
	return list(ns, 4)
}

func (u *unheard) finding(q *quiet) diag.Finding {
	f := diag.Finding{Severity: diag.Error, Certainty: diag.Proved, At: q.weaks[0].at}
	on := q.names() + " on " + q.things()
	switch {
	case q.kind == "loud":
		f.Code, f.Severity = "TRAIL020", diag.Info
		f.Message = fmt.Sprintf("no alert tells of %s on %s, which stop the pipeline or its alerts and change nothing that it guards", q.names(), q.things())
	case q.kind == "unsure":
		f.Code, f.Severity, f.Certainty = "TRAIL090", diag.Warning, diag.Possible
		f.Message = fmt.Sprintf("whether an alert tells of %s in account %s rests on what no template shows", on, match.Render(q.account))
		f.Depends = []string{"the field " + q.field + " of the event"}
		if q.field == "" {
			f.Depends = []string{"whether the alerts reach anybody"}
		}
		if q.fault != nil {
			f.Depends, f.At, f.Related = q.fault.depends, q.fault.at, q.fault.related
			f.Message += ": " + q.fault.message
		}
	case q.kind == "left":
		f.Code = "TRAIL028"
		f.Message = fmt.Sprintf("the alert on %s leaves out what is done by %s (%s): nobody is told", on, q.who, q.field)
	case q.kind == "some":
		f.Code, f.Severity = "TRAIL028", diag.Info
		f.Message = fmt.Sprintf("the alert on %s leaves out some callers by %s", on, q.field)
	case q.kind == "itself":
		f.Code, f.Severity = "TRAIL029", diag.Warning
		f.Message = fmt.Sprintf("only the alert that %s would silence tells of it, and it may be silent by then: %s", q.names(), q.things())
	case q.fault != nil:
		f.Code, f.At, f.Related, f.Fixes = q.fault.code, q.fault.at, q.fault.related, q.fault.fixes
		f.Message = fmt.Sprintf("%s, so that nobody is told of %s", q.fault.message, on)
	default:
		f.Code = "TRAIL020"
		f.Message = fmt.Sprintf("no alert tells of %s in account %s", on, match.Render(q.account))
		f.Fixes = u.w.widen(q)
	}
	return f
}

// in reports whether an event reaches the default bus of an account and
// region: where it is recorded, and those that only read where the rule asks
// for them
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html).
func in(e *cloudtrail.Event, r *cloud.Resource) (account, region truth.Value) {
	return truth.Of(e.Account == r.Account), match.Equal(e.RecordedIn(), r.Region)
}
