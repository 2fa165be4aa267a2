package authz

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"penstock/iam"
)

func TestCases(t *testing.T) {
	const (
		all   = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		allow = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`
		deny  = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":`
	)
	for _, tt := range []struct {
		name       string
		statements []string
		plain      Verdict
		want       Verdict
	}{
		{"true or not", []string{allow + `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, allow + `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`}, Depends, Allow},
		{"absence is left", []string{allow + `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, allow + `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`}, Depends, Depends},
		{"equal or not", []string{allow + `{"StringEquals":{"aws:PrincipalTag/t":"a"}}}`, allow + `{"StringNotEquals":{"aws:PrincipalTag/t":"a"}}}`}, Depends, Allow},
		{"a contradiction", []string{all, deny + `{"StringEquals":{"aws:PrincipalTag/t":"a"},"StringNotEquals":{"aws:PrincipalTag/t":["a","b"]}}}`}, Depends, Allow},
		{"two keys", []string{all, deny + `{"Null":{"aws:SourceVpc":"true"},"StringEquals":{"aws:SourceVpc":"v"}}}`, deny + `{"StringEquals":{"aws:PrincipalTag/t":"a"},"StringLike":{"aws:PrincipalTag/t":"b*"}}}`}, Depends, Allow},
		{"a prefix and what is under it", []string{allow + `{"StringLike":{"aws:PrincipalTag/t":"a*"}}}`, allow + `{"StringNotLike":{"aws:PrincipalTag/t":"a*"}}}`}, Depends, Allow},
		{"a longer prefix", []string{allow + `{"StringLike":{"aws:PrincipalTag/t":"ab*"}}}`, allow + `{"StringNotLike":{"aws:PrincipalTag/t":"a*"}}}`}, Depends, Depends},
		{"case", []string{allow + `{"StringEqualsIgnoreCase":{"aws:PrincipalTag/t":"a"}}}`, allow + `{"StringNotEquals":{"aws:PrincipalTag/t":"a"}}}`}, Depends, Allow},
		{"case the other way", []string{allow + `{"StringEquals":{"aws:PrincipalTag/t":"a"}}}`, allow + `{"StringNotEqualsIgnoreCase":{"aws:PrincipalTag/t":"a"}}}`}, Depends, Depends},
		{"several values", []string{allow + `{"StringEquals":{"aws:TagKeys":"a"}}}`, allow + `{"StringNotEquals":{"aws:TagKeys":"a"}}}`}, Depends, Depends},
	} {
		req := &iam.Request{Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/ann"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111111111111"}
		req.Context.Open = true
		p := &Policies{Identity: parse(t, iam.Identity, `{"Version":"2012-10-17","Statement":[`+strings.Join(tt.statements, ",")+`]}`)}
		e := New(Options{})
		if got := e.Decide(req, p); got != tt.plain {
			t.Errorf("%s: Decide %v, want %v", tt.name, got, tt.plain)
		}
		if got := e.DecideCases(req, p); got != tt.want {
			t.Errorf("%s: DecideCases %v, want %v", tt.name, got, tt.want)
		}
		if got := e.ExplainCases(req, p).Verdict; got != tt.want {
			t.Errorf("%s: ExplainCases %v, want %v", tt.name, got, tt.want)
		}
		if got := e.JudgeCases(req, p, nil).Verdict; got != tt.want {
			t.Errorf("%s: JudgeCases %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestCasesAreExact compares with every value that could make a difference.
func TestCasesAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 13))
	keys := []string{"aws:PrincipalTag/t", "aws:SourceVpc"}
	values := []string{"a", "A", "ab", "b", "true", "false", "zz", "abz", "az", "", "a*", "ab*", "*", "B", "aB", "AB", "TRUE", "False"}
	operators := []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists", "Null", "Bool", "BoolIfExists"}
	listed := []string{"a", "ab", "b", "true", "false", "a*", "ab*", "*"}
	folding := append(operators[:len(operators):len(operators)], "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
	fold := false
	statement := func() string {
		c := map[string]any{}
		for range 1 + r.IntN(2) {
			if fold {
				c[pick(r, folding)] = map[string]any{pick(r, keys): pick(r, listed[:5])}
			} else {
				c[pick(r, operators)] = map[string]any{pick(r, keys): pick(r, listed)}
			}
		}
		b, err := json.Marshal(map[string]any{"Effect": pick(r, []string{"Allow", "Allow", "Deny"}), "Action": "*", "Resource": "*", "Condition": c})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	settledCount, open, missed := 0, 0, 0
	rounds := 1500
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		var ss []string
		fold = r.IntN(2) == 0
		for range 1 + r.IntN(4) {
			ss = append(ss, statement())
		}
		p := &Policies{Identity: parse(t, iam.Identity, `{"Version":"2012-10-17","Statement":[`+strings.Join(ss, ",")+`]}`)}
		req := &iam.Request{Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/ann"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111111111111"}
		e := New(Options{})
		seen := map[Verdict]bool{}
		for i := range len(values) + 1 {
			for j := range len(values) + 1 {
				req.Context = iam.Context{}
				for k, at := range []int{i, j} {
					if at < len(values) {
						req.Context.Set(keys[k], values[at])
					}
				}
				seen[e.Decide(req, p)] = true
			}
		}
		req.Context = iam.Context{Open: true}
		plain, v := e.Decide(req, p), e.DecideCases(req, p)
		if v != Depends && (len(seen) > 1 || !seen[v]) {
			t.Fatalf("%v by cases, %v by values\n%s", v, seen, strings.Join(ss, "\n"))
		}
		switch {
		case plain == Depends && v != Depends:
			settledCount++
		case v == Depends && len(seen) == 1:
			missed++
			if missed < 4 {
				t.Logf("missed %v:\n%s", seen, strings.Join(ss, "\n"))
			}
		case v == Depends:
			open++
		}
	}
	t.Logf("%d settled, %d open, %d missed", settledCount, open, missed)
	if settledCount < rounds/50 || missed > 0 {
		t.Errorf("%d settled, %d missed of %d", settledCount, missed, rounds)
	}
}
