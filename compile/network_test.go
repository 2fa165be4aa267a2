package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/blueprint"
	"penstock/prove"
	"penstock/spec"
)

// inline is a buildspec of commands.
func inline(commands ...string) string {
	return "version: 0.2\nphases:\n  build:\n    commands:\n      - " + strings.Join(commands, "\n      - ") + "\n"
}

// networked is a pipeline whose build runs in a VPC.
func networked(n spec.Network, change func(*spec.Spec)) *spec.Spec {
	return auditSpec(func(s *spec.Spec) {
		s.Network = &n
		d := s.Builds[0]
		d.VPC, d.Inline, d.Buildspec = true, true, inline("docker push \"$IMAGE_REPOSITORY:1\"")
		if change != nil {
			change(s)
		}
	})
}

// provenHolds reports theorems that do not hold of a result, with their findings.
func provenHolds(t *testing.T, r *Result, but ...prove.Theorem) {
	t.Helper()
	for _, x := range r.Report.Theorems {
		if x.Outcome == prove.Holds || x.Outcome == prove.NotApplicable || slices.Contains(but, x.Theorem) {
			continue
		}
		t.Errorf("%s %s: %s", x.Theorem, x.Outcome, x.Why)
		for _, f := range r.Report.Findings {
			if f.Theorem == string(x.Theorem) || f.Theorem == "" {
				t.Logf("%s %s %v", f.Code, f.Message, f.Depends)
			}
		}
	}
}

// ofType are the resources of a type of the tools stack, by logical id.
func ofType(r *Result, stack, typ string) []string {
	var out []string
	for _, res := range r.Set.Stack(stack).Resources {
		if res.Type == typ {
			out = append(out, res.ID)
		}
	}
	slices.Sort(out)
	return out
}

// What a build calls from its VPC has an endpoint each, and nothing else has.
func TestEndpoints(t *testing.T) {
	given := spec.Network{VPC: "vpc-0a1b2c3d", Subnets: []string{"subnet-0a1b2c3d"}, RouteTables: []string{"rtb-0a1b2c3d"}, Endpoints: true}
	made := spec.Network{CIDR: "10.0.0.0/16", Endpoints: true}
	secrets := []spec.Secret{
		{Variable: "DB_PASSWORD", Kind: spec.Parameter, Name: "/mfmsapp/prod/DB_PASSWORD"},
		{Variable: "API_KEY", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "api_key", Create: true},
	}
	for _, c := range []struct {
		name      string
		net       spec.Network
		change    func(*spec.Spec)
		endpoints []string
		rules     []string // of what goes out
		mayDepend []prove.Theorem
	}{
		{"made", made, nil,
			[]string{"EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "S3Endpoint"}, []string{"BuildsToEndpoints", "BuildsToS3"}, nil},
		{"no image", made, func(s *spec.Spec) { s.Builds[0].Push, s.Builds[0].Buildspec = nil, inline("make") },
			[]string{"LogsEndpoint", "S3Endpoint"}, []string{"BuildsToEndpoints", "BuildsToS3"}, nil},
		{"secrets", made, func(s *spec.Spec) { s.Builds[0].Secrets = secrets },
			[]string{"EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "S3Endpoint", "SecretsmanagerEndpoint", "SsmEndpoint"}, []string{"BuildsToEndpoints", "BuildsToS3"}, nil},
		{"commands and what is granted", made, func(s *spec.Spec) {
			s.Builds[0].Buildspec = inline("aws sns publish --topic-arn arn:aws:sns:ap-northeast-1:111111111111:done --message done")
			s.Builds[0].Push = nil
			s.Builds[0].Allow = []spec.Permission{{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"arn:aws:dynamodb:ap-northeast-1:111111111111:table/seeds"}, Why: "reads the seeds"}}
		}, []string{"DynamodbEndpoint", "LogsEndpoint", "S3Endpoint", "SnsEndpoint"}, []string{"BuildsToDynamodb", "BuildsToEndpoints", "BuildsToS3"}, []prove.Theorem{prove.Runs, prove.Trail}},
		{"who it is", made, func(s *spec.Spec) {
			s.Builds[0].Push, s.Builds[0].Buildspec = nil, inline("aws sts get-caller-identity")
		}, []string{"LogsEndpoint", "S3Endpoint", "StsEndpoint"}, []string{"BuildsToEndpoints", "BuildsToS3"}, nil},
		{"a way to the internet", spec.Network{CIDR: "10.0.0.0/16", Endpoints: true, NAT: true}, func(s *spec.Spec) { s.Builds[0].Buildspec = inline("npm ci") },
			[]string{"EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "S3Endpoint"}, []string{"BuildsToEndpoints", "BuildsToInternet", "BuildsToS3"}, nil},
		{"given", given, nil,
			[]string{"EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "S3Endpoint"}, []string{"BuildsToEndpoints", "BuildsToS3"}, nil},
		{"given with its endpoints", spec.Network{VPC: "vpc-0a1b2c3d", Subnets: []string{"subnet-0a1b2c3d"}}, nil,
			nil, []string{"BuildsToInternet"}, nil},
		{"given with its group", spec.Network{VPC: "vpc-0a1b2c3d", Subnets: []string{"subnet-0a1b2c3d"}, RouteTables: []string{"rtb-0a1b2c3d"}, SecurityGroups: []string{"sg-0a1b2c3d"}, Endpoints: true}, nil,
			[]string{"EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "S3Endpoint"}, nil, nil},
		{"no build in it", made, func(s *spec.Spec) { s.Builds[0].VPC = false }, nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := proved(t, networked(c.net, c.change))
			if d := cmp.Diff(c.endpoints, ofType(r, toolsStack, "AWS::EC2::VPCEndpoint")); d != "" {
				t.Errorf("endpoints -want +got\n%s", d)
			}
			if d := cmp.Diff(c.rules, ofType(r, toolsStack, "AWS::EC2::SecurityGroupEgress")); d != "" {
				t.Errorf("rules -want +got\n%s", d)
			}
			provenHolds(t, r, c.mayDepend...)
			for _, f := range r.Report.Findings {
				if strings.HasPrefix(f.Code, "RUN04") {
					t.Errorf("%s %s", f.Code, f.Message)
				}
			}
		})
	}
}

// Every statement of an endpoint's policy names who calls, but the one of the
// layers, which ECR itself signs for.
func TestEndpointPolicies(t *testing.T) {
	r := proved(t, networked(spec.Network{CIDR: "10.0.0.0/16", Endpoints: true}, func(s *spec.Spec) {
		s.Builds[0].Buildspec = inline("docker pull \"$IMAGE_REPOSITORY:1\"")
		s.Builds[0].Pull = []spec.Image{{Repository: "mfmsapp"}}
	}))
	provenHolds(t, r)
	layers := 0
	for _, res := range r.Set.Stack(toolsStack).Resources {
		if res.Type != "AWS::EC2::VPCEndpoint" {
			continue
		}
		p := res.Props.Get("PolicyDocument").(*blueprint.Policy)
		for _, s := range p.Statements {
			named := slices.ContainsFunc(s.Conditions, func(c blueprint.Condition) bool { return c.Operator == "ArnEquals" && c.Key == "aws:PrincipalArn" })
			switch {
			case s.Sid == "Layers":
				layers++
			case !named:
				t.Errorf("%s: statement %s lets in everybody", res.ID, s.Sid)
			}
			if s.Principal != "*" {
				t.Errorf("%s: statement %s has the principal %v, which an endpoint reads otherwise", res.ID, s.Sid, s.Principal)
			}
		}
	}
	if layers != 1 {
		t.Errorf("%d statements let layers of images through, want 1", layers)
	}
}

// A region whose prefix lists nobody has told asks for it; a VPC that is given
// without route tables cannot have the endpoint of S3.
func TestNetworkAsks(t *testing.T) {
	s := networked(spec.Network{CIDR: "10.0.0.0/16", Endpoints: true}, nil)
	s.Region = "eu-north-1"
	s.Stages = []*spec.Stage{ecs(stagingAccount, "eu-north-1")}
	r, err := Compile(s, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	p := r.Set.Stack(toolsStack).Param("S3PrefixList")
	if p == nil || p.Inline || p.Value != "" {
		t.Errorf("parameter of the prefix list: %+v", p)
	}
	if !slices.ContainsFunc(r.Steps, func(s Step) bool { return strings.Contains(s.Command, "com.amazonaws.eu-north-1.s3") }) {
		t.Errorf("no step says how to look the prefix list up: %v", r.Steps)
	}
	_, err = Compile(networked(spec.Network{VPC: "vpc-0a1b2c3d", Subnets: []string{"subnet-0a1b2c3d"}, Endpoints: true}, nil), testOptions())
	if err == nil || !strings.Contains(err.Error(), "routeTables") {
		t.Errorf("a VPC without route tables: %v", err)
	}
}

func TestZoneIDs(t *testing.T) {
	for region, want := range map[string]string{
		"ap-northeast-1": "apne1-az1 apne1-az2 apne1-az4", "us-east-1": "use1-az1 use1-az2 use1-az4", "eu-central-2": "euc2-az1 euc2-az2 euc2-az3",
		"us-west-1": "usw1-az1 usw1-az3", "us-gov-west-1": "usgw1-az1 usgw1-az2 usgw1-az3", "cn-northwest-1": "cnnw1-az1 cnnw1-az2 cnnw1-az3",
		"mars-1": "", "us-iso-east-1": "", "eu-isoe-west-1": "", "": "",
	} {
		if got := strings.Join(zoneIDs(region), " "); got != want {
			t.Errorf("zoneIDs(%q) = %q, want %q", region, got, want)
		}
	}
}

func TestDivideCIDR(t *testing.T) {
	for block, want := range map[string][]string{ // the first, the second, the last
		"10.0.0.0/16":     {"10.0.0.0/20", "10.0.16.0/20", "10.0.240.0/20"},
		"10.1.2.3/16":     {"10.1.0.0/20", "10.1.16.0/20", "10.1.240.0/20"},
		"172.31.255.0/24": {"172.31.255.0/28", "172.31.255.16/28", "172.31.255.240/28"},
		"192.168.0.0/26":  {"192.168.0.0/28", "192.168.0.16/28", "192.168.0.48/28"},
		"nonsense":        {"nonsense", "nonsense", "nonsense"},
	} {
		got := divideCIDR(block)
		if d := cmp.Diff(want, []string{got[0], got[1], got[len(got)-1]}); d != "" {
			t.Errorf("divideCIDR(%q) -want +got\n%s", block, d)
		}
	}
}

// Nothing of the network can be left out: without any one of its endpoints,
// rules and routes a build does not reach what it calls, and without a statement
// of an endpoint's policy it may not.
func TestNetworkIsNeeded(t *testing.T) {
	opt := testOptions()
	s := networked(spec.Network{CIDR: "10.0.0.0/16", Endpoints: true}, func(s *spec.Spec) {
		s.Builds[0].Buildspec = inline("aws ecr get-login-password | docker login --username AWS --password-stdin $IMAGE_REPOSITORY", "docker pull \"$IMAGE_REPOSITORY:1\"")
		s.Builds[0].Pull = []spec.Image{{Repository: "mfmsapp"}}
	})
	r, err := Compile(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	runs := func() prove.Outcome {
		b := &builder{spec: s, set: r.Set, stated: r.needs}
		ms, err := b.load(opt)
		if err != nil {
			t.Fatal(err)
		}
		rep := prove.Prove(ms, prove.Options{Services: opt.Services, Theorems: []prove.Theorem{prove.Runs}})
		return rep.Theorems[0].Outcome
	}
	if o := runs(); o != prove.Holds {
		t.Fatalf("as it is made: %s", o)
	}
	st := r.Set.Stack(toolsStack)
	all := st.Resources
	for i, res := range all {
		switch res.Type {
		case "AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress":
		default:
			continue
		}
		st.Resources = slices.Delete(slices.Clone(all), i, i+1)
		if o := runs(); o != prove.Fails {
			t.Errorf("without %s: %s", res.ID, o)
		}
		st.Resources = all
		p, ok := res.Props.Get("PolicyDocument").(*blueprint.Policy)
		if !ok {
			continue
		}
		whole := p.Statements
		for j, x := range whole {
			if x.Sid == "CodebuildSourceBucket" {
				continue // AWS lists it, and nothing shows that a build fails without
			}
			p.Statements = slices.Delete(slices.Clone(whole), j, j+1)
			if len(p.Statements) == 0 {
				p.Statements = []*blueprint.Statement{{Principal: "*", Actions: []string{"ec2:DescribeTags"}, Resources: []blueprint.Sub{"*"}}}
			}
			if o := runs(); o != prove.Fails {
				t.Errorf("without statement %s of %s: %s", x.Sid, res.ID, o)
			}
		}
		p.Statements = whole
	}
}
