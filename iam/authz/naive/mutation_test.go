package naive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A mutation is one bug put into the engine: in a package, the first old text
// becomes new.
type mutation struct {
	bug      string
	dir      string
	old, new string
}

// The packages that make up the engine.
const (
	authz    = "iam/authz"
	matching = "match"
	language = "iam"
)

var mutations = []mutation{
	// Who is named.
	{"a user that federated is named like the session", authz, "return reach{byRole: here.And(match.Equal(p.name, c.name))}", "return reach{direct: here.And(match.Equal(p.name, c.name))}"},
	{"naming the account names the caller", authz, "return reach{account: here}", "return reach{direct: here}"},
	{"naming the role names the session", authz, "return reach{byRole: here.And(c.sameRole(p.resource))}", "return reach{direct: here.And(c.sameRole(p.resource))}"},
	{"any session is the session of a role", authz, "return reach{direct: here.And(match.Equal(p.name, c.name)).And(truth.Maybe)}", "return reach{direct: here.And(match.Equal(p.name, c.name))}"},
	{"the partition of a principal is ignored", authz, `if p.partition != "" {`, "if false {"},
	{"a canonical id is everybody's", authz, "return reach{account: truth.Maybe}", "return reach{account: truth.Yes}"},
	{"a principal that may be there is", authz, "	if p.maybe {\n		r = r.and(truth.Maybe)", "	if false {\n		r = r.and(truth.Maybe)"},
	{"NotPrincipal forgets the boundary", authz, "if e.bounded() {", "if false {"},
	{"NotPrincipal spares by the role alone", authz, "account.And(byRole).And(named)", "account.And(byRole.Or(named))"},
	{"NotPrincipal spares without the account", authz, "all.Or(account.And(named))", "all.Or(named)"},
	{"another path is the same role", authz, "case own == resource:\n		return truth.Yes", "case own == resource || c.kind == session:\n		return match.Equal(c.name, baseName(resource))"},
	{"service-linked sessions are not known by name", authz, `c.linked = strings.HasPrefix(c.name, "AWSServiceRoleFor")`, "c.linked = false"},

	// Conditions.
	{"an optional key is there", authz, "return same(e.absent(c), e.present(c, v, allow))", "return e.present(c, v, allow)"},
	{"IfExists does not hold for a negated operator", authz, "case c.op.IfExists:", "case c.op.IfExists && !c.op.Negated:"},
	{"ForAllValues fails without the key", authz, "case c.op.Set == iam.ForAllValues:\n		return truth.Yes", "case c.op.Set == iam.ForAllValues:\n		return truth.No"},
	{"ForAnyValue of a negated operator holds without the key", authz, "case c.op.Set == iam.ForAnyValue:\n		return truth.No", "case c.op.Set == iam.ForAnyValue:\n		return truth.Of(c.op.Negated)"},
	{"a negated operator fails without the key", authz, "	default:\n		return truth.Of(c.op.Negated)", "	default:\n		return truth.No"},
	{"Null is read the other way round", authz, "truth.Of(l.lit.True == absent)", "truth.Of(l.lit.True != absent)"},
	{"an empty string is no empty set", authz, "if nothing(vals) {", "if len(vals) == 0 {"},
	{"ForAllValues is ForAnyValue", authz, "all := c.op.Set == iam.ForAllValues", "all := c.op.Set == iam.ForAnyValue"},
	{"several values need no set operator", authz, "case v.Multi || len(vals) > 1:", "case false:"},
	{"a negated operator must differ from one value only", authz, "	if c.op.Negated {\n		return r.Not()", "	if c.op.Negated && len(c.values) == 1 {\n		return r.Not()"},
	{"what is no number differs from every number", authz, "documented.\n			return truth.Of(c.op.Negated && !allow)", "documented.\n			return truth.Of(c.op.Negated)"},
	{"a value that may be listed is", authz, "		if v.maybe {\n			m = m.And(truth.Maybe)", "		if false {\n			m = m.And(truth.Maybe)"},
	{"an unknown key is there", authz, "return same(same(a, p), empty)", "return p.Or(empty.And(truth.No))"},
	{"ARNs are compared as strings", authz, "return match.CompileARNLike(s)", "return match.Compile(s)"},
	{"IgnoreCase looks at the case", authz, "return match.LiteralFold(s)", "return match.Literal(s)"},
	{"StringEquals has wildcards", authz, "return match.Literal(s)", "return match.Compile(s)"},
	{"LessThan is LessThanEquals", language, "given.num.compare(&l.num) < 0", "given.num.compare(&l.num) <= 0"},
	{"a later date is an earlier one", language, "return given.at.Before(l.at)", "return given.at.After(l.at)"},
	{"StringNotLike is StringLike", language, `{"StringNotLike", StringLike, true}`, `{"StringNotLike", StringLike, false}`},
	{"operators have one spelling", language, "strings.EqualFold(o.name, s)", "o.name == s"},

	// Statements.
	{"a broken policy grants", authz, "if s.allow && p.broken {", "if false {"},
	{"a broken policy surely denies", authz, "if p.maybe || p.broken {", "if p.maybe {"},
	{"a statement that may be there is", authz, "	if s.maybe {\n		v = v.And(truth.Maybe)", "	if false {\n		v = v.And(truth.Maybe)"},
	{"NotAction is Action", authz, "	if s.notAction {\n		return v.Not()", "	if s.notAction {\n		return v"},
	{"an empty NotAction covers everything", authz, "if len(s.actions) == 0 {", "if false {"},
	{"NotResource is Resource", authz, "	if s.notResource {\n		return v.Not()", "	if s.notResource {\n		return v"},
	{"an empty NotResource covers everything", authz, "if len(s.resources) == 0 {", "if false {"},
	{"a wildcard may stand in the resource type", authz, "if r.typed && v != truth.No {", "if false {"},
	{"a resource that may be listed is", authz, "	if r.maybe {\n		v = v.And(truth.Maybe)", "	if false {\n		v = v.And(truth.Maybe)"},
	{"a multivalued key is a variable", authz, "v.State == iam.Known && !v.Multi && len(v.Values) == 1", "v.State == iam.Known && len(v.Values) >= 1"},
	{"an empty value is the value of a variable", authz, ` && v.Values[0] != ""`, ""},
	{"an unknown variable has no value", authz, "return match.Hole(match.Key, p.Key), truth.Maybe", `return "", truth.No`},
	{"an optional variable has a value", authz, "return v.Values[0], truth.Maybe", "return v.Values[0], truth.Yes"},
	{"a gateway endpoint lets in principals by name", authz, "if e.gateway != truth.No && p.kind", "if false && p.kind"},
	{"actions are compared with case", authz, "match.CompileFold(a.Text)", "match.Compile(a.Text)"},
	{"policies without a version have variables", authz, "variables := p.Version == iam.Version2012", `variables := p.Version != "2008-10-17"`},
	{"a star never leaves its part of an ARN", matching, "t.stay = colons < 5 && (m == arnLike || !end)", "t.stay = colons < 5 && (end || !end)"},
	{"a star in an ARN operator leaves its part", matching, "t.stay = colons < 5 && (m == arnLike || !end)", "t.stay = colons < 5 && !end"},
	{"NotAction stands in the index by its actions", authz, "indexed := !s.notAction", "indexed := true"},

	// The context.
	{"aws:PrincipalArn is the session", authz, "	case session:\n			if c.roleARN", "	case session:\n			return e.known(d, c.arn), true\n			if c.roleARN"},
	{"a role has a user name", authz, "		case user:\n			return e.known(d, c.name), true", "		case user, role, session:\n			return e.known(d, c.name), true"},
	{"an address is there with an endpoint", authz, `v, _ := e.req.Context.Lookup("aws:sourcevpce")`, `v, _ := e.req.Context.Lookup("aws:nosuch")`},

	// Layers.
	{"GetCallerIdentity can be denied", authz, `e.is("sts:getcalleridentity")`, "false"},
	{"GetSessionToken can be denied", authz, `e.is("sts:getsessiontoken")`, "false"},
	{"partitions meet", authz, "if r.meet = match.Equal(partition, c.partition); r.meet == truth.No {", "if partition == \"nowhere\" {"},
	{"a role is passed across accounts", authz, `r.home = e.is("iam:passrole") && c.kind.iamPrincipal()`, "r.home = false"},
	{"the root user assumes roles", authz, `kind == root && e.is("sts:assumerole")`, "false"},
	{"a federated user calls AWS STS", authz, "case kind == federated:\n		// \"You cannot call any AWS STS", "case false:\n		// \"You cannot call any AWS STS"},
	{"a federated user calls IAM", authz, `case e.service() == "iam" && c.kind == federated:`, "case false:"},
	{"a role calls GetFederationToken", authz, "case (kind == role || kind == session) && e.is(", "case false && e.is("},
	{"AssumeRoot needs a resource policy", authz, "	r.root = true\n	switch {", "	switch {"},
	{"anybody calls AssumeRoot", authz, "case !e.pol.Management:", "case false:"},
	{"the bucket policy opens what others wrote", authz, "if e.foreign() {", "if false {"},
	{"the writer of an object has no control of it", authz, "return // whoever writes", "_ = 0 // whoever writes"},
	{"an empty string is a value for Null", authz, " || (v.Multi || c.many) && nothing(vals)", ""},
	{"SCPs bind service-linked roles", authz, "if iamCaller && !linked && !e.pol.Management", "if iamCaller && !e.pol.Management"},
	{"SCPs bind the management account", authz, "if iamCaller && !linked && !e.pol.Management", "if iamCaller && !linked"},
	{"the last level of SCPs decides", authz, "r.scpAllow = r.scpAllow.And(o.allow)", "r.scpAllow = o.allow"},
	{"SCPs cannot deny", authz, "r.scpDeny = r.scpDeny.Or(o.deny)", "_ = o.deny"},
	{"RCPs bear on RetireGrant", authz, "!own && !retire &&", "!own && (retire || !retire) &&"},
	{"RCPs bind the management account's resources", authz, "!linked && !own && !retire", "!linked && (own || !own) && !retire"},
	{"RCPs bind AWS managed keys", authz, "!retire && !e.pol.AWSManagedKey &&", "!retire &&"},
	{"RCPs bind every service", authz, " && e.engine.opt.RCPServices(e.service()) {", " {"},
	{"only the last level of RCPs denies", authz, "r.rcpDeny = r.rcpDeny.Or(e.ask(&e.c.rcp[i]).deny)", "r.rcpDeny = e.ask(&e.c.rcp[i]).deny"},
	{"the endpoint does not gate", authz, "r.allowed = r.allowed.And(r.endpoint.allow)", "_ = r.allowed"},
	{"the root user needs a policy", authz, "		i = truth.Yes", "		_ = i"},
	{"boundaries do not limit", authz, "		b = r.boundary.allow", "		_ = b"},
	{"session policies do not limit", authz, "		s = r.session.allow", "		_ = s"},
	{"a federated user needs no session policy", authz, "		s = truth.No", "		_ = s"},
	{"a boundary does not limit what a role is given", authz, "Or(by.byRole.And(capped))", "Or(by.byRole)"},
	{"a boundary limits what a session is given", authz, "return own.Or(by.direct).Or(", "return own.Or(by.direct.And(capped)).Or("},
	{"identity policies open keys and roles", authz, "own = own.And(by.account)", "_ = by.account"},
	{"the resource policy suffices across accounts", authz, "return own.And(r.resource.by.any()).Or(granted)", "return own.And(r.resource.by.any()).Or(granted).Or(r.resource.by.direct)"},
	{"identity policies suffice across accounts", authz, "return own.And(r.resource.by.any()).Or(granted)", "return own.Or(granted)"},
	{"boundaries cannot deny", authz, "max(r.identity.deny, r.boundary.deny, ", "max(r.identity.deny, "},
	{"session policies cannot deny", authz, "r.session.deny, ", ""},
	{"endpoint policies cannot deny", authz, "r.endpoint.deny, ", ""},
	{"a bucket policy locks out the root user", authz, "r.resource.deny = r.resource.deny.And(e.rootMayMend().Not())", "_ = e.rootMayMend()"},
	{"all of KMS works across accounts", authz, `	op := action[strings.IndexByte(action, ':')+1:]`, `	op := "Decrypt"`},

	// Grants.
	{"a grant covers every operation", authz, "listed = listed || strings.EqualFold(o, op)", "listed = listed || o != op || true"},
	{"constraints bear on every operation", authz, "case constrained(op):", "case true:"},
	{"EncryptionContextEquals is a subset", authz, "		if !listed {", "		if false {"},
	{"the value of a constraint does not count", authz, "v := match.Equal(want, given.Values[0])", "v := match.Equal(want, want)"},
}

// TestMutations puts each bug into the engine, one at a time, and wants the
// comparison of the engines to notice. It takes minutes: it runs where
// PENSTOCK_MUTATE is set, to "all" or to a part of a bug's text.
func TestMutations(t *testing.T) {
	which := os.Getenv("PENSTOCK_MUTATE")
	if which == "" {
		t.Skip("set PENSTOCK_MUTATE=all to put each of the bugs into the engine")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := (&mutation{dir: authz, old: "package", new: "package"}).try(root, t.TempDir()); err != nil || strings.Contains(out, "compare_test.go") {
		t.Fatalf("the engines differ without a bug: %v\n%s", err, out)
	}
	caught, tried := 0, 0
	for _, m := range mutations {
		if which != "all" && !strings.Contains(m.bug, which) {
			continue
		}
		tried++
		out, err := (&m).try(root, t.TempDir())
		switch {
		case err != nil:
			t.Errorf("%s: %v", m.bug, err)
		case !strings.Contains(out, "compare_test.go"):
			t.Errorf("%s: not noticed:\n%s", m.bug, out)
		default:
			caught++
			t.Logf("%s: caught", m.bug)
		}
	}
	t.Logf("%d of %d bugs caught", caught, tried)
}

// TestMutationsFit wants each bug to have its place in the engine as it is.
func TestMutationsFit(t *testing.T) {
	texts := map[string][]byte{}
	for _, m := range mutations {
		if texts[m.dir] == nil {
			files, err := filepath.Glob(filepath.Join("../../..", filepath.FromSlash(m.dir), "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if strings.HasSuffix(f, "_test.go") {
					continue
				}
				text, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				texts[m.dir] = append(texts[m.dir], text...)
			}
		}
		if !bytes.Contains(texts[m.dir], []byte(m.old)) {
			t.Errorf("%s: %s does not hold %q any more", m.bug, m.dir, m.old)
		}
	}
}

// try runs the comparison on the engine with the bug and returns what it
// said.
func (m *mutation) try(root, dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(m.dir), "*.go"))
	if err != nil {
		return "", err
	}
	var src string
	var changed []byte
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if !strings.HasSuffix(f, "_test.go") && bytes.Contains(text, []byte(m.old)) {
			src, changed = f, bytes.Replace(text, []byte(m.old), []byte(m.new), 1)
			break
		}
	}
	if src == "" {
		return "", fmt.Errorf("%s does not hold %q any more", m.dir, m.old)
	}
	copied := filepath.Join(dir, filepath.Base(src))
	overlay := filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {src: copied}})
	if err != nil {
		return "", err
	}
	for name, b := range map[string][]byte{copied: changed, overlay: list} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return "", err
		}
	}
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-overlay="+overlay, "-run=^TestEnginesAgree$", "./iam/authz")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "PENSTOCK_CASES=200000", "PENSTOCK_MUTATE=")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out), nil
	}
	if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
		return "", fmt.Errorf("the engine does not build with the bug:\n%s", out)
	}
	if bytes.Contains(out, []byte("panic:")) {
		return "compare_test.go: panic", nil
	}
	return string(out), nil
}
