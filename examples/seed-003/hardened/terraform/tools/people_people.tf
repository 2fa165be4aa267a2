# people

# What a user does with its own second factor, and that nothing else is done without it.
resource "aws_iam_policy" "own_second_factor" {
  name = "${local.project_name}-own-second-factor"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Somebody new has no second factor yet. The device bears the user's name: while it is there nobody makes another of that name. IAM deletes no device that is in use, so that one which was never switched on can be made again.
      {
        Sid      = "TheOneDevice"
        Effect   = "Allow"
        Action   = ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"]
        Resource = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:mfa/$${aws:username}"
      },
      # A virtual device, not a security key. Since April 2023 IAM refuses this to an access key alone once the user has a device (AWS-2023-001); no policy can count devices.
      {
        Sid       = "SwitchItOn"
        Effect    = "Allow"
        Action    = "iam:EnableMFADevice"
        Resource  = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/${local.project_name}/$${aws:username}"
        Condition = { Null = { "iam:RegisterSecurityKey" = "true" } }
      },
      {
        Sid      = "SeeIt"
        Effect   = "Allow"
        Action   = ["iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice"]
        Resource = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/${local.project_name}/$${aws:username}"
      },
      # With the second factor: more devices, security keys among them, and the user's own keys and password.
      {
        Sid       = "MoreDevices"
        Effect    = "Allow"
        Action    = ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"]
        Resource  = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:mfa/$${aws:username}-*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      {
        Sid    = "OwnCredentials"
        Effect = "Allow"
        Action = [
          "iam:ChangePassword",
          "iam:CreateAccessKey",
          "iam:DeactivateMFADevice",
          "iam:DeleteAccessKey",
          "iam:EnableMFADevice",
          "iam:GetAccessKeyLastUsed",
          "iam:GetMFADevice",
          "iam:ListAccessKeys",
          "iam:UpdateAccessKey",
        ]
        Resource  = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/${local.project_name}/$${aws:username}"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      # Whatever another policy allows. BoolIfExists, since a request of an access key does not carry the key at all. To take on a role is not left out: that call shows the device itself.
      {
        Sid    = "NothingElseWithoutIt"
        Effect = "Deny"
        NotAction = [
          "iam:CreateVirtualMFADevice",
          "iam:DeleteVirtualMFADevice",
          "iam:EnableMFADevice",
          "iam:GetUser",
          "iam:ListMFADevices",
          "iam:ResyncMFADevice",
          "sts:GetSessionToken",
        ]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
      {
        Sid      = "NoSecurityKeyWithoutIt"
        Effect   = "Deny"
        Action   = "iam:EnableMFADevice"
        Resource = "*"
        Condition = {
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
          Null         = { "iam:RegisterSecurityKey" = "false" }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "work_of_storage" {
  name = "${local.project_name}-work-of-storage"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Nothing but to take on the roles of the work, and with the second factor only.
      {
        Sid       = "TakeOnRoles"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Resource  = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${local.project_name}-storage"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

resource "aws_iam_group" "storage_group" {
  name = "${local.project_name}-storage"
  path = "/${local.project_name}/"
}

resource "aws_iam_group_policy_attachment" "storage_group_1" {
  group      = aws_iam_group.storage_group.name
  policy_arn = aws_iam_policy.own_second_factor.arn
}

resource "aws_iam_group_policy_attachment" "storage_group_2" {
  group      = aws_iam_group.storage_group.name
  policy_arn = aws_iam_policy.work_of_storage.arn
}

resource "aws_iam_user" "robot_user" {
  name = "robot"
  path = "/${local.project_name}/"

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }
}

resource "aws_iam_user_group_membership" "robot_user" {
  user   = aws_iam_user.robot_user.name
  groups = [aws_iam_group.storage_group.name]
}

# Taken on by people: storage.
resource "aws_iam_role" "storage_role" {
  name                 = "${local.project_name}-storage"
  permissions_boundary = aws_iam_policy.people_permissions_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # With a second factor that was shown within the hour, and under the user's own name, so that the log tells who it was.
      {
        Sid    = "UsersWithSecondFactor"
        Effect = "Allow"
        Principal = {
          AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
        }
        Action = "sts:AssumeRole"
        Condition = {
          Bool            = { "aws:MultiFactorAuthPresent" = "true" }
          NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" }
          StringEquals    = { "sts:RoleSessionName" = "$${aws:username}" }
          ArnEquals = {
            "aws:PrincipalArn" = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/${local.project_name}/robot"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "storage_role_work" {
  role = aws_iam_role.storage_role.id
  name = "work"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # works on the stored files
      {
        Sid      = "WorksOnTheStoredFiles"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-storage/*"
      },
      # lists the stored files
      {
        Sid      = "ListsTheStoredFiles"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:${data.aws_partition.current.partition}:s3:::${local.project_name}-storage"
      },
    ]
  })
}
