package compile

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// inPython is what stands around the code where Lambda and SNS are not.
const inPython = `
import json, os, sys, types
told = []
class Topic:
    def publish(self, **message):
        if message["Message"] == "":
            raise ValueError("SNS takes no empty message")
        if "fail" in os.environ["PROJECT"]:
            raise RuntimeError("SNS is away")
        told.append(message)
boto3 = types.ModuleType("boto3")
boto3.client = lambda name: Topic()
sys.modules["boto3"] = boto3
given = json.load(sys.stdin)
os.environ.update(PROJECT=given["project"], TOPIC="arn:aws:sns:eu-west-1:111111111111:mfmsapp-alerts")
space = {}
exec(compile(given["code"], "index.py", "exec"), space)
failed = ""
try:
    for event in given["events"]:
        space["handler"](event, None)
except Exception as e:
    failed = str(e)
json.dump({"told": told, "failed": failed}, sys.stdout)
`

type told struct {
	Told   []struct{ TopicArn, Subject, Message string }
	Failed string
}

// runAlert hands events to the code of the function, in Python.
func runAlert(t *testing.T, project string, events ...string) told {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here")
	}
	var raw []json.RawMessage
	for _, e := range events {
		raw = append(raw, json.RawMessage(e))
	}
	in, err := json.Marshal(map[string]any{"project": project, "code": alertCode, "events": raw})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", inPython)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		if e, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%v\n%s", err, e.Stderr)
		}
		t.Fatal(err)
	}
	var got told
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return got
}

const changed = `{"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.kms", "account": "111111111111", "region": "eu-west-1",
"detail": {"eventSource": "kms.amazonaws.com", "eventName": "PutKeyPolicy", "eventTime": "2026-05-04T03:02:01Z", "awsRegion": "eu-west-1",
"eventID": "4d3f8b9a-0000-4000-8000-000000000001", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.30\n\nSubject: forged",
"userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111111111111:assumed-role/admin/alice", "accountId": "111111111111",
"sessionContext": {"attributes": {"mfaAuthenticated": "true"}, "sessionIssuer": {"arn": "arn:aws:iam::111111111111:role/admin"}}},
"resources": [{"ARN": "arn:aws:kms:eu-west-1:111111111111:key/1a2b"}], "requestParameters": {"keyId": "1a2b", "policy": "{\"Statement\": []}", "bypassPolicyLockoutSafetyCheck": false}}}`

const refused = `{"account": "333333333333", "detail": {"eventSource": "codebuild.amazonaws.com", "eventName": "UpdateProject", "eventTime": "2026-05-04T03:02:01Z", "awsRegion": "eu-west-1",
"eventID": "4d3f8b9a-0000-4000-8000-000000000002", "sourceIPAddress": "cloudformation.amazonaws.com", "errorCode": "AccessDenied", "errorMessage": "User is not authorized",
"userIdentity": {"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}, "resources": null,
"requestParameters": {"name": "mfmsapp-build", "environment": {"image": "x", "environmentVariables": [{"name": "PASSWORD", "value": "hunter2"}]}, "serviceRole": "y"}}}`

// The message says who, what, when, where, from where, on what, and whether it
// was refused; and holds names only of what was asked.
func TestAlertCode(t *testing.T) {
	got := runAlert(t, "mfmsapp", changed, refused)
	if got.Failed != "" || len(got.Told) != 2 {
		t.Fatalf("%+v", got)
	}
	want := `What:     PutKeyPolicy of kms.amazonaws.com
Who:      arn:aws:sts::111111111111:assumed-role/admin/alice (AssumedRole, account 111111111111, as role arn:aws:iam::111111111111:role/admin, second factor true)
When:     2026-05-04T03:02:01Z
Where:    account 111111111111, region eu-west-1
From:     203.0.113.7, aws-cli/2.30 Subject: forged
Resource: arn:aws:kms:eu-west-1:111111111111:key/1a2b
          keyId 1a2b
Denied:   no, it was done
Event:    4d3f8b9a-0000-4000-8000-000000000001 of CloudTrail`
	if d := cmp.Diff(want, got.Told[0].Message); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if s := got.Told[0].Subject; s != "mfmsapp: PutKeyPolicy in account 111111111111" {
		t.Errorf("subject %q", s)
	}
	want = `What:     UpdateProject of codebuild.amazonaws.com
Who:      cloudformation.amazonaws.com (AWSService, for cloudformation.amazonaws.com)
When:     2026-05-04T03:02:01Z
Where:    account 333333333333, region eu-west-1
From:     cloudformation.amazonaws.com, unknown
Resource: name mfmsapp-build
Denied:   yes, AccessDenied: User is not authorized
Event:    4d3f8b9a-0000-4000-8000-000000000002 of CloudTrail`
	if d := cmp.Diff(want, got.Told[1].Message); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if s := got.Told[1].Subject; s != "mfmsapp: UpdateProject refused in account 333333333333" {
		t.Errorf("subject %q", s)
	}
}

// Whatever comes is told, in a form that SNS takes.
func TestAlertCodeTellsAll(t *testing.T) {
	odd := []string{
		`{}`, `[]`, `null`, `"text"`, `1`, `{"detail": null}`, `{"detail": []}`, `{"detail": {"eventName": ["x"]}}`,
		`{"detail": {"eventName": "X", "resources": 5}}`, `{"detail": {"eventName": "X", "resources": [null, "a", {"ARN": {"b": 1}}]}}`,
		`{"detail": {"eventName": "X", "userIdentity": "root", "requestParameters": [1]}}`,
		`{"detail": {"eventName": "\u0007Ünï\ncode", "requestParameters": {"name": null, "names": [{"x": 1}]}}}`,
		`{"detail": {"eventName": "` + strings.Repeat("n", 5000) + `", "eventSource": "` + strings.Repeat("s", 500000) + `"}}`,
		`{"detail": {"eventName": "X", "requestParameters": {"name": "` + strings.Repeat("é", 300000) + `"}}}`,
	}
	got := runAlert(t, "mfmsapp", odd...)
	if got.Failed != "" || len(got.Told) != len(odd) {
		t.Fatalf("told of %d of %d; %s", len(got.Told), len(odd), got.Failed)
	}
	for i, m := range got.Told {
		// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, Subject and Message
		if len(m.Subject) >= 100 || !ascii(m.Subject) || m.Message == "" || len(m.Message) > 256<<10 || !utf8.ValidString(m.Message) {
			t.Errorf("%.80s: subject %q, a message of %d bytes", odd[i], m.Subject, len(m.Message))
		}
	}
}

func ascii(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// What cannot be told fails, so that Lambda tries again and keeps it then.
func TestAlertCodeFails(t *testing.T) {
	if got := runAlert(t, "fail", changed); got.Failed != "SNS is away" {
		t.Errorf("%+v", got)
	}
}

// Code in a template held 4,096 characters for long, and whoever reviews it
// reads it all.
func TestAlertCodeIsShort(t *testing.T) {
	if n := len(alertCode); n > 4096 || !ascii(strings.ReplaceAll(alertCode, "\n", " ")) {
		t.Errorf("the code has %d characters", n)
	}
}
