package secretsmanager

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const (
	rotationType = "AWS::SecretsManager::RotationSchedule"
	rotationPage = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html"
)

// jobs: a secret that is rotated. Secrets Manager calls the function when the
// schedule is set: "Secrets Manager cannot invoke the specified Lambda
// function".
var jobs = []service.Job{{
	Type:  rotationType,
	Alone: func(s *service.Site) bool { return cloud.Text(s.Resource.Prop("RotationLambdaARN")) != "" },
	Rows: []service.Row{
		{
			ID: "secretsmanager.rotate", Caller: "secretsmanager.amazonaws.com",
			Actions: []string{"lambda:InvokeFunction"}, Resource: "<RotationLambdaARN>",
			Context: "aws:SourceAccount = the account of the secret",
			Why:     "calls the function that rotates the secret",
			Need:    service.Stops, Basis: service.Documented, Source: rotationPage,
			Targets: func(s *service.Site) []service.Target {
				n := s.Resource.Prop("RotationLambdaARN")
				fn := cloud.Text(n)
				a, err := arn.Parse(fn)
				if err != nil {
					return nil
				}
				t := service.Target{
					Caller: iam.Principal{Service: "secretsmanager.amazonaws.com"}, Resource: fn, Account: a.Account, At: n.Where(), What: "function of the rotation",
					Context: service.Context("aws:SourceAccount", s.Resource.Account),
				}
				t.Context.SetUnknown("aws:SourceArn")
				if f := s.Model.Owner(fn); f != nil && f.Type == "AWS::Lambda::Function" {
					t.Starts = f
				}
				return []service.Target{t}
			},
		},
		{
			ID: "secretsmanager.rotate.secret", Caller: "role of the function",
			Actions:  []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"},
			Resource: "<SecretId>", Why: "writes the new version of the secret and makes it the current one",
			Need: service.Stops, Basis: service.Documented, Source: rotationPage,
			Targets: func(s *service.Site) []service.Target {
				n := s.Resource.Prop("SecretId")
				role := rotator(s)
				if role == "" || cloud.Text(n) == "" {
					return nil
				}
				t := s.Secret(s.Resource.Region, cloud.Text(n))
				t.Caller, t.At, t.Account = iam.Principal{ARN: role}, n.Where(), s.Resource.Account
				t.Context.SetUnknown("secretsmanager:VersionStage")
				t.Context.SetUnknown("secretsmanager:resource/AllowRotationLambdaArn")
				return []service.Target{t}
			},
		},
	},
}}

// rotator is the role of the function that rotates the secret, "" where no
// stack declares the function.
func rotator(s *service.Site) string {
	f := s.Model.Owner(cloud.Text(s.Resource.Prop("RotationLambdaARN")))
	if f == nil || f.Type != "AWS::Lambda::Function" {
		return ""
	}
	return s.RoleARN(cloud.Text(f.Prop("Role")), f.Account)
}
