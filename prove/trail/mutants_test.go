package trail_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/doc/yaml"
	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/source"
)

// harmless says which mutants of the example leave the trace as it is, by the
// start or the end of their names, and why. Each line must be of use.
// A plain line is for all of what is so named.
var harmless = []struct {
	where, why string
	plain      bool
}{
	{".Sid", "a name", true},
	{".Name", "a name; another one is made up", true},
	{".Description", "a comment", true},
	{".AlarmDescription", "a comment", true},
	{".PolicyName", "a name that CloudFormation asks for", true},
	{"Targets[0].Id", "a name that CloudFormation asks for", true},
	{".Version", "no policy here has variables, of which alone the version decides", true},
	{"AuditDashboard", "a picture", true},
	{"SecretsAccessMonitor", "counts for the dashboard", true},
	{"PipelineStartedByHand", "what is started goes through the gate", true},
	{"PublicAccessBlockConfiguration", "the bucket's policy lets nobody in but CloudTrail", true},
	{"EnableKeyRotation", "older keys still open what they closed", true},
	{"Statement[Administration]", "who administers the key, whom the report names as able to blind the trace", true},
	{"Statement[ReadTheTrail]", "who reads the log", true},
	{"Statement[TlsOnly]", "who writes in clear; CloudTrail and the alerts do not", true},
	{"InsightSelectors", "Insights events tell of unusual numbers of calls, not of calls", true},

	{"PipelineTrail.TrailName", "the other trails and the policies name it; CloudTrail refuses a trail that cannot write, but the name that is made up may be the one", false},
	{"PipelineTrail.IsLogging", "CloudFormation requires it", false},
	{"drop PipelineTrail.IncludeGlobalServiceEvents", "the default", false},
	{"PipelineTrail.KMSKeyId", "the log is encrypted with a key of S3", false},
	{"FieldSelectors[2]", "without an ARN the selector is for all resources of the type", false},
	{"drop PipelineTrail.EventSelectors", "the default: all management events", false},
	{"PipelineTrail.EventSelectors[0].ReadWriteType", "the default: All", false},
	{"PipelineTrail.EventSelectors[0].IncludeManagementEvents", "the default: true", false},
	{"AuditLogBucket.BucketName", "the trails of the other accounts name it: what no stack declares is taken to be elsewhere, and the report says so", false},
	{"AuditLogBucket.BucketEncryption", "CloudTrail names the key itself", false},
	{"AuditLogBucket.OwnershipControls", "CloudTrail gives the owner of the bucket full control", false},
	{"AuditLogBucket.VersioningConfiguration", "no principal of the pipeline can remove or overwrite a log file; Object Lock needs it, and S3 refuses", false},
	{"AuditLogBucket.ObjectLock", "no principal of the pipeline can remove or overwrite a log file; that the administrator now can, the report says", false},
	{"AuditLogBucketPolicy.PolicyDocument.Statement[CloudTrailLooks].Resource", "S3 refuses a statement without", false},
	{"AuditLogBucketPolicy.PolicyDocument.Statement[CloudTrailWrites].Resource", "S3 refuses a statement without", false},
	{"Statement[CloudTrailLooks].Condition", "trails of others look at the bucket", false},
	{"Statement[CloudTrailWrites].Condition", "trails of others write there too; digests tell the files apart", false},
	{"Statement[CloudTrailEncrypts].Resource", "KMS refuses a statement without", false},
	{"Statement[CloudTrailEncrypts].Condition", "trails of others use the key too", false},
	{"Statement[CloudTrailDescribes].Resource", "KMS refuses a statement without", false},
	{"Statement[CloudTrailDescribes].Condition", "trails of others look at the key", false},
	{"Statement[TrailLogs].Action[kms:DescribeKey]", "AWS's page lists it, and nothing shows that CloudWatch Logs needs it", false},
	{"Statement[TrailLogs].Action[kms:Encrypt]", "as kms:DescribeKey", false},
	{"Statement[TrailLogs].Action[kms:ReEncrypt*]", "as kms:DescribeKey", false},
	{"Statement[TrailLogs].Resource", "KMS refuses a statement without", false},
	{"Statement[TrailLogs].Condition", "other log groups of the account use the key too", false},
	{"TrailLogs.KmsKeyId", "the log group is encrypted with a key of AWS", false},
	{"TrailLogs.RetentionInDays", "the log group keeps more", false},
	{"TrailRole.RoleName", "the trail refers to it", false},
	{"EventPattern.source", "the rule matches more", false},
	{"EventPattern.detail-type", "the rule matches more", false},
	{"EventPattern.detail", "the rule matches more", false},
	{"PipelineChange.EventPattern.detail.eventSource", "the rule matches more", false},
	{"PipelineChange.EventPattern.detail.eventName", "the rule matches more", false},
	{"eventName[DeleteBucket]", "stops the pipeline, which shows by itself", false},
	{"eventName[DeleteRepository]", "stops the pipeline, which shows by itself", false},
	{"eventName[DeleteRepositoryPolicy]", "stops the pipeline, which shows by itself", false},
	{"eventName[DeleteTopic]", "the topic that would tell of it; the report says who can", false},
	{"eventName[SetTopicAttributes]", "the topic that would tell of it; the report says who can", false},
	{"EventPattern.source[aws.sns]", "the topic that would tell of it; the report says who can", false},
	{"eventName[DeletePipeline]", "stops the pipeline, which shows by itself", false},
	{"eventName[DisableStageTransition]", "stops the pipeline, which shows by itself", false},
	{"eventName[StopPipelineExecution]", "stops the pipeline, which shows by itself", false},
	{"eventName[OverrideStageCondition]", "the pipeline has no conditions", false},
	{"eventName[PutJobFailureResult]", "the pipeline has no jobs", false},
	{"eventName[PutJobSuccessResult]", "the pipeline has no jobs", false},
	{"eventName[PutBucketEncryption]", "the bucket's policy refuses other keys", false},
	{"eventName[PutBucketPublicAccessBlock]", "the bucket's policy lets nobody in", false},
	{"eventName[PutBucketVersioning]", "stops a source in S3 at most", false},
	{"eventName[ImportSourceCredentials]", "the project's source is the pipeline", false},
	{"eventName[UpdateProjectVisibility]", "shows the log of the build, and changes nothing", false},
	{"eventName[PutTargets]", "adds a target; that one is taken away is told", false},
	{"eventName[DeleteRule]", "a rule is deleted once its targets are removed, which is told", false},
	{"GuardChange.EventPattern.source[aws.events]", "the alarm tells of it", false},
	{"GuardChange.EventPattern.detail.eventName[DisableRule]", "the alarm tells of it", false},
	{"GuardChange.EventPattern.detail.eventName[PutRule]", "the alarm tells of it", false},
	{"GuardChange.EventPattern.detail.eventName[RemoveTargets]", "the alarm tells of it", false},
	{"RoleChange.FilterPattern", "the filter matches everything", false},
	{"MetricTransformations[0].DefaultValue", "nothing is counted instead of a zero", false},
	{"RoleChangeAlarm.AlarmName", "the topic's policy refers to it", false},
	{"RoleChangeAlarm.TreatMissingData", "with points missing the alarm waits for the next", false},
	{"SecurityAlertTopic.TopicName", "what tells refers to it", false},
	{"SecurityAlertTopic.KmsMasterKeyId", "the topic is not encrypted", false},
	{"Statement[RulesTell].Resource", "SNS refuses a statement without", false},
	{"Statement[RulesTell].Condition", "rules of others tell too", false},
	{"Statement[AlarmsTell].Resource", "SNS refuses a statement without", false},
	{"Statement[AlarmsTell].Condition", "alarms of others tell too", false},
	{"Statement[TheRuleTells].Resource", "SNS refuses a statement without", false},
	{"Statement[TheRuleTells].Condition", "rules of others tell too", false},
	{"Statement[TheAlarmTells].Resource", "SNS refuses a statement without", false},
	{"Statement[TheAlarmTells].Condition", "alarms of others tell too", false},
	{"Statement[RulesAndAlarmsTell].Resource", "KMS refuses a statement without", false},
}

// listed returns the line of harmless that a mutant falls under, -1 for none:
// the line is the end of its name, or for a plain one and a condition, within.
func listed(name string) int {
	return slices.IndexFunc(harmless, func(h struct {
		where, why string
		plain      bool
	}) bool {
		within := h.plain && !strings.HasPrefix(h.where, ".") || strings.HasSuffix(h.where, "Condition") || strings.HasPrefix(h.where, "AuditLogBucket.")
		return strings.HasSuffix(name, h.where) || within && strings.Contains(name, h.where)
	})
}

// A mutant is one small change of a template.
type mutant struct {
	name  string
	edits []diag.Edit
}

// mutants drops, one at a time, each resource, each property and each element
// of a list of a template, at any depth, and flips each boolean.
func mutants(t *testing.T, f *source.File) []mutant {
	t.Helper()
	root, _, err := yaml.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	ed, err := splice.New(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []mutant
	put := func(name string, edits []diag.Edit, err error) {
		if err == nil && len(edits) > 0 {
			out = append(out, mutant{name, edits})
		}
	}
	var walk func(n *doc.Node, at string)
	walk = func(n *doc.Node, at string) {
		switch n.Kind {
		case doc.Map:
			for _, x := range n.Fields {
				name := at + "." + x.Name()
				edits, err := ed.RemoveField(n, x.Name())
				put("drop "+name, edits, err)
				walk(x.Value, name)
			}
		case doc.List:
			for i, x := range n.Items {
				name := fmt.Sprintf("%s[%d]", at, i)
				if s := x.Str(); s != "" {
					name = at + "[" + s + "]"
				} else if s := x.Get("Sid").Str(); s != "" {
					name = at + "[" + s + "]"
				} else if s := x.Get("Name").Str(); s != "" {
					name = at + "[" + s + "]"
				}
				edits, err := ed.RemoveItem(n, i)
				put("drop "+name, edits, err)
				walk(x, name)
			}
		case doc.Bool:
			edits, err := ed.Replace(n, splice.Bool(n.Text != "true"))
			put("flip "+at, edits, err)
		}
	}
	for _, r := range root.Get("Resources").Fields {
		edits, err := ed.RemoveField(root.Get("Resources"), r.Name())
		put("drop "+r.Name(), edits, err)
		walk(r.Value.Get("Properties"), r.Name())
	}
	return out
}

// TestMutants blinds the example in every mechanical way: each mutant is
// caught, or listed as harmless with the reason.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("proves the example hundreds of times")
	}
	dir := filepath.FromSlash("../../examples/cross-account")
	var used [128]atomic.Bool
	var total, passed atomic.Int32
	t.Run("all", func(t *testing.T) {
		for _, file := range []string{"audit.yaml", "watch.yaml"} {
			data, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			f := source.NewFile(file, data)
			all := mutants(t, f)
			const lanes = 4
			for lane := range lanes {
				t.Run(fmt.Sprint(file, lane), func(t *testing.T) {
					t.Parallel()
					for i := lane; i < len(all); i += lanes {
						total.Add(1)
						if line := listed(all[i].name); line >= 0 {
							used[line].Store(true)
							passed.Add(1)
							continue
						}
						if i%sample == 0 && holds(t, dir, f, all[i]) {
							t.Errorf("%s: %s: not caught", file, all[i].name)
						}
					}
				})
			}
		}
	})
	for i := range harmless {
		if !used[i].Load() {
			t.Errorf("%q is listed as harmless and no mutant needs it", harmless[i].where)
		}
	}
	t.Logf("%d mutants, %d of them harmless", total.Load(), passed.Load())
}

// holds proves the example with one mutant in place of a file.
func holds(t *testing.T, dir string, f *source.File, m mutant) bool {
	t.Helper()
	text, err := diag.Apply(f, m.edits)
	if err != nil {
		t.Fatal(err)
	}
	w := provetest.Dir(t, dir, func(name string, data []byte) []byte {
		if name == f.Name {
			return text
		}
		return data
	})
	return prove.Prove(w.Models, options(w)).Theorems[0].Outcome == prove.Holds
}

// The example as it stands holds, and says who can still blind the trace.
func TestExample(t *testing.T) {
	w := provetest.Dir(t, filepath.FromSlash("../../examples/cross-account"), nil)
	rep := prove.Prove(w.Models, options(w))
	if rep.Theorems[0].Outcome != prove.Holds {
		t.Errorf("the example:\n%s", provetest.Say(rep))
	}
	if !slices.ContainsFunc(rep.Theorems[0].Assumes, func(s string) bool { return strings.Contains(s, "Object Lock") }) {
		t.Errorf("it assumes %q", rep.Theorems[0].Assumes)
	}
}
