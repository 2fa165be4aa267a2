package authz

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	docjson "penstock/doc/json"

	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/source"
)

// A world is a generated request with its policies, still as text, so that
// one with unknowns can be made certain: "@B@" stands for a bucket and "@A@"
// for an account, which are holes until somebody fills them.
type world struct {
	principal, role, action, resource, account string
	open                                       bool
	keys                                       map[string][]string // nil value: unknown; absent keys are not in it
	layers                                     map[string][]string
	scp                                        [][]string
	unknown                                    []string // layers of which not all is known
	bounded, limited, gated                    bool
	management                                 bool
}

var (
	genPrincipals = []string{
		"arn:aws:iam::111111111111:user/dev", "arn:aws:sts::111111111111:assumed-role/build/run",
		"arn:aws:iam::111111111111:role/build", "arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:federated-user/dev",
		"arn:aws:iam::222222222222:role/build", "codebuild.amazonaws.com", "*", "arn:aws:iam::@A@:role/build",
	}
	genNamed = []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"111111111111"}`, `{"AWS":"arn:aws:iam::111111111111:root"}`, `{"AWS":"arn:aws:iam::111111111111:user/dev"}`,
		`{"AWS":"arn:aws:iam::111111111111:role/build"}`, `{"AWS":"arn:aws:sts::111111111111:assumed-role/build/run"}`,
		`{"AWS":"arn:aws:sts::111111111111:federated-user/dev"}`, `{"Service":"codebuild.amazonaws.com"}`, `{"AWS":"arn:aws:iam::@A@:root"}`,
		`{"AWS":["arn:aws:iam::@A@:role/build","arn:aws:iam::222222222222:root"]}`,
	}
	genActions   = []string{"s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole", "iam:PassRole"}
	genPatterns  = []string{"*", "s3:*", "s3:GetObject", "s3:G?tObject", "kms:*", "sts:AssumeRole", "iam:*", "*:*"}
	genResources = map[string][]string{
		"s3":  {"arn:aws:s3:::store/k", "arn:aws:s3:::@B@/k", "arn:aws:s3:::store/dev/k", "arn:aws:s3:::@B@/blue/k"},
		"kms": {"arn:aws:kms:eu-west-1:111111111111:key/1", "arn:aws:kms:eu-west-1:@A@:key/1"},
		"sts": {"arn:aws:iam::111111111111:role/deploy", "arn:aws:iam::222222222222:role/deploy"},
		"iam": {"arn:aws:iam::111111111111:role/deploy", "arn:aws:iam::222222222222:role/deploy"},
	}
	genTargets = []string{
		"*", "arn:aws:s3:::store/*", "arn:aws:s3:::@B@/*", "arn:aws:s3:::*/k", "arn:aws:s3*", "arn:aws:s3:::store/${aws:username}/*",
		"arn:aws:s3:::store/${aws:PrincipalTag/t, 'dev'}/*", "arn:aws:kms:*:111111111111:key/*", "arn:aws:kms:*:@A@:key/?", "arn:aws:iam::*:role/*",
	}
	genConditions = []string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringEqualsIgnoreCase",
		"Null", "ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike",
		"NumericLessThan", "NumericNotEquals", "Bool", "BoolIfExists", "ArnLike", "ArnNotLike", "IpAddress", "NotIpAddress", "DateLessThan",
	}
	genKeys   = []string{"aws:PrincipalTag/t", "aws:TagKeys", "aws:PrincipalArn", "aws:SourceIp", "aws:PrincipalAccount", "aws:ResourceAccount", "aws:username"}
	genValues = []string{"a", "b", "dev", "blue", "*", "1", "true", "false", "", "111111111111", "203.0.113.7", "203.0.113.0/24", "arn:aws:iam::*:role/build", "${aws:username}", "${aws:PrincipalTag/t}", "2026-01-01T00:00:00Z", "@A@"}
	given     = []string{"a", "b", "dev", "blue", "1", "5x", "true", "false", "", "203.0.113.7", "2026-01-01T00:00:00Z", "arn:aws:iam::111111111111:role/build"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func genStatement(r *rand.Rand, k iam.Kind) string {
	f := map[string]any{"Effect": pick(r, []string{"Allow", "Allow", "Deny"})}
	action, resource := "Action", "Resource"
	if r.IntN(6) == 0 {
		action = "NotAction"
	}
	if r.IntN(6) == 0 {
		resource = "NotResource"
	}
	f[action] = []string{pick(r, genPatterns), pick(r, genPatterns)}[:1+r.IntN(2)]
	if k != iam.Trust {
		f[resource] = []string{pick(r, genTargets), pick(r, genTargets)}[:1+r.IntN(2)]
	} else {
		delete(f, action)
		f["Action"] = pick(r, []string{"sts:AssumeRole", "sts:*"})
	}
	if k == iam.Resource || k == iam.Trust || k == iam.Endpoint {
		name := "Principal"
		if k == iam.Resource && f["Effect"] == "Deny" && r.IntN(8) == 0 {
			name = "NotPrincipal"
		}
		f[name] = json.RawMessage(pick(r, genNamed))
	}
	if r.IntN(2) == 0 {
		c := map[string]any{}
		for range 1 + r.IntN(2) {
			c[pick(r, genConditions)] = map[string]any{pick(r, genKeys): []string{pick(r, genValues), pick(r, genValues)}[:1+r.IntN(2)]}
		}
		f["Condition"] = c
	}
	b, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func genPolicy(r *rand.Rand, k iam.Kind) string {
	var ss []string
	for range 1 + r.IntN(3) {
		ss = append(ss, genStatement(r, k))
	}
	version := `"Version":"2012-10-17",`
	if r.IntN(8) == 0 {
		version = ""
	}
	return "{" + version + `"Statement":[` + strings.Join(ss, ",") + "]}"
}

const fullPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

var genLayers = map[string]iam.Kind{"identity": iam.Identity, "boundary": iam.Boundary, "session": iam.Session, "resource": iam.Resource, "endpoint": iam.Endpoint}

func genWorld(r *rand.Rand) *world {
	w := &world{principal: pick(r, genPrincipals), action: pick(r, genActions), keys: map[string][]string{}, layers: map[string][]string{}}
	svc, _, _ := strings.Cut(w.action, ":")
	w.resource = pick(r, genResources[svc])
	w.account = pick(r, []string{"111111111111", "222222222222", "@A@"})
	w.open = r.IntN(4) == 0
	for _, k := range genKeys[:4] {
		switch r.IntN(3) {
		case 0:
			w.keys[k] = nil
		case 1:
			w.keys[k] = genGiven(r, k)
		}
	}
	w.layers["identity"] = []string{genPolicy(r, iam.Identity)}
	if r.IntN(2) == 0 {
		w.layers["identity"] = append(w.layers["identity"], fullPolicy)
	}
	own := iam.Resource
	if svc == "sts" {
		own = iam.Trust
	}
	if r.IntN(3) > 0 {
		w.layers["resource"] = []string{genPolicy(r, own)}
	}
	add := func(layer string, k iam.Kind, flag *bool) {
		if r.IntN(4) == 0 {
			*flag = true
			w.layers[layer] = []string{genPolicy(r, k)}
			if r.IntN(2) == 0 && k != iam.Endpoint {
				w.layers[layer] = append(w.layers[layer], fullPolicy)
			}
		}
	}
	add("boundary", iam.Boundary, &w.bounded)
	add("session", iam.Session, &w.limited)
	add("endpoint", iam.Endpoint, &w.gated)
	if r.IntN(4) == 0 {
		w.scp = [][]string{{fullPolicy}, {fullPolicy, genPolicy(r, iam.SCP)}}
	}
	if r.IntN(6) == 0 {
		w.unknown = append(w.unknown, pick(r, []string{"identity", "boundary", "session", "resource", "scp"}))
	}
	w.management = r.IntN(8) == 0
	return w
}

func genGiven(r *rand.Rand, key string) []string {
	if key == "aws:TagKeys" {
		return []string{pick(r, given), pick(r, given)}[:r.IntN(3)]
	}
	if key == "aws:PrincipalArn" {
		return []string{"arn:aws:iam::111111111111:role/build"}
	}
	return []string{pick(r, given)}
}

func clone(w *world) *world {
	c := *w
	c.keys = map[string][]string{}
	maps.Copy(c.keys, w.keys)
	c.layers = map[string][]string{}
	for k, v := range w.layers {
		c.layers[k] = slices.Clone(v)
	}
	c.scp = nil
	for _, l := range w.scp {
		c.scp = append(c.scp, slices.Clone(l))
	}
	c.unknown = slices.Clone(w.unknown)
	return &c
}

// settle fills every unknown of w by some value.
func settle(r *rand.Rand, w *world) *world {
	c := clone(w)
	fill := strings.NewReplacer("@B@", pick(r, []string{"store", "other"}), "@A@", pick(r, []string{"111111111111", "222222222222", "333333333333"}))
	c.principal, c.resource, c.account = fill.Replace(c.principal), fill.Replace(c.resource), fill.Replace(c.account)
	for l, ps := range c.layers {
		for i := range ps {
			c.layers[l][i] = fill.Replace(ps[i])
		}
	}
	for _, ps := range c.scp {
		for i := range ps {
			ps[i] = fill.Replace(ps[i])
		}
	}
	for _, k := range genKeys {
		v, listed := c.keys[k]
		if listed && v != nil || !listed && !c.open {
			continue
		}
		if !listed && derivedOf(strings.ToLower(k)) != notDerived {
			continue // the principal fixes it
		}
		delete(c.keys, k)
		if r.IntN(3) > 0 {
			c.keys[k] = genGiven(r, k)
			if c.keys[k] == nil {
				c.keys[k] = []string{}
			}
		}
	}
	c.open = false
	for _, l := range c.unknown {
		if r.IntN(2) == 0 {
			continue
		}
		switch l {
		case "scp":
			if len(c.scp) > 0 && r.IntN(2) == 0 {
				c.scp[1] = append(c.scp[1], fill.Replace(genPolicy(r, iam.SCP)))
			} else {
				c.scp = append(c.scp, []string{fill.Replace(genPolicy(r, iam.SCP))})
			}
		case "boundary":
			if !c.bounded {
				c.bounded = true
				c.layers[l] = []string{fill.Replace(genPolicy(r, iam.Boundary)), fullPolicy}[r.IntN(2):]
			} else {
				c.layers[l] = append(c.layers[l], fill.Replace(genPolicy(r, iam.Boundary)))
			}
		case "session":
			c.limited = true
			c.layers[l] = append(c.layers[l], fill.Replace(genPolicy(r, iam.Session)))
		case "resource":
			k := iam.Resource
			if strings.HasPrefix(c.action, "sts:") {
				k = iam.Trust
			}
			c.layers[l] = append(c.layers[l], fill.Replace(genPolicy(r, k)))
		default:
			c.layers[l] = append(c.layers[l], fill.Replace(genPolicy(r, genLayers[l])))
		}
	}
	c.unknown = nil
	return c
}

var genHoles = strings.NewReplacer("@B@", match.Hole(match.Name, "B"), "@A@", match.Hole(match.Account, "A"))

// plant puts holes into a tree.
func plant(n *doc.Node) {
	if n == nil {
		return
	}
	n.Text = genHoles.Replace(n.Text)
	for _, it := range n.Items {
		plant(it)
	}
	for _, f := range n.Fields {
		plant(f.Value)
	}
}

func (w *world) build(t testing.TB) (*iam.Request, *Policies) {
	req := &iam.Request{Action: w.action, Resource: genHoles.Replace(w.resource), ResourceAccount: genHoles.Replace(w.account)}
	if p := genHoles.Replace(w.principal); strings.HasPrefix(p, "arn:") || p == "*" {
		req.Principal.ARN = p
	} else {
		req.Principal.Service = p
	}
	req.Context.Open = w.open
	for k, v := range w.keys {
		if v == nil {
			req.Context.SetUnknown(k)
		} else {
			req.Context.Put(k, iam.ContextValue{State: iam.Known, Values: v, Multi: k == "aws:TagKeys"})
		}
	}
	list := func(texts []string, k iam.Kind) []*iam.Policy {
		var out []*iam.Policy
		for _, s := range texts {
			n, _, err := docjson.Parse(source.NewFile("p", []byte(s)))
			if err != nil {
				t.Fatal(err, s)
			}
			plant(n)
			p, _ := iam.Parse(n, k)
			if p.Broken != "" {
				t.Fatalf("generated a broken policy: %s\n%s", p.Broken, s)
			}
			out = append(out, p)
		}
		return out
	}
	own := iam.Resource
	if strings.HasPrefix(w.action, "sts:") {
		own = iam.Trust
	}
	p := &Policies{
		Identity: list(w.layers["identity"], iam.Identity), Boundary: list(w.layers["boundary"], iam.Boundary), HasBoundary: w.bounded,
		Session: list(w.layers["session"], iam.Session), HasSession: w.limited, Resource: list(w.layers["resource"], own),
		Endpoint: list(w.layers["endpoint"], iam.Endpoint), HasEndpoint: w.gated, Management: w.management,
	}
	for _, l := range w.scp {
		p.SCP = append(p.SCP, list(l, iam.SCP))
	}
	for _, l := range w.unknown {
		p.Unknown = append(p.Unknown, Unknown{l, "what is in " + l})
	}
	return req, p
}

func (w *world) decide(t testing.TB) Verdict {
	req, p := w.build(t)
	e := New(Options{})
	v := e.Decide(req, p)
	d := e.Explain(req, p)
	if d.Verdict != v {
		t.Fatalf("Decide %v, Explain %v\n%+v", v, d.Verdict, w)
	}
	if v == Depends && len(d.Missing) == 0 {
		t.Fatalf("Depends on nothing\n%+v\n%s", w, trace(d))
	}
	if v == Deny && d.Layer == "" {
		t.Fatalf("nobody denies\n%+v\n%s", w, trace(d))
	}
	return v
}

func (w *world) String() string {
	return fmt.Sprintf("%s %s %s of %s open=%v\nkeys %q\nlayers %s\nscp %s unknown %v boundary %v session %v endpoint %v management %v",
		w.principal, w.action, w.resource, w.account, w.open, w.keys, strings.Join(w.texts(), "\n  "), w.scp, w.unknown, w.bounded, w.limited, w.gated, w.management)
}

func (w *world) texts() []string {
	var out []string
	for l, ps := range w.layers {
		for _, p := range ps {
			out = append(out, l+" "+p)
		}
	}
	return out
}

func check(t testing.TB, r *rand.Rand, seen *[3]int) {
	w := genWorld(r)
	v := w.decide(t)
	seen[v]++

	// A definite verdict is that of every filling; so removing an unknown only
	// refines Depends.
	for range 4 {
		c := settle(r, w)
		if got := c.decide(t); v != Depends && got != v {
			t.Fatalf("%v with unknowns, %v when settled\n%v\n---\n%v", v, got, w, c)
		}
	}

	// An added Deny never widens.
	c := clone(w)
	layer := pick(r, []string{"identity", "resource"})
	k := genLayers[layer]
	if layer == "resource" && strings.HasPrefix(w.action, "sts:") {
		k = iam.Trust
	}
	c.layers[layer] = append(c.layers[layer], strings.ReplaceAll(genPolicy(r, k), `"Effect":"Allow"`, `"Effect":"Deny"`))
	if got := c.decide(t); got > v {
		t.Fatalf("a Deny widens %v to %v\n%v\n---\n%v", v, got, w, c)
	}

	// An added Allow never narrows.
	c = clone(w)
	text := genPolicy(r, k)
	if !strings.Contains(text, "NotPrincipal") {
		c.layers[layer] = append(c.layers[layer], strings.ReplaceAll(text, `"Effect":"Deny"`, `"Effect":"Allow"`))
		if got := c.decide(t); got < v {
			t.Fatalf("an Allow narrows %v to %v\n%v\n---\n%v", v, got, w, c)
		}
	}

	// A boundary never widens.
	if !w.bounded && !slices.Contains(w.unknown, "boundary") {
		c = clone(w)
		c.bounded = true
		c.layers["boundary"] = []string{genPolicy(r, iam.Boundary)}
		if got := c.decide(t); got > v {
			t.Fatalf("a boundary widens %v to %v\n%v\n---\n%v", v, got, w, c)
		}
	}

	// The order of policies never matters.
	c = clone(w)
	for l := range c.layers {
		slices.Reverse(c.layers[l])
	}
	if got := c.decide(t); got != v {
		t.Fatalf("in another order %v is %v\n%v", v, got, w)
	}
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	rounds := 1500
	if testing.Short() {
		rounds = 500
	}
	var seen [3]int
	for range rounds {
		check(t, r, &seen)
	}
	t.Logf("deny, depends, allow: %v", seen)
	for v, n := range seen {
		if n < rounds/50 {
			t.Errorf("verdict %v came %d times: the generator is lopsided", Verdict(v), n)
		}
	}
}

func FuzzDecide(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		var seen [3]int
		check(t, rand.New(rand.NewPCG(a, b)), &seen)
	})
}

// TestIndex compares one long policy, which has an index, with the same
// statements in short ones, which have none.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	var seen [3]int
	for range 15 {
		w := genWorld(r)
		w.layers["identity"] = nil
		var all []string
		for range 80 {
			st := genStatement(r, iam.Identity)
			if r.IntN(10) > 0 {
				st = strings.Replace(st, `"Effect":"Deny"`, `"Effect":"Allow"`, 1)
			}
			all = append(all, st)
			w.layers["identity"] = append(w.layers["identity"], `{"Version":"2012-10-17","Statement":[`+st+`]}`)
		}
		c := clone(w)
		c.layers["identity"] = []string{`{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`}
		for i := range 12 {
			w.action, c.action = genActions[i%len(genActions)], genActions[i%len(genActions)]
			svc, _, _ := strings.Cut(w.action, ":")
			w.resource = pick(r, genResources[svc])
			c.resource = w.resource
			if svc == "sts" || svc == "iam" {
				delete(w.layers, "resource")
				delete(c.layers, "resource")
			}
			a, b := w.decide(t), c.decide(t)
			seen[a]++
			if a != b {
				t.Fatalf("%v in short policies, %v in a long one\n%v", a, b, c)
			}
		}
	}
	t.Log(seen)
}
