package ask_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"penstock/iam/ask"
)

// TestHostile asks questions that are made to be slow. The work is bounded by
// what is allocated, which does not depend on the machine: at most so many
// bytes for each byte of the line.
func TestHostile(t *testing.T) {
	const most = 200
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	allow := func(action, resource, condition string) string {
		s := `{"Effect":"Allow","Action":` + action + `,"Resource":` + resource
		if condition != "" {
			s += `,"Condition":` + condition
		}
		return s + "}"
	}
	list := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f(i))
		}
		return "[" + b.String() + "]"
	}
	long := strings.Repeat("a", 1<<20)
	tests := []struct {
		name, resource, context, doc, want string
	}{
		{"stars", "arn:aws:s3:::b/" + long, "", statement(allow(`"*"`, `"arn:aws:s3:::b/`+strings.Repeat("*a", 1<<19)+`*b"`, "")), "deny"},
		{"stars that match", "arn:aws:s3:::b/" + long, "", statement(allow(`"*"`, `"arn:aws:s3:::b/`+strings.Repeat("*a", 1<<19)+`*"`, "")), "allow"},
		{"question marks", "arn:aws:s3:::b/" + long[:1<<17], "", statement(allow(`"*"`, `"arn:aws:s3:::b/*`+strings.Repeat("a?", 1<<14)+`b*"`, "")), "deny"},
		{"stars in the first parts", "arn:aws:s3:::b/k", "", statement(allow(`"*"`, `"arn:`+strings.Repeat("*a", 1<<12)+`:s3:::b/k"`, "")), "deny"},
		{"ten thousand values", "arn:aws:s3:::b/k", `"aws:PrincipalTag/t":"9999"`, statement(allow(`"*"`, `"*"`, `{"StringEquals":{"aws:PrincipalTag/t":`+list(10_000, func(i int) string { return fmt.Sprintf(`"%d"`, i) })+`}}`)), "allow"},
		{"ten thousand patterns against a thousand values", "arn:aws:s3:::b/k", `"aws:TagKeys":` + list(1000, func(i int) string { return fmt.Sprintf(`"k%d"`, i) }),
			statement(allow(`"*"`, `"*"`, `{"ForAllValues:StringLike":{"aws:TagKeys":`+list(10_000, func(i int) string { return fmt.Sprintf(`"x%d*y"`, i) })+`}}`)), "deny"},
		{"twenty thousand statements", "arn:aws:s3:::b19999/k", "", statement(strings.Trim(list(20_000, func(i int) string {
			return allow(`"s3:GetObject"`, fmt.Sprintf(`"arn:aws:s3:::b%d/*"`, i), "")
		}), "[]")), "allow"},
		{"variables", "arn:aws:s3:::b/k", `"aws:PrincipalTag/t":"x"`, statement(allow(`"*"`, `"arn:aws:s3:::b/`+strings.Repeat("${aws:PrincipalTag/t}*", 1<<13)+`"`, "")), "deny"},
		{"variables without an end", "arn:aws:s3:::b/k", "", statement(allow(`"*"`, `"arn:aws:s3:::b/`+strings.Repeat("${", 1<<15)+`"`, "")), "deny"},
		{"ten thousand keys", "arn:aws:s3:::b/k", strings.Trim(list(10_000, func(i int) string { return fmt.Sprintf(`"svc:k%d":"v"`, i) }), "[]"), statement(allow(`"*"`, `"*"`, `{"StringEquals":{"svc:k9999":"v"}}`)), "allow"},
		{"nested", "arn:aws:s3:::b/k", "", strings.Repeat("[", 500) + strings.Repeat("]", 500), "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := `{"request":{"principal":"arn:aws:iam::111111111111:user/dana","action":"s3:GetObject","resource":"` + tt.resource +
				`","resourceAccount":"111111111111","context":{` + tt.context + `}},"policies":{"identity":[` + tt.doc + `]}}`
			a := ask.New(ask.Options{Authz: known})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out, _ := a.Answer(nil, line)
			runtime.ReadMemStats(&after)
			var got answer
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if got.Error != "" {
				got.Verdict = "error"
			}
			if got.Verdict != tt.want {
				t.Errorf("%s %s, want %s", got.Verdict, got.Error, tt.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > uint64(most*len(line)+1<<20) {
				t.Errorf("%d bytes allocated for a line of %d", n, len(line))
			} else {
				t.Logf("%d bytes allocated for a line of %d: %d each", n, len(line), n/uint64(len(line)))
			}
		})
	}
}
