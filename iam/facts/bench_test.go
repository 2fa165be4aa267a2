package facts

import "testing"

// A cold look-up is what a process pays that asks for one service: it
// inflates the dictionary and one shard, and decodes it.
func BenchmarkColdService(b *testing.B) {
	for _, p := range []string{"kms", "s3", "ec2"} {
		b.Run(p, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cold := bundle{data: &servicesData}
				payload, ok := cold.find(p)
				if !ok || len(decodeService(p, payload).actions) == 0 {
					b.Fatal("not found")
				}
			}
		})
	}
}

func BenchmarkColdManagedPolicy(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cold := bundle{data: &policiesData}
		if _, ok := cold.find("ReadOnlyAccess"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkColdCFN(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cold := bundle{data: &cfnData}
		payload, ok := cold.find("AWS::S3::Bucket")
		if !ok || len(decodeCFN("AWS::S3::Bucket", payload).Properties) == 0 {
			b.Fatal("not found")
		}
	}
}

func BenchmarkAction(b *testing.B) {
	s, _ := Service("s3")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Action("getobject"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkKeyType(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := KeyType("kms:EncryptionContext:aws:s3:arn"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkMatchARN(b *testing.B) {
	const template = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"
	b.ReportAllocs()
	for b.Loop() {
		MatchARN(template, "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/codebuild/build:log-stream:a/b")
	}
}

// What a proof of a three-account pipeline asks for.
func BenchmarkColdPipeline(b *testing.B) {
	services := []string{
		"cloudformation", "codebuild", "codecommit", "codeconnections", "codedeploy", "codepipeline", "ecr", "ecs", "events",
		"iam", "kms", "logs", "organizations", "s3", "secretsmanager", "sns", "ssm", "sts",
	}
	b.ReportAllocs()
	for b.Loop() {
		cold := bundle{data: &servicesData}
		for _, p := range services {
			payload, ok := cold.find(p)
			if !ok || len(decodeService(p, payload).actions) == 0 {
				b.Fatal("not found")
			}
		}
	}
}
