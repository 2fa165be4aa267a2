# What the pipeline of shop needs to deploy to staging

# The pipeline deploys with it.
resource "aws_iam_role" "deploy_role" {
  name = "${local.project_name}-${var.stage}-deploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111111111111:root" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "deploy_role_deploy" {
  role = aws_iam_role.deploy_role.id
  name = "deploy"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.artifact_key_arn
      },
    ]
  })
}
