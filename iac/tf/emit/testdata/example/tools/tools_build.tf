# Build

# Runs what the author of a change wrote.
resource "aws_iam_role" "build_role" {
  name = "${local.project_name}-build"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only for what this account has asked of it.
      {
        Effect    = "Allow"
        Principal = { Service = "codebuild.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })

  tags = {
    Project = local.project_name
  }
}

resource "aws_iam_role_policy" "build_role_build" {
  role = aws_iam_role.build_role.id
  name = "build"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Opens and writes the log of each build.
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/codebuild/${local.project_name}-build:*"
      },
      {
        Sid      = "Artifacts"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.artifact_bucket.arn}/*"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "build_role" {
  role       = aws_iam_role.build_role.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_codebuild_project" "build_project" {
  name           = "${local.project_name}-build"
  service_role   = aws_iam_role.build_role.arn
  encryption_key = aws_kms_key.artifact_key.arn
  build_timeout  = 30

  tags = {
    Project = local.project_name
  }

  source {
    type = "CODEPIPELINE"

    buildspec = <<EOT
version: 0.2
phases:
  build:
    commands:
      - echo "$${VERSION}" %%{x}
EOT
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"

    environment_variable {
      name  = "PROJECT"
      value = local.project_name
    }

    environment_variable {
      name  = "TOKEN"
      type  = "SECRETS_MANAGER"
      value = "${local.project_name}/token#key"
    }
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = "/aws/codebuild/${local.project_name}-build"
    }
  }

  depends_on = [aws_iam_role_policy.build_role_build, aws_iam_role_policy_attachment.build_role]
}
