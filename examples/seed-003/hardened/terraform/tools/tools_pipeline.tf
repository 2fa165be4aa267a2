# pipeline

# CodePipeline acts with this role in this account. In the others it assumes one role a stage.
resource "aws_iam_role" "pipeline_role" {
  name                 = "${local.project_name}-pipeline"
  permissions_boundary = aws_iam_policy.permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # assumes: the role it runs with
      {
        Sid       = "AwsCodepipelinePipelineAssume"
        Effect    = "Allow"
        Principal = { Service = "codepipeline.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "pipeline_role_work" {
  role = aws_iam_role.pipeline_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Source: inspects the artifact store
      {
        Sid       = "CodepipelineArtifactBucket"
        Effect    = "Allow"
        Action    = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # Source: reads the repository through the connection; the action has the prefix of the connection's ARN
      # Source: reads the repository through the connection, under the other of the service's two names
      {
        Sid      = "CodeconnectionsUse"
        Effect   = "Allow"
        Action   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
        Resource = aws_codeconnections_connection.connection.arn
      },
      # Source: writes the output artifact: artifact Source
      {
        Sid       = "CodepipelineArtifactWrite"
        Effect    = "Allow"
        Action    = "s3:PutObject"
        Resource  = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/${local.project_name}/Source/*"
        Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      # Source: S3 makes the object's data key with the caller's rights: key of artifact Source
      # Source: finishes an output artifact that is uploaded in parts: key of artifact Source
      {
        Sid      = "S3Encrypt"
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
      # Build: starts the build: build project robot-build
      # Build: asks how the build stands: build project robot-build
      # Build: stops the build when the execution is stopped: build project robot-build
      {
        Sid      = "CodebuildStart"
        Effect   = "Allow"
        Action   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"]
        Resource = "arn:${data.aws_partition.current.partition}:codebuild:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:project/${local.project_name}-build"
      },
      # DeployInstances: takes on the role of the action: role of action DeployInstances
      {
        Sid      = "CodepipelineAssumeActionRole"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${local.project_name}-deploy-instances"
      },
    ]
  })
}
