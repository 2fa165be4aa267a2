package facts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// TestMain looks before any test has asked for anything: no bundle is open
// after start-up, so importing the package is free.
func TestMain(m *testing.M) {
	for _, b := range []*bundle{&servicesBundle, &policiesBundle, &cfnBundle} {
		if b.shards != nil || b.dict != nil {
			fmt.Fprintln(os.Stderr, "facts: data is unpacked at start-up")
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// The limits are promises to whoever downloads the program.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name string
		data string
		most int
	}{
		{"services", servicesData, 300_000},
		{"policies", policiesData, 600_000},
		{"cfn", cfnData, 250_000},
	} {
		if len(c.data) > c.most {
			t.Errorf("%s: %d bytes, want at most %d", c.name, len(c.data), c.most)
		}
	}
}

// TestDigest decodes everything, writes it as the generator writes what it
// has read, and compares the sums: no value is lost or changed on the way.
func TestDigest(t *testing.T) {
	data, err := os.ReadFile("testdata/digests.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(string(data))
	if len(want) != 6 {
		t.Fatalf("testdata/digests.txt holds %d words, want 6", len(want))
	}
	for i, c := range []struct {
		name  string
		write func(io.Writer)
	}{{"services", writeServices}, {"policies", writePolicies}, {"cfn", writeCFN}} {
		h := sha256.New()
		c.write(h)
		if got := hex.EncodeToString(h.Sum(nil)); want[2*i] != c.name || got != want[2*i+1] {
			t.Errorf("%s: digest %s, want %s %s", c.name, got, want[2*i], want[2*i+1])
		}
	}
}

func join(ss []string) string { return strings.Join(ss, ",") }

func writeServices(w io.Writer) {
	for p, name := range Services() {
		s, ok := Service(p)
		if !ok || s.Name != name {
			fmt.Fprintf(w, "missing %s\n", p)
			continue
		}
		fmt.Fprintf(w, "service %s|%s|%t\n", s.Prefix, s.Name, RCP(p))
		for k := range s.ConditionKeys() {
			fmt.Fprintf(w, "key %s|%d\n", k.Name, k.Type)
		}
		for t := range s.ResourceTypes() {
			fmt.Fprintf(w, "type %s|%s|%s\n", t.Name, join(t.ARNs), join(t.ConditionKeys))
		}
		for a := range s.Actions() {
			fmt.Fprintf(w, "action %s|%d|%s|%s\n", a.Name, a.Access, join(a.ConditionKeys), join(a.Dependent))
			for _, r := range a.Resources {
				fmt.Fprintf(w, "on %s|%t|%s\n", r.Type, r.Required, join(r.ConditionKeys))
			}
		}
	}
	for g := range GlobalKeys() {
		fmt.Fprintf(w, "global %s|%d\n", g.Name, g.Type)
	}
}

func writePolicies(w io.Writer) {
	for arn := range ManagedPolicies() {
		doc, version, _ := ManagedPolicy(arn)
		fmt.Fprintf(w, "policy %s|%s|%s\n", strings.TrimPrefix(arn, "arn:aws:iam::aws:policy/"), version, doc)
	}
}

func writeCFN(w io.Writer) {
	properties := func(ps []CFNProperty) {
		for _, p := range ps {
			flags := byte(p.Replace)
			if p.Required {
				flags |= 1
			}
			fmt.Fprintf(w, "property %s|%s|%d\n", p.Name, p.Shape.code, flags)
		}
	}
	for name := range CFNTypes() {
		t, ok := CFN(name)
		if !ok {
			fmt.Fprintf(w, "missing %s\n", name)
			continue
		}
		fmt.Fprintf(w, "type %s|%s|%s|%s|%s|%s\n", t.Name, join(t.PrimaryIdentifier), join(t.Ref), t.ARN, t.Tags, t.Transform)
		for _, a := range t.Attributes {
			fmt.Fprintf(w, "attribute %s|%s\n", a.Name, a.Shape.code)
		}
		properties(t.Properties)
		for _, d := range t.defs {
			fmt.Fprintf(w, "definition %s\n", d.Name)
			properties(d.Properties)
		}
	}
}

// Every mention of a type or a key inside a service must be found by the
// look-ups, in any case.
func TestLookups(t *testing.T) {
	services := 0
	for p := range Services() {
		services++
		s, ok := Service(strings.ToUpper(p))
		if !ok {
			t.Fatalf("Service(%q): not found", p)
		}
		for a := range s.Actions() {
			if got, ok := s.Action(strings.ToUpper(a.Name)); !ok || got.Name != a.Name {
				t.Errorf("%s: Action(%q) = %q, %t", p, a.Name, got.Name, ok)
			}
			_ = a.Access.String()
			for _, r := range a.Resources {
				if _, ok := s.ResourceType(r.Type); !ok {
					t.Errorf("%s:%s: resource type %q not found", p, a.Name, r.Type)
				}
			}
			for _, k := range a.ConditionKeys {
				if got, ok := s.ConditionKey(strings.ToLower(k)); !ok || got.Name != k {
					t.Errorf("%s: ConditionKey(%q) = %q, %t", p, k, got.Name, ok)
				}
			}
		}
		for rt := range s.ResourceTypes() {
			if strings.Count(rt.ARN(), ":") < 5 || !strings.HasPrefix(rt.ARN(), "arn:") {
				t.Errorf("%s: resource type %q has the ARN %q", p, rt.Name, rt.ARN())
			}
		}
		for k := range s.ConditionKeys() {
			_ = k.Type.String()
		}
	}
	if services < 450 {
		t.Errorf("%d services, want at least 450", services)
	}
}

func TestUnknown(t *testing.T) {
	for _, p := range []string{"", "nope", "zzzz", "\x00", "s3:"} {
		if s, ok := Service(p); ok {
			t.Errorf("Service(%q) = %q", p, s.Prefix)
		}
		if RCP(p) {
			t.Errorf("RCP(%q) = true", p)
		}
	}
	s3, _ := Service("s3")
	if _, ok := s3.Action("GetObjects"); ok {
		t.Error("s3:GetObjects is an action")
	}
	if _, ok := s3.ResourceType("buckets"); ok {
		t.Error("s3 has a resource type buckets")
	}
	if _, ok := s3.ConditionKey("s3:nope"); ok {
		t.Error("s3:nope is a condition key")
	}
	for _, a := range []string{"", "arn:aws:iam::aws:policy/", "arn:aws:iam::111111111111:policy/AdministratorAccess", "arn:awsx:iam::aws:policy/AdministratorAccess", "arn:aws-cn:iam::aws:policy/Nope", "AdministratorAccess"} {
		if _, _, ok := ManagedPolicy(a); ok {
			t.Errorf("ManagedPolicy(%q) is there", a)
		}
	}
	for _, n := range []string{"", "AWS::S3::Buckets", "aws::s3::bucket", "Custom::Thing"} {
		if _, ok := CFN(n); ok {
			t.Errorf("CFN(%q) is there", n)
		}
	}
}

func TestManagedPolicies(t *testing.T) {
	n := 0
	for arn := range ManagedPolicies() {
		doc, version, ok := ManagedPolicy(arn)
		if !ok || !json.Valid(doc) || !strings.HasPrefix(version, "v") {
			t.Errorf("ManagedPolicy(%q): version %q, %d bytes, ok %t", arn, version, len(doc), ok)
		}
		n++
	}
	if n < 1500 {
		t.Errorf("%d policies, want at least 1500", n)
	}
	for _, c := range []struct{ arn, contains string }{
		{"arn:aws:iam::aws:policy/AdministratorAccess", `"Action":"*"`},
		{"arn:aws-us-gov:iam::aws:policy/AdministratorAccess", `"Action":"*"`},
		{"arn:aws-cn:iam::aws:policy/ReadOnlyAccess", `"s3:Get*"`},
		// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html
		{"arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS", `"ecs:UpdateServicePrimaryTaskSet"`},
		{"arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole", `"autoscaling:CompleteLifecycleAction"`},
		{"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", `"ecr:GetAuthorizationToken"`},
		{"arn:aws:iam::aws:policy/aws-service-role/AWSOrganizationsServiceTrustPolicy", `"iam:DeleteRole"`},
		{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", `"ec2:Describe`},
	} {
		if doc, _, ok := ManagedPolicy(c.arn); !ok || !strings.Contains(string(doc), c.contains) {
			t.Errorf("ManagedPolicy(%q): ok %t, want a document with %s", c.arn, ok, c.contains)
		}
	}
}

func TestVersions(t *testing.T) {
	vs := Versions()
	if len(vs) != 3 {
		t.Fatalf("%d sources, want 3", len(vs))
	}
	for _, v := range vs {
		if v.Name == "" || v.Version == "" || len(v.Date) != 10 || v.License == "" {
			t.Errorf("incomplete: %+v", v)
		}
	}
}
