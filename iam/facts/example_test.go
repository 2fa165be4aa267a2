package facts_test

import (
	"fmt"

	"penstock/iam/facts"
)

func ExampleService() {
	kms, _ := facts.Service("kms")
	decrypt, _ := kms.Action("decrypt")
	fmt.Println(kms.Name, decrypt.Name, decrypt.Access, decrypt.ResourceLevel())
	for _, r := range decrypt.Resources {
		t, _ := kms.ResourceType(r.Type)
		fmt.Println(r.Type, r.Required, t.ARN())
	}
	// Output:
	// AWS Key Management Service Decrypt Write true
	// key true arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}
}

func ExampleKeyType() {
	for _, k := range []string{"aws:SourceIp", "kms:EncryptionContext:aws:s3:arn", "aws:CalledVia", "kms:Typo"} {
		t, ok := facts.KeyType(k)
		fmt.Println(k, t, ok)
	}
	// Output:
	// aws:SourceIp IPAddress true
	// kms:EncryptionContext:aws:s3:arn String true
	// aws:CalledVia ArrayOfString true
	// kms:Typo String false
}

func ExampleManagedPolicy() {
	doc, version, ok := facts.ManagedPolicy("arn:aws:iam::aws:policy/AdministratorAccess")
	fmt.Println(string(doc), version, ok)
	// Output:
	// {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]} v1 true
}

func ExampleMatchARN() {
	s3, _ := facts.Service("s3")
	for _, name := range []string{"bucket", "object"} {
		t, _ := s3.ResourceType(name)
		fmt.Println(name, t.Match("arn:aws:s3:::artifacts/build/app.zip"), facts.MatchPattern(t.ARN(), "arn:aws:s3:::artifacts*"))
	}
	// Output:
	// bucket no yes
	// object yes yes
}

func ExampleCFN() {
	t, _ := facts.CFN("AWS::SNS::Topic")
	_, arn := t.Attribute("Arn")
	_, topicArn := t.Attribute("TopicArn")
	fmt.Println(t.Ref, arn, topicArn, t.ARN)
	// Output:
	// [TopicArn] false true arn:${Partition}:sns:${Region}:${Account}:${TopicName}
}
