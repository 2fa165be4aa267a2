# github

# One for the account. Without thumbprints: IAM checks GitHub's certificate by its own authorities.
resource "aws_iam_openid_connect_provider" "git_hub" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }
}

# Taken on by workflows of acme/robot: no key is stored anywhere.
resource "aws_iam_role" "github_role" {
  name                 = "${local.project_name}-github"
  permissions_boundary = aws_iam_policy.people_permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The whole subject, with nothing left open: acme/robot, branch main. Upper and lower case count, in the owner's name too.
      {
        Sid       = "Workflows"
        Effect    = "Allow"
        Principal = { Federated = aws_iam_openid_connect_provider.git_hub.arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = "repo:acme/robot:ref:refs/heads/main"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "github_role_work" {
  role = aws_iam_role.github_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # the workflow lists the stored files
      {
        Sid      = "TheWorkflowListsTheStored"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-storage"
      },
    ]
  })
}
