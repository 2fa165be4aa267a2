package acm

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-"

// types are the resources of AWS Certificate Manager.
var types = []service.Type{
	{
		Name: "AWS::CertificateManager::Certificate", Source: page + "certificate.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:acm:${Region}:${Account}:certificate/${Hole:CertificateId}",
		Attrs: map[string]string{"CertificateArn": "${ARN}"},
		Props: []string{
			"CertificateAuthorityArn", "CertificateExport", "CertificateTransparencyLoggingPreference", "DomainName",
			"DomainValidationOptions", "KeyAlgorithm", "SubjectAlternativeNames", "Tags", "ValidationMethod",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CertificateManager::Account", Source: page + "account.html",
		Ref:   "${Account}",
		Attrs: map[string]string{"AccountId": "${Account}"},
		Props: []string{
			"ExpiryEventsConfiguration",
		},
	},
}
