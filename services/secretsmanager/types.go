package secretsmanager

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-"

const secretType = "AWS::SecretsManager::Secret"

// types are the resources of Secrets Manager.
//
// The ARN of a secret ends in a hyphen and six random characters
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources).
var types = []service.Type{
	{
		Name: secretType, Source: page + "secret.html",
		Guard:    &service.Guard{Type: "AWS::SecretsManager::ResourcePolicy", Of: "SecretId", Document: "ResourcePolicy"},
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${Name}-${Hole:Suffix}",
		Attrs:    map[string]string{"Id": "${ARN}"},
		Props: []string{
			"Description", "GenerateSecretString", "KmsKeyId", "Name", "ReplicaRegions", "SecretString", "Tags",
			"Type",
		},
		Attach: attachSecret,
	},
	{
		Name: "AWS::SecretsManager::ResourcePolicy", Source: page + "resourcepolicy.html",
		Ref:   "${Prop:SecretId}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"BlockPublicPolicy", "ResourcePolicy", "SecretId",
		},
		Attach: attachPolicy,
	},
	{
		Name: rotationType, Source: page + "rotationschedule.html",
		ARNs:  []string{"RotationLambdaARN"},
		Ref:   "${Prop:SecretId}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn", "HostedRotationLambda",
			"RotateImmediatelyOnUpdate", "RotationLambdaARN", "RotationRules", "SecretId",
		},
	},
	{
		Name: "AWS::SecretsManager::SecretTargetAttachment", Source: page + "secrettargetattachment.html",
		Ref:   "${Prop:SecretId}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"SecretId", "TargetId", "TargetType",
		},
	},
}

// attachSecret reads the key: the account's aws/secretsmanager where none is
// named (API_CreateSecret, KmsKeyId).
func attachSecret(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/secretsmanager", Span: r.Span}
	}
}

// attachPolicy finds the secret by its ARN, whole or without the suffix, or
// by its name (API_PutResourcePolicy, SecretId).
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("ResourcePolicy"), iam.Resource, "the secret's policy")
	n := r.Prop("SecretId")
	for s := range m.OfType(secretType) {
		if cloud.Text(n) == partial(s.ARN) {
			whole := *n
			whole.Text = s.ARN
			n = &whole
		}
	}
	m.GuardAlone(r, n, r.Region, a, secretType)
}

// partial returns a secret's ARN without the hyphen and what follows it.
func partial(arn string) string {
	for i := len(arn) - 1; i >= 0; i-- {
		if arn[i] == '-' {
			return arn[:i]
		}
	}
	return arn
}
