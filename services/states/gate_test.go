package states

import (
	"strings"
	"testing"

	"penstock/doc/yaml"
	"penstock/source"
)

// TestPast: which machines end well without an answer, and in which state.
func TestPast(t *testing.T) {
	const ask = `{Type: Task, Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken", `
	for _, c := range []struct{ name, states, want string }{
		{"asks and ends", `Ask: ` + ask + `End: true}`, ""},
		{"asks and looks", `Ask: ` + ask + `Next: Look}
Look: {Type: Choice, Choices: [{Next: Ok}], Default: No}
Ok: {Type: Succeed}
No: {Type: Fail}`, ""},
		{"catches and fails", `Ask: ` + ask + `Catch: [{ErrorEquals: [States.ALL], Next: No}], Next: Ok}
Ok: {Type: Succeed}
No: {Type: Fail}`, ""},
		{"catches and goes on", `Ask: ` + ask + `Catch: [{ErrorEquals: [States.Timeout], Next: Ok}], Next: Ok}
Ok: {Type: Succeed}`, "Ok"},
		{"catches, tells and ends", `Ask: ` + ask + `Catch: [{ErrorEquals: [States.ALL], Next: Tell}], End: true}
Tell: {Type: Task, Resource: "arn:aws:states:::sns:publish", End: true}`, "Tell"},
		{"catches and asks again", `Ask: ` + ask + `Catch: [{ErrorEquals: [States.Timeout], Next: Ask}], End: true}`, ""},
		{"asks sometimes", `Ask0: {Type: Choice, Choices: [{Next: Ask}], Default: Ok}
Ask: ` + ask + `End: true}
Ok: {Type: Succeed}`, "Ok"},
		{"asks of several at once", `Ask0: {Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: ` + ask + `End: true}}}, {StartAt: B, States: {B: {Type: Pass, End: true}}}]}`, ""},
		{"asks in a branch that may end", `Ask0: {Type: Parallel, End: true, Branches: [{StartAt: A, States: {A: {Type: Choice, Choices: [{Next: B}], Default: C}, B: ` + ask + `End: true}, C: {Type: Succeed}}}]}`, "Ask0"},
		{"asks for each of a list", `Ask0: {Type: Map, End: true, ItemProcessor: {StartAt: A, States: {A: ` + ask + `End: true}}}}`, "Ask0"},
		{"an activity", `Ask: {Type: Task, Resource: "arn:aws:states:eu-west-1:111111111111:activity:people", End: true}`, ""},
		{"asks after it ends", `Ask0: {Type: Pass, End: true}
Ask: ` + ask + `End: true}`, "Ask0"},
		{"goes nowhere", `Ask0: {Type: Pass, Next: Gone}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := "Ask"
			if len(c.states) > 4 && c.states[:4] == "Ask0" {
				start = "Ask0"
			}
			text := "StartAt: " + start + "\nStates:\n  " + indent(c.states) + "\n"
			n, _, err := yaml.Parse(source.NewFile("machine.yaml", []byte(text)))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := (&machineOf{}).past(n, 0)
			if got != c.want || ok != (c.want != "") {
				t.Errorf("past = %q, %v, want %q", got, ok, c.want)
			}
		})
	}
}

func indent(s string) string {
	var out strings.Builder
	for _, r := range s {
		out.WriteString(string(r))
		if r == '\n' {
			out.WriteString("  ")
		}
	}
	return out.String()
}
