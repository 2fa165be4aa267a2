package codebuild

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/seal"
)

// sealing is a project that runs a code of ours, with more properties.
func sealing(k seal.Kind, more string) string {
	return "Name: p\nServiceRole: arn:aws:iam::111111111111:role/p\nArtifacts: {Type: CODEPIPELINE}\n" +
		"Environment:\n  Type: LINUX_CONTAINER\n  ComputeType: BUILD_GENERAL1_SMALL\n  Image: aws/codebuild/standard:7.0\n  EnvironmentVariables:\n" +
		"    - {Name: IMAGE_REPOSITORIES, Value: \"111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app 222222222222.dkr.ecr.us-east-1.amazonaws.com/lib nonsense\"}\n" +
		more + "Source:\n  Type: CODEPIPELINE\n  BuildSpec: |\n    " + strings.ReplaceAll(strings.TrimRight(seal.Latest(k).Text, "\n"), "\n", "\n    ") + "\n"
}

// TestSealRows: what our code calls is told by its environment, and nothing is
// read out of its commands.
func TestSealRows(t *testing.T) {
	for _, k := range []seal.Kind{seal.Seals, seal.Promotes} {
		s, _ := projectOf(t, sealing(k, ""))
		var got []string
		for _, target := range sealRows[0].Targets(s) {
			got = append(got, target.Resource)
		}
		want := []string{"arn:aws:ecr:eu-west-1:111111111111:repository/team/app", "arn:aws:ecr:us-east-1:222222222222:repository/lib"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%v (-want +got)\n%s", k, d)
		}
		if calls := cliCalls(s); len(calls) > 0 {
			t.Errorf("%v: %d calls are read out of its commands", k, len(calls))
		}
	}
	s, _ := projectOf(t, strings.Replace(sealing(seal.Seals, ""), "# Penstock seal, version 1.", "# mine", 1))
	if ts := sealRows[0].Targets(s); len(ts) > 0 {
		t.Errorf("another code calls %d", len(ts))
	}
}

// TestOpenProject: what of a project lets somebody decide what it does.
func TestOpenProject(t *testing.T) {
	for _, c := range []struct{ name, more, want string }{
		{"nothing", "", ""},
		{"a time limit", "TimeoutInMinutes: 10\n", ""},
		{"no cache", "Cache: {Type: NO_CACHE}\n", ""},
		{"a network", "VpcConfig: {VpcId: vpc-1, Subnets: [subnet-1], SecurityGroupIds: [sg-1]}\n", ""},
		{"a cache", "Cache: {Type: LOCAL}\n", "its project has a cache"},
		{"a batch", "BuildBatchConfig: {ServiceRole: x}\n", "its project has more than what is sealed by needs: BuildBatchConfig"},
		{"a webhook", "Triggers: {Webhook: true}\n", "its project has more than what is sealed by needs: Triggers"},
		{"more artifacts", "SecondaryArtifacts: []\n", "its project has more than what is sealed by needs: SecondaryArtifacts"},
		{"public builds", "Visibility: PUBLIC_READ\n", "its builds are public"},
		{"a log in a bucket", "LogsConfig: {S3Logs: {Status: ENABLED, Location: b/x}}\n", "its log is written to a bucket"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := projectOf(t, sealing(seal.Seals, c.more))
			if got := openProject(s.Resource); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
