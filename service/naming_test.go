package service_test

import (
	"testing"

	"penstock/match"
	"penstock/service"
)

func TestDerive(t *testing.T) {
	name := match.Hole(match.Name, "tools.Cluster")
	any := match.Hole(match.Any, "Param")
	for _, c := range []struct{ word, value, absent, want string }{
		{"Prop", "a/b", "", "a/b"},
		{"Bare", "https://token.example.com/path", "", "token.example.com/path"},
		{"Bare", "/app/db", "", "app/db"},
		{"Bare", "app", "", "app"},
		{"Bare", name, "", name},
		{"Bare", any + "/x", "", match.Hole(match.Path, "bare ‹Param›/x")},
		{"Bare", "/app/" + any, "", "app/" + any},
		{"Last", "arn:aws:ecs:eu-west-1:111111111111:cluster/prod", "", "prod"},
		{"Last", "prod", "", "prod"},
		{"Last", "arn:aws:lambda:eu-west-1:111111111111:function:f", "", "f"},
		{"Last", "arn:aws:ecs:eu-west-1:111111111111:cluster/" + name, "", name},
		{"Last", any, "", match.Hole(match.Name, "the name in ‹Param›")},
		{"Prefix", "default", "default", ""},
		{"Prefix", "", "default", ""},
		{"Prefix", "arn:aws:events:eu-west-1:111111111111:event-bus/orders", "default", "orders/"},
		{"Prefix", name, "default", name + "/"},
		{"Pipe", "default", "default", ""},
		{"Pipe", "orders", "default", "orders|"},
		{"Prefix", any, "default", match.Hole(match.Any, "the prefix ‹Param›")},
	} {
		if got := service.Derive(c.word, c.value, c.absent); got != c.want {
			t.Errorf("Derive(%q, %q, %q) = %q, want %q", c.word, c.value, c.absent, match.Render(got), match.Render(c.want))
		}
	}
}
