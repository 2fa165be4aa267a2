package sam_test

import (
	"bytes"
	"encoding/json"
	"maps"
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

// parts are the properties of other types that say who runs what with which
// role.
var parts = map[string][]string{
	"AWS::Lambda::Function":                 {"Role", "VpcConfig", "DeadLetterConfig", "FunctionName"},
	"AWS::StepFunctions::StateMachine":      {"RoleArn", "StateMachineName", "StateMachineType", "LoggingConfiguration"},
	"AWS::Events::Rule":                     {"Targets", "EventPattern", "ScheduleExpression", "State", "EventBusName", "Name"},
	"AWS::Scheduler::Schedule":              {"Target", "GroupName", "KmsKeyArn", "Name"},
	"AWS::Lambda::EventSourceMapping":       {"EventSourceArn", "FunctionName", "DestinationConfig", "SourceAccessConfigurations"},
	"AWS::SNS::Subscription":                {"TopicArn", "Protocol", "Endpoint", "Region"},
	"AWS::Logs::SubscriptionFilter":         {"DestinationArn", "LogGroupName"},
	"AWS::S3::Bucket":                       {"NotificationConfiguration"},
	"AWS::Cognito::UserPool":                {"LambdaConfig"},
	"AWS::StepFunctions::StateMachineAlias": {"Name"},
	"AWS::AppSync::DataSource":              {"ServiceRoleArn", "LambdaConfig"},
	"AWS::AppSync::GraphQLApi":              {"LogConfig", "AuthenticationType"},
	"AWS::Lambda::CapacityProvider":         {"PermissionsConfig"},
	"AWS::ApiGateway::Stage":                {"StageName", "RestApiId"},
	"AWS::ApiGatewayV2::Stage":              {"StageName", "ApiId"},
}

// hashed is the tail of a logical id that the transform hashes.
var hashed = regexp.MustCompile(`((?:Version|Deployment|NOT[A-Za-z]+))[0-9a-f]{10}\b`)

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
	type template struct {
		name string
		data []byte
	}
	var templates []template
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/peer/templates.txtar") {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, f := range ar.Files {
			switch {
			case name == "unknown": // the transform refuses it
			case name == "templates":
				templates = append(templates, template{strings.TrimSuffix(f.Name, ".yaml"), f.Data})
			case f.Name == "template.yaml":
				templates = append(templates, template{name, f.Data})
			}
		}
	}
	var in []any
	for _, tm := range templates {
		in = append(in, plain(parse(t, tm.data)))
	}
	cmd := exec.Command(python, "testdata/peer.py")
	cmd.Stdin = strings.NewReader(line(in))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("peer: %v\n%s", err, stderr.String())
	}
	var peers []transformed
	if err := json.Unmarshal(hashed.ReplaceAll(out, []byte("$1")), &peers); err != nil {
		t.Fatal(err)
	}
	for i, tm := range templates {
		t.Run(tm.name, func(t *testing.T) {
			root, found := expand(t, tm.data)
			for _, f := range found {
				t.Errorf("finding %s: %s", f.Code, f.Message)
			}
			var ours transformed
			if err := json.Unmarshal([]byte(line(plain(root))), &ours); err != nil {
				t.Fatal(err)
			}
			agree(t, peers[i], ours)
		})
	}
}

// bears reports whether a resource of a type must be here when the peer has it:
// usage plans, keys and domains of APIs give nobody a right, and the logical id
// of a layer is a hash.
func bears(typ string) bool {
	return typ != "AWS::Lambda::LayerVersion" && !strings.HasPrefix(typ, "AWS::ApiGateway") && !strings.HasPrefix(typ, "AWS::Route53::")
}

// transformed is what a transform puts out, or why it does not.
type transformed struct {
	Refused   []string
	Resources map[string]struct {
		Type       string
		Condition  any
		Properties map[string]any
	}
}

func agree(t *testing.T, peer, ours transformed) {
	if peer.Refused != nil {
		t.Fatalf("the peer refuses it: %v", peer.Refused)
	}
	for id, p := range peer.Resources {
		o, ok := ours.Resources[id]
		if !ok && !bears(p.Type) {
			continue
		}
		if !ok || o.Type != p.Type {
			t.Errorf("%s is %s here, and %s for the peer", id, o.Type, p.Type)
			continue
		}
		if line(o.Condition) != line(p.Condition) {
			t.Errorf("%s has condition %v here, and %v for the peer", id, o.Condition, p.Condition)
		}
		if only := parts[p.Type]; only != nil {
			for _, m := range []map[string]any{p.Properties, o.Properties} {
				maps.DeleteFunc(m, func(name string, _ any) bool { return !slices.Contains(only, name) })
			}
		} else if !slices.Contains(compared, p.Type) {
			continue
		}
		if strings.HasPrefix(p.Type, "AWS::CodeDeploy::") || id == "CodeDeployServiceRole" {
			delete(p.Properties, "Tags") // those of all functions that share it
		}
		if d := cmp.Diff(line(normal(p.Properties)), line(normal(o.Properties))); d != "" {
			t.Errorf("%s (-peer +ours):\n%s", id, d)
		}
	}
	for id, o := range ours.Resources {
		if _, ok := peer.Resources[id]; !ok && bears(o.Type) {
			t.Errorf("%s (%s) is only here", id, o.Type)
		}
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
			if l, ok := x.(map[string]any); ok && len(l) == 0 {
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
