package ec2

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

var update = flag.Bool("update", false, "rewrite the want sections of the archives")

// TestNetworks walks testdata/*.txtar: a template with a VPC and a Test::Job
// in it, and in want the way to each of its hosts, the findings and what is
// taken for granted. The hosts of a job are services, "@" and a host of the
// internet, or an action, "?" behind it for one that is only listed.
func TestNetworks(t *testing.T) {
	files, err := filepath.Glob("testdata/network-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := map[string]string{}
			want := -1
			for i, f := range ar.Files {
				in[f.Name] = string(f.Data)
				if f.Name == "want" {
					want = i
				}
			}
			got := inspect(t, in["template.yaml"])
			if *update {
				if want < 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "want"})
					want = len(ar.Files) - 1
				}
				ar.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(in["want"], got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// testTypes are the types of the room and Test::Job.
func testTypes() []service.Type {
	return append([]service.Type{{Name: "Test::Job", NameProp: "Name"}, {Name: "AWS::Route53::HostedZone"}}, types...)
}

func inspect(t *testing.T, template string) string {
	t.Helper()
	m := cfntest.Model(t, testTypes(), cfntest.Stack{Name: "net", Template: template})
	var b strings.Builder
	for r := range m.OfType("Test::Job") {
		visit(&b, m, r)
	}
	for _, a := range m.Assumptions {
		if strings.Contains(a, " is taken to reach ") {
			fmt.Fprintln(&b, "assumes", a)
		}
	}
	return b.String()
}

func visit(b *strings.Builder, m *cloud.Model, r *cloud.Resource) {
	n := &service.Network{
		What: "job " + r.LogicalID, VPC: r.Prop("VpcId").Str(), Subnets: r.Prop("Subnets"), Groups: r.Prop("Groups"), At: r.Span,
		PublicIP: map[string]truth.Value{"yes": truth.Yes, "maybe": truth.Maybe}[r.Prop("Public").Str()],
		Proxy:    r.Prop("Proxy").Str(),
		Through:  func(*service.Call) (bool, service.Basis) { return true, service.Documented },
	}
	s := &service.Site{Model: m, Resource: r, Account: r.Account, Region: r.Region, Role: "role", Network: n}
	var calls []*service.Call
	for h := range r.Prop("Hosts").Elems() {
		name, listed := strings.CutSuffix(h.Str(), "?")
		host := service.Host{Service: name, Why: "the test wants it", At: h.Span, Basis: service.Documented}
		if listed {
			host.Need = service.Listed
		}
		switch {
		case strings.HasPrefix(name, "@"):
			host.Service, host.Name = "", name[1:]
		case strings.Contains(name, ":"):
			c := &service.Call{Row: &service.Row{Why: "the test calls it", Need: host.Need}, Target: service.Target{At: h.Span}}
			c.Request.Action, c.Request.Resource = name, "*"
			calls = append(calls, c)
			continue
		}
		n.Hosts = append(n.Hosts, host)
	}
	for _, c := range calls {
		route(s, c)
	}
	for _, x := range jobAt(s).needs {
		fmt.Fprintf(b, "%s: %s", x.name, x.way.reach)
		if x.way.endpoint != nil {
			fmt.Fprintf(b, " by %s", x.way.endpoint.LogicalID)
		}
		if x.way.mixed {
			b.WriteString(" or otherwise")
		}
		if x.way.perhaps != nil {
			fmt.Fprintf(b, ", perhaps by %s", x.way.perhaps.LogicalID)
		}
		b.WriteString("\n")
	}
	for _, c := range calls {
		fmt.Fprintf(b, "%s:", c.Request.Action)
		for _, k := range []string{"aws:SourceVpce", "aws:SourceVpc", "aws:SourceIp"} {
			v := c.Request.Context.Get(k)
			fmt.Fprintf(b, " %s %s", k, map[iam.State]string{iam.Known: match.Render(strings.Join(v.Values, ",")), iam.Absent: "absent", iam.Unknown: "unknown"}[v.State])
		}
		for _, m := range c.Target.Missing {
			b.WriteString(" depends on " + m)
		}
		b.WriteString("\n")
	}
	for _, c := range checks {
		for _, f := range c.Find(s, nil) {
			fmt.Fprintf(b, "%s %s, %s: %s\n", c.Code, f.Severity, f.Certainty, f.Message)
			for _, n := range f.Related {
				fmt.Fprintf(b, "  %s: %s\n", n.At, n.Message)
			}
		}
	}
}

// FuzzRules: no address block and no port makes the rules panic, and what
// covers everything covers it.
func FuzzRules(f *testing.F) {
	f.Add("10.0.0.0/8", "10.1.0.0/16", "443", "443")
	f.Add("0.0.0.0/0", "\x00nVpc.Cidr\x00", "0", "65535")
	f.Add("::/0", "300.0.0.0/8", "-1", "")
	f.Fuzz(func(t *testing.T, cidr, addr, from, to string) {
		v := covers(cidr, []string{addr})
		if cidr == addr && v != truth.Yes {
			t.Errorf("covers(%q, itself) = %v", cidr, v)
		}
		if covers("0.0.0.0/0", []string{addr}) != truth.Yes {
			t.Errorf("0.0.0.0/0 does not cover %q", addr)
		}
		coversInternet(cidr)
		rule{proto: "tcp", from: from, to: to}.port()
	})
}
