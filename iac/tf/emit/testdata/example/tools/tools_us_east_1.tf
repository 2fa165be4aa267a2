# What is seen in one region only

resource "aws_iam_role" "global_role" {
  provider = aws.us_east_1

  description = "in ${data.aws_region.us_east_1.region}, for ${aws_kms_key.artifact_key.arn}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only for what this account has asked of it.
      {
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}
