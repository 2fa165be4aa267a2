package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/iam/authz"
	"penstock/internal/term"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  Text
	}{
		{"text.golden", Text{Width: 100}},
		{"text-all.golden", Text{Width: 140, All: true}},
		{"text-colour.golden", Text{Width: 80, Paint: term.NewPainter(true)}},
		{"text-unbroken.golden", Text{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteText(&b, sample(), tt.opt); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.Bytes())
		})
	}
}

func TestFind(t *testing.T) {
	v := newView(sample())
	for _, tt := range []struct {
		asked string
		want  []int
	}{
		{"#3", []int{3}},
		{"3", []int{3}},
		{"logs:putlogevents", []int{8, 13}},
		{"codebuild:StartBuild", []int{4, 5}},
		{"Build/codebuild:StartBuild", []int{4, 5}},
		{"Build/Image/codebuild:StartBuild", []int{5}},
		{"mfmsapp/logs:PutLogEvents", []int{8}},
		{"Source/logs:PutLogEvents", nil},
		{"#0", nil},
		{"#99", nil},
	} {
		var got []int
		for _, c := range v.find(tt.asked) {
			got = append(got, c.number)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("find(%q) (-want +got):\n%s", tt.asked, d)
		}
	}
	err := &NoSuchCall{"logs:Nope", v.near("logs:Nope")}
	if got, want := err.Hint(), "--explain takes an action (logs:CreateLogStream, logs:PutLogEvents …), Name/action, or a number that --all prints (#12)"; got != want {
		t.Errorf("hint = %q, want %q", got, want)
	}
}

func TestExplain(t *testing.T) {
	tx := newText(Text{Width: 100}, newView(sample()))
	c := tx.find("logs:PutLogEvents")[0]
	c.Request.Context.Set("aws:RequestedRegion", "ap-northeast-1")
	c.Request.Context.SetUnknown("aws:SourceIp")
	d := c.Decision
	d.Layers = []authz.LayerResult{
		{Layer: "scp", Applies: true, Allows: truth.Yes, Note: "FullAWSAccess at every level"},
		{Layer: "identity", Applies: true, Hits: []authz.Hit{*d.Deciding}},
		{Layer: "boundary"},
	}
	tx.explain(c, d)
	golden(t, "explain.golden", []byte(tx.b.String()))
}

func TestWhen(t *testing.T) {
	four := [][]string{
		{"A is true", "B is true"}, {"A is true", "B is false"}, {"A is false", "B is true"}, {"A is false", "B is false"},
	}
	for _, tt := range []struct {
		ins  []int
		want string
	}{
		{[]int{0, 1, 2, 3}, ""},
		{[]int{0, 1}, "A is true"},
		{[]int{1, 3}, "B is false"},
		{[]int{2}, "A is false and B is true"},
		{[]int{0, 3}, "A is true and B is true, or A is false and B is false"},
	} {
		if got := when(four, tt.ins); got != tt.want {
			t.Errorf("when(%v) = %q, want %q", tt.ins, got, tt.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	f := source.NewFile("x.json", []byte("{\n\t\"名前\": \"v\", "+strings.Repeat("\"k\": 1, ", 100)+"\"last\": 2}\n"))
	for _, word := range []string{`"v"`, `"last"`} {
		i := strings.Index(string(f.Data), word)
		_, line, carets := snippet(source.Span{File: f, Start: i, End: i + len(word)}, 40)
		if term.Width(line) > 40 || !strings.Contains(line, word) {
			t.Errorf("snippet(%s) = %q, which is too wide or does not show it", word, line)
			continue
		}
		at := strings.Index(line, word)
		if want := strings.Repeat(" ", term.Width(line[:at])) + strings.Repeat("^", len(word)); carets != want {
			t.Errorf("carets of %s:\n%s\n%s", word, line, carets)
		}
	}
}

func TestSARIF(t *testing.T) {
	codes := []service.Code{{Code: "RUN001", Title: "No identity policy allows a call", Doc: "# No identity policy allows a call\n\nText.\n"}}
	var b bytes.Buffer
	if err := WriteSARIF(&b, sample(), SampleTool, codes); err != nil {
		t.Fatal(err)
	}
	golden(t, "sarif.golden", b.Bytes())
	// A fingerprint does not move with its line.
	rep := sample()
	before := fingerprint(&rep.Findings[0])
	rep.Findings[0].At.Start++
	if got := fingerprint(&rep.Findings[0]); got != before {
		t.Errorf("the fingerprint moved: %s, was %s", got, before)
	}
	if fingerprint(&rep.Findings[1]) == before {
		t.Error("two findings share a fingerprint")
	}
}
