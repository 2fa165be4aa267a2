package filter_test

import (
	"testing"

	"penstock/match"
	"penstock/trail"
	"penstock/trail/filter"
	"penstock/truth"
)

func event() *trail.Value {
	return trail.Tree(true,
		"eventName", "PutRolePolicy", "eventSource", "iam.amazonaws.com", "readOnly", trail.Flag(false), "count", &trail.Value{Kind: trail.Number, Text: "5"},
		"errorCode", trail.Absent(), "nothing", &trail.Value{Kind: trail.Null}, "a.b", "dotted",
		"names", &trail.Value{Kind: trail.List, Items: []*trail.Value{trail.Text("x"), trail.Tree(false, "id", "y")}},
		"userIdentity", trail.Anything(), "who", trail.Text(match.Hole(match.Name, "somebody")),
		"requestParameters", trail.Tree(false, "roleName", "build"),
	)
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		filter string
		want   truth.Value
	}{
		{``, truth.Yes},
		{`{ $.eventName = "PutRolePolicy" }`, truth.Yes},
		{`{ $.eventName = PutRolePolicy }`, truth.Yes},
		{`{$.eventName=PutRolePolicy}`, truth.Yes},
		{`{ ($.eventName = PutRolePolicy) }`, truth.Yes},
		{`{ $.eventName = "putrolepolicy" }`, truth.No},
		{`{ $.eventName = "Put*" }`, truth.Yes},
		{`{ $.eventName = Put*Policy }`, truth.Yes},
		{`{ $.eventName = "*Bucket*" }`, truth.No},
		{`{ $.eventName != "PutRolePolicy" }`, truth.No},
		{`{ $.eventName != "GetRole" }`, truth.Yes},
		{`{ ($.eventSource = iam.amazonaws.com) && (($.eventName = "A") || ($.eventName = "PutRolePolicy")) }`, truth.Yes},
		{`{ ($.eventSource = s3.amazonaws.com) && (($.eventName = "A") || ($.eventName = "PutRolePolicy")) }`, truth.No},
		{`{ $.eventName = "A" || $.eventName = "PutRolePolicy" && $.eventSource = "iam.amazonaws.com" }`, truth.Yes},
		{`{ $.eventName = "PutRolePolicy" || $.eventName = "A" && $.eventSource = "s3.amazonaws.com" }`, truth.Yes},
		{`{ ($.eventName = "PutRolePolicy" || $.eventName = "A") && $.eventSource = "s3.amazonaws.com" }`, truth.No},
		{`{ $.requestParameters = "x" }`, truth.No},
		{`{ $.names != "x" }`, truth.No},
		{`{ $.errorCode NOT EXISTS }`, truth.Yes},
		{`{ $.eventName NOT EXISTS }`, truth.No},
		{`{ $.userIdentity.invokedBy NOT EXISTS }`, truth.Maybe},
		{`{ $.errorCode = "AccessDenied" }`, truth.No},
		{`{ $.errorCode != "AccessDenied" }`, truth.Maybe},
		{`{ $.nothing IS NULL }`, truth.Yes},
		{`{ $.eventName IS NULL }`, truth.No},
		{`{ $.readOnly IS FALSE }`, truth.Yes},
		{`{ $.readOnly IS TRUE }`, truth.No},
		{`{ $.readOnly IS TRUE || $.count >= 5 }`, truth.Yes},
		{`{ $.count > 5 }`, truth.No},
		{`{ $.count = 5.0 }`, truth.Yes},
		{`{ $.count != 5 }`, truth.No},
		{`{ $.count < 6 && $.count <= 5 }`, truth.Yes},
		{`{ $.requestParameters.roleName = "build" }`, truth.Yes},
		{`{ $.requestParameters.policyName = "x" }`, truth.No},
		{`{ $.["a.b"] = "dotted" }`, truth.Yes},
		{`{ $.names[0] = "x" }`, truth.Yes},
		{`{ $.names[1].id = "y" }`, truth.Yes},
		{`{ $.names[2] NOT EXISTS }`, truth.Yes},
		{`{ $.names[*] = "x" }`, truth.Maybe},
		{`{ $.userIdentity.type = "Root" }`, truth.Maybe},
		{`{ $.userIdentity.type = "Root" && $.eventName = "A" }`, truth.No},
		{`{ $.who = "alice" }`, truth.Maybe},
		{`{ $.who = "a:b" }`, truth.No},
		{`{ $.eventName = %Put.*% }`, truth.Maybe},
		{`PutRolePolicy`, truth.Yes},
		{`"PutRolePolicy"`, truth.Yes},
		{`"PutRolePolicy" "iam.amazonaws.com"`, truth.Yes},
		{`"PutUserPolicy"`, truth.Maybe},
		{`PutRolePolicy -PutRolePolicy`, truth.No},
		{`?PutRolePolicy ?PutUserPolicy`, truth.Yes},
		{`[a, b, c]`, truth.Maybe},
		{`%Put.*%`, truth.Maybe},
		{`{ $.eventName = "PutRolePolicy" `, truth.No},
		{`{ eventName = "PutRolePolicy" }`, truth.No},
	} {
		if got := filter.Parse(c.filter).Match(event()); got != c.want {
			t.Errorf("%s: %v, want %v (%s)", c.filter, got, c.want, filter.Parse(c.filter).Broken)
		}
	}
}

func TestBroken(t *testing.T) {
	for _, s := range []string{
		`{`, `{}`, `{ $ }`, `{ $.a }`, `{ $.a = }`, `{ $.a = "b }`, `{ ($.a = 1 }`, `{ $.a = 1 } x`, `{ $.a[x] = 1 }`, `{ $.a[1 = 1 }`, `{ $.a IS GONE }`,
		`{ $.a NOT THERE }`, `{ $. = 1 }`, `{ $.a = %x }`, `"a`, `{ $.a = 1 && }`, `?`,
	} {
		if filter.Parse(s).Broken == "" {
			t.Errorf("%s is taken", s)
		}
	}
}

func TestNarrow(t *testing.T) {
	for _, c := range []struct{ filter, want string }{
		{`{ $.eventName = "PutRolePolicy" && $.userIdentity.type = "Root" }`, "userIdentity.type"},
		{`{ $.eventName = "PutRolePolicy" }`, ""},
		{`{ $.eventName = "x" || $.who = "alice" }`, "who"},
		{`Put`, ""},
	} {
		if got := filter.Parse(c.filter).Narrow(event()); got != c.want {
			t.Errorf("%s: Narrow = %q, want %q", c.filter, got, c.want)
		}
	}
}

// What is sure for anybody is so for each.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{ $.who = "a*" && ($.count > 1 || $.names[0] != x) }`, `{ $.who IS NULL }`, `a -b ?c "d e"`, `{ $.["who"] = %x% }`, `[x, y]`, ``,
	} {
		f.Add(s, "alice")
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		p := filter.Parse(s)
		before := p.Match(event())
		if name == "" {
			return
		}
		for _, r := range name {
			if r == ':' || r == '/' || r == '*' || r == '?' || r <= ' ' || r >= 0x7f {
				return
			}
		}
		filled := event()
		filled.Fields["who"] = trail.Text(name)
		if after := p.Match(filled); before != truth.Maybe && after != before {
			t.Errorf("%s: %v for anybody, %v for %q", s, before, after, name)
		}
	})
}
