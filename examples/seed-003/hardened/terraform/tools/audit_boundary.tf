# boundary

# The most that any role of this stack can ever do. It grants nothing by itself.
resource "aws_iam_policy" "audit_permissions_boundary" {
  name = "${local.project_name}-boundary-audit"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Ceiling"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "*"
      },
      # A pipeline makes no users and no keys, and leaves the organization and the account alone.
      {
        Sid    = "NoPeople"
        Effect = "Deny"
        Action = [
          "account:*",
          "iam:AttachUserPolicy",
          "iam:CreateAccessKey",
          "iam:CreateLoginProfile",
          "iam:CreateUser",
          "iam:DeleteRolePermissionsBoundary",
          "iam:PutRolePermissionsBoundary",
          "iam:PutUserPolicy",
          "iam:UpdateLoginProfile",
          "organizations:*",
        ]
        Resource = "*"
      },
      # Nor does it delete data.
      {
        Sid      = "NoDataLost"
        Effect   = "Deny"
        Action   = ["dynamodb:DeleteTable", "rds:DeleteDBCluster", "rds:DeleteDBInstance", "s3:DeleteBucket"]
        Resource = "*"
      },
    ]
  })
}
