package codebuild

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// wrongKey finds an environment variable that names a JSON key which its
// secret, as the template makes it, does not hold.
func wrongKey(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT {
		return nil
	}
	var fs []diag.Finding
	for _, e := range environments(s) {
		if e.kind != "SECRETS_MANAGER" {
			continue
		}
		key := service.SecretKey(e.value)
		if key == "" || match.HasHole(key) {
			continue
		}
		secret := s.Model.Resource(s.Secret(s.Region, e.value).Resource)
		have, ok := service.SecretKeys(secret)
		if !ok || slices.Contains(have, key) {
			continue
		}
		fs = append(fs, diag.Finding{
			At: e.at, Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("the build reads key %q of secret %s, which the template makes with the keys %s",
				key, match.Render(secret.Name), strings.Join(have, ", ")),
			Related: []diag.Note{{At: secret.Span, Message: "the secret, as it is made"}},
			Fixes:   service.NearKey(e.at, key, have),
		})
	}
	return fs
}

var wrongKeyCode = service.Code{
	Code: "RUN097", Theorem: "runs",
	Fix:   "the key that was meant, where one is near",
	Open:  "no key is near, or several are",
	Title: "a build reads a JSON key that its secret does not hold",
	Doc: `
An environment variable of a build may name one key of a secret that holds JSON: ` + "`secret-id:json-key`" + `. The template makes
the secret with other keys, so that the build fails before its first command, unless somebody has changed the secret's
value since.

**What AWS shows**: ` + "`Phase context status code: Secrets Manager Error Message: … json key … not found`" + ` or an empty variable.

**Remedy**: name a key that the secret holds, or make the secret with that key.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
`,
}
