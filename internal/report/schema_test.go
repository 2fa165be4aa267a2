package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"penstock/internal/cli"
	"penstock/internal/report"
	"penstock/prove"
)

// conforms holds a JSON value to a schema: the keywords that docs/schema
// uses, and an error for any other.
func conforms(root, schema map[string]any, v any, at string) error {
	var errs []error
	for k, s := range schema {
		switch k {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			name := strings.TrimPrefix(s.(string), "#/$defs/")
			errs = append(errs, conforms(root, root["$defs"].(map[string]any)[name].(map[string]any), v, at))
		case "anyOf":
			var all []error
			for _, alt := range s.([]any) {
				err := conforms(root, alt.(map[string]any), v, at)
				if err == nil {
					all = nil
					break
				}
				all = append(all, err)
			}
			errs = append(errs, errors.Join(all...))
		case "const":
			if v != s {
				errs = append(errs, fmt.Errorf("%s is %v, want %v", at, v, s))
			}
		case "enum":
			if !slices.Contains(s.([]any), v) {
				errs = append(errs, fmt.Errorf("%s is %q, want one of %v", at, v, s))
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < s.(float64) {
				errs = append(errs, fmt.Errorf("%s is %v, below %v", at, n, s))
			}
		case "type":
			if !isType(s.(string), v) {
				errs = append(errs, fmt.Errorf("%s is %T, want %s", at, v, s))
			}
		case "items":
			l, _ := v.([]any)
			for i, it := range l {
				errs = append(errs, conforms(root, s.(map[string]any), it, fmt.Sprintf("%s[%d]", at, i)))
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range s.([]any) {
				if _, ok := m[name.(string)]; !ok {
					errs = append(errs, fmt.Errorf("%s has no %q", at, name))
				}
			}
		case "properties":
			m, _ := v.(map[string]any)
			for name, sub := range s.(map[string]any) {
				if it, ok := m[name]; ok {
					errs = append(errs, conforms(root, sub.(map[string]any), it, at+"."+name))
				}
			}
		case "additionalProperties":
			m, _ := v.(map[string]any)
			for name := range m {
				if _, ok := schema["properties"].(map[string]any)[name]; !ok {
					errs = append(errs, fmt.Errorf("%s has %q, which the schema does not", at, name))
				}
			}
		default:
			errs = append(errs, fmt.Errorf("the schema uses %q, which this test does not know", k))
		}
	}
	return errors.Join(errs...)
}

func isType(name string, v any) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case float64:
		return name == "number" || name == "integer" && v == float64(int(v))
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	default:
		return false
	}
}

func load(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestJSON(t *testing.T) {
	data, err := os.ReadFile("../../docs/schema/prove-1.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := load(t, data)
	for name, rep := range map[string]*prove.Report{"json.golden": report.Sample(), "json-empty.golden": {}} {
		var b bytes.Buffer
		if err := report.WriteJSON(&b, rep, report.SampleTool); err != nil {
			t.Fatal(err)
		}
		report.Golden(t, name, b.Bytes())
		if err := conforms(schema, schema, load(t, b.Bytes()), "report"); err != nil {
			t.Error(err)
		}
	}
	// And what real templates give.
	for _, example := range []string{"cross-account", "seed-001"} {
		var out, errs bytes.Buffer
		cli.Run(t.Context(), &cli.Env{
			Args:   []string{"prove", "examples/" + example, "--format", "json"},
			Stdout: &out, Stderr: &errs, Dir: "../..", Getenv: func(string) string { return "" },
		})
		if errs.Len() > 0 {
			t.Fatalf("%s: %s", example, errs.String())
		}
		if err := conforms(schema, schema, load(t, out.Bytes()), "report"); err != nil {
			t.Errorf("%s: %v", example, err)
		}
	}
	explained(t)
	// The check must be able to fail.
	bad := load(t, []byte(`{"version": 2, "more": 1}`))
	if err := conforms(schema, schema, bad, "report"); err == nil || !strings.Contains(err.Error(), `has no "findings"`) {
		t.Errorf("a wrong report passes: %v", err)
	}
}

// explained holds what explain says of errors to its schema.
func explained(t *testing.T) {
	data, err := os.ReadFile("../../docs/schema/explain-1.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := load(t, data)
	const who = "User: arn:aws:sts::111111111111:assumed-role/web-build/x is not authorized to perform: "
	for _, args := range [][]string{
		{"Access Denied"},
		{who + "s3:PutObject on resource: \"arn:aws:s3:::x/y\" because no identity-based policy allows the s3:PutObject action"},
		{who + "secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111111111111:secret:x", "examples/cross-account"},
		{"Unable to access the artifact with Amazon S3 object key 'a' located in the Amazon S3 artifact bucket 'b'. The provided role does not have sufficient permissions.", "examples/seed-001"},
	} {
		var out, errs bytes.Buffer
		cli.Run(t.Context(), &cli.Env{
			Args:   append([]string{"explain", "--format", "json"}, args...),
			Stdout: &out, Stderr: &errs, Dir: "../..", Getenv: func(string) string { return "" },
		})
		if errs.Len() > 0 {
			t.Fatalf("%s: %s", args[0], errs.String())
		}
		if err := conforms(schema, schema, load(t, out.Bytes()), "explain"); err != nil {
			t.Errorf("%s: %v", args[0], err)
		}
	}
}
