# instances

resource "aws_cloudwatch_log_group" "instances_instance_logs" {
  name              = "/ec2/${local.project_name}-instances"
  retention_in_days = 365

  lifecycle {
    prevent_destroy = true
  }
}

# instances

resource "aws_codedeploy_app" "instances_application" {
  name             = "${local.project_name}-instances"
  compute_platform = "Server"
}

# CodeDeploy carries the deployment out with this role.
resource "aws_iam_role" "instances_codedeploy_role" {
  name                 = "${local.project_name}-instances-codedeploy"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: assumes: the role it runs with
      {
        Sid       = "AwsCodedeployDeploymentgroupAssume"
        Effect    = "Allow"
        Principal = { Service = "codedeploy.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:codedeploy:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:deploymentgroup:${local.project_name}-instances/${local.project_name}-instances"
          }
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "instances_codedeploy_role_work" {
  role = aws_iam_role.instances_codedeploy_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: finds the instances of the deployment
      # DeployInstances: looks at the instances of the deployment
      {
        Sid      = "CodedeployInstances"
        Effect   = "Allow"
        Action   = ["ec2:DescribeInstanceStatus", "ec2:DescribeInstances", "tag:GetResources"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_codedeploy_deployment_group" "instances_deployment_group" {
  deployment_group_name = "${local.project_name}-instances"
  app_name              = aws_codedeploy_app.instances_application.name
  service_role_arn      = aws_iam_role.instances_codedeploy_role.arn

  deployment_style {
    deployment_option = "WITHOUT_TRAFFIC_CONTROL"
    deployment_type   = "IN_PLACE"
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  ec2_tag_filter {
    key   = "Name"
    type  = "KEY_AND_VALUE"
    value = "robot"
  }

  depends_on = [aws_iam_role_policy.instances_codedeploy_role_work]
}

resource "aws_codepipeline" "pipeline" {
  name           = local.project_name
  pipeline_type  = "V2"
  execution_mode = "SUPERSEDED"
  role_arn       = aws_iam_role.pipeline_role.arn

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifact_bucket.id

    encryption_key {
      id   = aws_kms_key.artifact_key.arn
      type = "KMS"
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      namespace        = "SourceVariables"
      output_artifacts = ["Source"]

      configuration = {
        ConnectionArn    = aws_codeconnections_connection.connection.arn
        FullRepositoryId = "acme/robot"
        BranchName       = "main"
      }
    }
  }

  stage {
    name = "Build"

    action {
      name             = "Build"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["Source"]
      output_artifacts = ["Build"]
      configuration    = { ProjectName = aws_codebuild_project.build_project.name }
    }
  }

  stage {
    name = "Instances"

    action {
      name            = "DeployInstances"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "CodeDeploy"
      version         = "1"
      role_arn        = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${local.project_name}-deploy-instances"
      input_artifacts = ["Build"]

      configuration = {
        ApplicationName     = "${local.project_name}-instances"
        DeploymentGroupName = "${local.project_name}-instances"
      }
    }
  }

  depends_on = [aws_iam_role_policy.pipeline_role_work]
}
