package report

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
)

const policy = `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: logs:CreateLogStream
                Resource: "*"
  Key:
    Type: AWS::KMS::Key
  Bucket:
    Type: AWS::S3::Bucket
  Topic:
    Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
`

// edit replaces the first occurrence of old by new.
func edit(f *source.File, old, new string) diag.Edit {
	i := strings.Index(string(f.Data), old)
	if i < 0 {
		panic("no " + old)
	}
	return diag.Edit{Span: source.Span{File: f, Start: i, End: i + len(old)}, New: new}
}

func TestPatch(t *testing.T) {
	file := func(data string) *source.File { return source.NewFile("tools.yaml", []byte(data)) }
	for _, tt := range []struct {
		name  string
		file  *source.File
		edits func(*source.File) []diag.Edit
		want  string
	}{
		{
			"one word", file(policy),
			func(f *source.File) []diag.Edit {
				return []diag.Edit{edit(f, "logs:CreateLogStream", "[logs:CreateLogStream, logs:PutLogEvents]")}
			},
			`--- a/tools.yaml
+++ b/tools.yaml
@@ -7,7 +7,7 @@
           PolicyDocument:
             Statement:
               - Effect: Allow
-                Action: logs:CreateLogStream
+                Action: [logs:CreateLogStream, logs:PutLogEvents]
                 Resource: "*"
   Key:
     Type: AWS::KMS::Key
`,
		},
		{
			"lines inserted after a line", file(policy),
			func(f *source.File) []diag.Edit {
				e := edit(f, "    Type: AWS::KMS::Key\n", "")
				e.Span.Start, e.New = e.Span.End, "    Properties:\n      EnableKeyRotation: true\n"
				return []diag.Edit{e}
			},
			`--- a/tools.yaml
+++ b/tools.yaml
@@ -11,6 +11,8 @@
                 Resource: "*"
   Key:
     Type: AWS::KMS::Key
+    Properties:
+      EnableKeyRotation: true
   Bucket:
     Type: AWS::S3::Bucket
   Topic:
`,
		},
		{
			"two hunks, the second shifted", file(policy),
			func(f *source.File) []diag.Edit {
				e := edit(f, "Resources:\n", "")
				e.New = "# a comment\nResources:\n"
				return []diag.Edit{edit(f, "SQS::Queue", "SQS::QueuePolicy"), e}
			},
			`--- a/tools.yaml
+++ b/tools.yaml
@@ -1,3 +1,4 @@
+# a comment
 Resources:
   Role:
     Type: AWS::IAM::Role
@@ -16,4 +17,4 @@
   Topic:
     Type: AWS::SNS::Topic
   Queue:
-    Type: AWS::SQS::Queue
+    Type: AWS::SQS::QueuePolicy
`,
		},
		{
			"the last line has no break", file("a: 1\nb: 2"),
			func(f *source.File) []diag.Edit {
				return []diag.Edit{{Span: source.Span{File: f, Start: 9, End: 9}, New: "\nc: 3"}}
			},
			`--- a/tools.yaml
+++ b/tools.yaml
@@ -1,2 +1,3 @@
 a: 1
-b: 2
\ No newline at end of file
+b: 2
+c: 3
\ No newline at end of file
`,
		},
		{
			"nothing changes", file("a: 1\n"),
			func(f *source.File) []diag.Edit { return []diag.Edit{edit(f, "a: 1", "a: 1")} },
			"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := patch(diag.Fix{Edits: tt.edits(tt.file)})
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("patch =\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestPatchApplies makes random edits and applies their patch by the rules of
// the unified format: the outcome is what the edits make.
func TestPatchApplies(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"", "x", "\n", "new line\n", "one\ntwo", "  a: b\n  c: d\n"}
	for range 5000 {
		var data strings.Builder
		for i := range rnd.IntN(30) {
			fmt.Fprintf(&data, "line %d", i%7)
			if rnd.IntN(30) > 0 {
				data.WriteByte('\n')
			}
		}
		f := source.NewFile("t.yaml", []byte(data.String()))
		var edits []diag.Edit
		for at := 0; at <= len(f.Data); {
			start := at + rnd.IntN(60)
			end := start + rnd.IntN(12)
			if end > len(f.Data) {
				break
			}
			edits = append(edits, diag.Edit{Span: source.Span{File: f, Start: start, End: end}, New: pieces[rnd.IntN(len(pieces))]})
			at = end + 1
		}
		want, err := diag.Apply(f, edits)
		if err != nil {
			t.Fatal(err)
		}
		p, err := patch(diag.Fix{Edits: edits})
		if err != nil {
			t.Fatal(err)
		}
		got, err := applyPatch(data.String(), p)
		if err != nil {
			t.Fatalf("%v\nof %q\n%s", err, data.String(), p)
		}
		if got != string(want) {
			t.Fatalf("patch of %q gives\n%q, want\n%q\n%s", data.String(), got, want, p)
		}
	}
}

// applyPatch applies a patch of one file and checks every line of context and
// every number of the hunk heads.
func applyPatch(text, p string) (string, error) {
	old := split(text)
	var out []string
	at := 0
	lines := split(p)
	if len(lines) > 2 {
		lines = lines[2:]
	}
	for i := 0; i < len(lines); {
		head := strings.Fields(lines[i])
		i++
		start, n := parseExtent(head[1][1:])
		newStart, m := parseExtent(head[2][1:])
		if n > 0 {
			start--
		}
		if m > 0 {
			newStart--
		}
		out = append(out, old[at:start]...)
		at = start
		if len(out) != newStart {
			return "", fmt.Errorf("hunk %q starts at new line %d", lines[i-1], len(out))
		}
		for n > 0 || m > 0 {
			sign, l := lines[i][0], lines[i][1:]
			i++
			if i < len(lines) && lines[i][0] == '\\' {
				l = strings.TrimSuffix(l, "\n")
				i++
			}
			if sign != '+' {
				if old[at] != l {
					return "", fmt.Errorf("line %d is %q, the patch says %q", at+1, old[at], l)
				}
				at++
				n--
			}
			if sign != '-' {
				out = append(out, l)
				m--
			}
		}
	}
	return strings.Join(append(out, old[at:]...), ""), nil
}

func parseExtent(s string) (start, n int) {
	a, b, ok := strings.Cut(s, ",")
	start, _ = strconv.Atoi(a)
	n = 1
	if ok {
		n, _ = strconv.Atoi(b)
	}
	return start, n
}
