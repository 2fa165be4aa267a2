package main

import (
	"strings"
	"testing"
)

func reference() *authorization {
	s := &service{
		prefix:  "queue",
		actions: map[string]*action{"send": {name: "Send", access: 2, resources: []actionResource{{typ: "queue", required: true}}, keys: []string{"queue:Size"}}},
		types:   map[string]*resourceType{"queue": {name: "queue", arns: []string{"arn:${Partition}:queue:::${Name}"}}, "topic": {name: "topic", arns: []string{"arn:${Partition}:topic:::${Name}"}}},
		keys:    map[string]*key{"queue:size": {"queue:Size", 0}, "queue:color": {"queue:Color", 0}},
	}
	return &authorization{services: map[string]*service{"queue": s}, globals: []key{{"aws:Time", 0}}}
}

func TestApplyOverlay(t *testing.T) {
	au := reference()
	err := applyOverlay("queue", []byte(`{"corrections": [
		{"reason": "r", "source": "s", "action": "send", "access": "Read",
			"setResources": [{"type": "QUEUE", "required": false, "keys": ["queue:color"]}, {"type": "topic", "required": true}],
			"addKeys": ["queue:COLOR"], "removeKeys": ["queue:Size"], "addDependent": ["iam:PassRole"]},
		{"reason": "r", "source": "s", "action": "Upload", "access": "Tagging"},
		{"reason": "r", "source": "s", "resourceType": "queue", "setARN": "arn:${Partition}:queue:::q/${Name}", "addARNs": ["arn:${Partition}:old:::${Name}"]},
		{"reason": "r", "source": "s", "resourceType": "dead", "setARN": "arn:${Partition}:queue:::dead", "addKeys": ["queue:Size"]},
		{"reason": "r", "source": "s", "key": "queue:New", "type": "ArrayOfARN"},
		{"reason": "r", "source": "s", "key": "queue:Size", "type": "Numeric"},
		{"reason": "r", "source": "s", "key": "aws:Time", "type": "Date", "global": true},
		{"reason": "r", "source": "s", "key": "aws:Other", "type": "Bool", "global": true}
	]}`), au)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	writeServices(&got, au)
	want := `service queue||false
key queue:Color|0
key queue:New|3
key queue:Size|6
type dead|arn:${Partition}:queue:::dead|queue:Size
type queue|arn:${Partition}:queue:::q/${Name},arn:${Partition}:old:::${Name}|
type topic|arn:${Partition}:topic:::${Name}|
action Send|1|queue:Color|iam:PassRole
on queue|false|queue:Color
on topic|true|
action Upload|3||
global aws:Time|8
global aws:Other|4
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestApplyOverlayRemoves(t *testing.T) {
	au := reference()
	err := applyOverlay("other", []byte(`{"corrections": [
		{"service": "queue", "reason": "r", "source": "s", "action": "Send", "remove": true},
		{"service": "queue", "reason": "r", "source": "s", "resourceType": "topic", "remove": true},
		{"service": "queue", "reason": "r", "source": "s", "key": "queue:Color", "remove": true},
		{"service": "queue", "reason": "r", "source": "s", "key": "aws:Time", "global": true, "remove": true}
	]}`), au)
	s := au.services["queue"]
	if err != nil || len(s.actions) != 0 || len(s.types) != 1 || len(s.keys) != 1 || len(au.globals) != 0 {
		t.Errorf("err %v, left %d actions, %d types, %d keys, %d globals", err, len(s.actions), len(s.types), len(s.keys), len(au.globals))
	}
}

func TestApplyOverlayRefuses(t *testing.T) {
	const head = `{"reason": "r", "source": "s", `
	for _, c := range []struct{ correction, want string }{
		{`{"source": "s", "action": "Send", "access": "Read"}`, "a reason and a source"},
		{`{"reason": "r", "action": "Send", "access": "Read"}`, "a reason and a source"},
		{head + `"access": "Read"}`, "exactly one of"},
		{head + `"action": "Send", "key": "queue:Size"}`, "exactly one of"},
		{head + `"action": "Send", "acess": "Read"}`, "unknown field"},
		{head + `"action": "Send", "access": "Reed"}`, "want one of List, Read"},
		{head + `"action": "Send", "access": "Write"}`, "changes nothing"},
		{head + `"action": "Send", "setResources": [{"type": "queue", "required": true}]}`, "changes nothing"},
		{head + `"action": "Send", "addKeys": ["queue:Nope"]}`, "does not define"},
		{head + `"action": "Send", "setResources": [{"type": "nope", "required": true}]}`, "does not define"},
		{head + `"action": "Upload"}`, "wants an access level"},
		{head + `"action": "Upload", "remove": true}`, "changes nothing"},
		{head + `"resourceType": "nope"}`, "wants setARN"},
		{head + `"resourceType": "queue", "remove": true}`, "does not define"},
		{head + `"key": "queue:Size", "type": "String"}`, "changes nothing"},
		{head + `"key": "queue:Size", "type": "Text"}`, "want one of String"},
		{head + `"service": "nope", "action": "Send", "access": "Read"}`, `no service "nope"`},
	} {
		err := applyOverlay("queue", []byte(`{"corrections": [`+c.correction+`]}`), reference())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.correction, err, c.want)
		}
	}
}
