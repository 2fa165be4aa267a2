package cloudtrail

import (
	"testing"

	"penstock/iac/cfn/cfntest"
	"penstock/truth"
)

func TestShapeOf(t *testing.T) {
	for _, c := range []struct {
		action, source, name string
		class                Class
		read, global         bool
	}{
		{"iam:PutRolePolicy", "iam.amazonaws.com", "PutRolePolicy", Management, false, true},
		{"iam:GetRole", "iam.amazonaws.com", "GetRole", Management, true, true},
		{"iam:PassRole", "iam.amazonaws.com", "", Unrecorded, false, true},
		{"codeconnections:UseConnection", "codeconnections.amazonaws.com", "", Unrecorded, false, false},
		{"lambda:InvokeFunction", "lambda.amazonaws.com", "Invoke", Data, false, false},
		{"lambda:UpdateFunctionCode", "lambda.amazonaws.com", "UpdateFunctionCode20150331v2", Management, false, false},
		{"s3:GetObjectVersion", "s3.amazonaws.com", "GetObject", Data, true, false},
		{"s3:ListBucket", "s3.amazonaws.com", "ListObjects", Data, true, false},
		{"s3:PutEncryptionConfiguration", "s3.amazonaws.com", "PutBucketEncryption", Management, false, false},
		{"s3:PutBucketPolicy", "s3.amazonaws.com", "PutBucketPolicy", Management, false, false},
		{"kms:Decrypt", "kms.amazonaws.com", "Decrypt", Management, true, false},
		{"kms:ReEncryptFrom", "kms.amazonaws.com", "ReEncrypt", Management, false, false},
		{"sts:AssumeRole", "sts.amazonaws.com", "AssumeRole", Management, true, false},
		{"cloudwatch:DeleteAlarms", "monitoring.amazonaws.com", "DeleteAlarms", Management, false, false},
		{"logs:PutLogEvents", "logs.amazonaws.com", "", Unrecorded, false, false},
		{"secretsmanager:GetSecretValue", "secretsmanager.amazonaws.com", "GetSecretValue", Management, true, false},
		{"codepipeline:PutApprovalResult", "codepipeline.amazonaws.com", "PutApprovalResult", Management, false, false},
		{"nosuch:GetThing", "nosuch.amazonaws.com", "GetThing", Management, true, false},
		{"nosuch:ChangeThing", "nosuch.amazonaws.com", "ChangeThing", Management, false, false},
	} {
		s := ShapeOf(c.action)
		name := ""
		if len(s.Names) > 0 {
			name = s.Names[0]
		}
		if s.Source != c.source || name != c.name || s.Class != c.class || s.ReadOnly != c.read || s.Global != c.global {
			t.Errorf("%s: %+v", c.action, s)
		}
		if s.Class == Unrecorded && (s.Why == "" || s.Doc == "") || s.Class == Data && s.Type == "" {
			t.Errorf("%s lacks a reason, a source or a type: %+v", c.action, s)
		}
	}
	for action, s := range differences {
		if s.Doc == "" {
			t.Errorf("%s has no source", action)
		}
	}
}

func TestRecords(t *testing.T) {
	event := func(action, resource string) *Event {
		s := ShapeOf(action)
		return &Event{Shape: s, Name: s.Names[0], Account: "111111111111", Region: "eu-west-1", Resource: resource}
	}
	iam, kms, secret := event("iam:PutRolePolicy", ""), event("kms:PutKeyPolicy", ""), event("secretsmanager:GetSecretValue", "")
	put, get := event("s3:PutObject", "arn:aws:s3:::store/line/x"), event("s3:GetObject", "arn:aws:s3:::store/line/x")
	invoke, publish := event("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111111111111:function:f"), event("sns:Publish", "arn:aws:sns:eu-west-1:111111111111:t")
	other := *kms
	other.Account = "222222222222"
	elsewhere := *kms
	elsewhere.Region = "eu-central-1"
	for _, c := range []struct {
		name, props string
		e           *Event
		want        truth.Value
		gap         Gap
	}{
		{"plain", ``, kms, truth.Yes, NoGap},
		{"another account", ``, &other, truth.No, OtherAccount},
		{"the organization's", `IsOrganizationTrail: true`, &other, truth.Yes, NoGap},
		{"another region", ``, &elsewhere, truth.No, OtherRegion},
		{"all regions", `IsMultiRegionTrail: true`, &elsewhere, truth.Yes, NoGap},
		{"off", `IsLogging: false`, kms, truth.No, NotLogging},
		{"a parameter decides", `IsLogging: !Ref On`, kms, truth.Maybe, NoGap},
		{"globals of one region", `IncludeGlobalServiceEvents: true`, iam, truth.No, NoGlobals},
		{"globals of all regions", `IsMultiRegionTrail: true`, iam, truth.Yes, NoGap},
		{"globals left out", `{IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false}`, iam, truth.No, NoGlobals},
		{"no data by default", ``, put, truth.No, NoData},
		{"writes only", `EventSelectors: [{ReadWriteType: WriteOnly}]`, kms, truth.Yes, NoManagement},
		{"writes only, a read", `EventSelectors: [{ReadWriteType: WriteOnly}]`, secret, truth.No, NoManagement},
		{"no management", `EventSelectors: [{IncludeManagementEvents: false}]`, kms, truth.No, NoManagement},
		{"one of two selectors", `EventSelectors: [{IncludeManagementEvents: false}, {ReadWriteType: All}]`, kms, truth.Yes, NoManagement},
		{"without KMS", `EventSelectors: [{ExcludeManagementEventSources: [kms.amazonaws.com]}]`, kms, truth.No, Excluded},
		{"without RDS", `EventSelectors: [{ExcludeManagementEventSources: [rdsdata.amazonaws.com]}]`, kms, truth.Yes, NoManagement},
		{"all buckets", `EventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3"]}]}]`, put, truth.Yes, NoData},
		{"this bucket", `EventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::store/"]}]}]`, put, truth.Yes, NoData},
		{"a prefix of it", `EventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::store/line"]}]}]`, put, truth.Yes, NoData},
		{"another prefix", `EventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::store/other/"]}]}]`, put, truth.No, NoData},
		{"reads of it", `EventSelectors: [{ReadWriteType: ReadOnly, DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::store/"]}]}]`, put, truth.No, NoData},
		{"all functions", `EventSelectors: [{DataResources: [{Type: "AWS::Lambda::Function", Values: ["arn:aws:lambda"]}]}]`, invoke, truth.Yes, NoData},
		{"this function", `EventSelectors: [{DataResources: [{Type: "AWS::Lambda::Function", Values: ["arn:aws:lambda:eu-west-1:111111111111:function:f"]}]}]`, invoke, truth.Yes, NoData},
		{"another function", `EventSelectors: [{DataResources: [{Type: "AWS::Lambda::Function", Values: ["arn:aws:lambda:eu-west-1:111111111111:function:fg"]}]}]`, invoke, truth.No, NoData},
		{"a topic, which a classic selector cannot name", `EventSelectors: [{DataResources: [{Type: "AWS::SNS::Topic", Values: ["arn:aws:sns:eu-west-1:111111111111:t"]}]}]`, publish, truth.No, NoData},
		{"advanced, management", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}]}]`, kms, truth.Yes, NoManagement},
		{"advanced, management alone", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}]}]`, put, truth.No, NoData},
		{"advanced, without KMS", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}, {Field: eventSource, NotEquals: [kms.amazonaws.com]}]}]`, kms, truth.No, Excluded},
		{"advanced, writes", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}, {Field: readOnly, Equals: ["false"]}]}]`, secret, truth.No, Excluded},
		{"advanced, topic", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}, {Field: resources.type, Equals: ["AWS::SNS::Topic"]}]}]`, publish, truth.Yes, NoData},
		{"advanced, data and no management", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}, {Field: resources.type, Equals: ["AWS::SNS::Topic"]}]}]`, kms, truth.No, NoManagement},
		{"advanced, bucket", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}, {Field: resources.type, Equals: ["AWS::S3::Object"]}, {Field: resources.ARN, StartsWith: ["arn:aws:s3:::store/"]}]}]`, get, truth.Yes, NoData},
		{"advanced, all but a bucket", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}, {Field: resources.type, Equals: ["AWS::S3::Object"]}, {Field: resources.ARN, NotStartsWith: ["arn:aws:s3:::store/"]}]}]`, get, truth.No, NoData},
		{"advanced, by name", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}, {Field: resources.type, Equals: ["AWS::S3::Object"]}, {Field: eventName, StartsWith: [Put, Delete]}]}]`, put, truth.Yes, NoData},
		{"advanced, by caller", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}, {Field: userIdentity.arn, NotEquals: [x]}]}]`, kms, truth.Maybe, NoManagement},
		{"advanced, no type", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}]}]`, put, truth.No, NoData},
		{"advanced, no operator", `AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory}]}]`, kms, truth.No, NoManagement},
	} {
		props := c.props
		if props != "" && props[0] != '{' {
			props = "{" + props + "}"
		} else if props == "" {
			props = "{TrailName: t}"
		}
		m := cfntest.Model(t, types, cfntest.Stack{Name: "s", Template: "Parameters:\n  On: {Type: String}\nResources:\n  T:\n    Type: AWS::CloudTrail::Trail\n    Properties: " + props + "\n"})
		got, gap := Records(cfntest.Resource(t, m, "T"), c.e)
		if got != c.want || got == truth.No && gap != c.gap {
			t.Errorf("%s: %v, gap %d, want %v, gap %d", c.name, got, gap, c.want, c.gap)
		}
	}
}
