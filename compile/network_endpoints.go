package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iam"
	"penstock/prove"
	"penstock/service"
	"penstock/services/ec2"
)

// endpointsGroup is the logical id of the security group of the interface
// endpoints.
const endpointsGroup = "EndpointsGroup"

// A passage is a service that builds reach from their VPC, with what they call
// there.
type passage struct {
	service string // the end of the name of its endpoint: "ecr.dkr", "s3"
	calls   []call
	layers  bool // layers of images are downloaded from it
	needed  bool // for more than what AWS lists and nothing shows to be called
}

// passages are the services that what runs in a VPC reaches, by name: those of
// the calls that leave by the network interface, of what is granted to the
// same roles, and what a service's room knows beside. What AWS lists and nothing
// shows to be called goes through where there is an endpoint, and makes none. A
// service of another region has no endpoint here; the proof says what that
// means.
func passages(runs []*prove.Run, granted []call) []*passage {
	var out []*passage
	at := func(h service.Host, region string) *passage {
		if h.Service == "" || h.Region != "" && h.Region != region {
			return nil
		}
		i, found := slices.BinarySearchFunc(out, h.Service, func(p *passage, s string) int { return strings.Compare(p.service, s) })
		if !found {
			out = slices.Insert(out, i, &passage{service: h.Service})
		}
		return out[i]
	}
	pass := func(site *service.Site, sc *service.Call, k call) {
		for i, h := range ec2.Hosts(site, sc) {
			p := at(h, site.Region)
			if p == nil {
				continue
			}
			if i == 0 {
				p.calls = append(p.calls, k)
			} else {
				p.layers = p.layers || h.Service == "s3"
			}
			p.needed = p.needed || sc.Row.Need != service.Listed
		}
	}
	inside := map[string]*service.Site{} // by role
	for _, r := range runs {
		for _, s := range r.Steps {
			site := s.Site()
			if site == nil || site.Network == nil {
				continue
			}
			inside[site.Role] = site
			for _, h := range site.Network.Hosts {
				if p := at(h, site.Region); p != nil && h.Need != service.Listed {
					p.needed = true
					p.calls = append(p.calls, call{
						caller: iam.Principal{ARN: site.Role}, action: unasked(h.Service), resource: "*", use: blueprint.Use{Call: unasked(h.Service), Why: h.Why},
					})
				}
			}
			for _, c := range s.Calls {
				if site.Network.Through == nil {
					continue
				}
				if through, _ := site.Network.Through(c.Call); through {
					k := call{
						caller: c.Request.Principal, action: c.Request.Action, resource: c.Request.Resource,
						use: blueprint.Use{Row: c.Row.ID, Call: c.Request.Action, Why: why(c), Source: c.Row.Source},
					}
					pass(site, c.Call, k)
					if k.resource = c.Target.Or; k.resource != "" {
						pass(site, c.Call, k)
					}
				}
			}
		}
	}
	for _, k := range granted {
		site := inside[k.caller.ARN]
		if site == nil || slices.ContainsFunc(k.conds, func(c cond) bool { return c.key == "kms:ViaService" }) {
			continue // not in a VPC, or another service calls
		}
		for _, action := range registryActions(k.action) {
			sc := &service.Call{Row: &service.Row{Why: k.use.Why}}
			sc.Request.Action, sc.Request.Resource = action, k.resource
			pass(site, sc, k)
		}
	}
	return slices.DeleteFunc(out, func(p *passage) bool { return !p.needed })
}

// unasked is what is called of a service that has to be reached though no policy
// decides: who somebody is asks for no permission, but goes through an endpoint
// like any call.
func unasked(service string) string {
	if service == "sts" {
		return "sts:GetCallerIdentity"
	}
	return "*"
}

// registryActions are the actions that stand for one that is granted, one for
// each endpoint that it may go through: a pattern of ECR's may take in both
// what its API answers and what the registry does.
func registryActions(action string) []string {
	if strings.HasPrefix(action, "ecr:") && strings.Contains(action, "*") {
		return []string{"ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"}
	}
	return []string{action}
}

// gateways are the services that have gateway endpoints, which cost nothing
// (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
var gateways = []string{"s3", "dynamodb"}

// endpoints draws an endpoint for each service that builds reach from their
// VPC, for what they call there and nothing else, and lets the builds out to
// it. It wants the walk of a blueprint that has the network and no endpoints
// yet, and what is granted beside it.
func (b *builder) endpoints(w *writer, runs []*prove.Run, granted []call) {
	p := b.buildNet()
	if p == nil || !b.spec.Network.Endpoints {
		return
	}
	st := b.tools()
	after := b.lastOfNetwork(st)
	add := func(id, typ, comment string, props blueprint.Map) {
		after++
		st.Resources = slices.Insert(st.Resources, after, &blueprint.Resource{ID: id, Type: typ, Comment: comment, Props: props})
	}
	https := func(of, description string) blueprint.Map {
		return blueprint.KV("GroupId", blueprint.Ref(of), "Description", description, "IpProtocol", "tcp", "FromPort", 443, "ToPort", 443)
	}
	faces := false
	for _, pass := range passages(runs, granted) {
		gateway := slices.Contains(gateways, pass.service)
		id := ident(strings.ReplaceAll(pass.service, ".", "-")) + "Endpoint"
		name := blueprint.Sub("com.amazonaws.${AWS::Region}." + pass.service)
		if strings.HasPrefix(st.Region, "cn-") && pass.service != "s3" && pass.service != "dynamodb" {
			name = "cn." + name
		}
		props := blueprint.KV("VpcId", p.vpc, "ServiceName", name)
		policy := &blueprint.Policy{Statements: w.passing(st, pass)}
		if gateway {
			props.Set("VpcEndpointType", "Gateway")
			props.Set("RouteTableIds", blueprint.Subs(p.tables...))
			props.Set("PolicyDocument", policy)
			if p.guarded {
				rule := https(buildsGroup, "HTTPS to "+pass.service)
				rule.Set("DestinationPrefixListId", b.prefixList(st, pass.service))
				add("BuildsTo"+ident(pass.service), "AWS::EC2::SecurityGroupEgress", "", rule)
			}
			add(id, "AWS::EC2::VPCEndpoint", pass.comment(), props)
			continue
		}
		if !faces {
			faces = true
			b.door(p, add, https)
		}
		props.Set("VpcEndpointType", "Interface")
		props.Set("PrivateDnsEnabled", true)
		props.Set("SubnetIds", blueprint.Subs(p.subnets...))
		props.Set("SecurityGroupIds", blueprint.Subs(blueprint.Ref(endpointsGroup)))
		props.Set("PolicyDocument", policy)
		add(id, "AWS::EC2::VPCEndpoint", pass.comment(), props)
	}
}

// lastOfNetwork is where in a stack the network ends.
func (b *builder) lastOfNetwork(st *blueprint.Stack) int {
	at := -1
	for i, r := range st.Resources {
		switch {
		case r.ID == buildsGroup, r.ID == "BuildsToInternet", r.ID == "PrivateDefaultRoute", strings.HasPrefix(r.ID, "PrivateSubnetRoutes"):
			at = i
		}
	}
	if at < 0 {
		return len(st.Resources) - 1
	}
	return at
}

// door draws the security group of the interface endpoints, which lets in the
// builds and nobody else, and lets the builds out to it.
func (b *builder) door(p *buildNet, add func(id, typ, comment string, props blueprint.Map), https func(of, description string) blueprint.Map) {
	add(endpointsGroup, "AWS::EC2::SecurityGroup", "", blueprint.KV(
		"GroupDescription", "Endpoints: in on port 443 alone, from the builds", "VpcId", p.vpc,
		"SecurityGroupEgress", blueprint.List{nothing()}, "Tags", b.named("endpoints")))
	for i, g := range p.groups {
		rule := https(endpointsGroup, "HTTPS from the builds")
		rule.Set("SourceSecurityGroupId", g)
		id := "EndpointsFromBuilds"
		if len(p.groups) > 1 {
			id += letter(i)
		}
		add(id, "AWS::EC2::SecurityGroupIngress", "", rule)
	}
	if p.guarded {
		rule := https(buildsGroup, "HTTPS to the endpoints")
		rule.Set("DestinationSecurityGroupId", blueprint.Ref(endpointsGroup))
		add("BuildsToEndpoints", "AWS::EC2::SecurityGroupEgress", "", rule)
	}
}

// comment says what an endpoint is for.
func (p *passage) comment() string {
	var lines []string
	line := func(s string) {
		if !slices.Contains(lines, s) && len(lines) < 3 {
			lines = append(lines, s)
		}
	}
	for _, c := range p.calls {
		line(c.use.Why)
	}
	return strings.Join(lines, "\n")
}

// passing are the statements of the policy of an endpoint: what is called, on
// what it is called, by who calls it. Principal is "*" and a condition names
// the roles: a principal's ARN in the policy of a gateway endpoint is not
// taken, and an account there is its root user alone
// (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#considerations-gateway-policies).
func (w *writer) passing(st *blueprint.Stack, p *passage) []*blueprint.Statement {
	var atoms []*atom
	for i := range p.calls {
		c := &p.calls[i]
		atoms = append(atoms, &atom{action: c.action, resource: w.sub(st, c.resource), callers: []blueprint.Sub{w.sub(st, c.caller.ARN)}, uses: []blueprint.Use{c.use}})
	}
	atoms = unite(atoms, func(a *atom) string { return a.action + "\n" + string(a.resource) })
	for _, a := range atoms {
		slices.Sort(a.callers)
	}
	sts := statements(atoms)
	for _, s := range sts {
		s.Principal = "*"
	}
	if p.layers {
		sts = append(sts, &blueprint.Statement{
			Sid: "Layers", Principal: "*", Actions: []string{"s3:GetObject"},
			Comment: "Layers of images: ECR keeps them in a bucket of its own and hands out signed addresses, so that who asks is ECR " +
				"and not the build (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).",
			Resources: []blueprint.Sub{"arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"},
		})
	}
	return sts
}
