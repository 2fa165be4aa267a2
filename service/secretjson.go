package service

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/match"
)

// SecretKeys returns the JSON keys that a template gives to a secret; false
// where it does not say, or leaves the secret to be filled by hand.
func SecretKeys(secret *cloud.Resource) ([]string, bool) {
	if secret == nil || len(secret.Maybe) > 0 {
		return nil, false
	}
	var keys []string
	n := secret.Prop("SecretString")
	if gen := secret.Prop("GenerateSecretString"); gen != nil {
		if n = gen.Get("SecretStringTemplate"); n == nil || gen.Get("GenerateStringKey").Str() == "" {
			return nil, false // the secret is one generated string
		}
		keys = append(keys, gen.Get("GenerateStringKey").Str())
	}
	if n.Str() == "" || len(n.Maybe) > 0 || match.HasHole(n.Str()) && strings.HasPrefix(n.Str(), "\x00") {
		return nil, false
	}
	tree, err := cloud.ParseText(n)
	if err != nil || len(tree.Fields) == 0 {
		return nil, false
	}
	for _, f := range tree.Fields {
		keys = append(keys, f.Name())
	}
	if slices.ContainsFunc(keys, match.HasHole) {
		return nil, false
	}
	return keys, true
}
