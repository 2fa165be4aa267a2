package reach

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/truth"
)

// TestManagedPolicies compares AWS's managed policies with themselves, turned
// round, without their conditions, and with their neighbours. Nothing in them
// is beyond the engine.
func TestManagedPolicies(t *testing.T) {
	e := New(authz.New(authz.Options{}), Options{})
	var took []time.Duration
	ask := func(name string, o, n *iam.Policy) truth.Value {
		start := time.Now()
		in := e.Included([]*iam.Policy{o}, []*iam.Policy{n})
		took = append(took, time.Since(start))
		if in.Verdict == truth.Maybe {
			t.Errorf("%s depends on %q", name, in.Missing)
		}
		return in.Verdict
	}
	every := 6
	if !testing.Short() && rounds(0) > 0 {
		every = 1
	}
	var last *iam.Policy
	i := 0
	for arn := range facts.ManagedPolicies() {
		if i++; i%every != 0 {
			continue
		}
		text, _, _ := facts.ManagedPolicy(arn)
		name := arn[strings.LastIndexByte(arn, '/')+1:]
		p := policy(t, iam.Identity, string(text))
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		sts, _ := doc["Statement"].([]any)
		slices.Reverse(sts)
		loose := false
		for _, s := range sts {
			st, _ := s.(map[string]any)
			if l, ok := st["Action"].([]any); ok {
				slices.Reverse(l)
			}
		}
		b, _ := json.Marshal(doc)
		turned := policy(t, iam.Identity, string(b))
		if ask(name+" turned round", p, turned) != truth.Yes || ask(name+" turned back", turned, p) != truth.Yes {
			t.Errorf("%s is not itself, turned round", name)
		}
		for _, s := range sts {
			if st, _ := s.(map[string]any); st["Effect"] == "Allow" && st["Condition"] != nil {
				delete(st, "Condition")
				loose = true
			}
		}
		if loose {
			b, _ = json.Marshal(doc)
			if ask(name+" with its conditions", policy(t, iam.Identity, string(b)), p) != truth.Yes {
				t.Errorf("%s allows more with its conditions", name)
			}
		}
		if last != nil {
			ask(name+" after its neighbour", last, p)
			ask(name+" before its neighbour", p, last)
		}
		last = p
	}
	slices.Sort(took)
	t.Logf("%d pairs: median %v, p99 %v, worst %v", len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}

// TestHostilePairs bounds the time of pairs that are meant to take long.
func TestHostilePairs(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var out []string
		for i := range n {
			out = append(out, f(i))
		}
		b, _ := json.Marshal(out)
		return string(b)
	}
	doc := func(action, resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + action + `,"Resource":` + resource + `}]}`
	}
	letters := "abcdefghijklmnopqrstuvwxyz"
	stars := func(i int) string {
		return "arn:aws:s3:::*" + letters[i%26:i%26+1] + "*" + letters[(i*7+1)%26:(i*7+1)%26+1] + "*" + letters[(i*5+2)%26:(i*5+2)%26+1] + "*"
	}
	deep := func(i int) string { return "arn:aws:s3:::" + strings.Repeat("*"+letters[i%26:i%26+1], 40) }
	tests := map[string][2]string{
		"many stars":        {doc(`"s3:*"`, many(40, stars)), doc(`"s3:*"`, `"arn:aws:s3:::*a*"`)},
		"all must miss":     {doc(`"s3:*"`, many(200, stars)), doc(`"s3:*"`, `"arn:aws:s3:::*"`)},
		"deep stars":        {doc(`"s3:*"`, many(26, deep)), doc(`"s3:*"`, many(26, func(i int) string { return deep(i + 1) }))},
		"question marks":    {doc(`"s3:*"`, many(30, func(i int) string { return "arn:aws:s3:::*a" + strings.Repeat("?", i) })), doc(`"s3:*"`, `"arn:aws:s3:::*"`)},
		"thousand actions":  {doc(many(1000, func(i int) string { return "s3:A" + letters[i%26:i%26+1] + strings.Repeat("x", i/26) }), `"*"`), doc(many(1000, func(i int) string { return "s3:A" + letters[i%26:i%26+1] + strings.Repeat("x", i/26) + "*" }), `"*"`)},
		"thousand prefixes": {doc(`"s3:*"`, many(1000, func(i int) string { return "arn:aws:s3:::b/" + strings.Repeat("y", i) + "*" })), doc(`"s3:*"`, many(1000, func(i int) string { return "arn:aws:s3:::b/" + strings.Repeat("y", i+1) + "*" }))},
		"long text":         {doc(`"s3:*"`, `"arn:aws:s3:::`+strings.Repeat("ab", 20000)+`*"`), doc(`"s3:*"`, `"arn:aws:s3:::`+strings.Repeat("ab", 20000)+`c*"`)},
	}
	e := New(authz.New(authz.Options{}), Options{})
	for name, test := range tests {
		o, n := []*iam.Policy{policy(t, iam.Identity, test[0])}, []*iam.Policy{policy(t, iam.Identity, test[1])}
		start := time.Now()
		in := e.Included(o, n)
		t.Logf("%s: %v in %v, %q", name, in.Verdict, time.Since(start), in.Missing)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}
