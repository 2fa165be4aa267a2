package ec2

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// checks: what something in a VPC cannot reach, one finding a job and cause.
var checks = []service.Check{
	{Code: "RUN040", On: "job", Find: unreachable("RUN040")},
	{Code: "RUN041", On: "job", Find: unreachable("RUN041")},
	{Code: "RUN042", On: "job", Find: unreachable("RUN042")},
	{Code: "RUN043", On: "job", Find: unreachable("RUN043")},
	{Code: "RUN044", On: "job", Find: unreachable("RUN044")},
	{Code: "RUN045", On: "job", Find: layers},
	{Code: "RUN046", On: "job", Find: unreachable("RUN046")},
	{Code: "RUN047", On: "job", Find: unreachable("RUN047")},
	{Code: "RUN048", On: "job", Find: unreachable("RUN048")},
	{Code: "RUN049", On: "job", Find: unreachable("RUN049")},
}

// unreachable finds the hosts that a job cannot reach for one cause.
func unreachable(code string) func(*service.Site, *service.Call) []diag.Finding {
	return func(s *service.Site, _ *service.Call) []diag.Finding {
		j := jobAt(s)
		if j == nil {
			return nil
		}
		j.assume()
		var lost []*need
		for _, n := range j.needs {
			// What is only listed need not happen.
			if n.way.reach == truth.No && n.way.code == code && n.need != service.Listed {
				lost = append(lost, n)
			}
		}
		if slices.ContainsFunc(lost, func(n *need) bool { return n.need == service.Stops }) {
			// A public host that may do without is not news beside those.
			lost = slices.DeleteFunc(lost, func(n *need) bool { return n.need != service.Stops && n.service == "" })
		}
		if len(lost) == 0 {
			return nil
		}
		return []diag.Finding{j.finding(code, lost)}
	}
}

func (j *job) finding(code string, lost []*need) diag.Finding {
	f := diag.Finding{At: j.net.At, Severity: diag.Warning, Certainty: diag.Likely, Layer: "network", Principal: j.site.Role}
	var names []string
	part := true
	for _, n := range lost {
		names = append(names, match.Render(n.name))
		part = part && n.part
		if n.need == service.Stops {
			f.Severity = diag.Error
			if n.basis <= service.Measured && !n.part {
				f.Certainty = diag.Proved
			}
		}
	}
	where := "subnet " + j.places[0].called()
	if len(j.places) > 1 {
		where = fmt.Sprintf("its %d subnets", len(j.places))
		if part {
			where = "one of " + where
		}
	}
	f.Message = fmt.Sprintf("%s cannot reach %s from %s: %s; %s", match.Render(j.net.What), list(names), where, lost[0].way.why, j.remedy(code, lost))
	for _, n := range lost {
		for _, note := range append([]diag.Note{{At: n.at, Message: "needs " + match.Render(n.name) + ": " + n.why}}, n.way.notes...) {
			if !note.At.IsZero() && !slices.Contains(f.Related, note) {
				f.Related = append(f.Related, note)
			}
		}
	}
	if j.net.Shows != nil {
		// A log that does not come shows nothing.
		i := max(0, slices.IndexFunc(lost, func(n *need) bool { return n.service != "logs" }))
		f.AWSError = j.net.Shows(lost[i].service)
	}
	return f
}

// remedy says what would mend it.
func (j *job) remedy(code string, lost []*need) string {
	var faces, gates, public []string
	for _, n := range lost {
		switch n.service {
		case "":
			public = append(public, n.name)
		case "s3", "dynamodb":
			gates = append(gates, j.short(n.host))
		default:
			faces = append(faces, j.short(n.host))
		}
	}
	switch code {
	case "RUN042":
		return "set PrivateDnsEnabled on the endpoint, and EnableDnsSupport and EnableDnsHostnames on the VPC"
	case "RUN043":
		return "let TCP port 443 in from the security group of the caller, or from the range of its subnet"
	case "RUN044":
		return "let TCP port 443 out"
	case "RUN046":
		if lost[0].region == j.site.Region {
			return "its ServiceName must be " + serviceName(lost[0].host)
		}
		return "an endpoint serves its own region, and calls to another need a default route to a NAT gateway"
	case "RUN048":
		return "let TCP port 443 out and the answers (ports 1024 to 65535) in"
	case "RUN049":
		return "add the route table of the subnet to RouteTableIds"
	}
	nat := "a default route to a NAT gateway in a public subnet"
	if len(public) > 0 {
		return "it needs " + nat
	}
	var ends []string
	if len(faces) > 0 {
		ends = append(ends, "interface endpoints with private DNS for "+list(faces))
	}
	if len(gates) > 0 {
		ends = append(ends, "a gateway endpoint in the route table of the subnet for "+list(gates))
	}
	return "it needs " + nat + ", or " + strings.Join(ends, " and ")
}

// short is the name of a service, and the whole name of its endpoint where that
// is in another region.
func (j *job) short(h host) string {
	if h.region == j.site.Region {
		return h.service
	}
	return serviceName(h)
}

// assume says once what the ways of a job rest on. That an undeclared subnet
// leads out is taken for granted, as any resource that no stack declares is
// taken to exist and to work: a verdict that hung on it would hang for every
// template that gets its subnets as parameters.
func (j *job) assume() {
	var hosts, facts []string
	for _, n := range j.needs {
		if n.way.reach != truth.Maybe || n.need == service.Listed {
			continue
		}
		if !slices.Contains(hosts, n.name) {
			hosts = append(hosts, n.name)
		}
		for _, f := range n.way.facts {
			if !slices.Contains(facts, f) {
				facts = append(facts, f)
			}
		}
	}
	if len(hosts) == 0 {
		return
	}
	slices.Sort(hosts)
	text := fmt.Sprintf("%s is taken to reach %s from its VPC", match.Render(j.net.What), list(hosts))
	if len(facts) > 0 {
		text += ", which depends on " + list(facts)
	}
	j.site.Model.Assume(text)
}

// layers finds an endpoint policy that keeps the layers of images from a job.
// They are in a bucket of ECR's, which the policy of the S3 endpoint must
// allow to read
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).
func layers(s *service.Site, _ *service.Call) []diag.Finding {
	j := jobAt(s)
	if j == nil {
		return nil
	}
	for _, n := range j.needs {
		ep := n.way.endpoint
		if !n.layers || ep == nil || n.way.reach == truth.No {
			continue
		}
		bucket := "arn:" + arn.Partition(n.region) + ":s3:::prod-" + n.region + "-starport-layer-bucket"
		if allowed(ep, "s3:GetObject", bucket+"/"+match.Hole(match.Key, "a layer")) != truth.No {
			continue
		}
		f := diag.Finding{
			At: where(ep, "PolicyDocument"), Severity: diag.Error, Certainty: diag.Proved, Layer: "endpoint",
			Principal: s.Role, Action: "s3:GetObject", Resource: bucket + "/*",
			Message: fmt.Sprintf("%s pulls images from ECR, whose layers it downloads from %s through the endpoint %s: its policy does not allow s3:GetObject there",
				match.Render(j.net.What), bucket, ep.ID()),
			Related: []diag.Note{{At: j.net.At, Message: "runs in the VPC of the endpoint"}},
		}
		if j.net.Shows != nil {
			f.AWSError = j.net.Shows("ecr.dkr")
		}
		return []diag.Finding{f}
	}
	return nil
}

// allowed reports whether an endpoint's policy may allow an action at all,
// whoever asks: No where no statement could.
func allowed(ep *cloud.Resource, action, resource string) truth.Value {
	v := truth.No
	for _, a := range ep.Policies {
		if a.Policy == nil || a.Policy.Broken != "" {
			return truth.Maybe
		}
		for _, st := range a.Policy.Statements {
			if st.Effect == iam.Allow {
				v = v.Or(listed(st.Actions, st.NotAction, action, match.CompileFold).And(listed(st.Resources, st.NotResource, resource, match.CompileARN)))
			}
		}
	}
	return v
}

func listed(es []iam.Elem, not bool, s string, compile func(string) match.Pattern) truth.Value {
	v := truth.No
	for _, e := range es {
		p := compile(e.Text)
		v = v.Or(p.Match(s))
	}
	if not {
		return v.Not()
	}
	return v
}

// list joins names as a sentence does.
func list(ss []string) string {
	if len(ss) < 2 {
		return strings.Join(ss, "")
	}
	return strings.Join(ss[:len(ss)-1], ", ") + " and " + ss[len(ss)-1]
}
