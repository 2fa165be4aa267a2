package dynamodb

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const keyPage = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html"

// effects: DynamoDB opens the key of a table that is encrypted with a customer
// managed key with the rights of whoever reads and writes its items.
var effects = []service.Effect{{
	ID: "dynamodb.decrypt", Actions: []string{
		"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan",
		"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
	},
	Source: keyPage + "#managed-key-customer-managed", Basis: service.Documented,
	Why: "DynamoDB opens the key of the table with the caller's rights",
	Then: func(s *service.Site, c *service.Call) []service.Caused {
		table := s.Model.Owner(c.Request.Resource)
		if table == nil || table.Encryption == nil || table.Encryption.Mode != cloud.Customer || arn.Account(c.Request.Principal.ARN) != table.Account {
			return nil
		}
		t := service.UseKey(s, c, "dynamodb", table.Encryption)
		t.Context.Set("kms:EncryptionContext:aws:dynamodb:tableName", table.Name)
		t.Context.Set("kms:EncryptionContext:aws:dynamodb:subscriberId", table.Account)
		t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:dynamodb:tableName", "aws:dynamodb:subscriberId"}, Multi: true})
		return []service.Caused{{Actions: []string{"kms:Decrypt"}, Target: t}}
	},
}}
