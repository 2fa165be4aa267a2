# trail

resource "aws_cloudwatch_log_group" "trail_logs" {
  name              = "/aws/cloudtrail/${local.project_name}-trail"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.watch_key.arn

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }

  lifecycle {
    prevent_destroy = true
  }
}

# CloudTrail writes the log group with it.
resource "aws_iam_role" "trail_role" {
  name                 = "${local.project_name}-trail"
  permissions_boundary = aws_iam_policy.audit_permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # assumes: the role it runs with
      {
        Sid       = "AwsCloudtrailTrailAssume"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "trail_role_work" {
  role = aws_iam_role.trail_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # sends the events to CloudWatch Logs: log group of the trail
      {
        Sid      = "CloudtrailLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/cloudtrail/${local.project_name}-trail:log-stream:${data.aws_caller_identity.current.account_id}_CloudTrail_us-east-1*"
      },
    ]
  })
}

# What happens in this account, in every region, goes to a bucket that nobody writes but CloudTrail.
resource "aws_cloudtrail" "trail" {
  name                          = "${local.project_name}-trail"
  enable_logging                = true
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  s3_bucket_name                = "${local.project_name}-audit-${data.aws_caller_identity.current.account_id}"
  kms_key_id                    = aws_kms_key.audit_key.arn
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail_logs.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail_role.arn

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }

  advanced_event_selector {
    name = "management"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  advanced_event_selector {
    name = "objects"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }

    field_selector {
      field = "resources.ARN"

      starts_with = [
        "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}/",
        "arn:${data.aws_partition.current.partition}:s3:::aws-codedeploy-us-east-1/",
      ]
    }
  }

  insight_selector {
    insight_type = "ApiCallRateInsight"
  }

  insight_selector {
    insight_type = "ApiErrorRateInsight"
  }

  depends_on = [aws_s3_bucket_policy.audit_log_bucket_policy, aws_iam_role_policy.trail_role_work]
}
