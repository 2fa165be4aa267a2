package secretsmanager

import (
	"fmt"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// effects: Secrets Manager decrypts with the caller's rights. With the
// account's aws/secretsmanager key nothing more is needed
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-authz).
var effects = []service.Effect{{
	ID: "secretsmanager.decrypt", Actions: []string{"secretsmanager:GetSecretValue"},
	Source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context", Basis: service.Documented,
	Why:  "Secrets Manager decrypts the secret with the caller's rights",
	Then: decrypt,
}, {
	ID: "secretsmanager.encrypt", Actions: []string{"secretsmanager:PutSecretValue"},
	Source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-authz", Basis: service.Documented,
	Why: "Secrets Manager encrypts the new version with the caller's rights",
	Then: func(s *service.Site, c *service.Call) []service.Caused {
		out := decrypt(s, c)
		for i := range out {
			out[i].Actions = []string{"kms:GenerateDataKey", "kms:Decrypt"}
		}
		return out
	},
}}

func decrypt(s *service.Site, c *service.Call) []service.Caused {
	secret := s.Model.Resource(c.Request.Resource)
	if secret == nil || secret.Encryption == nil || secret.Encryption.Mode != cloud.Customer {
		return nil
	}
	t := service.UseKey(s, c, "secretsmanager", secret.Encryption)
	t.Context.Set("kms:EncryptionContext:SecretARN", secret.ARN)
	t.Context.Set("kms:EncryptionContext:SecretVersionId", match.Hole(match.Name, secret.ID()+".version"))
	t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"SecretARN", "SecretVersionId"}, Multi: true})
	return []service.Caused{{Actions: []string{"kms:Decrypt"}, Target: t}}
}

var checks = []service.Check{{Code: "RUN027", On: "call", Find: foreignManagedKey}}

// foreignManagedKey finds a read of another account's secret that is
// encrypted with that account's AWS managed key.
func foreignManagedKey(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "secretsmanager:GetSecretValue" {
		return nil
	}
	secret := s.Model.Resource(c.Request.Resource)
	caller := arn.Account(c.Request.Principal.ARN)
	if secret == nil || caller == "" || caller == secret.Account || match.HasHole(caller) || match.HasHole(secret.Account) {
		return nil
	}
	if secret.Encryption != nil && secret.Encryption.Mode == cloud.Customer {
		return nil
	}
	return []diag.Finding{{
		At: c.Target.At, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("secret %s is encrypted with the AWS managed key of account %s, so no principal of account %s can read it; a customer managed key is needed",
			match.Render(secret.Name), secret.Account, caller),
		Principal: c.Request.Principal.ARN, Action: "kms:Decrypt", Resource: "alias/aws/secretsmanager", Layer: "resource",
		AWSError: "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
		Related:  []diag.Note{{At: secret.Span, Message: "the secret has no KmsKeyId"}},
		Fixes:    service.OwnKey(secret, secret.Prop("KmsKeyId"), "KmsKeyId", ""),
	}}
}

var codes = []service.Code{{
	Code: "RUN027", Theorem: "runs",
	Fix:  "the only key of the template, or a new one",
	Open: "the template has several keys; the caller's policy has to name a key whose id AWS makes up",

	Title: "a secret of another account is encrypted with its AWS managed key",
	Doc: `
A secret without ` + "`KmsKeyId`" + ` is encrypted with the account's ` + "`aws/secretsmanager`" + ` key, which no principal of another account
can use, whatever the policy of the secret allows.

**What AWS shows**: "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS
service key."

**Remedy**: a customer managed key as ` + "`KmsKeyId`" + ` of the secret, whose key policy allows kms:Decrypt to the reader; the policy of
the secret and the reader's own policy allow secretsmanager:GetSecretValue, the latter kms:Decrypt too.

**Sources**
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
`,
}}
