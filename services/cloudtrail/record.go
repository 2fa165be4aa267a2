package cloudtrail

import (
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
	"penstock/truth"
)

// An Event is a call that may be recorded.
type Event struct {
	Shape
	Name     string // one of Shape.Names
	Account  string // where it is recorded
	Region   string // where it is made
	Resource string // ARN, of a data event
}

// A Gap says why a trail does not record an event.
type Gap uint8

// The gaps, in the order in which they are looked for.
const (
	NoGap Gap = iota
	OtherAccount
	NotLogging
	OtherRegion
	NoGlobals    // events of global services
	NoManagement // management events, or the reading or writing ones
	Excluded     // events of one source, or by another field
	NoData       // data events of that resource
)

const (
	globalPage   = guide + "cloudtrail-concepts.html#cloudtrail-concepts-global-service-events"
	selectorPage = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html"
	advancedPage = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html"
)

// flag reads a boolean property: what it is where it is absent is given.
func flag(n *doc.Node, absent bool) truth.Value {
	switch {
	case n == nil || n.Kind == doc.Null:
		return truth.Of(absent)
	case len(n.Maybe) > 0 || n.Kind == doc.Unknown || match.HasHole(n.Str()):
		return truth.Maybe
	default:
		return truth.Of(strings.EqualFold(n.Str(), "true"))
	}
}

// Logging reports whether a trail is switched on.
func Logging(t *cloud.Resource) truth.Value { return flag(t.Prop("IsLogging"), true) }

// Everywhere reports whether a trail records in all regions.
func Everywhere(t *cloud.Resource) truth.Value { return flag(t.Prop("IsMultiRegionTrail"), false) }

// Validates reports whether a trail writes digests of its files
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html).
func Validates(t *cloud.Resource) truth.Value { return flag(t.Prop("EnableLogFileValidation"), false) }

// OfOrganization reports whether a trail records all accounts of the
// organization (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html).
func OfOrganization(t *cloud.Resource) truth.Value { return flag(t.Prop("IsOrganizationTrail"), false) }

// home is where events of global services are recorded
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events,
// for other partitions their first region; assumed).
func home(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "cn-north-1"
	case strings.HasPrefix(region, "us-gov-"):
		return "us-gov-west-1"
	default:
		return "us-east-1"
	}
}

// RecordedIn returns the region in which an event is recorded.
func (e *Event) RecordedIn() string {
	if e.Global {
		return home(e.Region)
	}
	return e.Region
}

// Records reports whether a trail records an event, as far as its own
// properties go, and why it does not or may not.
func Records(t *cloud.Resource, e *Event) (truth.Value, Gap) {
	own := truth.Of(t.Account == e.Account).Or(OfOrganization(t))
	if own == truth.No {
		return truth.No, OtherAccount
	}
	on := Logging(t)
	if on == truth.No {
		return truth.No, NotLogging
	}
	globals := truth.Yes
	if e.Global {
		// Switched off it is refused for a trail of all regions.
		if globals = flag(t.Prop("IncludeGlobalServiceEvents"), true); globals == truth.No {
			return truth.No, NoGlobals
		}
	}
	where := Everywhere(t)
	if where != truth.Yes {
		// Since November 2021 a trail of one region has the events of global
		// services only if that region is theirs.
		if where = where.Or(match.Equal(t.Region, e.RecordedIn())); where == truth.No {
			if e.Global {
				return truth.No, NoGlobals
			}
			return truth.No, OtherRegion
		}
	}
	sel, gap := selects(t, e)
	return sel.And(own).And(on).And(where).And(globals), gap
}

// selects applies the trail's event selectors; without any it records all
// management events and no data events.
func selects(t *cloud.Resource, e *Event) (truth.Value, Gap) {
	if adv := t.Prop("AdvancedEventSelectors"); adv != nil && adv.Kind != doc.Null {
		return advanced(adv, e)
	}
	classic := t.Prop("EventSelectors")
	if classic == nil || classic.Kind == doc.Null {
		if e.Class == Management {
			return truth.Yes, NoGap
		}
		return truth.No, NoData
	}
	if classic.Kind == doc.Unknown {
		return truth.Maybe, NoGap
	}
	out, gap := truth.No, NoManagement
	if e.Class == Data {
		gap = NoData
	}
	for s := range classic.Elems() {
		v, g := basic(s, e)
		if len(s.Maybe) > 0 {
			v = v.And(truth.Maybe)
		}
		if g == Excluded && v == truth.No {
			gap = Excluded
		}
		out = out.Or(v)
	}
	return out, gap
}

// basic applies one event selector
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html).
func basic(s *doc.Node, e *Event) (truth.Value, Gap) {
	if s.Kind == doc.Unknown {
		return truth.Maybe, NoGap
	}
	v := truth.Yes
	switch rw := s.Get("ReadWriteType"); {
	case rw == nil || rw.Str() == "All":
	case match.HasHole(rw.Str()) || rw.Kind == doc.Unknown:
		v = truth.Maybe
	default:
		v = truth.Of(rw.Str() == "ReadOnly" && e.ReadOnly || rw.Str() == "WriteOnly" && !e.ReadOnly)
	}
	if e.Class == Management {
		v = v.And(flag(s.Get("IncludeManagementEvents"), true))
		out := truth.No
		for x := range s.Get("ExcludeManagementEventSources").Elems() {
			is := match.Equal(x.Str(), e.Source)
			if x.Kind == doc.Unknown || len(x.Maybe) > 0 {
				is = truth.Maybe
			}
			out = out.Or(is)
		}
		if out == truth.Yes && v != truth.No {
			return truth.No, Excluded
		}
		return v.And(out.Not()), NoManagement
	}
	// Classic selectors know these alone.
	if e.Type != "AWS::S3::Object" && e.Type != "AWS::Lambda::Function" && e.Type != "AWS::DynamoDB::Table" {
		return truth.No, NoData
	}
	in := truth.No
	for d := range s.Get("DataResources").Elems() {
		if d.Kind == doc.Unknown {
			in = in.Or(truth.Maybe)
			continue
		}
		if match.Equal(d.Get("Type").Str(), e.Type) == truth.No {
			continue
		}
		for val := range d.Get("Values").Elems() {
			w := dataResource(val, e)
			if len(val.Maybe) > 0 || len(d.Maybe) > 0 {
				w = w.And(truth.Maybe)
			}
			in = in.Or(w)
		}
	}
	return v.And(in), NoData
}

// dataResource reports whether a value of DataResources is the event's
// resource: the start of an ARN for S3, "arn:aws:s3" and the like for all, a
// whole ARN else
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html).
func dataResource(n *doc.Node, e *Event) truth.Value {
	if n.Kind == doc.Unknown {
		return truth.Maybe
	}
	s := n.Str()
	if strings.Count(s, ":") == 2 && !match.HasHole(s) {
		return truth.Of(strings.HasPrefix(e.Resource, s+":"))
	}
	if e.Type == "AWS::S3::Object" {
		return starts(e.Resource, s)
	}
	return match.Equal(e.Resource, s).Or(starts(e.Resource, s+":"))
}

func starts(s, with string) truth.Value {
	var b match.Builder
	b.Text(with)
	b.Wild("*")
	p := b.Pattern()
	return p.Match(s)
}

func ends(s, with string) truth.Value {
	var b match.Builder
	b.Wild("*")
	b.Text(with)
	p := b.Pattern()
	return p.Match(s)
}

// advanced applies advanced event selectors: one of them will do, whose field
// selectors must all hold.
func advanced(n *doc.Node, e *Event) (truth.Value, Gap) {
	if n.Kind == doc.Unknown {
		return truth.Maybe, NoGap
	}
	gap := NoManagement
	if e.Class == Data {
		gap = NoData
	}
	out := truth.No
	for s := range n.Elems() {
		v := truth.Yes
		if s.Kind == doc.Unknown {
			v = truth.Maybe
		} else if !valid(s) {
			continue
		}
		category := truth.Yes
		for f := range s.Get("FieldSelectors").Elems() {
			w := field(f, e)
			if len(f.Maybe) > 0 {
				w = w.Or(truth.Maybe).And(truth.Maybe)
			}
			if f.Get("Field").Str() == "eventCategory" {
				category = category.And(w)
			}
			v = v.And(w)
		}
		if len(s.Maybe) > 0 {
			v = v.And(truth.Maybe)
		}
		if category == truth.Yes && v == truth.No && e.Class == Management {
			gap = Excluded
		}
		out = out.Or(v)
	}
	return out, gap
}

// valid reports whether CloudTrail takes an advanced event selector: it asks
// for the category, for data events for the type of the resource, and each of
// its field selectors has an operator
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html).
// A trail that it refuses records nothing by that selector.
func valid(s *doc.Node) bool {
	fields := map[string]string{}
	for f := range s.Get("FieldSelectors").Elems() {
		if f.Kind == doc.Unknown {
			return true
		}
		ops := 0
		for _, op := range [...]string{"Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"} {
			for range f.Get(op).Elems() {
				ops++
			}
		}
		if ops == 0 {
			return false
		}
		first := ""
		for e := range f.Get("Equals").Elems() {
			first = e.Str()
		}
		fields[f.Get("Field").Str()] = first
	}
	category, ok := fields["eventCategory"]
	if category == "Data" {
		_, typed := fields["resources.type"]
		return typed
	}
	return ok
}

// field applies one field selector. Of a field about the caller, which could
// be anybody, the answer is Maybe.
func field(f *doc.Node, e *Event) truth.Value {
	var is string
	switch f.Get("Field").Str() {
	case "eventCategory":
		is = map[Class]string{Management: "Management", Data: "Data"}[e.Class]
	case "readOnly":
		is = "false"
		if e.ReadOnly {
			is = "true"
		}
	case "eventSource":
		is = e.Source
	case "eventName":
		is = e.Name
	case "eventType":
		is = "AwsApiCall"
	case "resources.type":
		if is = e.Type; is == "" {
			return truth.No
		}
	case "resources.ARN":
		if is = e.Resource; is == "" {
			return truth.No
		}
	default:
		return truth.Maybe
	}
	some, asked := truth.No, false
	all := truth.Yes
	for _, op := range [...]struct {
		name string
		not  bool
		test func(s, with string) truth.Value
	}{
		{"Equals", false, match.Equal}, {"StartsWith", false, starts}, {"EndsWith", false, ends},
		{"NotEquals", true, match.Equal}, {"NotStartsWith", true, starts}, {"NotEndsWith", true, ends},
	} {
		for n := range f.Get(op.name).Elems() {
			v := op.test(is, n.Str())
			if n.Kind == doc.Unknown || len(n.Maybe) > 0 {
				v = truth.Maybe
			}
			if op.not {
				all = all.And(v.Not())
			} else {
				asked, some = true, some.Or(v)
			}
		}
	}
	if asked {
		return all.And(some)
	}
	return all
}
