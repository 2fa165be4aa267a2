package schema

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// A place is where the policy of a resource is written: a property of the
// resource itself, or with of a type of its own, where of is the property that
// names the resource: by its ARN, or by what Ref of typ gives.
type place struct{ document, of, typ string }

// places are the types without a room that hold an IAM policy on a resource.
// Documents that are not IAM's (AWS::IoT::Policy, of things;
// AWS::NetworkManager::CoreNetwork, of routes) are not among them. The source
// is the page of each type.
var places = map[string]place{
	"AWS::ApiGateway::DomainNameV2":              {document: "Policy"},
	"AWS::ApiGateway::RestApi":                   {document: "Policy"},
	"AWS::Backup::BackupVault":                   {document: "AccessPolicy"},
	"AWS::Backup::LogicallyAirGappedBackupVault": {document: "AccessPolicy"},
	"AWS::Bedrock::ResourcePolicy":               {document: "PolicyDocument", of: "ResourceArn"},
	"AWS::Elasticsearch::Domain":                 {document: "AccessPolicies"},
	"AWS::EventSchemas::RegistryPolicy":          {document: "Policy", of: "RegistryName", typ: "AWS::EventSchemas::Registry"},
	"AWS::Kinesis::ResourcePolicy":               {document: "ResourcePolicy", of: "ResourceArn"},
	"AWS::Lex::ResourcePolicy":                   {document: "Policy", of: "ResourceArn"},
	"AWS::MSK::ClusterPolicy":                    {document: "Policy", of: "ClusterArn"},
	"AWS::Oam::Sink":                             {document: "Policy"},
	"AWS::OpenSearchService::Domain":             {document: "AccessPolicies"},
	"AWS::Redshift::Cluster":                     {document: "NamespaceResourcePolicy"},
	"AWS::RedshiftServerless::Namespace":         {document: "NamespaceResourcePolicy"},
	"AWS::S3Express::AccessPoint":                {document: "Policy"},
	"AWS::S3Express::BucketPolicy":               {document: "PolicyDocument", of: "Bucket", typ: "AWS::S3Express::DirectoryBucket"},
	"AWS::S3ObjectLambda::AccessPointPolicy":     {document: "PolicyDocument", of: "ObjectLambdaAccessPoint", typ: "AWS::S3ObjectLambda::AccessPoint"},
	"AWS::S3Outposts::AccessPoint":               {document: "Policy"},
	"AWS::S3Outposts::BucketPolicy":              {document: "PolicyDocument", of: "Bucket", typ: "AWS::S3Outposts::Bucket"},
	"AWS::S3Tables::TableBucketPolicy":           {document: "ResourcePolicy", of: "TableBucketARN"},
	"AWS::S3Tables::TablePolicy":                 {document: "ResourcePolicy", of: "TableARN"},
	"AWS::S3Vectors::VectorBucketPolicy":         {document: "Policy", of: "VectorBucketArn"},
	"AWS::SageMaker::ModelPackageGroup":          {document: "ModelPackageGroupPolicy"},
	"AWS::VpcLattice::AuthPolicy":                {document: "Policy", of: "ResourceIdentifier"},
	"AWS::VpcLattice::ResourcePolicy":            {document: "Policy", of: "ResourceArn"},
}

// guard makes the type read its policy.
func guard(t *service.Type) {
	p, ok := places[t.Name]
	if !ok {
		return
	}
	t.Bare = false
	declare := t.Declare
	if p.of == "" {
		t.Guard = &service.Guard{Document: p.document}
		t.Declare = func(m *cloud.Model, r *cloud.Resource) {
			if declare != nil {
				declare(m, r)
			}
			if n := r.Prop(p.document); n != nil && n.Kind != doc.Null {
				r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the policy in "+p.document))
			}
		}
		return
	}
	t.Attach = func(m *cloud.Model, r *cloud.Resource) {
		of, typ := r.Prop(p.of), p.typ
		if guarded := m.Resource(cloud.Text(of)); guarded != nil {
			typ = guarded.Type
		}
		if typ != "" {
			m.GuardAlone(r, of, r.Region, m.Attachment(r, r.Prop(p.document), iam.Resource, "the resource policy"), typ)
		}
	}
}
