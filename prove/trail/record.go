package trail

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/prove"
	"penstock/services/cloudtrail"
	"penstock/source"
	"penstock/truth"
)

// A record is an event that a trail is to hold. It is recorded in the account
// of whoever calls and in that of the resource; one of the two will do
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
// sharedEventID).
type record struct {
	event    cloudtrail.Event
	accounts []string
	at       source.Span
}

func newRecord(shape cloudtrail.Shape, c *prove.Call) *record {
	r := &record{at: c.Target.At}
	r.event = cloudtrail.Event{Shape: shape, Name: shape.Names[0], Region: c.Target.Region}
	if site := c.Step.Site(); r.event.Region == "" && site != nil {
		r.event.Region = site.Region
	}
	if shape.Class == cloudtrail.Data {
		r.event.Resource = c.Request.Resource
		if shape.Type == "AWS::S3::Object" && !strings.Contains(r.event.Resource, "/") {
			r.event.Resource += "/" // the bucket, for selectors of all its objects
		}
	}
	for _, a := range [...]string{c.Request.ResourceAccount, arn.Account(c.Request.Principal.ARN)} {
		if a != "" {
			r.accounts = add(r.accounts, a)
		}
	}
	if site := c.Step.Site(); len(r.accounts) == 0 && site != nil {
		r.accounts = []string{site.Account}
	}
	return r
}

func (r *record) key() string {
	return fmt.Sprint(r.event.Source, r.event.Names, r.event.Region, r.event.Resource, r.accounts)
}

// recorded is whether some trail holds an event, and if none, the trail that
// comes nearest and why it does not.
type recorded struct {
	is    truth.Value
	gap   cloudtrail.Gap
	trail *cloud.Resource
}

// undelivered is the gap of a trail whose files nobody takes.
const undelivered cloudtrail.Gap = 100

// recordedIn asks the trails about an event of one account.
func (w *world) recordedIn(e cloudtrail.Event, account string) recorded {
	e.Account = account
	k := fmt.Sprint(e.Source, e.Name, e.Class, e.Region, e.Resource, account)
	if r, ok := w.memo[k]; ok {
		return r
	}
	out := recorded{gap: cloudtrail.OtherAccount}
	for _, t := range w.trails {
		v, gap := cloudtrail.Records(t, &e)
		if len(t.Maybe) > 0 {
			v = v.And(truth.Maybe)
		}
		if v != truth.No && w.delivers(t) == truth.No {
			v, gap = truth.No, undelivered
		}
		switch {
		case v > out.is:
			out = recorded{v, gap, t}
		case v == truth.No && out.is == truth.No && gap > out.gap:
			out = recorded{v, gap, t}
		}
	}
	w.memo[k] = out
	return out
}

// recorded asks about a record: in one of its accounts.
func (w *world) recorded(r *record) recorded {
	var best recorded
	for i, a := range r.accounts {
		x := w.recordedIn(r.event, a)
		if i == 0 || x.is > best.is || x.is == best.is && x.is == truth.No && x.gap > best.gap {
			best = x
		}
	}
	return best
}

// delivers reports whether a trail can write to its bucket, with its key: what
// theorem one found. CloudTrail refuses to make a trail that cannot, so what
// only depends on what no stack declares is taken to be there.
func (w *world) delivers(t *cloud.Resource) truth.Value {
	if n := t.Prop("S3BucketName"); n == nil || n.Kind == doc.Null {
		return truth.No
	}
	if key := w.keyOf(t, "KMSKeyId"); key != nil && disabled(key) {
		return truth.No
	}
	r := w.alone[t]
	if r == nil {
		return truth.Yes
	}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			if c.Failed() && (c.Row.ID == "cloudtrail.bucket" || c.Row.ID == "cloudtrail.write" || c.Row.ID == "cloudtrail.encrypt" || c.Row.ID == "cloudtrail.key") {
				return truth.No
			}
		}
	}
	return truth.Yes
}

// disabled reports whether a key is declared to be of no use.
func disabled(key *cloud.Resource) bool { return key.Prop("Enabled").Str() == "false" }

// A missing is events that are missing for one reason.
type missing struct {
	account string
	gap     cloudtrail.Gap
	trail   *cloud.Resource
	maybe   bool
	kind    string // of data events: their resource type
	actions []string
	where   []string // resources of data events, regions
	data    []string // what a selector for the data events names
	first   source.Span
}

// record says which events no trail holds, one finding a reason.
func (w *world) record() {
	var order []*missing
	index := map[string]*missing{}
	note := func(r recorded, e *cloudtrail.Event, account string, at source.Span) {
		if r.is == truth.Yes {
			return
		}
		m := missing{account: account, gap: r.gap, trail: r.trail, maybe: r.is == truth.Maybe, kind: e.Type, first: at}
		if m.trail == nil || m.gap == cloudtrail.OtherAccount || m.gap == cloudtrail.NotLogging || m.gap == undelivered {
			m.kind = ""
		}
		k := fmt.Sprint(m.account, m.gap, m.trail != nil, m.maybe, m.kind)
		if m.trail != nil && m.gap != cloudtrail.OtherAccount {
			k = fmt.Sprint(m.trail.ID(), m.gap, m.maybe, m.kind)
		}
		if index[k] == nil {
			index[k] = &m
			order = append(order, &m)
		}
		g := index[k]
		g.actions = add(g.actions, e.Action)
		if e.Class == cloudtrail.Data {
			g.where = add(g.where, container(e.Resource))
			g.data = add(g.data, selector(e))
		} else {
			g.where = add(g.where, e.RecordedIn())
		}
	}
	for _, c := range w.calls {
		note(w.recorded(c), &c.event, c.accounts[0], c.at)
	}
	for _, k := range w.weak {
		note(w.recordedIn(k.event, k.event.Account), &k.event, k.event.Account, k.at)
	}
	for _, m := range order {
		w.found = append(w.found, w.gapFinding(m))
	}
}

// selector is what a selector for a data event names: the whole bucket of an
// object, else the resource.
func selector(e *cloudtrail.Event) string {
	if e.Type == "AWS::S3::Object" {
		bucket, _, _ := strings.Cut(e.Resource, "/")
		return bucket + "/"
	}
	return e.Resource
}

// container names what a data event is about, for people.
func container(a string) string {
	x, err := arn.Parse(a)
	if err != nil {
		return match.Render(a)
	}
	if x.Service == "s3" {
		b, _, _ := strings.Cut(x.Resource, "/")
		return "bucket " + match.Render(b)
	}
	return match.Render(x.Name())
}

func (w *world) gapFinding(m *missing) diag.Finding {
	slices.Sort(m.actions)
	calls := list(m.actions, 4)
	f := diag.Finding{Severity: diag.Error, Certainty: diag.Proved, At: m.first}
	if m.trail != nil {
		f.At = m.trail.Span
	}
	if m.maybe {
		f.Code, f.Certainty, f.Severity = "TRAIL090", diag.Possible, diag.Warning
		f.Depends = []string{"what trail " + name(m.trail) + " records"}
		f.Message = fmt.Sprintf("whether trail %s records %s rests on values that no template shows", name(m.trail), calls)
		return f
	}
	if m.gap == cloudtrail.NoManagement || m.gap == cloudtrail.Excluded || m.gap == cloudtrail.NoData {
		f.Fixes = w.choose(m)
	}
	switch {
	case m.gap == undelivered:
		f.Code = "TRAIL007"
		f.Message = fmt.Sprintf("trail %s cannot deliver: it has no bucket, or its bucket or its key refuses it, so that nothing of account %s is recorded", name(m.trail), m.trail.Account)
		f.At, f.Related = w.refusal(m.trail)
	case m.gap == cloudtrail.OtherAccount:
		f.Code, f.At = "TRAIL002", m.first
		if !w.m.Owned(m.account) {
			f.Severity, f.Certainty = diag.Warning, diag.Possible
			f.Depends = []string{"whether a trail records account " + match.Render(m.account) + ", which no stack describes"}
		}
		f.Message = fmt.Sprintf("no trail records account %s: %s there %s no trace", match.Render(m.account), calls, leave(m.actions))
	case m.gap == cloudtrail.NotLogging:
		f.Code, f.At = "TRAIL003", m.trail.Prop("IsLogging").Where()
		f.Message = fmt.Sprintf("trail %s is switched off (IsLogging: false): nothing of account %s is recorded", name(m.trail), m.trail.Account)
		f.Fixes = w.set(m.trail, "start the trail", "IsLogging", true)
	case m.gap == cloudtrail.OtherRegion || m.gap == cloudtrail.NoGlobals:
		f.Code = "TRAIL004"
		f.Message = fmt.Sprintf("trail %s records %s only, and %s %s recorded in %s: a change there is not seen", name(m.trail), m.trail.Region, calls, are(m.actions), list(m.where, 3))
		f.Fixes = w.set(m.trail, "record all regions", "IsMultiRegionTrail", true)
		if n := m.trail.Prop("IncludeGlobalServiceEvents"); m.gap == cloudtrail.NoGlobals && n.Str() == "false" {
			f.At = n.Where()
			f.Message = fmt.Sprintf("trail %s leaves out global services (IncludeGlobalServiceEvents: false): %s %s no trace", name(m.trail), calls, leave(m.actions))
			f.Fixes = w.set(m.trail, "include global services", "IncludeGlobalServiceEvents", true)
		}
	case m.gap == cloudtrail.NoManagement:
		f.Code, f.At = "TRAIL005", selectorsOf(m.trail)
		f.Message = fmt.Sprintf("the event selectors of trail %s leave out %s: %s %s no trace", name(m.trail), what(m.actions), calls, leave(m.actions))
	case m.gap == cloudtrail.Excluded:
		f.Code, f.At = "TRAIL005", selectorsOf(m.trail)
		f.Message = fmt.Sprintf("the event selectors of trail %s exclude some management events: %s %s no trace", name(m.trail), calls, leave(m.actions))
	default:
		f.Code, f.At = "TRAIL006", selectorsOf(m.trail)
		f.Message = fmt.Sprintf("trail %s has no data events (%s) of %s: %s %s no trace, whoever makes the call", name(m.trail), m.kind, list(m.where, 3), calls, leave(m.actions))
	}
	return f
}

func what(actions []string) string {
	read, write := false, false
	for _, a := range actions {
		if cloudtrail.ShapeOf(a).ReadOnly {
			read = true
		} else {
			write = true
		}
	}
	switch {
	case read && !write:
		return "management events that read"
	case write && !read:
		return "management events that write"
	default:
		return "management events"
	}
}

func leave(actions []string) string {
	if len(actions) == 1 {
		return "leaves"
	}
	return "leave"
}

func are(actions []string) string {
	if len(actions) == 1 {
		return "is"
	}
	return "are"
}

func selectorsOf(t *cloud.Resource) source.Span {
	for _, p := range [...]string{"AdvancedEventSelectors", "EventSelectors"} {
		if n := t.Prop(p); n != nil {
			return n.Where()
		}
	}
	return t.Span
}

// refusal is where a trail is refused.
func (w *world) refusal(t *cloud.Resource) (source.Span, []diag.Note) {
	if w.alone[t] == nil {
		return t.Span, nil
	}
	for _, s := range w.alone[t].Steps {
		for _, c := range s.Calls {
			if c.Failed() {
				return c.Target.At, []diag.Note{{At: t.Span, Message: c.Request.Action + " is denied to " + c.Request.Principal.Service + " by layer " + c.Decision.Layer}}
			}
		}
	}
	return t.Span, nil
}
