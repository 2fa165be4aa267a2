package reach

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// Callers that stand for all: those that tiny policies name, and others.
var tinyCallers = []iam.Principal{
	{ARN: "arn:aws:iam::111111111111:role/a"}, {ARN: "arn:aws:iam::111111111111:role/p/ab"}, {ARN: "arn:aws:iam::111111111111:role/other"},
	{ARN: "arn:aws:sts::111111111111:assumed-role/a/s"}, {ARN: "arn:aws:sts::111111111111:assumed-role/a/s2"},
	{ARN: "arn:aws:iam::222222222222:role/a"}, {ARN: "arn:aws:iam::222222222222:role/b"}, {ARN: "arn:aws:iam::333333333333:role/a"},
	{ARN: "arn:aws:iam::111111111111:user/ann"}, {ARN: "arn:aws:iam::111111111111:user/t/bob"}, {ARN: "arn:aws:iam::222222222222:user/ann"}, {ARN: "arn:aws:iam::333333333333:user/bob"},
	{ARN: "arn:aws:iam::111111111111:root"}, {ARN: "arn:aws:iam::222222222222:root"}, {ARN: "arn:aws:iam::333333333333:root"},
	{ARN: "arn:aws:sts::111111111111:federated-user/ann"}, {ARN: "arn:aws:sts::333333333333:federated-user/ann"},
	{Service: "events.amazonaws.com"}, {Service: "sns.amazonaws.com"}, {Service: "config.amazonaws.com"}, {},
}

func tinyResourcePolicy(c chooser) string {
	var sts []map[string]any
	for range 1 + c(3) {
		st := map[string]any{"Effect": c.pick("Allow", "Allow", "Deny"), "Action": c.pick("sns:Publish", "sns:*"), "Resource": "*"}
		var who any
		switch c(4) {
		case 0:
			who = "*"
		case 1:
			who = map[string]any{"Service": tinyList(c, func() string { return c.pick("events.amazonaws.com", "sns.amazonaws.com") })}
		default:
			who = map[string]any{"AWS": tinyList(c, func() string {
				return c.pick("111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root", "*", "arn:aws:iam::111111111111:role/a",
					"arn:aws:iam::222222222222:role/a", "arn:aws:iam::111111111111:user/ann", "arn:aws:sts::111111111111:assumed-role/a/s", "arn:aws:sts::111111111111:federated-user/ann")
			})}
		}
		name := "Principal"
		if st["Effect"] == "Deny" && c(4) == 0 {
			name = "NotPrincipal"
		}
		st[name] = who
		if c(3) > 0 {
			cond := map[string]any{}
			for range 1 + c(2) {
				op, key, value := "StringEquals", "", ""
				switch c(7) {
				case 0, 1:
					op, key = c.pick("ArnLike", "StringLike", "StringNotLike", "ArnNotEquals"), "aws:PrincipalArn"
					value = c.pick("arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:*", "arn:aws:iam::*:role/a*", "arn:aws:iam::*:user/*", "*", "arn:aws:iam::333333333333:root")
				case 2:
					op, key, value = c.pick("StringEquals", "StringNotEquals", "StringLike"), "aws:PrincipalAccount", c.pick("111111111111", "222222222222", "1*")
				case 3:
					op, key, value = c.pick("StringEquals", "StringNotEquals"), "aws:PrincipalType", c.pick("User", "AssumedRole", "Account", "Anonymous", "FederatedUser")
				case 4:
					op, key, value = c.pick("StringEquals", "StringLike", "StringNotEqualsIfExists"), "aws:username", c.pick("ann", "b*", "bob")
				case 5:
					op, key, value = "Bool"+c.pick("", "IfExists"), "aws:PrincipalIsAWSService", c.pick("true", "false")
				case 6:
					op, key, value = c.pick("StringEquals", "StringNotEquals", "Null"), c.pick("aws:PrincipalServiceName", "aws:PrincipalOrgID"), c.pick("events.amazonaws.com", "o-1")
					if op == "Null" {
						value = c.pick("true", "false")
					}
				}
				cond[op] = map[string]any{key: value}
			}
			st["Condition"] = cond
		}
		sts = append(sts, st)
	}
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": sts})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestIncludedPrincipals compares policies that name principals, and tries
// every caller.
func TestIncludedPrincipals(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	e := New(authz.New(authz.Options{}), Options{})
	count := map[truth.Value]int{}
	for i := range rounds(1500) {
		older, newer := tinyResourcePolicy(r.IntN), tinyResourcePolicy(r.IntN)
		o, n := []*iam.Policy{policy(t, iam.Resource, older)}, []*iam.Policy{policy(t, iam.Resource, newer)}
		in := e.Included(o, n)
		count[in.Verdict]++
		if in.Verdict == truth.Maybe {
			t.Logf("round %d depends on %q\nold %s\nnew %s", i, in.Missing, older, newer)
		}
		if in.Verdict != truth.Yes {
			continue
		}
		c := &comparison{e: e, old: accepted(o), new: accepted(n)}
		c.look()
		engine := authz.New(authz.Options{})
		for _, who := range tinyCallers {
			for _, org := range []string{"", "o-1", "o-2"} {
				req := &iam.Request{Principal: who, Action: "sns:Publish", Resource: "arn:aws:sns:us-east-1:444444444444:t"}
				if own := readCaller(&who); org != "" && own.signed() {
					req.Context.Set("aws:PrincipalOrgID", org)
				}
				own := readCaller(&req.Principal)
				now, before := c.world(req, own, c.new), c.world(req, own, c.old)
				if engine.Decide(req, now) == authz.Allow && engine.Decide(req, before) == authz.Deny {
					var s strings.Builder
					for k, v := range req.Context.All() {
						s.WriteString(fmt.Sprintf(" %s=%+v", k, v))
					}
					t.Fatalf("round %d: included, but %+v is let in now%s\nold %s\nnew %s", i, who, s.String(), older, newer)
				}
			}
		}
	}
	if count[truth.Maybe] > sum(count)/50 {
		t.Errorf("%v: vague", count)
	}
	t.Log(count)
}

func sum(m map[truth.Value]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}
