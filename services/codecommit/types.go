package codecommit

import (
	"penstock/cloud"
	"penstock/service"
)

// types are the resources of CodeCommit. A repository is always encrypted:
// with the account's aws/codecommit key where none is named
// (https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html).
var types = []service.Type{
	{
		Name:     "AWS::CodeCommit::Repository",
		Source:   "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codecommit-repository.html",
		NameProp: "RepositoryName",
		Ref:      "${Hole:RepositoryId}",
		ARN:      "arn:${Partition}:codecommit:${Region}:${Account}:${Name}",
		Attrs: map[string]string{
			"Name": "${Name}", "RepositoryId": "${Ref}",
			"CloneUrlHttp": "https://git-codecommit.${Region}.${URLSuffix}/v1/repos/${Name}",
			"CloneUrlSsh":  "ssh://git-codecommit.${Region}.${URLSuffix}/v1/repos/${Name}",
		},
		Props: []string{
			"Code", "KmsKeyId", "RepositoryDescription", "RepositoryName", "Tags", "Triggers",
		},
		Attach: attachRepository,
	},
}

func attachRepository(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/codecommit", Span: r.Span}
	}
}
