package authz

import (
	"testing"

	"penstock/truth"
)

func TestRegional(t *testing.T) {
	for _, tt := range []struct {
		name, text, service, region string
		want                        truth.Value
	}{
		{"here", "codedeploy.us-east-1.amazonaws.com", "codedeploy.amazonaws.com", "us-east-1", truth.Yes},
		{"elsewhere", "codedeploy.eu-west-1.amazonaws.com", "codedeploy.amazonaws.com", "us-east-1", truth.No},
		{"Step Functions", "states.us-east-1.amazonaws.com", "states.amazonaws.com", "us-east-1", truth.Yes},
		{"region not known", "states.us-east-1.amazonaws.com", "states.amazonaws.com", "", truth.Maybe},
		{"no region", "states.anything.amazonaws.com", "states.amazonaws.com", "", truth.No},
		{"another service", "codebuild.us-east-1.amazonaws.com", "codedeploy.amazonaws.com", "us-east-1", truth.No},
		{"a service without such a name, for all we know", "events.us-east-1.amazonaws.com", "events.amazonaws.com", "us-east-1", truth.Maybe},
		{"China", "codedeploy.cn-north-1.amazonaws.com.cn", "codedeploy.amazonaws.com", "cn-north-1", truth.Yes},
		{"the plain name is not for this", "states.amazonaws.com", "states.amazonaws.com", "us-east-1", truth.No},
		{"a prefix", "states", "states.amazonaws.com", "us-east-1", truth.No},
	} {
		if got := regional(tt.text, &caller{service: tt.service, region: tt.region}, false); got != tt.want {
			t.Errorf("%s: regional(%q) of %s in %q = %v, want %v", tt.name, tt.text, tt.service, tt.region, got, tt.want)
		}
	}
}
