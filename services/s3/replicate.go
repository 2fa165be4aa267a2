package s3

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const replicatePage = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html"

// replication is what S3 does with a bucket that has rules of replication:
// with the role that they name, which it passes nothing of its own to.
var replication = []service.Row{
	{
		ID: "s3.replicate.assume", Caller: "s3.amazonaws.com",
		Actions: []string{"sts:AssumeRole"}, Resource: "<ReplicationConfiguration.Role>",
		Why:  "S3 assumes the role of the replication",
		Need: service.Stops, Basis: service.Documented, Source: replicatePage,
		Targets: func(s *service.Site) []service.Target {
			role, at := replicator(s)
			if role == "" {
				return nil
			}
			return []service.Target{{
				Caller: iam.Principal{Service: "s3.amazonaws.com"}, Resource: role, Account: arn.Account(role), At: at, What: "role of the replication",
				Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
			}}
		},
	},
	{
		ID: "s3.replicate.rules", Caller: "role of the replication",
		Actions: []string{"s3:GetReplicationConfiguration", "s3:ListBucket"}, Resource: "<bucket>",
		Why:  "reads what to replicate",
		Need: service.Stops, Basis: service.Documented, Source: replicatePage,
		Targets: func(s *service.Site) []service.Target {
			role, at := replicator(s)
			if role == "" {
				return nil
			}
			return []service.Target{{Caller: iam.Principal{ARN: role}, Resource: s.Resource.ARN, Account: s.Resource.Account, At: at, What: "source of the replication"}}
		},
	},
	{
		ID: "s3.replicate.read", Caller: "role of the replication",
		Actions: []string{"s3:GetObjectVersionForReplication"}, Resource: "<bucket>/<object>",
		Why:  "reads the objects to replicate",
		Need: service.Stops, Basis: service.Documented, Source: replicatePage,
		Targets: func(s *service.Site) []service.Target {
			role, at := replicator(s)
			if role == "" {
				return nil
			}
			return []service.Target{{
				Caller: iam.Principal{ARN: role}, Resource: s.Resource.ARN + "/" + object, Account: s.Resource.Account, At: at,
				What: "object to replicate",
			}}
		},
	},
	{
		ID: "s3.replicate.write", Caller: "role of the replication",
		Actions: []string{"s3:ReplicateObject"}, Resource: "<Destination.Bucket>/<object>",
		Why:  "writes the copies",
		Need: service.Stops, Basis: service.Documented, Source: replicatePage,
		Targets: func(s *service.Site) []service.Target {
			return copies(s, func(rule, dest *doc.Node, role, bucket string) []service.Target {
				return []service.Target{{
					Caller: iam.Principal{ARN: role}, Resource: bucket + "/" + object, Account: destAccount(s, dest, bucket),
					At: dest.Get("Bucket").Where(), What: "copy of an object", Only: writes(rule),
				}}
			})
		},
	},
	{
		ID: "s3.replicate.owner", Caller: "role of the replication",
		Actions: []string{"s3:ObjectOwnerOverrideToBucketOwner"}, Resource: "<Destination.Bucket>/<object>",
		Why:  "gives the copies to the owner of the bucket",
		Need: service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-change-owner.html",
		Targets: func(s *service.Site) []service.Target {
			return copies(s, func(_, dest *doc.Node, role, bucket string) []service.Target {
				if dest.Get("AccessControlTranslation") == nil {
					return nil
				}
				return []service.Target{{
					Caller: iam.Principal{ARN: role}, Resource: bucket + "/" + object, Account: destAccount(s, dest, bucket),
					At: dest.Get("Bucket").Where(), What: "copy of an object",
				}}
			})
		},
	},
	{
		ID: "s3.replicate.decrypt", Caller: "role of the replication",
		Actions: []string{"kms:Decrypt"}, Resource: "key of the bucket",
		Context: "kms:ViaService = s3.<region>.amazonaws.com",
		Why:     "decrypts the objects to replicate",
		Need:    service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
		Targets: func(s *service.Site) []service.Target {
			e := s.Resource.Encryption
			return copies(s, func(rule, _ *doc.Node, role, _ string) []service.Target {
				if e == nil || e.Mode != cloud.Customer || rule.At("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status").Str() != "Enabled" {
					return nil
				}
				return []service.Target{keyTarget(e.Key, role, s.Resource.Region, rule.Where(), "key of the bucket", e.BucketKey, s.Resource.ARN)}
			})
		},
	},
	{
		ID: "s3.replicate.encrypt", Caller: "role of the replication",
		Actions: []string{"kms:Encrypt"}, Resource: "<Destination.EncryptionConfiguration.ReplicaKmsKeyID>",
		Context: "kms:ViaService = s3.<region>.amazonaws.com",
		Why:     "encrypts the copies",
		Need:    service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
		Targets: func(s *service.Site) []service.Target {
			return copies(s, func(rule, dest *doc.Node, role, bucket string) []service.Target {
				n := dest.At("EncryptionConfiguration", "ReplicaKmsKeyID")
				k := service.KeyARN(s.Model, cloud.Text(n), s.Resource.Account, s.Resource.Region)
				if k == "" || service.AWSKey(cloud.Text(n)) || rule.At("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status").Str() != "Enabled" {
					return nil
				}
				region := s.Resource.Region
				if a, err := arn.Parse(k); err == nil && a.Region != "" {
					region = a.Region
				}
				return []service.Target{keyTarget(k, role, region, n.Where(), "key of the copies", false, bucket)}
			})
		},
	},
}

var object = match.Hole(match.Key, "any object")

// writes are the actions that a rule needs at the destination.
func writes(rule *doc.Node) []string {
	as := []string{"s3:ReplicateObject"}
	if rule.At("DeleteMarkerReplication", "Status").Str() == "Enabled" {
		as = append(as, "s3:ReplicateDelete")
	}
	return as
}

func replicator(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("ReplicationConfiguration", "Role")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

// copies asks f for the targets of each enabled rule.
func copies(s *service.Site, f func(rule, dest *doc.Node, role, bucket string) []service.Target) []service.Target {
	role, _ := replicator(s)
	if role == "" {
		return nil
	}
	var ts []service.Target
	for rule := range s.Resource.Prop("ReplicationConfiguration", "Rules").Elems() {
		dest := rule.Get("Destination")
		bucket := cloud.Text(dest.Get("Bucket"))
		if rule.Get("Status").Str() == "Disabled" || !strings.HasPrefix(bucket, "arn:") {
			continue
		}
		ts = append(ts, f(rule, dest, role, bucket)...)
	}
	return ts
}

func destAccount(s *service.Site, dest *doc.Node, bucket string) string {
	if r := s.Model.Resource(bucket); r != nil {
		return r.Account
	}
	if a := cloud.Text(dest.Get("Account")); a != "" {
		return a
	}
	return s.Resource.Account
}

func keyTarget(key, role, region string, at source.Span, what string, bucketKey bool, bucket string) service.Target {
	t := service.Target{Caller: iam.Principal{ARN: role}, Resource: key, Region: region, At: at, What: what, Context: service.ViaKMS("s3", region, iam.Principal{ARN: role})}
	if a, err := arn.Parse(key); err == nil {
		t.Account = a.Account
	} else {
		t.Missing = match.Holes(key)
	}
	// The context is the ARN of the bucket with a bucket key, else that of the
	// object; which of the two the copies have is that of their bucket.
	if bucketKey {
		t.Context.Set("kms:EncryptionContext:aws:s3:arn", bucket)
	} else {
		t.Context.SetUnknown("kms:EncryptionContext:aws:s3:arn")
	}
	t.Context.SetUnknown("kms:EncryptionContextKeys")
	return t
}
