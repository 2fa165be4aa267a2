# boundary

# The most that any role of this stack can ever do. It grants nothing by itself.
resource "aws_iam_policy" "permissions_boundary" {
  name = "${local.project_name}-boundary"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Ceiling"
        Effect = "Allow"
        Action = [
          "cloudwatch:PutMetricData",
          "codebuild:BatchGetBuilds",
          "codebuild:StartBuild",
          "codebuild:StopBuild",
          "codeconnections:UseConnection",
          "codedeploy:CreateDeployment",
          "codedeploy:GetApplication",
          "codedeploy:GetApplicationRevision",
          "codedeploy:GetDeployment",
          "codedeploy:GetDeploymentConfig",
          "codedeploy:GetDeploymentGroup",
          "codedeploy:ListDeploymentConfigs",
          "codedeploy:ListDeploymentGroups",
          "codedeploy:ListDeployments",
          "codedeploy:RegisterApplicationRevision",
          "codestar-connections:UseConnection",
          "ec2:DescribeInstanceStatus",
          "ec2:DescribeInstances",
          "kms:Decrypt",
          "kms:GenerateDataKey",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
          "s3:GetBucketAcl",
          "s3:GetBucketLocation",
          "s3:GetBucketVersioning",
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:ListBucket",
          "s3:PutObject",
          "tag:GetResources",
        ]
        Resource = "*"
      },
      {
        Sid      = "RolesOfThePipeline"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${local.project_name}-*"
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
