package reach

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// A chooser picks one of n.
type chooser func(n int) int

func (c chooser) pick(from ...string) string { return from[c(len(from))] }

// tinyPolicy makes a policy over alphabets so small that every request can be
// tried.
func tinyPolicy(c chooser) string {
	var sts []map[string]any
	for range 1 + c(3) {
		st := map[string]any{"Effect": c.pick("Allow", "Allow", "Deny")}
		action, resource := "Action", "Resource"
		if c(6) == 0 {
			action = "NotAction"
		}
		if c(5) == 0 {
			resource = "NotResource"
		}
		st[action] = tinyList(c, func() string { return c.pick("s:a", "s:b", "s:*", "*", "s:a*", "S:?", "t:*", "s:a?") })
		st[resource] = tinyList(c, func() string {
			if c(8) == 0 {
				return "*"
			}
			return tinyText(c, "ab*?", 3) + c.pick("", "", "a")
		})
		if c(2) == 0 {
			st["Condition"] = tinyCondition(c)
		}
		sts = append(sts, st)
	}
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": sts})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func tinyText(c chooser, alphabet string, n int) string {
	var b []byte
	for range c(n + 1) {
		b = append(b, alphabet[c(len(alphabet))])
	}
	return string(b)
}

func tinyList(c chooser, f func() string) []string {
	var out []string
	for range 1 + c(2) {
		out = append(out, f())
	}
	return out
}

func tinyCondition(c chooser) map[string]any {
	out := map[string]any{}
	for range 1 + c(2) {
		var op, key string
		var values []string
		suffix := c.pick("", "", "IfExists")
		switch c(9) {
		case 0, 1:
			op = c.pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase") + suffix
			key = c.pick("aws:RequestTag/k", "aws:ResourceTag/k")
			values = tinyList(c, func() string { return tinyText(c, "ab*A", 2) })
		case 2:
			op, key = "Null", c.pick("aws:RequestTag/k", "aws:TagKeys", "aws:SourceIp", "aws:MultiFactorAuthAge")
			values = []string{c.pick("true", "false")}
		case 3:
			op = c.pick("ForAllValues:", "ForAnyValue:") + c.pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLike") + suffix
			key = "aws:TagKeys"
			values = tinyList(c, func() string { return tinyText(c, "ab*", 2) })
		case 4:
			op = c.pick("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals") + suffix
			key = "aws:MultiFactorAuthAge"
			values = tinyList(c, func() string { return c.pick("1", "2", "3", "2.5") })
		case 5:
			op = c.pick("IpAddress", "NotIpAddress") + suffix
			key = "aws:SourceIp"
			values = tinyList(c, func() string {
				return c.pick("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.1", "0.0.0.0/0", "::/0")
			})
		case 7:
			// Nobody documents it: it may have one value or several.
			op = c.pick("", "ForAllValues:", "ForAnyValue:") + c.pick("StringEquals", "StringNotEquals", "StringLike") + suffix
			key = "my:key"
			values = tinyList(c, func() string { return tinyText(c, "ab*", 2) })
		case 8:
			op = c.pick("StringEquals", "StringNotEquals") + suffix
			key = "aws:TagKeys"
			values = tinyList(c, func() string { return tinyText(c, "ab", 1) })
		case 6:
			op = c.pick("Bool", "Bool", "StringEquals", "StringLike") + suffix
			key = "aws:SecureTransport"
			values = []string{c.pick("true", "false")}
		}
		if m, ok := out[op].(map[string]any); ok {
			m[key] = values
		} else {
			out[op] = map[string]any{key: values}
		}
	}
	return out
}

// tinyRequests lists requests that stand for all: every short resource, every
// action, and of the keys that the policies ask for every short value.
func tinyRequests(c *comparison, yield func(*iam.Request) bool) {
	keys := map[string][]iam.ContextValue{}
	one := func(vs ...string) []iam.ContextValue {
		out := []iam.ContextValue{{}}
		for _, v := range vs {
			out = append(out, iam.ContextValue{State: iam.Known, Values: []string{v}})
		}
		return out
	}
	several := false
	for _, p := range slices.Concat(c.both, c.both) {
		for i := range p.Statements {
			for _, k := range p.Statements[i].Conditions {
				switch k.Key {
				case "aws:RequestTag/k", "aws:ResourceTag/k":
					keys[k.Key] = one(words("abAx", 2)...)
				case "aws:TagKeys":
					vs := []iam.ContextValue{{}, {State: iam.Known, Multi: true}}
					ws := words("abx", 2)
					for j, a := range ws {
						if a == "" {
							continue
						}
						vs = append(vs, iam.ContextValue{State: iam.Known, Multi: true, Values: []string{a}})
						for _, b := range append([]string{""}, ws[j+1:]...) {
							vs = append(vs, iam.ContextValue{State: iam.Known, Multi: true, Values: []string{a, b}})
						}
					}
					keys[k.Key] = vs
				case "my:key":
					vs := one(words("abx", 2)...)
					if strings.Contains(k.Operator, ":") || several {
						several = true
						ws := words("abx", 1)
						vs = append(vs, iam.ContextValue{State: iam.Known, Multi: true})
						for j, a := range ws[1:] {
							vs = append(vs, iam.ContextValue{State: iam.Known, Multi: true, Values: []string{a}})
							for _, b := range append([]string{""}, ws[j+1:]...) {
								vs = append(vs, iam.ContextValue{State: iam.Known, Multi: true, Values: []string{a, b}})
							}
						}
					}
					keys[k.Key] = vs
				case "aws:MultiFactorAuthAge":
					keys[k.Key] = one("0", "1", "1.5", "2", "2.2", "2.5", "2.7", "3", "4")
				case "aws:SourceIp":
					keys[k.Key] = one("10.0.0.1", "10.0.0.2", "10.128.0.1", "9.9.9.9", "2001:db8::1")
				case "aws:SecureTransport":
					keys[k.Key] = one("true", "false")
				}
			}
		}
	}
	var names []string
	total := 1
	for k, v := range keys {
		names = append(names, k)
		total *= len(v)
	}
	for n := range total {
		req := &iam.Request{Principal: iam.Principal{ARN: "arn:aws:iam::" + stranger + ":role/anyone"}}
		rest := n
		for _, k := range names {
			req.Context.Put(k, keys[k][rest%len(keys[k])])
			rest /= len(keys[k])
		}
		if !yield(req) {
			return
		}
	}
}

// smaller reports whether the policies are few enough keys to try everything.
func keysOf(c *comparison) int {
	seen := map[string]bool{}
	for _, p := range c.both {
		for i := range p.Statements {
			for _, k := range p.Statements[i].Conditions {
				seen[k.Key] = true
			}
		}
	}
	return len(seen)
}

// tryAll looks for a request that new allows and old does not, among all tiny
// ones.
func tryAll(c *comparison, engine *authz.Engine, resources []string) *iam.Request {
	var hit *iam.Request
	now, before := (*authz.Policies)(nil), (*authz.Policies)(nil)
	tinyRequests(c, func(req *iam.Request) bool {
		own := readCaller(&req.Principal)
		if now == nil {
			now, before = c.world(req, own, c.new), c.world(req, own, c.old)
		}
		req.ResourceAccount = own.account
		for _, action := range []string{"s:a", "s:b", "s:ax", "s:c", "s:axx", "t:a", "u:a", "s:bb"} {
			req.Action = action
			for _, r := range resources {
				req.Resource = r
				if engine.Decide(req, now) == authz.Allow && engine.Decide(req, before) == authz.Deny {
					hit = req
					return false
				}
			}
		}
		return true
	})
	return hit
}

func checkPair(t *testing.T, e *Engine, older, newer string, resources []string) truth.Value {
	t.Helper()
	o, n := []*iam.Policy{policy(t, iam.Identity, older)}, []*iam.Policy{policy(t, iam.Identity, newer)}
	in := e.Included(o, n)
	c := &comparison{e: e, old: accepted(o), new: accepted(n)}
	c.look()
	if in.Verdict == truth.Maybe {
		t.Errorf("depends on %q\nold %s\nnew %s", in.Missing, older, newer)
	}
	if in.Verdict == truth.Yes && keysOf(c) <= 2 {
		if req := tryAll(c, authz.New(authz.Options{}), resources); req != nil {
			var s strings.Builder
			s.WriteString(fmt.Sprintf("%s on %q", req.Action, req.Resource))
			for k, v := range req.Context.All() {
				s.WriteString(fmt.Sprintf(" %s=%+v", k, v))
			}
			t.Fatalf("included, but %s is allowed now\nold %s\nnew %s", s.String(), older, newer)
		}
	}
	return in.Verdict
}

func TestIncludedAgainstAllRequests(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	e := New(authz.New(authz.Options{}), Options{})
	resources := words("abx", 3)[1:]
	count := map[truth.Value]int{}
	for range rounds(250) {
		older, newer := tinyPolicy(r.IntN), tinyPolicy(r.IntN)
		count[checkPair(t, e, older, newer, resources)]++
	}
	if count[truth.Yes] < 50 || count[truth.No] < 50 {
		t.Errorf("%v: the test is lopsided", count)
	}
	t.Log(count)
}

func FuzzIncluded(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("9876543210"))
	resources := words("abx", 2)[1:]
	e := New(authz.New(authz.Options{}), Options{})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		from := func(data []byte) chooser {
			i := 0
			return func(n int) int {
				if i >= len(data) {
					return 0
				}
				i++
				return int(data[i-1]) % n
			}
		}
		checkPair(t, e, tinyPolicy(from(a)), tinyPolicy(from(b)), resources)
	})
}
