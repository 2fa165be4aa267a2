package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
)

// trail tells what is recorded, and what people are told of.
func (v *reviewer) trail() {
	trails := table{head: []string{"Trail", "Covers", "Writes to", "Data events", "Kept honest by"}}
	for r := range v.m.OfType("AWS::CloudTrail::Trail") {
		covers := say(r.Region)
		if yes(r, "IsMultiRegionTrail") {
			covers = say("every region")
		}
		if yes(r, "IsOrganizationTrail") {
			covers = append(covers, run{text: " of every account of the organization"})
		} else {
			covers = append(covers, run{text: " of " + v.account(r.Account)})
		}
		to := say(code(match.Render(cloud.Text(r.Prop("S3BucketName")))))
		if r.Prop("CloudWatchLogsLogGroupArn") != nil {
			to = append(to, br, dim("and a log group"))
		}
		var honest []string
		for _, x := range [][2]string{{"EnableLogFileValidation", "digests of the files"}} {
			if yes(r, x[0]) {
				honest = append(honest, x[1])
			}
		}
		if r.Prop("KMSKeyId") != nil {
			honest = append(honest, "a key of its own")
		}
		if n := r.Prop("InsightSelectors"); n != nil && len(n.Items) > 0 {
			honest = append(honest, "Insights")
		}
		trails.rows = append(trails.rows, []prose{stacked(say(bold(show(r.Name))), say(dim(v.account(r.Account)+" "+r.Region))), covers, to, dataEvents(r), say(strings.Join(honest, ", "))})
	}
	if len(trails.rows) == 0 {
		v.add(para{say("These templates declare no trail. What is recorded is for whoever keeps one elsewhere.")})
	} else {
		v.add(trails)
	}
	v.rules()
	v.alarms()
	v.subscribers()
}

func yes(r *cloud.Resource, prop string) bool { return cloud.Text(r.Prop(prop)) == "true" }

// dataEvents names the types of resources whose use a trail records.
func dataEvents(r *cloud.Resource) prose {
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for sel := range r.Prop("AdvancedEventSelectors").Elems() {
		for f := range sel.Get("FieldSelectors").Elems() {
			if cloud.Text(f.Get("Field")) == "resources.type" {
				for x := range f.Get("Equals").Elems() {
					add(strings.TrimPrefix(match.Render(cloud.Text(x)), "AWS::"))
				}
			}
		}
	}
	for sel := range r.Prop("EventSelectors").Elems() {
		for d := range sel.Get("DataResources").Elems() {
			add(strings.TrimPrefix(match.Render(cloud.Text(d.Get("Type"))), "AWS::"))
		}
	}
	if len(out) == 0 {
		return say(dim("none"))
	}
	return series(plain, out)
}

// An alertRule is a rule in all the places where it stands.
type alertRule struct {
	name, about, state string
	calls              []string
	places             places
}

// places are accounts by region.
type places struct {
	regions  []string
	accounts map[string][]string
}

func (p *places) add(region, account string) {
	if p.accounts == nil {
		p.accounts = map[string][]string{}
	}
	if p.accounts[region] == nil {
		p.regions = append(p.regions, region)
	}
	if !slices.Contains(p.accounts[region], account) {
		p.accounts[region] = append(p.accounts[region], account)
	}
}

func (p *places) cell() prose {
	var out []prose
	for _, r := range p.regions {
		out = append(out, say(painted(unbroken, r), ": "+strings.Join(p.accounts[r], ", ")))
	}
	return stacked(out...)
}

// rules tells the rules that tell people, those of one name together.
func (v *reviewer) rules() {
	var all []*alertRule
	for r := range v.m.OfType("AWS::Events::Rule") {
		topic := false
		for t := range r.Prop("Targets").Elems() {
			topic = topic || strings.Contains(cloud.Text(t.Get("Arn")), ":sns:")
		}
		if !topic {
			continue
		}
		name := show(r.Name)
		i := slices.IndexFunc(all, func(a *alertRule) bool { return a.name == name })
		if i < 0 {
			all = append(all, &alertRule{name: name, about: cloud.Text(r.Prop("Description")), state: cloud.Text(r.Prop("State"))})
			i = len(all) - 1
		}
		a := all[i]
		a.places.add(r.Region, v.account(r.Account))
		eventNames(r.Prop("EventPattern"), func(s string) {
			if !slices.Contains(a.calls, s) {
				a.calls = append(a.calls, s)
			}
		})
	}
	if len(all) == 0 {
		return
	}
	t := table{head: []string{"Rule", "Tells of", "Calls", "In"}}
	for _, a := range all {
		about := say(a.about)
		if a.state == "DISABLED" {
			about = append(about, painted(bad, " disabled"))
		}
		slices.Sort(a.calls)
		t.rows = append(t.rows, []prose{say(bold(a.name)), about, calls(a.calls), a.places.cell()})
	}
	v.add(heading{level: 3, id: "rules", text: say("Rules that tell people at once")}, t)
}

func calls(names []string) prose {
	if len(names) == 0 {
		return say(dim("changes of state"))
	}
	return series(codeRun, names)
}

// eventNames finds the calls that a pattern names, at any depth.
func eventNames(n *doc.Node, add func(string)) {
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		if f.Name() == "eventName" {
			for x := range f.Value.Elems() {
				if x.IsScalar() {
					add(match.Render(cloud.Text(x)))
				}
			}
			continue
		}
		eventNames(f.Value, add)
	}
	for _, x := range n.Items {
		eventNames(x, add)
	}
}

// alarms tells the alarms over what the trail writes.
func (v *reviewer) alarms() {
	t := table{head: []string{"Alarm", "Of", "In"}}
	var names []string
	rows := map[string][]prose{}
	in := map[string]*places{}
	for r := range v.m.OfType("AWS::CloudWatch::Alarm") {
		name := show(r.Name)
		if rows[name] == nil {
			names = append(names, name)
			about := cloud.Text(r.Prop("AlarmDescription"))
			metric := match.Render(cloud.Text(r.Prop("MetricName")))
			rows[name] = []prose{say(bold(name)), say(about, " ", dim(metric))}
		}
		if in[name] == nil {
			in[name] = &places{}
		}
		in[name].add(r.Region, v.account(r.Account))
	}
	for _, n := range names {
		t.rows = append(t.rows, append(rows[n], in[n].cell()))
	}
	if len(t.rows) > 0 {
		v.add(heading{level: 3, id: "alarms", text: say("Alarms")}, t)
	}
}

// subscribers tells who hears.
func (v *reviewer) subscribers() {
	who := map[string]int{}
	var order []string
	for r := range v.m.OfType("AWS::SNS::Subscription") {
		e := show(cloud.Text(r.Prop("Protocol"))) + " " + show(cloud.Text(r.Prop("Endpoint")))
		if who[e] == 0 {
			order = append(order, e)
		}
		who[e]++
	}
	for r := range v.m.OfType("AWS::SNS::Topic") {
		for s := range r.Prop("Subscription").Elems() {
			e := show(cloud.Text(s.Get("Protocol"))) + " " + show(cloud.Text(s.Get("Endpoint")))
			if who[e] == 0 {
				order = append(order, e)
			}
			who[e]++
		}
	}
	if len(order) == 0 {
		return
	}
	var items []prose
	for _, e := range order {
		kind, at, _ := strings.Cut(e, " ")
		items = append(items, say(code(at), " by "+kind, dim(fmt.Sprintf(", %s; each to be confirmed once", count(who[e], "topic")))))
	}
	v.add(heading{level: 3, id: "told", text: say("Who is told")}, list{items: items})
}
