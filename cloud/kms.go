package cloud

import (
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/match"
)

// KeyARN returns the ARN of the KMS key that s names when a call is made in
// this account and region. s is a key id, a key ARN, an alias name or an
// alias ARN
// (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id),
// possibly symbolic. Alias reports whether s is an alias, known or not. Ok is
// false where the key cannot be told: an alias that no stack declares, AWS's
// own aliases among them, or an unknown that no stack defines; arn is then "".
func KeyARN(m *Model, s, account, region string) (a string, alias, ok bool) {
	return keyARN(m, s, account, region, 0)
}

func keyARN(m *Model, s, account, region string, depth int) (string, bool, bool) {
	if s == "" || depth > 4 {
		return "", false, false
	}
	if strings.HasPrefix(s, "arn:") {
		x, err := arn.Parse(s)
		if err != nil || x.Service != "kms" {
			return "", false, false
		}
		if strings.HasPrefix(x.Resource, "key/") {
			return s, false, true
		}
		if !strings.HasPrefix(x.Resource, "alias/") {
			return "", false, false
		}
		return aliasTarget(m, x.Resource, x.Account, x.Region, depth)
	}
	if strings.HasPrefix(s, "alias/") {
		return aliasTarget(m, s, account, region, depth)
	}
	for _, t := range [...]string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"} {
		for r := range m.OfType(t) {
			if r.Ref == s && r.Account == account && r.Region == region {
				return r.ARN, false, true
			}
		}
	}
	for r := range m.OfType("AWS::KMS::Alias") {
		if r.Ref == s && r.Account == account && r.Region == region {
			return aliasTarget(m, s, account, region, depth)
		}
	}
	if match.HasHole(s) {
		return "", false, false // a key id, an ARN or an alias
	}
	return arn.ARN{Partition: arn.Partition(region), Service: "kms", Region: region, Account: account, Resource: "key/" + s}.String(), false, true
}

func aliasTarget(m *Model, name, account, region string, depth int) (string, bool, bool) {
	for r := range m.OfType("AWS::KMS::Alias") {
		if r.Account == account && r.Region == region && len(r.Maybe) == 0 && (r.Ref == name || r.Prop("AliasName").Str() == name) {
			a, _, ok := keyARN(m, r.Prop("TargetKeyId").Str(), account, region, depth+1)
			return a, true, ok
		}
	}
	return "", true, false
}

// Aliases returns the names of the aliases that the stacks give to a key.
func Aliases(m *Model, key string) []string {
	var names []string
	for r := range m.OfType("AWS::KMS::Alias") {
		if a, _, ok := KeyARN(m, r.Prop("TargetKeyId").Str(), r.Account, r.Region); ok && a == key {
			names = append(names, r.Prop("AliasName").Str())
		}
	}
	return names
}

// EncryptWith returns the encryption of r by the key that n names: the key
// itself, or the account's AWS managed key where n is one of AWS's aliases.
// Where the key is not known, Key is what the template says. Nil for a nil or
// null n.
func EncryptWith(m *Model, r *Resource, n *doc.Node) *Encryption {
	s := Text(n)
	if s == "" {
		return nil
	}
	if len(n.Maybe) > 0 {
		r.opaque("the encryption key")
	}
	if name, ok := awsAlias(s); ok {
		return &Encryption{Mode: AWSManaged, Key: name, Span: n.Span}
	}
	e := &Encryption{Mode: Customer, Key: s, Span: n.Span}
	if a, _, ok := KeyARN(m, s, r.Account, r.Region); ok {
		e.Key = a
	}
	return e
}

// awsAlias returns "alias/aws/…" where s is such an alias or its ARN. The
// prefix is reserved for AWS managed keys
// (https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html).
func awsAlias(s string) (string, bool) {
	if x, err := arn.Parse(s); err == nil && x.Service == "kms" {
		s = x.Resource
	}
	return s, strings.HasPrefix(s, "alias/aws/")
}

// Unclear is a hole for what n, which exists under a condition or could not
// be known, says of something: the same for the same n.
func Unclear(n *doc.Node, what string) string {
	if n == nil {
		return match.Hole(match.Any, what)
	}
	if n.Kind == doc.Unknown {
		return match.Hole(match.Any, n.Text)
	}
	return match.Hole(match.Any, strings.Join(append([]string{what + " at " + n.Span.String()}, n.Maybe...), ", "))
}
