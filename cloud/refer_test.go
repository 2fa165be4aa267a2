package cloud

import (
	"testing"

	"penstock/match"
)

func refer(rs ...*Resource) *Model {
	m := New()
	for _, r := range rs {
		m.Add(r)
	}
	return m
}

func role(stack, id, name string) *Resource {
	if name == "" {
		name = match.Hole(match.Name, stack+"."+id)
	}
	return &Resource{
		Type: "AWS::IAM::Role", Stack: &Stack{Name: stack}, LogicalID: id, Account: "111111111111", Region: "eu-west-1",
		Ref: name, Name: name, ARN: "arn:aws:iam::111111111111:role/" + name,
	}
}

func TestRefer(t *testing.T) {
	deploy := role("tools", "Deploy", "deploy")
	build := role("tools", "Build", "")
	other := role("app", "Build", "")
	param := match.Hole(match.Any, "tools.RoleName")
	m := refer(deploy, build, other)
	for _, c := range []struct {
		name, s     string
		sure, maybe []*Resource
	}{
		{"a name", "deploy", []*Resource{deploy}, nil},
		{"an ARN", deploy.ARN, []*Resource{deploy}, nil},
		{"a generated name, by its Ref", build.Ref, []*Resource{build}, nil},
		{"another name", "audit", nil, nil},
		{"a name that CloudFormation could make up", "tools-Build-1ABCDEF2GHIJ", nil, []*Resource{build}},
		{"a parameter", param, nil, []*Resource{deploy, build, other}},
		{"a parameter with a known start", "dep" + param, nil, []*Resource{deploy, build, other}},
		{"a parameter with another start", "x-" + param, nil, []*Resource{build, other}},
		{"an ARN with a made-up name", "arn:aws:iam::111111111111:role/app-Build-1ABCDEF2GHIJ", nil, []*Resource{other}},
		{"nothing", "", nil, nil},
	} {
		sure, maybe := m.Refer(c.s, "111111111111", "", "AWS::IAM::Role")
		if !same(sure, c.sure) || !same(maybe, c.maybe) {
			t.Errorf("%s: Refer(%q) = %v, %v, want %v, %v", c.name, match.Render(c.s), ids(sure), ids(maybe), ids(c.sure), ids(c.maybe))
		}
	}
	if sure, maybe := m.Refer("deploy", "222222222222", "", "AWS::IAM::Role"); sure != nil || maybe != nil {
		t.Errorf("a name of another account refers to %v, %v", ids(sure), ids(maybe))
	}
}

// same compares without order: the set is what matters.
func same(a, b []*Resource) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func ids(rs []*Resource) []string {
	var s []string
	for _, r := range rs {
		s = append(s, r.ID())
	}
	return s
}
