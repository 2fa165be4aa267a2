package ec2

import (
	"cmp"
	"slices"

	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// A job is something that runs in a VPC, and what it has to reach.
type job struct {
	world
	site   *service.Site
	net    *service.Network
	vpc    string // id, "" where it is not known
	places []place
	groups []string
	needs  []*need
}

// A need is one host that a job has to reach, and what becomes of it.
type need struct {
	host
	why   string
	at    source.Span
	need  service.Need
	basis service.Basis
	way   way
	// part is set where only some of the subnets have no way.
	part bool
	// layers is set for S3 where the layers of images come from it.
	layers bool
}

// A host is a service by the end of the name of its VPC endpoint, or one on
// the internet.
type host struct {
	service, region string
	name            string // for people
	// unsure says that the name of the endpoint is not known.
	unsure bool
}

// jobAt returns the job of a site, nil where it runs in no VPC.
func jobAt(s *service.Site) *job {
	if s.Network == nil {
		return nil
	}
	return service.Remember(s, "ec2.job", func() *job { return newJob(s) })
}

func newJob(s *service.Site) *job {
	n := s.Network
	j := &job{world: world{s.Model}, site: s, net: n, vpc: n.VPC}
	for e := range n.Groups.Elems() {
		j.groups = append(j.groups, cloud.Text(e))
	}
	for e := range n.Subnets.Elems() {
		p := j.place(cloud.Text(e), e.Where())
		if p.vpc == "" {
			p.vpc = n.VPC
		}
		j.vpc = cmp.Or(j.vpc, p.vpc)
		j.places = append(j.places, p)
	}
	if len(j.places) == 0 {
		j.places = []place{{id: match.Hole(match.Name, "a subnet"), vpc: n.VPC, at: n.At}}
	}
	for _, h := range n.Hosts {
		j.require(host{service: h.Service, region: cmp.Or(h.Region, s.Region), name: cmp.Or(h.Name, h.Service)}, h.Why, h.At, h.Need, h.Basis)
	}
	return j
}

// require records that the job has to reach a host, and returns the way there.
func (j *job) require(h host, why string, at source.Span, n service.Need, b service.Basis) *need {
	for _, r := range j.needs {
		if r.host == h {
			if n < r.need || n == r.need && b < r.basis {
				r.need, r.basis, r.why, r.at = n, b, why, at
			}
			return r
		}
	}
	r := &need{host: h, why: why, at: at, need: n, basis: b}
	r.way, r.part = j.way(h)
	j.needs = append(j.needs, r)
	return r
}

// way is the way from all subnets of the job: AWS puts it in any of them.
func (j *job) way(h host) (w way, part bool) {
	var ways []way
	for _, p := range j.places {
		ways = append(ways, j.reach(p, h))
	}
	w = ways[0]
	for _, x := range ways[1:] {
		if x.reach != w.reach && (x.reach == truth.No || w.reach == truth.No) {
			part = true
		}
		mixed := w.mixed || x.mixed || x.endpoint != w.endpoint
		ep, perhaps := cmp.Or(w.endpoint, x.endpoint), cmp.Or(w.perhaps, x.perhaps)
		facts := append(slices.Clone(w.facts), x.facts...)
		if x.reach < w.reach {
			w = x
		}
		w.mixed, w.endpoint, w.perhaps, w.facts = mixed, ep, perhaps, facts
	}
	return w, part
}

// route is how a call travels (service.Service.Route).
func route(s *service.Site, c *service.Call) {
	j := jobAt(s)
	if j == nil || s.Network.Through == nil {
		return
	}
	through, basis := s.Network.Through(c)
	if !through {
		return
	}
	var first *need
	for _, h := range hostsOf(s, c) {
		why := c.Row.Why
		if first != nil {
			why = layersWhy
		}
		r := j.require(h, why, c.Target.At, c.Row.Need, basis)
		if first == nil {
			first = r
		} else if c.Row.Need == service.Stops && h.service == "s3" {
			r.layers = first.service == "ecr.dkr"
		}
	}
	if first != nil {
		travel(c, j, first)
	}
}

// The keys that say over which network a request came
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties).
var (
	endpointKeys = []string{"aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"}
	addressKey   = "aws:SourceIp"
)

// travel sets the endpoint that a call goes through, and the context keys of
// the way. Through an endpoint aws:SourceIp is absent; without one the others
// are.
func travel(c *service.Call, j *job, n *need) {
	x := &c.Request.Context
	w := n.way
	c.Target.Endpoint = w.endpoint
	for _, k := range endpointKeys {
		x.SetUnknown(k)
	}
	x.SetUnknown(addressKey)
	switch {
	case w.mixed || w.reach == truth.No:
	case w.endpoint != nil:
		x.Set("aws:SourceVpce", w.endpoint.Ref)
		if j.vpc != "" {
			x.Set("aws:SourceVpc", j.vpc)
		}
		x.SetAbsent(addressKey)
	case w.reach == truth.Yes:
		for _, k := range endpointKeys {
			x.SetAbsent(k)
		}
	}
	if ep := w.perhaps; ep != nil && w.endpoint == nil && allowed(ep, c.Request.Action, c.Request.Resource) == truth.No {
		c.Target.Missing = append(slices.Clip(c.Target.Missing), "whether the call goes through "+ep.ID()+", whose policy does not allow it")
	}
	// What the row knows better stays.
	for k, v := range c.Target.Context.All() {
		if v.State != iam.Absent {
			x.Put(k, v)
		}
	}
}

// text returns the text of a property, "" where it is absent.
func text(r *cloud.Resource, path ...string) string {
	if r == nil {
		return ""
	}
	return cloud.Text(r.Prop(path...))
}

// texts returns those of a list.
func texts(n *doc.Node) []string {
	var ts []string
	for e := range n.Elems() {
		ts = append(ts, cloud.Text(e))
	}
	return ts
}
