package reach

import (
	"penstock/iam"
	"penstock/truth"
	"slices"
	"strings"
)

// A class is a kind of caller. A generic one stands for all of its kind, in
// one account or in any, that no statement names.
type class struct {
	kind    string // as caller.kind
	who     iam.Principal
	generic bool
	account string // "": any
}

// stranger is an account that no policy of the world should name.
const stranger = "210123456789"

// classes lists the callers to ask about.
func (c *comparison) classes() []class {
	if !c.resource {
		out := []class{generic("role", "")}
		if c.principal {
			out = append(out, generic("user", ""), generic("federated", ""))
		}
		return out
	}
	var out []class
	accounts := []string{}
	sessions := map[string]bool{} // roles of which a session is named
	add := func(k class) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	account := func(a string) {
		if a != "" && !holed(a) && !slices.Contains(accounts, a) {
			accounts = append(accounts, a)
		}
	}
	var names []iam.PrincipalElem
	for _, p := range c.both {
		for i := range p.Statements {
			names = append(names, p.Statements[i].Principals...)
		}
	}
	for _, n := range names {
		if f := strings.SplitN(n.Text, ":", 6); len(f) == 6 && strings.HasPrefix(f[5], "assumed-role/") {
			role, _, _ := strings.Cut(strings.TrimPrefix(f[5], "assumed-role/"), "/")
			sessions[f[4]+"/"+role] = true
		}
	}
	for _, n := range names {
		switch n.Type {
		case iam.PrincipalService:
			if n.Text != "*" {
				add(class{kind: "service", who: iam.Principal{Service: n.Text}})
			}
		case iam.PrincipalFederated:
			switch {
			case strings.HasPrefix(n.Text, "arn:"):
				add(class{kind: "provider", who: iam.Principal{ARN: n.Text}})
			case n.Text != "*":
				add(class{kind: "service", who: iam.Principal{Service: n.Text}})
			}
		case iam.PrincipalAWS:
			f := strings.SplitN(n.Text, ":", 6)
			if len(f) < 6 {
				if len(n.Text) == 12 {
					account(n.Text)
				}
				continue
			}
			account(f[4])
			who := iam.Principal{ARN: n.Text}
			k := class{kind: readCaller(&who).kind, who: who}
			if k.kind == "role" && strings.HasPrefix(f[5], "role/") {
				name := f[5][strings.LastIndexByte(f[5], '/')+1:]
				if sessions[f[4]+"/"+name] {
					k.who = iam.Principal{ARN: "arn:" + f[1] + ":sts::" + f[4] + ":assumed-role/" + name + "/another-session", Role: n.Text}
				}
			}
			if k.kind != "someone" && k.kind != "root" {
				add(k)
			}
			if role, ok := sessionRole(n.Text); ok {
				add(class{kind: "role", who: iam.Principal{ARN: strings.TrimSuffix(n.Text, base(n.Text)) + "another-session", Role: role}})
			}
			if k.kind == "user" {
				// Naming a user names the federated users that it makes.
				add(class{kind: "federated", who: iam.Principal{ARN: "arn:" + f[1] + ":sts::" + f[4] + ":federated-user/" + base(f[5])}})
			}
		}
	}
	for _, a := range append(accounts, stranger) {
		add(generic("role", a))
		add(generic("user", a))
		if c.principal {
			add(generic("federated", a))
		}
		if !c.trust {
			add(class{kind: "root", who: iam.Principal{ARN: "arn:aws:iam::" + a + ":root"}})
		}
	}
	if c.principal {
		for _, kind := range []string{"role", "user", "federated", "root"} {
			add(generic(kind, ""))
		}
	}
	add(class{kind: "service", generic: c.principal, who: iam.Principal{Service: "unlisted.amazonaws.com"}})
	add(class{kind: "anonymous"})
	if c.trust {
		add(class{kind: "provider", who: iam.Principal{ARN: "arn:aws:iam::" + stranger + ":oidc-provider/unlisted.example.com"}})
	}
	return c.distinct(out)
}

// sessionRole returns the ARN of the role of a session, without the path that
// it may have.
func sessionRole(arn string) (string, bool) {
	partition, svc, account, res, ok := cutARN(arn)
	rest, session := strings.CutPrefix(res, "assumed-role/")
	if !ok || !session || svc != "sts" {
		return "", false
	}
	name, _, _ := strings.Cut(rest, "/")
	return "arn:" + partition + ":iam::" + account + ":role/" + name, true
}

func generic(kind, account string) class {
	a := account
	if a == "" {
		a = stranger
	}
	k := class{kind: kind, generic: true, account: account}
	switch kind {
	case "role":
		k.who.ARN = "arn:aws:iam::" + a + ":role/anyone"
	case "user":
		k.who.ARN = "arn:aws:iam::" + a + ":user/anyone"
	case "root":
		k.who.ARN = "arn:aws:iam::" + a + ":root"
	case "federated":
		k.who.ARN = "arn:aws:sts::" + a + ":federated-user/anyone"
	}
	return k
}

// distinct leaves one class of those that no statement tells apart.
func (c *comparison) distinct(in []class) []class {
	if c.principal {
		return in
	}
	var out []class
	seen := map[string]bool{}
	for _, k := range in {
		o := c.oracle(k)
		sig := []byte{}
		some := false
		for _, p := range c.both {
			for i := range p.Statements {
				v := o.names(p, &p.Statements[i]).any()
				some = some || v != truth.No
				sig = append(sig, '0'+byte(v))
			}
		}
		if some && !seen[string(sig)] {
			seen[string(sig)] = true
			out = append(out, k)
		}
	}
	return out
}

func (c *comparison) oracle(k class) *oracle {
	w := readCaller(&k.who)
	o := &oracle{engine: c.e.namer(), who: k.who, account: w.account, partition: w.partition, signed: w.signed()}
	if o.partition == "" {
		o.partition = "aws"
	}
	return o
}
