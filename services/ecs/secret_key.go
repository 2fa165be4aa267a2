package ecs

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// wrongKey finds a variable of a container that names a JSON key which its
// secret, as the template makes it, does not hold.
func wrongKey(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != serviceType && s.Resource.Type != defType {
		return nil
	}
	var fs []diag.Finding
	for _, c := range containers(s) {
		for x := range c.Get("Secrets").Elems() {
			from := cloud.Text(x.Get("ValueFrom"))
			if !strings.Contains(from, ":secretsmanager:") {
				continue
			}
			key := service.SecretKey(from)
			if key == "" || match.HasHole(key) {
				continue
			}
			secret := s.Model.Resource(s.Secret(s.Region, from).Resource)
			have, ok := service.SecretKeys(secret)
			if !ok || slices.Contains(have, key) {
				continue
			}
			fs = append(fs, diag.Finding{
				At: x.Get("ValueFrom").Where(), Severity: diag.Error, Certainty: diag.Likely,
				Message: fmt.Sprintf("the task reads key %q of secret %s, which the template makes with the keys %s",
					key, match.Render(secret.Name), strings.Join(have, ", ")),
				AWSError: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: … retrieved secret from Secrets Manager did not contain json key " + key,
				Related:  []diag.Note{{At: secret.Span, Message: "the secret, as it is made"}},
				Fixes:    service.NearKey(x.Get("ValueFrom").Where(), key, have),
			})
		}
	}
	return fs
}

var wrongKeyCode = service.Code{
	Code: "RUN127", Theorem: "runs",
	Fix:   "the key that was meant, where one is near",
	Open:  "no key is near, or several are",
	Title: "a task reads a JSON key that its secret does not hold",
	Doc: `
` + "`ValueFrom`" + ` of a container's secret may name one key of a secret that holds JSON: the ARN of the secret, then
` + "`:json-key:version-stage:version-id`" + `. The template makes the secret with other keys, so that no task starts, unless
somebody has changed the secret's value since.

**What AWS shows**: "retrieved secret from Secrets Manager did not contain json key", and the task stops before its containers
start.

**Remedy**: name a key that the secret holds, or make the secret with that key.

**Sources**
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
- https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets
`,
}
