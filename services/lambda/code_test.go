package lambda

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/match"
)

func shown(calls []sdkCall, params ...string) []string {
	var out []string
	for _, c := range calls {
		var line strings.Builder
		line.WriteString(c.service + " " + c.op)
		for _, p := range params {
			if v, ok := c.param(p); ok {
				line.WriteString(" " + p + "=" + match.Render(v))
			}
		}
		out = append(out, line.String())
	}
	return out
}

func TestCode(t *testing.T) {
	env := func(name string) (string, bool) { return "value-of-" + name, name == "TOPIC" }
	for _, tt := range []struct {
		name, lang, src string
		want            []string
	}{
		{"a client and two calls", "python", `
import boto3
sfn = boto3.client("stepfunctions")
def handler(event, _):
    q = event["queryStringParameters"]
    if q["answer"] == "approve":
        sfn.send_task_success(taskToken=q["token"], output="{}")
    else:
        sfn.send_task_failure(taskToken=q["token"], error="Rejected", cause=q.get("why", ""))
`, []string{"stepfunctions send_task_success", "stepfunctions send_task_failure"}},
		{"names that are set once, and the environment", "python", `
import boto3, os
ARN = os.environ["TOPIC"]  # sns.publish(TopicArn="not this")
sns = boto3.client('sns', region_name="eu-west-1")
"""sns.subscribe(TopicArn="nor this")"""
sns.publish(TopicArn=ARN, Message=f"x {ARN}")
sns.publish(TopicArn=os.environ.get("OTHER"))
sns.publish(TopicArn=f"arn:aws:sns:{R}")
`, []string{"sns publish TopicArn=value-of-TOPIC", "sns publish TopicArn=‹os.environ.get(OTHER) in the code›", "sns publish TopicArn=‹arn.aws.sns.{R} in the code›"}},
		{"in a class, without a variable, with a paginator", "python", `
class A:
    def __init__(self):
        self.cp = boto3.client("codepipeline")
    def done(self, job):
        self.cp.put_job_success_result(jobId=job)
boto3.client("s3").get_object(Bucket="b", Key="k")
s3 = boto3.client("s3")
for page in s3.get_paginator("list_objects_v2").paginate(Bucket="b"): pass
`, []string{"codepipeline put_job_success_result", "s3 get_object Bucket=b", "s3 list_objects_v2"}},
		{"somebody else's rights", "python", `
c = boto3.client("sts").assume_role(RoleArn="arn:r")["Credentials"]
s3 = boto3.client("s3", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])
s3.put_object(Bucket="b", Key="k")
other = boto3.Session(aws_access_key_id=k).client("sqs")
other.send_message(QueueUrl="u")
`, []string{"sts assume_role RoleArn=arn:r"}},
		{"a table", "python", `
table = boto3.resource("dynamodb").Table("orders")
table.put_item(Item={})
ddb = boto3.resource("dynamodb")
t2 = ddb.Table("more")
t2.get_item(Key={})
`, []string{"dynamodb put_item TableName=orders", "dynamodb get_item TableName=more"}},
		{"one name for two clients", "python", `
c = boto3.client("sqs")
c = boto3.client("sns")
c.publish(TopicArn="x")
`, nil},
		{"version 3", "javascript", `
const { SFNClient, SendTaskFailureCommand } = require("@aws-sdk/client-sfn");
import { SNSClient, PublishCommand as Publish } from "@aws-sdk/client-sns";
const client = new SFNClient({});
// new SendTaskSuccessCommand({})
exports.handler = async (e) => {
  await client.send(new SendTaskFailureCommand({ taskToken: e.token, error: "no" }));
  await new SNSClient().send(new Publish({ TopicArn: process.env.TOPIC, Message: ` + "`x ${e}`" + ` }));
};
`, []string{"sfn SendTaskFailure", "sns Publish TopicArn=value-of-TOPIC"}},
		{"version 2", "javascript", `
const AWS = require("aws-sdk");
const sfn = new AWS.StepFunctions();
const db = new AWS.DynamoDB.DocumentClient();
sfn.sendTaskSuccess({ taskToken: t, output: "{}" }).promise();
db.put({ TableName: "orders", Item: {} });
new AWS.S3().getObject({ Bucket: "b", Key: "k" }, cb);
const other = new AWS.SQS({ credentials: creds });
other.sendMessage({ QueueUrl: "u" });
`, []string{"StepFunctions sendTaskSuccess", "dynamodb putItem TableName=orders", "S3 getObject Bucket=b"}},
		{"credentials in version 3", "javascript", `
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client({ credentials });
s3.send(new PutObjectCommand({ Bucket: "b", Key: "k" }));
`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			read := python
			if tt.lang == "javascript" {
				read = javascript
			}
			got := shown(read(tt.src, env), "TopicArn", "RoleArn", "TableName", "Bucket")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func FuzzCode(f *testing.F) {
	f.Add("x = boto3.client('s3')\nx.get_object(Bucket=b, **k)")
	f.Add("const {A: B} = require('@aws-sdk/client-s3'); new B({...x})")
	f.Fuzz(func(t *testing.T, src string) {
		none := func(string) (string, bool) { return "", false }
		for _, c := range append(python(src, none), javascript(src, none)...) {
			if strings.Contains(c.service, "\n") {
				t.Skip()
			}
			c.param("Bucket")
		}
	})
}
