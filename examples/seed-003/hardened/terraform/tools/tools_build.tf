# build

resource "aws_cloudwatch_log_group" "build_logs" {
  name              = "/aws/codebuild/${local.project_name}-build"
  retention_in_days = 365

  lifecycle {
    prevent_destroy = true
  }
}

# The commands of build run with this role, and so does whatever they run of the source.
resource "aws_iam_role" "build_role" {
  name                 = "${local.project_name}-build"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Build: assumes: the role it runs with
      {
        Sid       = "AwsCodebuildProjectAssume"
        Effect    = "Allow"
        Principal = { Service = "codebuild.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:codebuild:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:project/${local.project_name}-build"
          }
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "build_role_work" {
  role = aws_iam_role.build_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Build: opens the log of the build
      # Build: writes the log of the build
      {
        Sid      = "CodebuildLogsStream"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/codebuild/${local.project_name}-build:log-stream:*"
      },
      # Build: reads the input artifact of the action: artifact Source of action Source
      # Build: reads the input artifact, should it be named by version: artifact Source of action Source
      {
        Sid       = "CodebuildSourceArtifact"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/${local.project_name}/Source/*"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # Build: S3 decrypts the object with the caller's rights: key of artifact Source of action Source
      # Build: S3 makes the object's data key with the caller's rights: key of artifact Build
      {
        Sid      = "S3Decrypt"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = aws_kms_key.artifact_key.arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:s3:arn" = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
            "kms:ViaService"                   = "s3.${data.aws_region.current.region}.amazonaws.com"
          }
        }
      },
      # Build: inspects the artifact store
      {
        Sid       = "CodebuildSourceBucket"
        Effect    = "Allow"
        Action    = ["s3:GetBucketAcl", "s3:GetBucketLocation"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # Build: writes the output artifact, with the key of the project and not that of the pipeline
      {
        Sid       = "CodebuildOutputArtifact"
        Effect    = "Allow"
        Action    = "s3:PutObject"
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/${local.project_name}/Build/*"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_codebuild_project" "build_project" {
  name           = "${local.project_name}-build"
  service_role   = aws_iam_role.build_role.arn
  encryption_key = aws_kms_key.artifact_key.arn
  build_timeout  = 60

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }

  source {
    type      = "CODEPIPELINE"
    buildspec = "buildspec.yml"
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.build_logs.name
    }
  }

  depends_on = [aws_iam_role_policy.build_role_work]
}

# The pipeline assumes this role to deploy instances.
resource "aws_iam_role" "deploy_instances_role" {
  name                 = "${local.project_name}-deploy-instances"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: takes on the role of the action: role of action DeployInstances
      {
        Sid    = "CodepipelineAssumeActionRole"
        Effect = "Allow"
        Principal = {
          AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
        }
        Action = "sts:AssumeRole"
        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${local.project_name}-pipeline"
          }
          Null = { "sts:ExternalId" = "true" }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "deploy_instances_role_work" {
  role = aws_iam_role.deploy_instances_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: inspects the artifact store
      {
        Sid       = "CodepipelineArtifactBucket"
        Effect    = "Allow"
        Action    = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # DeployInstances: reads the input artifact: artifact Build of build project robot-build
      # DeployInstances: reads the input artifact, should it be named by version
      {
        Sid       = "CodepipelineArtifactRead"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/${local.project_name}/Build/*"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # DeployInstances: S3 decrypts the object with the caller's rights
      {
        Sid      = "S3Decrypt"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.artifact_key.arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:s3:arn" = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
            "kms:ViaService"                   = "s3.${data.aws_region.current.region}.amazonaws.com"
          }
        }
      },
      # DeployInstances: registers the artifact as a revision: application robot-instances
      # DeployInstances: looks at the application and its revision: application robot-instances
      # DeployInstances: looks for the deployment group: application robot-instances
      {
        Sid    = "CodedeployRegister"
        Effect = "Allow"
        Action = [
          "codedeploy:GetApplication",
          "codedeploy:GetApplicationRevision",
          "codedeploy:ListDeploymentGroups",
          "codedeploy:RegisterApplicationRevision",
        ]
        Resource = "arn:${data.aws_partition.current.partition}:codedeploy:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:application:${local.project_name}-instances"
      },
      # DeployInstances: starts the deployment and follows it: deployment group robot-instances/robot-instances
      # DeployInstances: looks at the deployment group: deployment group robot-instances/robot-instances
      {
        Sid    = "CodedeployDeploy"
        Effect = "Allow"
        Action = [
          "codedeploy:CreateDeployment",
          "codedeploy:GetDeployment",
          "codedeploy:GetDeploymentGroup",
          "codedeploy:ListDeployments",
        ]
        Resource = "arn:${data.aws_partition.current.partition}:codedeploy:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:deploymentgroup:${local.project_name}-instances/${local.project_name}-instances"
      },
      # DeployInstances: reads how the deployment proceeds: deployment configuration CodeDeployDefault.OneAtATime
      {
        Sid      = "CodedeployConfig"
        Effect   = "Allow"
        Action   = "codedeploy:GetDeploymentConfig"
        Resource = "arn:${data.aws_partition.current.partition}:codedeploy:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:deploymentconfig:CodeDeployDefault.OneAtATime"
      },
      # DeployInstances: looks for the deployment configuration
      {
        Sid      = "CodedeployListConfigs"
        Effect   = "Allow"
        Action   = "codedeploy:ListDeploymentConfigs"
        Resource = "*"
      },
    ]
  })
}

# The agent of CodeDeploy on the instances works with this role, and so does the code itself.
resource "aws_iam_role" "instances_instance_role" {
  name                 = "${local.project_name}-instances-instance"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: EC2 gives the agent the credentials of the instance's role: role of the instances
      # assumes: the role it runs with
      {
        Sid       = "CodedeployAgentAssume"
        Effect    = "Allow"
        Principal = { Service = "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "instances_instance_role_work" {
  role = aws_iam_role.instances_instance_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # DeployInstances: the agent downloads the revision: artifact Build of build project robot-build
      # DeployInstances: the agent downloads the revision, should it be named by version
      {
        Sid       = "CodedeployAgentRead"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/${local.project_name}/Build/*"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # DeployInstances: S3 decrypts the object with the caller's rights
      {
        Sid      = "S3Decrypt"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.artifact_key.arn
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:aws:s3:arn" = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
            "kms:ViaService"                   = "s3.${data.aws_region.current.region}.amazonaws.com"
          }
        }
      },
      # installs the agent of CodeDeploy
      {
        Sid      = "InstallsTheAgentOfCodeDeploy"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:${data.aws_partition.current.partition}:s3:::aws-codedeploy-us-east-1/*"
      },
      # writes the logs of the instances
      {
        Sid      = "WritesTheLogsOfThe"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/ec2/${local.project_name}-instances:*"
      },
      # writes the metrics of the instances; the action has no resource
      {
        Sid       = "WritesTheMetricsOfThe"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = local.project_name } }
      },
      # the program lists the stored files
      {
        Sid      = "TheProgramListsTheStored"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-storage"
      },
    ]
  })
}

resource "aws_iam_instance_profile" "instances_instance_profile" {
  name = "${local.project_name}-instances-instance"
  role = aws_iam_role.instances_instance_role.name

  depends_on = [aws_iam_role_policy.instances_instance_role_work]
}
