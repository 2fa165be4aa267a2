package trail

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/trail"
	"penstock/trail/filter"
	"penstock/truth"
)

// filters finds the alerts that are filters on the log group of a trail: a
// metric filter with an alarm on its metric, or a subscription filter.
func (w *world) filters() []*alert {
	var out []*alert
	for f := range w.m.OfType("AWS::Logs::MetricFilter") {
		out = append(out, w.metricFilter(f))
	}
	for f := range w.m.OfType("AWS::Logs::SubscriptionFilter") {
		out = append(out, w.subscriptionFilter(f))
	}
	return out
}

// onLog is the alert of a filter, before it is known whether what it matches
// reaches somebody.
func (w *world) onLog(f *cloud.Resource, what string) *alert {
	p := filter.Parse(cloud.Text(f.Prop("FilterPattern")))
	a := &alert{what: what + " " + name(f), at: f.Span, resources: []*cloud.Resource{f}}
	group := w.groupOf(f)
	if group != nil {
		a.resources = append(a.resources, group)
	}
	trails := w.trailsTo(f)
	a.match = func(k *weak, who *identity) (truth.Value, *fault) {
		v := w.filtered(f, p, k, who)
		if v == truth.No || len(trails) == 0 && !strings.Contains(cloud.Text(f.Prop("FilterPattern")), k.event.Name) {
			return truth.No, nil // one on another log, for other things
		}
		return w.logged(f, trails, k, v, what)
	}
	a.narrow = func(k *weak) string {
		if s := p.Narrow(detailOf(k, nil)); s != "" {
			return "detail." + s
		}
		return ""
	}
	return a
}

// filtered reports whether a filter matches the event of a call.
func (w *world) filtered(f *cloud.Resource, p *filter.Filter, k *weak, who *identity) truth.Value {
	if f.Prop("FieldSelectionCriteria") != nil {
		return p.Match(detailOf(k, who)).And(truth.Maybe)
	}
	if n := f.Prop("FilterPattern"); n != nil && (n.Kind == doc.Unknown || len(n.Maybe) > 0) {
		return truth.Maybe
	}
	v := p.Match(detailOf(k, who))
	if len(f.Maybe) > 0 {
		v = v.And(truth.Maybe)
	}
	return v
}

func detailOf(k *weak, who *identity) *trail.Value {
	_, detail := k.tree(who)
	return detail
}

// logged reports whether the event of a call arrives in the log group of a
// filter that matches it: by a trail that records it and delivers there.
func (w *world) logged(f *cloud.Resource, trails []*cloud.Resource, k *weak, v truth.Value, what string) (truth.Value, *fault) {
	arrives := truth.No
	var fl *fault
	for _, t := range trails {
		x := w.recordedBy(t, k)
		if x == truth.No {
			continue
		}
		d, df := w.deliversLog(t)
		if x = x.And(d); x > arrives || fl == nil {
			arrives, fl = x, df
		}
	}
	if arrives == truth.No {
		if f.Account != k.event.Account && fl == nil {
			return truth.No, nil // for the events of its own account
		}
		if fl == nil {
			fl = &fault{code: "TRAIL025", at: f.Prop("LogGroupName").Where(),
				message: fmt.Sprintf("%s %s is on log group %s, to which no trail delivers these events", what, name(f), match.Render(cloud.Text(f.Prop("LogGroupName"))))}
		}
		return v, fl
	}
	return v.And(arrives), nil
}

// recordedBy reports whether one trail records the event of a call.
func (w *world) recordedBy(t *cloud.Resource, k *weak) truth.Value {
	only := *w
	only.trails, only.memo = []*cloud.Resource{t}, map[string]recorded{}
	return only.recordedIn(k.event, k.event.Account).is
}

// groupOf returns the declared log group of a filter.
func (w *world) groupOf(f *cloud.Resource) *cloud.Resource {
	return w.m.ByRef(cloud.Text(f.Prop("LogGroupName")), f.Account, f.Region, "AWS::Logs::LogGroup")
}

// trailsTo returns the trails that deliver to the log group of a filter.
func (w *world) trailsTo(f *cloud.Resource) []*cloud.Resource {
	var out []*cloud.Resource
	want := cloud.Text(f.Prop("LogGroupName"))
	if x, err := arn.Parse(want); err == nil {
		want = strings.TrimSuffix(strings.TrimPrefix(x.Resource, "log-group:"), ":*")
	}
	for _, t := range w.trails {
		x, err := arn.Parse(strings.TrimSuffix(cloud.Text(t.Prop("CloudWatchLogsLogGroupArn")), ":*"))
		if err == nil && x.Account == f.Account && x.Region == f.Region && strings.TrimPrefix(x.Resource, "log-group:") == want && want != "" {
			out = append(out, t)
		}
	}
	return out
}

// deliversLog reports whether a trail may write to its log group.
func (w *world) deliversLog(t *cloud.Resource) (truth.Value, *fault) {
	role := t.Prop("CloudWatchLogsRoleArn")
	if role == nil {
		return truth.No, &fault{code: "TRAIL025", at: t.Span, message: fmt.Sprintf("trail %s has no CloudWatchLogsRoleArn to write to its log group with", name(t))}
	}
	// The group is in the region and the account of the trail
	// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html).
	if x, err := arn.Parse(cloud.Text(t.Prop("CloudWatchLogsLogGroupArn"))); err == nil && match.Equal(x.Region, t.Region) == truth.No {
		return truth.No, &fault{code: "TRAIL025", at: t.Prop("CloudWatchLogsLogGroupArn").Where(), message: fmt.Sprintf("trail %s is in %s and its log group in %s", name(t), t.Region, x.Region)}
	}
	if v, f := w.sealed(t); v == truth.No {
		return v, f
	}
	r := w.alone[t]
	if r == nil {
		return truth.Yes, nil
	}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			if c.Failed() && (c.Row.ID == "cloudtrail.logs" || c.Request.Action == "sts:AssumeRole") {
				return truth.No, &fault{code: "TRAIL025", at: c.Target.At,
					message: fmt.Sprintf("trail %s cannot write to its log group: %s is denied to %s by layer %s", name(t), c.Request.Action, caller(c), c.Decision.Layer)}
			}
		}
	}
	return truth.Yes, nil
}

// sealed reports whether the log group of a trail can use the key that it has:
// without it CloudWatch Logs takes nothing in.
func (w *world) sealed(t *cloud.Resource) (truth.Value, *fault) {
	g := w.m.Resource(strings.TrimSuffix(cloud.Text(t.Prop("CloudWatchLogsLogGroupArn")), ":*"))
	if g != nil {
		if key := w.keyOf(g, "KmsKeyId"); key != nil && disabled(key) {
			return truth.No, &fault{code: "TRAIL025", at: key.Span, message: fmt.Sprintf("the key of log group %s is disabled", name(g))}
		}
	}
	if g == nil || w.alone[g] == nil {
		return truth.Yes, nil
	}
	for _, s := range w.alone[g].Steps {
		for _, c := range s.Calls {
			if c.Failed() {
				return truth.No, &fault{code: "TRAIL025", at: c.Target.At,
					message: fmt.Sprintf("log group %s cannot use its key: %s is denied to %s by layer %s", name(g), c.Request.Action, caller(c), c.Decision.Layer)}
			}
		}
	}
	return truth.Yes, nil
}

func (w *world) metricFilter(f *cloud.Resource) *alert {
	a := w.onLog(f, "metric filter")
	if g := w.groupOf(f); g != nil && g.Prop("LogGroupClass").Str() == "INFREQUENT_ACCESS" {
		// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
		a.fault = &fault{code: "TRAIL025", at: g.Prop("LogGroupClass").Where(), message: fmt.Sprintf("log group %s is of class INFREQUENT_ACCESS, which has no metric filters", name(g))}
		return a
	}
	for t := range f.Prop("MetricTransformations").Elems() {
		v, fl, alarms := w.alarmed(f, t)
		if v > a.live || a.fault == nil {
			a.fault = fl
		}
		if v != truth.No {
			a.resources = append(a.resources, alarms...)
		}
		a.live = a.live.Or(v)
	}
	if a.live == truth.Yes {
		a.fault = nil
	}
	a.rests = w.restsOn(a.live, func() truth.Value {
		v := truth.No
		for t := range f.Prop("MetricTransformations").Elems() {
			x, _, _ := w.alarmed(f, t)
			v = v.Or(x)
		}
		return v
	})
	return a
}

// alarmed reports whether some alarm on a metric goes off at one event and
// tells somebody.
func (w *world) alarmed(f *cloud.Resource, t *doc.Node) (v truth.Value, worst *fault, used []*cloud.Resource) {
	space, metric := t.Get("MetricNamespace").Str(), t.Get("MetricName").Str()
	n := 0
	for al := range w.m.OfType("AWS::CloudWatch::Alarm") {
		if al.Account != f.Account || al.Region != f.Region {
			continue
		}
		on := watches(al, space, metric, t)
		if on == truth.No {
			continue
		}
		n++
		x, fl, more := w.goesOff(al, t)
		if x = x.And(on); len(al.Maybe) > 0 {
			x = x.And(truth.Maybe)
			if fl == nil {
				fl = &fault{code: "TRAIL090", at: al.Span, message: "alarm " + name(al) + " exists under a condition", depends: al.Maybe}
			}
		}
		if x > v || worst == nil {
			worst = fl
		}
		if x != truth.No {
			used = append(append(used, al), more...)
		}
		v = v.Or(x)
	}
	if n == 0 {
		worst = &fault{code: "TRAIL026", at: f.Span, message: fmt.Sprintf("metric filter %s counts %s/%s, on which there is no alarm with the same dimensions", name(f), match.Render(space), match.Render(metric))}
	}
	return v, worst, used
}

// watches reports whether an alarm is on a metric, with its dimensions: a
// metric with other dimensions is another metric
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension).
func watches(al *cloud.Resource, space, metric string, t *doc.Node) truth.Value {
	if n := al.Prop("Metrics"); n != nil && n.Kind != doc.Null {
		// Of an expression over metrics it is not known at what it goes off.
		for q := range n.Elems() {
			m := q.At("MetricStat", "Metric")
			if match.Equal(m.Get("Namespace").Str(), space) != truth.No && match.Equal(m.Get("MetricName").Str(), metric) != truth.No {
				return truth.Maybe
			}
		}
		return truth.No
	}
	v := match.Equal(al.Prop("Namespace").Str(), space).And(match.Equal(al.Prop("MetricName").Str(), metric))
	have := map[string]bool{}
	for d := range t.Get("Dimensions").Elems() {
		have[d.Get("Key").Str()] = true
	}
	n := 0
	for d := range al.Prop("Dimensions").Elems() {
		n++
		if !have[d.Get("Name").Str()] {
			return truth.No
		}
		v = v.And(truth.Maybe) // for events with that value only
	}
	if n != len(have) {
		return truth.No
	}
	return v
}

// goesOff reports whether an alarm goes off at one event and tells somebody.
func (w *world) goesOff(al *cloud.Resource, t *doc.Node) (truth.Value, *fault, []*cloud.Resource) {
	fail := func(format string, a ...any) (truth.Value, *fault, []*cloud.Resource) {
		return truth.No, &fault{code: "TRAIL026", at: al.Span, message: fmt.Sprintf(format, a...)}, nil
	}
	if v := al.Prop("ActionsEnabled"); v.Str() == "false" {
		x, f, _ := fail("the actions of alarm %s are switched off", name(al))
		f.at, f.fixes = v.Where(), w.put(al, "switch the alarm's actions on", "ActionsEnabled", splice.Bool(true))
		return x, f, nil
	}
	fires, why := single(al, t)
	if fires == truth.No {
		return fail("alarm %s does not go off at one event: %s", name(al), why)
	}
	v := truth.No
	var worst *fault
	var used []*cloud.Resource
	n := 0
	for act := range al.Prop("AlarmActions").Elems() {
		n++
		to := cloud.Text(act)
		x, err := arn.Parse(to)
		if err != nil {
			v = v.Or(truth.Maybe)
			worst = &fault{code: "TRAIL090", at: act.Where(), message: "what alarm " + name(al) + " tells is not known", depends: []string{"the action " + match.Render(to) + " of alarm " + name(al)}}
			continue
		}
		if x.Service == "lambda" && w.code(x) {
			continue
		}
		y, f := truth.Maybe, &fault{code: "TRAIL090", at: act.Where(), message: "what alarm " + name(al) + " does is not in the catalogue", depends: []string{"the action " + match.Render(to)}}
		if x.Service == "sns" || x.Service == "lambda" {
			y, f = w.allowed(w.alone[al], act.Where(), "alarm "+name(al), match.Render(x.Name()))
		}
		if y != truth.No && x.Service == "sns" {
			topic := w.m.Resource(to)
			if topic != nil {
				used = append(used, topic)
			}
			s, sf := w.subscribed(to, topic, act.Where(), nil)
			if y = y.And(s); sf != nil {
				f = sf
			}
		}
		if y > v || worst == nil {
			worst = f
		}
		v = v.Or(y)
	}
	if n == 0 {
		if comp := w.composite(al); comp != nil {
			return truth.Maybe, &fault{code: "TRAIL090", at: comp.Span, message: "alarm " + name(al) + " tells by way of a composite alarm",
				depends: []string{"when composite alarm " + name(comp) + " goes off"}}, []*cloud.Resource{comp}
		}
		return fail("alarm %s has no AlarmActions", name(al))
	}
	if v == truth.Yes {
		worst = nil
	}
	if fires == truth.Maybe {
		v = v.And(fires)
		if worst == nil {
			worst = &fault{code: "TRAIL090", at: al.Span, message: "alarm " + name(al) + " may not go off at one event", depends: []string{why}}
		}
	}
	return v, worst, used
}

func (w *world) composite(al *cloud.Resource) *cloud.Resource {
	for c := range w.m.OfType("AWS::CloudWatch::CompositeAlarm") {
		if rule := cloud.Text(c.Prop("AlarmRule")); strings.Contains(rule, al.Name) || strings.Contains(rule, al.ARN) {
			return c
		}
	}
	return nil
}

// single reports whether one event in a period sets an alarm off: what the
// statistic makes of it is compared with the threshold, and one point of those
// that are looked at suffices
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation).
func single(al *cloud.Resource, t *doc.Node) (truth.Value, string) {
	if n := al.Prop("Period"); n == nil || n.Kind == doc.Null {
		return truth.No, "it has no Period"
	}
	value := t.Get("MetricValue").Str()
	if strings.HasPrefix(value, "$") {
		return truth.Maybe, "the value of the metric, which is taken from the event"
	}
	idle := t.Get("DefaultValue") != nil
	// A metric filter counts without a unit, or with its own, and an alarm with
	// another looks at nothing
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, Unit).
	if u := al.Prop("Unit").Str(); u != "" && !match.HasHole(u) && u != cmp.Or(t.Get("Unit").Str(), "None") {
		return truth.No, fmt.Sprintf("it looks at points with the unit %s, and the filter gives %s", u, cmp.Or(t.Get("Unit").Str(), "None"))
	}
	if al.Prop("TreatMissingData").Str() == "breaching" {
		return truth.No, "points that are missing count as over the threshold, so that it is in alarm all the time, and only a change of its state is told"
	}
	switch al.Prop("Statistic").Str() {
	case "Sum", "Maximum":
	case "SampleCount":
		if idle {
			return truth.No, "its statistic counts the points of the default value too, so that it is off or on all the time"
		}
		value = "1"
	case "Average", "Minimum":
		if idle {
			return truth.No, fmt.Sprintf("its statistic is %s, which the default value pulls down", al.Prop("Statistic").Str())
		}
	default:
		return truth.Maybe, "the statistic of alarm " + name(al)
	}
	n, ok := number(value)
	limit, ok2 := number(al.Prop("Threshold").Str())
	if !ok || !ok2 {
		return truth.Maybe, "the threshold of alarm " + name(al)
	}
	c := n.Cmp(limit)
	over := false
	switch op := al.Prop("ComparisonOperator").Str(); op {
	case "GreaterThanOrEqualToThreshold":
		over = c >= 0
	case "GreaterThanThreshold":
		over = c > 0
	case "LessThanThreshold", "LessThanOrEqualToThreshold":
		return truth.No, fmt.Sprintf("its comparison is %s", op)
	default:
		return truth.Maybe, "the comparison of alarm " + name(al)
	}
	if !over {
		return truth.No, fmt.Sprintf("one event makes %s and the threshold is %s", value, al.Prop("Threshold").Str())
	}
	if zero, ok := number(t.Get("DefaultValue").Str()); ok && idle {
		if c := zero.Cmp(limit); c > 0 || c == 0 && al.Prop("ComparisonOperator").Str() == "GreaterThanOrEqualToThreshold" {
			return truth.No, "the default value reaches the threshold too, so that it is in alarm all the time, and only a change of its state is told"
		}
	}
	periods := al.Prop("EvaluationPeriods").Str()
	need := al.Prop("DatapointsToAlarm").Str()
	if need == "" {
		need = periods
	}
	switch {
	case match.HasHole(need):
		return truth.Maybe, "how many points set off alarm " + name(al)
	case need == "1":
		return truth.Yes, ""
	case idle || al.Prop("TreatMissingData").Str() == "notBreaching":
		return truth.No, fmt.Sprintf("it needs %s points over the threshold and an event makes one", need)
	default:
		return truth.Maybe, "whether alarm " + name(al) + " goes off with points missing"
	}
}

func number(s string) (*big.Rat, bool) {
	if s == "" || len(s) > 32 || strings.ContainsAny(s, "/_xXeEpP") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func (w *world) subscriptionFilter(f *cloud.Resource) *alert {
	a := w.onLog(f, "subscription filter")
	x, err := arn.Parse(cloud.Text(f.Prop("DestinationArn")))
	if err != nil || x.Service != "lambda" {
		a.live = truth.No // a stream tells nobody by itself
		a.fault = &fault{code: "TRAIL023", at: f.Span, message: fmt.Sprintf("subscription filter %s hands the log to a stream, which tells nobody by itself", name(f))}
		return a
	}
	a.live, a.fault = w.allowed(w.alone[f], f.Prop("DestinationArn").Where(), "subscription filter "+name(f), match.Render(x.Name()))
	if a.live == truth.Yes {
		a.rests = []string{match.Render(x.Name())}
	}
	return a
}
