package facts

import (
	"iter"
	"strings"
)

// ManagedPolicy returns the document of an AWS managed policy, as JSON
// without white space, and the id of its default version ("v3"). The ARN's
// account is "aws" and its path is part of the name: "arn:aws:iam::aws:policy/
// service-role/AWSCodeDeployRole". Names match in their exact case.
//
// The data is that of the partition "aws". The policies of other partitions
// ("aws-cn", "aws-us-gov", …) are assumed to be the same under the same name;
// AWS keeps variants of some whose ARNs name the other partition, and
// documents no list of the differences (assumed).
//
// A policy can be newer than the data: ok is then false and nothing is known
// about what it grants. The caller may change doc.
func ManagedPolicy(arn string) (doc []byte, version string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:aws")
	if !ok {
		return nil, "", false
	}
	partition, path, ok := strings.Cut(rest, ":iam::aws:policy/")
	if !ok || partition != "" && partition[0] != '-' || strings.ContainsAny(partition, ":/") {
		return nil, "", false
	}
	payload, ok := policiesBundle.find(path)
	if !ok {
		return nil, "", false
	}
	r := reader{payload}
	version = r.str()
	return []byte(r.s), version, true
}

// ManagedPolicies walks the ARNs of all AWS managed policies, in the
// partition "aws". It unpacks all of them.
func ManagedPolicies() iter.Seq[string] {
	return func(yield func(string) bool) {
		for path := range policiesBundle.all {
			if !yield("arn:aws:iam::aws:policy/" + path) {
				return
			}
		}
	}
}
