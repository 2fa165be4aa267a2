# Pipeline

resource "aws_iam_role" "pipeline_role" {
  name = "${local.project_name}-pipeline"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only for what this account has asked of it.
      {
        Effect    = "Allow"
        Principal = { Service = "codepipeline.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_iam_policy" "pipeline_policy" {
  name = "${local.project_name}-pipeline"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "codebuild:StartBuild"
        Resource = aws_codebuild_project.build_project.arn
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "pipeline_policy" {
  policy_arn = aws_iam_policy.pipeline_policy.arn
  role       = aws_iam_role.pipeline_role.name
}

resource "aws_codepipeline" "pipeline" {
  name           = local.project_name
  pipeline_type  = "V2"
  execution_mode = "QUEUED"
  role_arn       = aws_iam_role.pipeline_role.arn

  tags = {
    Project = local.project_name
  }

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifact_bucket.id

    encryption_key {
      id   = aws_kms_key.artifact_key.arn
      type = "KMS"
    }
  }

  variable {
    name          = "Reason"
    default_value = "none"
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      run_order        = 1
      output_artifacts = ["SourceOutput"]

      configuration = {
        RepositoryName       = local.project_name
        BranchName           = "main"
        PollForSourceChanges = false
      }
    }
  }

  stage {
    name = "Build"

    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      run_order       = 1
      input_artifacts = ["SourceOutput"]

      configuration = {
        ProjectName          = aws_codebuild_project.build_project.name
        EnvironmentVariables = "[{\"name\":\"COMMIT\",\"value\":\"#{Source.CommitId}\",\"type\":\"PLAINTEXT\"},{\"name\":\"P\",\"value\":\"${local.project_name}\"}]"
      }
    }

    on_failure {
      result = "RETRY"

      retry_configuration {
        retry_mode = "FAILED_ACTIONS"
      }
    }
  }

  stage {
    name = "Approve"

    before_entry {
      condition {
        result = "FAIL"

        rule {
          name = "Window"

          configuration = {
            Cron     = "* * * * *"
            TimeZone = "UTC"
          }

          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "DeploymentWindow"
            version  = "1"
          }
        }
      }
    }

    action {
      name               = "Approve"
      category           = "Approval"
      owner              = "AWS"
      provider           = "Manual"
      version            = "1"
      run_order          = 1
      timeout_in_minutes = 1440
      configuration      = { CustomData = "Ship it?" }
    }
  }

  depends_on = [
    aws_s3_bucket_policy.artifact_bucket_policy,
    aws_iam_policy.pipeline_policy,
    aws_iam_role_policy_attachment.pipeline_policy,
  ]
}
