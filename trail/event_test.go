package trail_test

import (
	"fmt"
	"testing"

	"penstock/match"
	"penstock/trail"
)

func ExampleTree() {
	e := trail.Tree(true, "eventName", "StopLogging", "requestParameters", trail.Tree(false, "name", "audit"))
	fmt.Println(e.Get("requestParameters").Get("name").Text)
	fmt.Println(e.Get("requestParameters").Get("bucket").Kind == trail.None)
	fmt.Println(e.Get("userIdentity").Kind == trail.Any)
	// Output:
	// audit
	// true
	// true
}

func TestSure(t *testing.T) {
	for _, c := range []struct {
		v    *trail.Value
		want bool
	}{
		{trail.Text("x"), true}, {trail.Flag(true), true}, {trail.Anything(), false}, {trail.Absent(), false},
		{trail.Text(match.Hole(match.Any, "x")), false}, {&trail.Value{Kind: trail.String, Text: "x", Optional: true}, false},
		{&trail.Value{Kind: trail.Null}, true}, {trail.Tree(false), false},
	} {
		if got := c.v.Sure(); got != c.want {
			t.Errorf("%+v: Sure = %v", c.v, got)
		}
	}
}
