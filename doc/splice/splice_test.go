package splice_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/source"
)

// The nodes of a test are named by their path: keys and indexes, by slashes.
func at(t *testing.T, root *doc.Node, path string) *doc.Node {
	t.Helper()
	n := root
	for p := range strings.SplitSeq(path, "/") {
		if p == "" {
			continue
		}
		if n.Kind == doc.List {
			n = n.Items[int(p[0]-'0')]
		} else {
			n = n.Get(p)
		}
		if n == nil {
			t.Fatalf("no %q", path)
		}
	}
	return n
}

type op func(root *doc.Node, t *testing.T) ([]diag.Edit, error)

func appendItem(path string, v splice.Value) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.AppendItem(at(t, r, path), v) }
}

func listOf(path string, v splice.Value) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.ListOf(at(t, r, path), v) }
}

func add(path string, v splice.Value) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.Add(at(t, r, path), v) }
}

func setField(path, key string, v splice.Value) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.SetField(at(t, r, path), key, v) }
}

func replace(path string, v splice.Value) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.Replace(at(t, r, path), v) }
}

func removeField(path, key string) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.RemoveField(at(t, r, path), key) }
}

func removeItem(path string, i int) op {
	return func(r *doc.Node, t *testing.T) ([]diag.Edit, error) { return splice.RemoveItem(at(t, r, path), i) }
}

var (
	get       = splice.String("s3:GetObject")
	arn       = splice.Tagged("!GetAtt", "Key.Arn")
	sub       = splice.Tagged("!Sub", "${B.Arn}/*")
	statement = splice.Map(
		splice.Field{"Effect", splice.String("Allow")},
		splice.Field{"Action", splice.Strings("kms:Decrypt", "kms:DescribeKey")},
		splice.Field{"Resource", arn},
		splice.Field{"Condition", splice.Map(splice.Field{"StringEquals", splice.Map(splice.Field{"aws:PrincipalAccount", splice.String("012345678901")})})},
	)
)

// TestEdits shows each edit whole: the file before, and after.
func TestEdits(t *testing.T) {
	tests := []struct {
		name     string
		in       string
		do       op
		want     string
		failures string
	}{
		// AppendItem, block.
		{"indented dashes", "a:\n  - x  # one\n  - y  # two\n\n# end\nb: 1\n", appendItem("a", get),
			"a:\n  - x  # one\n  - y  # two\n  - s3:GetObject\n\n# end\nb: 1\n", ""},
		{"dashes below the key", "a:\n- x\nb: 1\n", appendItem("a", sub), "a:\n- x\n- !Sub \"${B.Arn}/*\"\nb: 1\n", ""},
		{"no line break at the end", "a:\n- x", appendItem("a", get), "a:\n- x\n- s3:GetObject", ""},
		{"windows", "a:\r\n  - 'x'\r\n", appendItem("a", get), "a:\r\n  - 'x'\r\n  - 's3:GetObject'\r\n", ""},
		{"byte order mark", "\ufeff- x\n", appendItem("", get), "\ufeff- x\n- s3:GetObject\n", ""},
		{"wide dashes", "a:\n  -   x: 1\n      y: 2\n", appendItem("a", splice.Map(splice.Field{"x", get}, splice.Field{"z", get})),
			"a:\n  -   x: 1\n      y: 2\n  -   x: s3:GetObject\n      z: s3:GetObject\n", ""},
		{"after a literal", "a:\n  - |\n    x\n\n    y\n\n# c\n", appendItem("a", get), "a:\n  - |\n    x\n\n    y\n  - s3:GetObject\n\n# c\n", ""},
		{"after a kept literal", "a:\n  - |+\n    x\n\n", appendItem("a", get), "a:\n  - |+\n    x\n\n  - s3:GetObject\n", ""},
		{"lists in lists", "- - a\n  - b\n- c\n", appendItem("0", get), "- - a\n  - b\n  - s3:GetObject\n- c\n", ""},
		{"statement", "Statement:\n  - Sid: A\n    Action: [x]\n", appendItem("Statement", statement), `Statement:
  - Sid: A
    Action: [x]
  - Effect: Allow
    Action:
      - kms:Decrypt
      - kms:DescribeKey
    Resource: !GetAtt Key.Arn
    Condition:
      StringEquals:
        aws:PrincipalAccount: "012345678901"
`, ""},
		{"statement, dashes below keys", "Statement:\n- Sid: 'A'\n  Action:\n  - 'x'\n", appendItem("Statement", statement), `Statement:
- Sid: 'A'
  Action:
  - 'x'
- Effect: Allow
  Action:
  - kms:Decrypt
  - kms:DescribeKey
  Resource: !GetAtt Key.Arn
  Condition:
    StringEquals:
      aws:PrincipalAccount: '012345678901'
`, ""},
		{"null", "a:\nb: 1\n", appendItem("a", get), "a:\n  - s3:GetObject\nb: 1\n", ""},
		{"tagged items", "a: !Join\n  - ''\n  - - x\n    - !Ref Y\n", appendItem("a/1", splice.Tagged("!Ref", "AWS::Region")),
			"a: !Join\n  - ''\n  - - x\n    - !Ref Y\n    - !Ref AWS::Region\n", ""},
		// AppendItem, flow YAML.
		{"flow", "a: [x, y]  # c\n", appendItem("a", get), "a: [x, y, s3:GetObject]  # c\n", ""},
		{"flow, quoted", "a: ['x']\n", appendItem("a", get), "a: ['x', 's3:GetObject']\n", ""},
		{"flow, no blanks", "a: [x,y]\n", appendItem("a", get), "a: [x,y,s3:GetObject]\n", ""},
		{"flow, inner blanks", "a: [ x, y ]\n", appendItem("a", sub), "a: [ x, y, !Sub \"${B.Arn}/*\" ]\n", ""},
		{"flow, empty", "a: []\n", appendItem("a", get), "a: [s3:GetObject]\n", ""},
		{"flow, lines", "a: [\n    x, # one\n    y  # two\n  ]\n", appendItem("a", get), "a: [\n    x, # one\n    y,  # two\n    s3:GetObject\n  ]\n", ""},
		{"flow, last comma", "a: [\n    x,\n    y, # two\n  ]\n", appendItem("a", get), "a: [\n    x,\n    y, # two\n    s3:GetObject,\n  ]\n", ""},
		{"flow, hanging", "a: [x,\n    y]\n", appendItem("a", get), "a: [x,\n    y,\n    s3:GetObject]\n", ""},
		{"flow, comment in it", "a: [ # none\n  ]\n", appendItem("a", get), "a: [s3:GetObject  # none\n  ]\n", ""},
		{"flow, a map", "a: [{b: c}]\n", appendItem("a", statement),
			"a: [{b: c}, {Effect: Allow, Action: [kms:Decrypt, kms:DescribeKey], Resource: !GetAtt Key.Arn, Condition: {StringEquals: {aws:PrincipalAccount: \"012345678901\"}}}]\n", ""},
		// AppendItem, JSON.
		{"json, one line", `{"a": ["x", "y"]}`, appendItem("a", get), `{"a": ["x", "y", "s3:GetObject"]}`, ""},
		{"json, compact", `{"a":["x"]}`, appendItem("a", arn), `{"a":["x",{"Fn::GetAtt":["Key","Arn"]}]}`, ""},
		{"json, lines", "{\n    \"a\": [\n        \"x\"\n    ]\n}\n", appendItem("a", arn),
			"{\n    \"a\": [\n        \"x\",\n        {\"Fn::GetAtt\": [\"Key\", \"Arn\"]}\n    ]\n}\n", ""},
		{"json, statement", "{\n\t\"a\": [\n\t\t{\n\t\t\t\"x\": 1\n\t\t}\n\t]\n}", appendItem("a", splice.Map(splice.Field{"b", get}, splice.Field{"c", splice.Strings("d")})),
			"{\n\t\"a\": [\n\t\t{\n\t\t\t\"x\": 1\n\t\t},\n\t\t{\n\t\t\t\"b\": \"s3:GetObject\",\n\t\t\t\"c\": [\n\t\t\t\t\"d\"\n\t\t\t]\n\t\t}\n\t]\n}", ""},
		{"json, empty", "{\n  \"a\": []\n}", appendItem("a", splice.Tagged("!Ref", "X")), "{\n  \"a\": [\n    {\"Ref\": \"X\"}\n  ]\n}", ""},
		// ListOf.
		{"list of a scalar", "a:\n  Resource: x # c\n  b:\n    - 1\n", listOf("a/Resource", get), "a:\n  Resource:\n    - x # c\n    - s3:GetObject\n  b:\n    - 1\n", ""},
		{"list of a call", "- Resource: !Sub \"${A}\"\n  b:\n  - 1\n", listOf("0/Resource", arn), "- Resource:\n  - !Sub \"${A}\"\n  - !GetAtt Key.Arn\n  b:\n  - 1\n", ""},
		{"list of a scalar below its key", "a:\n    x\n", listOf("a", get), "a:\n    - x\n    - s3:GetObject\n", ""},
		{"list of an item", "- x\n- y\n", listOf("0", get), "- - x\n  - s3:GetObject\n- y\n", ""},
		{"list in flow", "a: {b: x, c: y}\n", listOf("a/b", get), "a: {b: [x, s3:GetObject], c: y}\n", ""},
		{"list of a long call in flow", "a: {b: {Ref: x}}\n", listOf("a/b/Ref", get), "a: {b: [{Ref: x}, s3:GetObject]}\n", ""},
		{"list of a long call", "a:\n  Fn::Sub: x\nb: 1\n", listOf("a", get), "a:\n  - Fn::Sub: x\n  - s3:GetObject\nb: 1\n", ""},
		{"list of a long call, from inside", "a:\n  Fn::GetAtt:\n    - X\n    - Arn\nb: 1\n", listOf("a/Fn::GetAtt", get), "a:\n  - Fn::GetAtt:\n      - X\n      - Arn\n  - s3:GetObject\nb: 1\n", ""},
		{"list of a literal", "a: |\n  x\n  y\nb: 1\n", listOf("a", get), "a:\n- |\n  x\n  y\n- s3:GetObject\nb: 1\n", ""},
		{"list of a folded text", "a: x\n  y\nb: 1\n", listOf("a", get), "a:\n- x\n  y\n- s3:GetObject\nb: 1\n", ""},
		{"list of a statement", "Statement:\n  Effect: Allow\n  Action:\n    - x # c\n\n  Resource: '*'\nb: 1\n",
			listOf("Statement", splice.Map(splice.Field{"Effect", splice.String("Deny")})),
			"Statement:\n  - Effect: Allow\n    Action:\n      - x # c\n\n    Resource: '*'\n  - Effect: Deny\nb: 1\n", ""},
		{"list of a call, from deep inside", "a: !Join ['', [x, y]]\n", listOf("a/1/0", get), "a:\n  - !Join ['', [x, y]]\n  - s3:GetObject\n", ""},
		{"list of a branch", "a: !If [C, !Sub \"${X}\", y]\n", listOf("a/1", get), "a: !If [C, [!Sub \"${X}\", \"s3:GetObject\"], y]\n", ""},
		{"add to a list", "a: !If [C, [x], y]\n", add("a/1", get), "a: !If [C, [x, s3:GetObject], y]\n", ""},
		{"add to a value", "a: x\n", add("a", get), "a:\n  - x\n  - s3:GetObject\n", ""},
		{"list in json", "{\n  \"a\": \"x\"\n}", listOf("a", sub), "{\n  \"a\": [\"x\", {\"Fn::Sub\": \"${B.Arn}/*\"}]\n}", ""},
		{"list of a call in json", `{"a":{"Fn::GetAtt":["A","Arn"]}}`, listOf("a/Fn::GetAtt", get), `{"a":[{"Fn::GetAtt":["A","Arn"]},"s3:GetObject"]}`, ""},
		{"list of a null", "a: # c\nb: 1\n", listOf("a", get), "a:\n  - s3:GetObject # c\nb: 1\n", ""},
		// SetField.
		{"set", "a:\n  b: 1\n  c: 2 # c\nd: 3\n", setField("a", "e", get), "a:\n  b: 1\n  c: 2 # c\n  e: s3:GetObject\nd: 3\n", ""},
		{"set a list", "a:\n  b:\n  - 1\n", setField("a", "e", splice.Strings("x", "*")), "a:\n  b:\n  - 1\n  e:\n  - x\n  - \"*\"\n", ""},
		{"set a map", "a:\n    b: 1\n", setField("a", "e", splice.Map(splice.Field{"f", splice.Map(splice.Field{"g", splice.Bool(true)})})),
			"a:\n    b: 1\n    e:\n        f:\n            g: true\n", ""},
		{"set in an item", "- a: 1\n  b: 2\n- c\n", setField("0", "e", get), "- a: 1\n  b: 2\n  e: s3:GetObject\n- c\n", ""},
		{"set what is there", "a: 1\nb: 2\n", setField("", "a", get), "a: s3:GetObject\nb: 2\n", ""},
		{"set in flow", "a: {b: c}\n", setField("a", "d:e", splice.String("{{x}}")), "a: {b: c, d:e: \"{{x}}\"}\n", ""},
		{"set in empty flow", "a: {}\n", setField("a", "b", get), "a: {b: s3:GetObject}\n", ""},
		{"set in a null", "a:\nb: 1\n", setField("a", "c", get), "a:\n  c: s3:GetObject\nb: 1\n", ""},
		{"set in json", "{\n  \"a\" : 1\n}\n", setField("", "b", arn), "{\n  \"a\" : 1,\n  \"b\" : {\"Fn::GetAtt\": [\"Key\", \"Arn\"]}\n}\n", ""},
		{"set in json, empty", `{"a":{}}`, setField("a", "b", splice.Number("1")), `{"a":{"b":1}}`, ""},
		{"set a condition in json", `{"a":{}}`, setField("a", "b", splice.Tagged("!Condition", "IsProd")), `{"a":{"b":{"Condition":"IsProd"}}}`, ""},
		{"set the import in json", `{"a":{}}`, setField("a", "b", splice.Tagged("!ImportValue", "X")), `{"a":{"b":{"Fn::ImportValue":"X"}}}`, ""},
		// Replace.
		{"replace", "a: 'x' # c\n", replace("a", get), "a: 's3:GetObject' # c\n", ""},
		{"replace with its tag", "a: !Ref\n  x\nb: 1\n", replace("a", arn), "a: !GetAtt Key.Arn\nb: 1\n", ""},
		{"replace by a list", "a: x # c\nb: 1\n", replace("a", splice.Strings("v")), "a:\n  - v # c\nb: 1\n", ""},
		{"replace a list", "a: # c\n- x\n- y # d\nb: 1\n", replace("a", get), "a: s3:GetObject # c # d\nb: 1\n", ""},
		{"replace a list by a map", "a:\n- x\nb: 1\n", replace("a", splice.Map(splice.Field{"c", get})), "a:\n  c: s3:GetObject\nb: 1\n", ""},
		{"replace a literal", "a: |\n  x\n  y\n\nb: 1\n", replace("a", get), "a: s3:GetObject\n\nb: 1\n", ""},
		{"replace in flow", "a: [x, {y: z}]\n", replace("a/1", statement.Fields[1].Value), "a: [x, [kms:Decrypt, kms:DescribeKey]]\n", ""},
		{"replace no value in flow", "a: {b:, c}\n", replace("a/c", get), "a: {b:, c: s3:GetObject}\n", ""},
		{"replace in an item", "-   x\n-   y\n", replace("0", splice.Map(splice.Field{"a", get}, splice.Field{"b", get})), "-   a: s3:GetObject\n    b: s3:GetObject\n-   y\n", ""},
		{"replace by an account", "a: 1\n", replace("a", splice.String("012345678901")), "a: \"012345678901\"\n", ""},
		{"replace by many lines", "a: 1\n", replace("a", splice.String("x\ny\t\"z\"\u2028")), "a: \"x\\ny\\t\\\"z\\\"\\u2028\"\n", ""},
		{"replace in json", "{\n  \"a\": {\n    \"b\": 1\n  }\n}", replace("a", statement.Fields[1].Value), "{\n  \"a\": [\n    \"kms:Decrypt\",\n    \"kms:DescribeKey\"\n  ]\n}", ""},
		// Remove.
		{"remove a field", "a: 1\n# b\nb: 2 # c\nc: 3\n", removeField("", "b"), "a: 1\n# b\nc: 3\n", ""},
		{"remove the first field of an item", "- a: 1\n  b: 2\n- x\n", removeField("0", "a"), "- b: 2\n- x\n", ""},
		{"remove a field before a comment", "- a: 1\n  # b\n  b: 2\n", removeField("0", "a"), "-\n  # b\n  b: 2\n", ""},
		{"remove the last field", "a:\n  b: 1\nc: 2", removeField("", "c"), "a:\n  b: 1\n", ""},
		{"remove the only field", "a:\n  b: 1 # c\nc: 2\n", removeField("a", "b"), "a: {} # c\nc: 2\n", ""},
		{"remove the only field there is", "a: 1\n", removeField("", "a"), "{}\n", ""},
		{"remove a map", "a:\n  b:\n    - 1\n    - 2\n  c: 1\n", removeField("a", "b"), "a:\n  c: 1\n", ""},
		{"remove in flow", "a: {b: 1, c: 2, d: 3}\n", removeField("a", "c"), "a: {b: 1, d: 3}\n", ""},
		{"remove the first in flow", "a: {b: 1, c: 2}\n", removeField("a", "b"), "a: {c: 2}\n", ""},
		{"remove the last in flow", "a: {b: 1, c: 2}\n", removeField("a", "c"), "a: {b: 1}\n", ""},
		{"remove the only in flow", "a: { b: 1 }\n", removeField("a", "b"), "a: {}\n", ""},
		{"remove an item", "a:\n  - x\n  # y\n  - y\n  - z\n", removeItem("a", 1), "a:\n  - x\n  # y\n  - z\n", ""},
		{"remove the first item", "- - x\n  - y\n", removeItem("0", 0), "- - y\n", ""},
		{"remove the only item", "a:\n  - x\nb: 1\n", removeItem("a", 0), "a: []\nb: 1\n", ""},
		{"remove in json lines", "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ]\n}", removeItem("a", 1), "{\n  \"a\": [\n    \"x\"\n  ]\n}", ""},
		{"remove the first in json lines", "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ]\n}", removeItem("a", 0), "{\n  \"a\": [\n    \"y\"\n  ]\n}", ""},
		{"remove the only in json", "{\n  \"a\": [\n    \"x\"\n  ]\n}", removeItem("a", 0), "{\n  \"a\": []\n}", ""},
		// What cannot be done.
		{"alias", "a: &x [1]\nb: *x\n", appendItem("b", get), "", "alias of a value that stands elsewhere"},
		{"shared", "a: &x [1]\nb: *x\n", appendItem("a", get), "", "without changing more than it"},
		{"shared inside", "a: &x {c: [1]}\nb: *x\n", appendItem("a/c", get), "", "without changing more than it"},
		{"merged", "a: &x {c: [1]}\nb: {<<: *x}\n", removeField("b", "c"), "", `no field "c" of its own`},
		{"list of a function", "a: !Split [',', x]\n", add("a", get), "", "the list is made by !Split"},
		{"list inside a function", "a:\n  Fn::Split: [',', x]\n", add("a/Fn::Split", get), "", "the list is made by Fn::Split"},
		{"not a list", "a: 1\n", appendItem("a", get), "", "the value is a number in the file, not a list"},
		{"twice", "a: 1\na: 2\n", removeField("", "a"), "", "written twice"},
		{"no such field", "a: 1\n", removeField("", "b"), "", `no field "b"`},
		{"no such item", "a: [1]\n", removeItem("a", 1), "", "none with index 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := source.NewFile("f", []byte(tt.in))
			root, _, err := load.Parse(f)
			if err != nil {
				t.Fatal(err)
			}
			edits, err := tt.do(root, t)
			if err != nil {
				e, ok := errors.AsType[*doc.Error](err)
				if !ok || tt.failures == "" || !strings.Contains(err.Error(), tt.failures) {
					t.Fatalf("%v, want %q", err, tt.failures)
				}
				if e.At.File != f {
					t.Error("the error has no place")
				}
				return
			}
			if tt.failures != "" {
				t.Fatalf("no error, want %q", tt.failures)
			}
			got, err := diag.Apply(f, edits)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, string(got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
