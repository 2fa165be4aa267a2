package ecr

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-"

const repositoryType = "AWS::ECR::Repository"

// types are the resources of ECR.
var types = []service.Type{
	{
		Name: repositoryType, Source: page + "repository.html",
		Guard:    &service.Guard{Document: "RepositoryPolicyText"},
		NameProp: "RepositoryName", Lower: true,
		ARN:   "arn:${Partition}:ecr:${Region}:${Account}:repository/${Name}",
		Attrs: map[string]string{"RepositoryUri": "${Account}.dkr.ecr.${Region}.${URLSuffix}/${Name}"},
		Props: []string{
			"EmptyOnDelete", "EncryptionConfiguration", "ImageScanningConfiguration", "ImageTagMutability",
			"ImageTagMutabilityExclusionFilters", "LifecyclePolicy", "RepositoryName", "RepositoryPolicyText",
			"Tags",
		},
		Declare: declareRepository, Attach: attachRepository,
	},
	{
		Name: "AWS::ECR::PublicRepository", Source: page + "publicrepository.html",
		NameProp: "RepositoryName", Lower: true,
		ARN: "arn:${Partition}:ecr-public::${Account}:repository/${Name}",
		Props: []string{
			"RepositoryCatalogData", "RepositoryName", "RepositoryPolicyText", "Tags",
		},
		Declare: declareRepository,
	},
	{
		Name: "AWS::ECR::RegistryPolicy", Source: page + "registrypolicy.html",
		Ref:   "${Account}",
		Attrs: map[string]string{"RegistryId": "${Account}"},
		Props: []string{
			"PolicyText",
		},
		Attach: attachRegistry,
	},
	{
		Name: "AWS::ECR::PullThroughCacheRule", Source: page + "pullthroughcacherule.html",
		Ref: "${Prop:EcrRepositoryPrefix}",
		Props: []string{
			"CredentialArn", "CustomRoleArn", "EcrRepositoryPrefix", "UpstreamRegistry", "UpstreamRegistryUrl",
			"UpstreamRepositoryPrefix",
		},
	},
	{
		Name: "AWS::ECR::RegistryScanningConfiguration", Source: page + "registryscanningconfiguration.html",
		Ref:   "${Account}",
		Attrs: map[string]string{"RegistryId": "${Account}"},
		Props: []string{
			"Rules", "ScanType",
		},
	},
	{
		Name: "AWS::ECR::ReplicationConfiguration", Source: page + "replicationconfiguration.html",
		Ref:   "${Account}",
		Attrs: map[string]string{"RegistryId": "${Account}"},
		Props: []string{
			"ReplicationConfiguration",
		},
	},
	{
		Name: "AWS::ECR::RepositoryCreationTemplate", Source: page + "repositorycreationtemplate.html",
		Ref: "${Prop:Prefix}",
		Props: []string{
			"AppliedFor", "CustomRoleArn", "Description", "EncryptionConfiguration", "ImageTagMutability",
			"ImageTagMutabilityExclusionFilters", "LifecyclePolicy", "Prefix", "RepositoryPolicy", "ResourceTags",
		},
	},
}

func declareRepository(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	if n := r.Prop("RepositoryPolicyText"); n != nil && n.Kind != doc.Null {
		a := m.Attachment(r, n, iam.Resource, "the repository policy")
		r.Policies = append(r.Policies, a)
		namesResource(m, a)
	}
}

// namesResource finds a repository policy that AWS refuses since it names a
// resource.
func namesResource(m *cloud.Model, a cloud.Attachment) {
	if a.Policy == nil || len(a.Policy.Maybe) > 0 || a.Resource.Type != repositoryType {
		return
	}
	for i := range a.Policy.Statements {
		if s := &a.Policy.Statements[i]; s.HasResource && len(s.Maybe) == 0 {
			m.Findings = append(m.Findings, diag.Finding{
				Code: resourceCode.Code, At: s.Span, Severity: diag.Error, Certainty: diag.Likely,
				Message:  "a statement of a repository policy has Resource, which ECR does not accept: the repository is the resource",
				AWSError: "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
				Fixes:    withoutResource(a),
			})
			return
		}
	}
}

// withoutResource takes Resource out of every statement of a document.
func withoutResource(a cloud.Attachment) []diag.Fix {
	var edits []diag.Edit
	for s := range a.Node.Get("Statement").Elems() {
		for _, k := range []string{"Resource", "NotResource"} {
			if s.Get(k) == nil {
				continue
			}
			es, err := splice.RemoveField(s, k)
			if err != nil {
				return nil
			}
			edits = append(edits, es...)
		}
	}
	return service.Fixed("leave Resource out of the repository policy", edits, nil)
}

var resourceCode = service.Code{
	Code:  "RUN096",
	Fix:   "the statement without `Resource`",
	Title: "a policy of an ECR repository names a resource",
	Doc: `
A policy of a repository says who may do what with that repository; its statements have no ` + "`Resource`" + `. With one,
ECR refuses the whole policy, and the stack cannot be created.

**What AWS shows**: "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'".

**Remedy**: leave ` + "`Resource`" + ` out.

**Sources**
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html (none of the examples has one)
- https://github.com/aws/aws-cdk/issues/24314 and https://github.com/awsdocs/amazon-ecr-user-guide/pull/20 (the message)
`,
}

// attachRepository reads the encryption: AES256 where nothing is said, and
// for KMS without a key the account's aws/ecr
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html).
// ECR uses the key by grants of its own, not with the caller's rights.
func attachRepository(m *cloud.Model, r *cloud.Resource) {
	e := r.Prop("EncryptionConfiguration")
	r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	switch cloud.Text(e.Get("EncryptionType")) {
	case "", "AES256":
		if e != nil && e.Kind == doc.Unknown {
			r.Encryption = &cloud.Encryption{Mode: cloud.Customer, Key: cloud.Unclear(e, "the repository's encryption"), Span: e.Span}
		}
	case "KMS", "KMS_DSSE":
		r.Encryption = cloud.EncryptWith(m, r, e.Get("KmsKey"))
		if r.Encryption == nil {
			r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/ecr", Span: e.Span}
		}
	default:
		r.Encryption = &cloud.Encryption{Mode: cloud.Customer, Key: cloud.Unclear(e, "the repository's encryption"), Span: e.Span}
	}
}

// attachRegistry puts the registry's policy on the repositories of the account
// and region. Whether it counts for all actions, or for replication and pull
// through cache only, is an account setting that no template shows
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html).
func attachRegistry(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("PolicyText"), iam.Resource, "the registry policy").
		When("whether the registry policy of account " + r.Account + " has scope V2")
	for t := range m.OfType(repositoryType) {
		if t.Account == r.Account && t.Region == r.Region {
			t.Policies = append(t.Policies, a)
		}
	}
}
