package sam_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// compared are the types that bear on who may do what.
var compared = []string{
	"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy",
	"AWS::CodeDeploy::DeploymentGroup", "AWS::CodeDeploy::Application", "AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig",
	"AWS::Lambda::Url",
}

// hashed is the tail of a logical id that the transform hashes.
var hashed = regexp.MustCompile(`((?:Version|Deployment))[0-9a-f]{10}\b`)

// TestPeer compares what gives access with the transform's own release
// (aws-sam-translator, which comes with cfn-lint), where that is installed.
func TestPeer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here")
	}
	if exec.Command(python, "-c", "import samtranslator, boto3").Run() != nil {
		t.Skip("python3 has no samtranslator: install cfn-lint to compare")
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if name == "unknown" {
			continue // the transform refuses it
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data := ar.Files[0].Data
			root, found := expand(t, data)
			for _, f := range found {
				t.Errorf("finding %s: %s", f.Code, f.Message)
			}
			cmd := exec.Command(python, "testdata/peer.py")
			cmd.Stdin = strings.NewReader(line(plain(parse(t, data))))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("peer: %v\n%s", err, stderr.String())
			}
			var peer, ours struct {
				Refused   []string
				Resources map[string]struct {
					Type       string
					Condition  any
					Properties map[string]any
				}
			}
			if err := json.Unmarshal(hashed.ReplaceAll(out, []byte("$1")), &peer); err != nil {
				t.Fatal(err)
			}
			if peer.Refused != nil {
				t.Fatalf("the peer refuses it: %v", peer.Refused)
			}
			if err := json.Unmarshal([]byte(line(plain(root))), &ours); err != nil {
				t.Fatal(err)
			}
			for id, p := range peer.Resources {
				o, ok := ours.Resources[id]
				if p.Type == "AWS::Lambda::LayerVersion" {
					continue // its id is a hash
				}
				if !ok || o.Type != p.Type {
					t.Errorf("%s is %s here, and %s for the peer", id, o.Type, p.Type)
					continue
				}
				if line(o.Condition) != line(p.Condition) {
					t.Errorf("%s has condition %v here, and %v for the peer", id, o.Condition, p.Condition)
				}
				if !slices.Contains(compared, p.Type) {
					continue
				}
				if d := cmp.Diff(line(normal(p.Properties)), line(normal(o.Properties))); d != "" {
					t.Errorf("%s (-peer +ours):\n%s", id, d)
				}
			}
			for id, o := range ours.Resources {
				if _, ok := peer.Resources[id]; !ok && o.Type != "AWS::Lambda::LayerVersion" {
					t.Errorf("%s (%s) is only here", id, o.Type)
				}
			}
		})
	}
}

// normal writes what is equal in one way: the partition aws, Fn::Sub with its
// variables put in, a list of one without the list, no empty lists, lists in
// order.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 {
			if s, ok := v["Fn::Sub"]; ok {
				return substituted(s)
			}
		}
		m := map[string]any{}
		for k, x := range v {
			if l, ok := x.([]any); ok && len(l) == 0 {
				continue
			}
			m[k] = normal(x)
		}
		return m
	case []any:
		if len(v) == 1 {
			return normal(v[0])
		}
		// The order of policies, statements and actions means nothing, nor
		// does an action that is named twice.
		l := make([]any, len(v))
		for i, x := range v {
			l[i] = normal(x)
		}
		slices.SortFunc(l, func(a, b any) int { return strings.Compare(line(a), line(b)) })
		return slices.CompactFunc(l, func(a, b any) bool { return line(a) == line(b) })
	}
	return v
}

func substituted(v any) any {
	text, vars := "", map[string]any{}
	switch v := v.(type) {
	case string:
		text = v
	case []any:
		text = v[0].(string)
		vars = v[1].(map[string]any)
	}
	for k, x := range vars {
		s, ok := x.(string)
		if !ok {
			s = line(normal(x))
		}
		text = strings.ReplaceAll(text, "${"+k+"}", s)
	}
	text = strings.ReplaceAll(text, "${AWS::Partition}", "aws")
	if text == "${AWS::AccountId}" {
		return map[string]any{"Ref": "AWS::AccountId"}
	}
	return text
}
