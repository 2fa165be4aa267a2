package service

import (
	"strings"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/iam"
	"penstock/source"
)

// Transforms returns the macros that a template names at its top, as they are
// written ("AWS::Serverless-2016-10-31"), nil where the file is no template.
func Transforms(f *source.File) []string {
	if f == nil {
		return nil
	}
	root, _, err := load.Parse(f)
	if err != nil || root == nil || root.Kind != doc.Map {
		return nil
	}
	var out []string
	for n := range root.Get("Transform").Elems() {
		if n.Kind == doc.String {
			out = append(out, n.Text)
		}
	}
	return out
}

// UseTransform is the request to apply the transform of SAM, which CloudFormation makes
// for whoever makes a change set or a stack of the template: with the
// execution role, where there is one
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html;
// reported in https://github.com/aws/serverless-application-model/issues/179).
// That the caller may do it instead is taken to be as good. It reports false
// where the template has no such transform.
func (s *Site) UseTransform(names []string, region, role string) (Target, bool) {
	for _, name := range names {
		short, ok := strings.CutPrefix(name, "AWS::")
		if !ok || !strings.HasPrefix(short, "Serverless-") {
			continue
		}
		t := Target{
			Resource: s.ARNIn("cloudformation", region, "aws", "transform/"+short), Account: s.Account, Region: region,
			What: "transform " + name + " of the template", Only: []string{"cloudformation:CreateChangeSet"},
		}
		if role != "" {
			own := t
			t.Caller, t.Instead = iam.Principal{ARN: role}, &own
		}
		return t, true
	}
	return Target{}, false
}
