package codeartifact

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codeartifact-"

// types are the resources of AWS CodeArtifact.
var types = []service.Type{
	{
		Name: "AWS::CodeArtifact::Domain", Source: page + "domain.html",
		NameProp: "DomainName",
		Guard:    &service.Guard{Document: "PermissionsPolicyDocument"},
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codeartifact:${Region}:${Account}:domain/${Name}",
		Attrs:    map[string]string{"Name": "${Name}", "Owner": "${Account}"},
		Props: []string{
			"DomainName", "EncryptionKey", "PermissionsPolicyDocument", "Tags",
		},
		Attach: attachDomain,
	},
	{
		Name: "AWS::CodeArtifact::Repository", Source: page + "repository.html",
		NameProp: "RepositoryName",
		Guard:    &service.Guard{Document: "PermissionsPolicyDocument"},
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:codeartifact:${Region}:${Account}:repository/${Prop:DomainName}/${Name}",
		Attrs:    map[string]string{"Name": "${Name}", "DomainName": "${Prop:DomainName}"},
		Props: []string{
			"Description", "DomainName", "DomainOwner", "ExternalConnections", "PermissionsPolicyDocument",
			"RepositoryName", "Tags", "Upstreams",
		},
		Declare: declareRepository,
	},
	{
		Name: "AWS::CodeArtifact::PackageGroup", Source: page + "packagegroup.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"ContactInfo", "Description", "DomainName", "DomainOwner", "OriginConfiguration", "Pattern", "Tags",
		},
		Declare: cloud.Tagged,
	},
}

// attachDomain reads the key of the domain's assets, which is the account's
// aws/codeartifact where none is named
// (https://docs.aws.amazon.com/codeartifact/latest/ug/domain-create.html).
func attachDomain(m *cloud.Model, r *cloud.Resource) {
	declareRepository(m, r)
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("EncryptionKey"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/codeartifact", Span: r.Span}
	}
}

func declareRepository(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	if n := r.Prop("PermissionsPolicyDocument"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the permissions policy"))
	}
}
