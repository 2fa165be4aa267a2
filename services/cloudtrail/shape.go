package cloudtrail

import (
	"slices"
	"strings"

	"penstock/iam/facts"
)

// Class says in which kind of event a call is recorded
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-events).
type Class uint8

// The classes. Unrecorded: the call leaves no event of its own.
const (
	Management Class = iota
	Data
	Unrecorded
)

// String returns "management", "data" or "unrecorded".
func (c Class) String() string { return [...]string{"management", "data", "unrecorded"}[c] }

// A Shape is how a call looks in CloudTrail.
type Shape struct {
	Action   string   // the IAM action
	Source   string   // eventSource: "iam.amazonaws.com"
	Names    []string // eventName; several where one action covers several operations
	Class    Class
	ReadOnly bool
	Type     string // of a data event: "AWS::S3::Object"
	Global   bool   // recorded in us-east-1 wherever it is made
	Why      string // why Unrecorded
	Doc      string // the page that says so, "" for what follows from the action
}

const (
	dataPage   = guide + "logging-data-events-with-cloudtrail.html"
	s3Page     = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"
	lambdaPage = "https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html"
	kmsPage    = "https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html"
)

// sources are the event sources that are not the prefix of the actions with
// ".amazonaws.com"
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-aws-service-specific-topics.html).
var sources = map[string]string{
	"cloudwatch": "monitoring",
}

// globals are the services whose events are recorded in us-east-1
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events).
// Events of STS are recorded in the region of the endpoint.
var globals = []string{"cloudfront", "iam", "organizations", "route53"}

// differences lists the calls whose event is not what their action says.
// A name that ends in '*' stands for all actions that start so.
var differences = map[string]Shape{
	// Not an API, or none that is recorded.
	"iam:passrole": {Class: Unrecorded, Why: "is a permission and no call; the role stands in the request of the call that passes it",
		Doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"},
	"codeconnections:useconnection":       permission("https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html"),
	"codestar-connections:useconnection":  permission("https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html"),
	"codeconnections:passconnection":      permission("https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html"),
	"codestar-connections:passconnection": permission("https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html"),
	"codebuild:batchputtestcases":         permission("https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html"),
	"codebuild:batchputcodecoverages":     permission("https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html"),
	"codebuild:createreport":              permission("https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html"),
	"codebuild:updatereport":              permission("https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html"),
	"codecommit:uploadarchive":            permission("https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html"),
	"codecommit:canceluploadarchive":      permission("https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html"),
	"codecommit:getuploadarchivestatus":   permission("https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html"),
	"logs:putlogevents": {Class: Unrecorded, Why: "is not among the operations of CloudWatch Logs that CloudTrail records",
		Doc: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/logging_cw_api_calls_cwl.html"},

	// Objects of S3.
	"s3:getobject":                  objectEvent(true, "GetObject", "HeadObject"),
	"s3:getobjectversion":           objectEvent(true, "GetObject", "HeadObject"),
	"s3:getobjecttagging":           objectEvent(true, "GetObjectTagging"),
	"s3:getobjectversiontagging":    objectEvent(true, "GetObjectTagging"),
	"s3:getobjectacl":               objectEvent(true, "GetObjectAcl"),
	"s3:getobjectversionacl":        objectEvent(true, "GetObjectAcl"),
	"s3:getobjectattributes":        objectEvent(true, "GetObjectAttributes"),
	"s3:putobject":                  objectEvent(false, "PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload"),
	"s3:putobjectacl":               objectEvent(false, "PutObjectAcl"),
	"s3:putobjecttagging":           objectEvent(false, "PutObjectTagging"),
	"s3:putobjectversiontagging":    objectEvent(false, "PutObjectTagging"),
	"s3:putobjectretention":         objectEvent(false, "PutObjectRetention"),
	"s3:putobjectlegalhold":         objectEvent(false, "PutObjectLegalHold"),
	"s3:restoreobject":              objectEvent(false, "RestoreObject"),
	"s3:deleteobject":               objectEvent(false, "DeleteObject", "DeleteObjects"),
	"s3:deleteobjectversion":        objectEvent(false, "DeleteObject", "DeleteObjects"),
	"s3:deleteobjecttagging":        objectEvent(false, "DeleteObjectTagging"),
	"s3:abortmultipartupload":       objectEvent(false, "AbortMultipartUpload"),
	"s3:listmultipartuploadparts":   objectEvent(true, "ListParts"),
	"s3:listbucket":                 objectEvent(true, "ListObjects", "ListObjectsV2"),
	"s3:listbucketversions":         objectEvent(true, "ListObjectVersions"),
	"s3:listbucketmultipartuploads": objectEvent(true, "ListMultipartUploads"),
	// Buckets of S3, whose actions have other names than the operations.
	"s3:putencryptionconfiguration":       {Names: []string{"PutBucketEncryption"}, Doc: s3Page},
	"s3:putlifecycleconfiguration":        {Names: []string{"PutBucketLifecycle"}, Doc: s3Page},
	"s3:putreplicationconfiguration":      {Names: []string{"PutBucketReplication"}, Doc: s3Page},
	"s3:getencryptionconfiguration":       {Names: []string{"GetBucketEncryption"}, ReadOnly: true, Doc: s3Page},
	"s3:listallmybuckets":                 {Names: []string{"ListBuckets"}, ReadOnly: true, Doc: s3Page},
	"s3:putbucketobjectlockconfiguration": {Names: []string{"PutBucketObjectLockConfiguration"}, Doc: s3Page},
	"s3:putbucketownershipcontrols":       {Names: []string{"PutBucketOwnershipControls"}, Doc: s3Page},
	"s3:putaccountpublicaccessblock":      {Names: []string{"PutAccountPublicAccessBlock"}, Doc: s3Page},
	"s3:getbucketlocation":                {Names: []string{"GetBucketLocation"}, ReadOnly: true, Doc: s3Page},
	"s3:putbucketnotification":            {Names: []string{"PutBucketNotification"}, Doc: s3Page},

	// Other data events.
	"lambda:invokefunction":              {Class: Data, Names: []string{"Invoke"}, Type: "AWS::Lambda::Function", Doc: dataPage},
	"sns:publish":                        {Class: Data, Names: []string{"Publish", "PublishBatch"}, Type: "AWS::SNS::Topic", Doc: "https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html"},
	"sqs:sendmessage":                    {Class: Data, Names: []string{"SendMessage"}, Type: "AWS::SQS::Queue", Doc: dataPage},
	"sqs:receivemessage":                 {Class: Data, Names: []string{"ReceiveMessage"}, Type: "AWS::SQS::Queue", Doc: dataPage},
	"sqs:deletemessage":                  {Class: Data, Names: []string{"DeleteMessage"}, Type: "AWS::SQS::Queue", Doc: dataPage},
	"sqs:changemessagevisibility":        {Class: Data, Names: []string{"ChangeMessageVisibility"}, Type: "AWS::SQS::Queue", Doc: dataPage},
	"dynamodb:getitem":                   item(true, "GetItem"),
	"dynamodb:batchgetitem":              item(true, "BatchGetItem"),
	"dynamodb:query":                     item(true, "Query"),
	"dynamodb:scan":                      item(true, "Scan"),
	"dynamodb:conditioncheckitem":        item(true, "TransactWriteItems"),
	"dynamodb:putitem":                   item(false, "PutItem"),
	"dynamodb:updateitem":                item(false, "UpdateItem"),
	"dynamodb:deleteitem":                item(false, "DeleteItem"),
	"dynamodb:batchwriteitem":            item(false, "BatchWriteItem"),
	"cloudwatch:putmetricdata":           {Class: Data, Names: []string{"PutMetricData"}, Type: "AWS::CloudWatch::Metric", Doc: dataPage},
	"kinesis:putrecord":                  {Class: Data, Names: []string{"PutRecord"}, Type: "AWS::Kinesis::Stream", Doc: dataPage},
	"kinesis:putrecords":                 {Class: Data, Names: []string{"PutRecords"}, Type: "AWS::Kinesis::Stream", Doc: dataPage},
	"servicediscovery:discoverinstances": {Class: Data, Names: []string{"DiscoverInstances"}, ReadOnly: true, Type: "AWS::ServiceDiscovery::Service", Doc: dataPage},

	// The names of operations of Lambda carry the version of its first API.
	"lambda:updatefunctioncode":          {Names: []string{"UpdateFunctionCode20150331v2"}, Doc: lambdaPage},
	"lambda:updatefunctionconfiguration": {Names: []string{"UpdateFunctionConfiguration20150331v2"}, Doc: lambdaPage},
	"lambda:addpermission":               {Names: []string{"AddPermission20150331v2"}, Doc: lambdaPage},
	"lambda:removepermission":            {Names: []string{"RemovePermission20150331v2"}, Doc: lambdaPage},
	"lambda:createfunction":              {Names: []string{"CreateFunction20150331"}, Doc: lambdaPage},
	"lambda:deletefunction":              {Names: []string{"DeleteFunction20150331"}, Doc: lambdaPage},

	// Keys are used by what counts as reading.
	"kms:decrypt":                         {Names: []string{"Decrypt"}, ReadOnly: true, Doc: kmsPage},
	"kms:encrypt":                         {Names: []string{"Encrypt"}, ReadOnly: true, Doc: kmsPage},
	"kms:generatedatakey":                 {Names: []string{"GenerateDataKey"}, ReadOnly: true, Doc: kmsPage},
	"kms:generatedatakeywithoutplaintext": {Names: []string{"GenerateDataKeyWithoutPlaintext"}, ReadOnly: true, Doc: kmsPage},
	"kms:reencryptfrom":                   {Names: []string{"ReEncrypt"}, Doc: kmsPage},
	"kms:reencryptto":                     {Names: []string{"ReEncrypt"}, Doc: kmsPage},
	// So are roles assumed; the user guide's example events have readOnly true.
	"sts:assumerole":                {Names: []string{"AssumeRole"}, ReadOnly: true, Doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html"},
	"sts:assumerolewithwebidentity": {Names: []string{"AssumeRoleWithWebIdentity"}, ReadOnly: true, Doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html"},
	"sts:assumerolewithsaml":        {Names: []string{"AssumeRoleWithSAML"}, ReadOnly: true, Doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html"},
	"sts:tagsession":                permission("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html"),
	"sts:setsourceidentity":         permission("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html"),
}

func permission(doc string) Shape {
	return Shape{Class: Unrecorded, Why: "is a permission and no call of its own", Doc: doc}
}

func objectEvent(read bool, names ...string) Shape {
	return Shape{Class: Data, Names: names, ReadOnly: read, Type: "AWS::S3::Object", Doc: s3Page}
}

func item(read bool, names ...string) Shape {
	return Shape{Class: Data, Names: names, ReadOnly: read, Type: "AWS::DynamoDB::Table",
		Doc: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html"}
}

// ShapeOf returns how a call of an IAM action is recorded. What is not listed
// is a management event named as the action, which most are
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html).
func ShapeOf(action string) Shape {
	prefix, name, _ := strings.Cut(action, ":")
	prefix = strings.ToLower(prefix)
	s, listed := differences[strings.ToLower(action)]
	s.Action = action
	source := prefix
	if o, ok := sources[prefix]; ok {
		source = o
	}
	s.Source = source + ".amazonaws.com"
	s.Global = slices.Contains(globals, prefix)
	if listed {
		return s
	}
	s.Names = []string{name}
	s.ReadOnly = reads(prefix, name)
	return s
}

// reads reports whether an operation counts as reading: by its access level,
// or by its name where the facts do not list it.
func reads(prefix, name string) bool {
	if f, ok := facts.Service(prefix); ok {
		if a, ok := f.Action(name); ok {
			return a.Access == facts.List || a.Access == facts.Read
		}
	}
	for _, p := range [...]string{"Get", "List", "Describe", "BatchGet", "BatchCheck", "Head", "Lookup"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
