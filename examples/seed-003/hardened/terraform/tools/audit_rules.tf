# rules

# Whoever it is: an attempt that was refused is told of as well.
resource "aws_cloudwatch_event_rule" "watch_pipeline" {
  name        = "${local.project_name}-watch-pipeline"
  description = "A change of the pipeline or its gate"

  event_pattern = jsonencode({
    source      = ["aws.codepipeline"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource       = ["codepipeline.amazonaws.com"]
          eventName         = ["UpdatePipeline"]
          requestParameters = { pipeline = { name = [local.project_name] } }
        },
        {
          eventSource       = ["codepipeline.amazonaws.com"]
          eventName         = ["DeletePipeline"]
          requestParameters = { name = [local.project_name] }
        },
        {
          eventSource = ["codepipeline.amazonaws.com"]
          eventName = [
            "DisableStageTransition",
            "EnableStageTransition",
            "OverrideStageCondition",
            "PutApprovalResult",
            "RetryStageExecution",
            "RollbackStage",
            "StopPipelineExecution",
          ]
          requestParameters = { pipelineName = [local.project_name] }
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_pipeline_alert" {
  rule      = aws_cloudwatch_event_rule.watch_pipeline.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of the pipeline or its gate. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_code" {
  name        = "${local.project_name}-watch-code"
  description = "A change of what runs in the pipeline or deploys for it"

  event_pattern = jsonencode({
    source      = ["aws.codebuild", "aws.codedeploy"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource       = ["codebuild.amazonaws.com"]
          eventName         = ["DeleteProject", "UpdateProject"]
          requestParameters = { name = ["${local.project_name}-build"] }
        },
        {
          eventSource       = ["codebuild.amazonaws.com"]
          eventName         = ["UpdateProjectVisibility"]
          requestParameters = { projectArn = [{ wildcard = "*${local.project_name}-build*" }] }
        },
        {
          eventSource = ["codebuild.amazonaws.com"]
          eventName   = ["ImportSourceCredentials"]
        },
        {
          eventSource       = ["codedeploy.amazonaws.com"]
          eventName         = ["DeleteDeploymentGroup", "UpdateDeploymentGroup"]
          requestParameters = { applicationName = [aws_codedeploy_app.instances_application.name] }
        },
        {
          eventSource = ["codedeploy.amazonaws.com"]
          eventName   = ["ContinueDeployment", "StopDeployment"]
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_code_alert" {
  rule      = aws_cloudwatch_event_rule.watch_code.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of what runs in the pipeline or deploys for it. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_keys" {
  name        = "${local.project_name}-watch-keys"
  description = "A change of a key or a secret"

  event_pattern = jsonencode({
    source      = ["aws.kms"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["kms.amazonaws.com"]
      eventName   = ["CreateGrant", "DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"]
      resources = {
        ARN = [aws_kms_key.artifact_key.arn, aws_kms_key.audit_key.arn, aws_kms_key.watch_key.arn]
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_keys_alert" {
  rule      = aws_cloudwatch_event_rule.watch_keys.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of a key or a secret. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_data" {
  name        = "${local.project_name}-watch-data"
  description = "A change of a bucket or a table"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["s3.amazonaws.com"]
      eventName = [
        "DeleteBucket",
        "DeleteBucketPolicy",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketVersioning",
        "PutBucketObjectLockConfiguration",
        "PutBucketEncryption",
        "PutBucketLifecycle",
        "PutBucketReplication",
      ]
      requestParameters = { bucketName = [{ prefix = "${local.project_name}-" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_data_alert" {
  rule      = aws_cloudwatch_event_rule.watch_data.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of a bucket or a table. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_sources" {
  name        = "${local.project_name}-watch-sources"
  description = "A change of a repository"

  event_pattern = jsonencode({
    source      = ["aws.codestar-connections", "aws.codeconnections"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource       = ["codestar-connections.amazonaws.com"]
          eventName         = ["DeleteConnection", "UpdateConnectionInstallation"]
          requestParameters = { connectionArn = [aws_codeconnections_connection.connection.arn] }
        },
        {
          eventSource       = ["codeconnections.amazonaws.com"]
          eventName         = ["DeleteConnection", "UpdateConnectionInstallation"]
          requestParameters = { connectionArn = [aws_codeconnections_connection.connection.arn] }
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_sources_alert" {
  rule      = aws_cloudwatch_event_rule.watch_sources.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of a repository. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_roles" {
  name        = "${local.project_name}-watch-roles"
  description = "A change of a role, a policy or a user"

  event_pattern = jsonencode({
    source      = ["aws.iam"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource = ["iam.amazonaws.com"]
          eventName = [
            "AttachRolePolicy",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
            "UpdateRole",
          ]
          requestParameters = { roleName = [{ prefix = "${local.project_name}-" }] }
        },
        {
          eventSource = ["iam.amazonaws.com"]
          eventName = [
            "AddUserToGroup",
            "AttachGroupPolicy",
            "DeleteGroupPolicy",
            "DetachGroupPolicy",
            "PutGroupPolicy",
          ]
          requestParameters = { groupName = ["${local.project_name}-storage"] }
        },
        {
          eventSource = ["iam.amazonaws.com"]
          eventName = [
            "AddUserToGroup",
            "AttachUserPolicy",
            "CreateAccessKey",
            "CreateLoginProfile",
            "DeactivateMFADevice",
            "DeleteUserPermissionsBoundary",
            "PutUserPermissionsBoundary",
            "PutUserPolicy",
            "UpdateLoginProfile",
          ]
          requestParameters = { userName = ["robot"] }
        },
        {
          eventSource = ["iam.amazonaws.com"]
          eventName   = ["AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"]
        },
        {
          eventSource = ["iam.amazonaws.com"]
          eventName   = ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"]
          requestParameters = {
            policyArn = [{
              prefix = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/${local.project_name}-"
            }]
          }
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_roles_alert" {
  rule      = aws_cloudwatch_event_rule.watch_roles.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of a role, a policy or a user. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_alerts" {
  name        = "${local.project_name}-watch-alerts"
  description = "A change of the rules that start the pipeline or tell of changes"

  event_pattern = jsonencode({
    source      = ["aws.events"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource       = ["events.amazonaws.com"]
          eventName         = ["DeleteRule", "DisableRule", "PutRule"]
          requestParameters = { name = [{ prefix = "${local.project_name}-" }] }
        },
        {
          eventSource       = ["events.amazonaws.com"]
          eventName         = ["PutTargets", "RemoveTargets"]
          requestParameters = { rule = [{ prefix = "${local.project_name}-" }] }
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_alerts_alert" {
  rule      = aws_cloudwatch_event_rule.watch_alerts.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of the rules that start the pipeline or tell of changes. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_trail" {
  name        = "${local.project_name}-watch-trail"
  description = "A change of the trail, its log or its alerts"

  event_pattern = jsonencode({
    source      = ["aws.sns", "aws.logs", "aws.cloudtrail", "aws.monitoring", "aws.events"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource = ["sns.amazonaws.com"]
          eventName   = ["AddPermission", "DeleteTopic", "RemovePermission", "SetTopicAttributes"]
          requestParameters = {
            topicArn = [
              "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:${local.project_name}-alerts",
            ]
          }
        },
        {
          eventSource = ["sns.amazonaws.com"]
          eventName   = ["Unsubscribe"]
          requestParameters = {
            subscriptionArn = [{
              prefix = "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:${local.project_name}-alerts:"
            }]
          }
        },
        {
          eventSource       = ["logs.amazonaws.com"]
          eventName         = ["DeleteLogGroup", "DisassociateKmsKey", "PutRetentionPolicy"]
          requestParameters = { logGroupName = ["/aws/cloudtrail/${local.project_name}-trail"] }
        },
        {
          eventSource = ["cloudtrail.amazonaws.com"]
          eventName   = ["DeleteTrail", "PutEventSelectors", "PutInsightSelectors", "StopLogging", "UpdateTrail"]
        },
        {
          eventSource       = ["logs.amazonaws.com"]
          eventName         = ["DeleteMetricFilter", "PutMetricFilter"]
          requestParameters = { filterName = [{ prefix = "${local.project_name}-" }] }
        },
        {
          eventSource       = ["monitoring.amazonaws.com"]
          eventName         = ["DeleteAlarms", "DisableAlarmActions"]
          requestParameters = { alarmNames = [{ prefix = "${local.project_name}-" }] }
        },
        {
          eventSource       = ["monitoring.amazonaws.com"]
          eventName         = ["PutMetricAlarm", "SetAlarmState"]
          requestParameters = { alarmName = [{ prefix = "${local.project_name}-" }] }
        },
        {
          eventSource       = ["events.amazonaws.com"]
          eventName         = ["DeleteRule", "DisableRule", "PutRule"]
          requestParameters = { name = ["${local.project_name}-watch-alerts"] }
        },
        {
          eventSource       = ["events.amazonaws.com"]
          eventName         = ["PutTargets", "RemoveTargets"]
          requestParameters = { rule = ["${local.project_name}-watch-alerts"] }
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_trail_alert" {
  rule      = aws_cloudwatch_event_rule.watch_trail.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: a change of the trail, its log or its alerts. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_by_hand" {
  name        = "${local.project_name}-watch-by-hand"
  description = "The pipeline, or a part of it, started by somebody else than itself"

  event_pattern = jsonencode({
    source      = ["aws.codebuild", "aws.codepipeline"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      "$or" = [
        {
          eventSource       = ["codebuild.amazonaws.com"]
          eventName         = ["RetryBuild", "RetryBuildBatch", "StartBuild", "StartBuildBatch"]
          requestParameters = { projectName = [{ wildcard = "*${local.project_name}-build*" }] }
        },
        {
          eventSource       = ["codepipeline.amazonaws.com"]
          eventName         = ["StartPipelineExecution"]
          requestParameters = { name = [local.project_name] }
        },
      ]
      userIdentity = {
        arn = [
          { exists = false },
          {
            anything-but = {
              prefix = [
                "arn:${data.aws_partition.current.partition}:sts::${data.aws_caller_identity.current.account_id}:assumed-role/${local.project_name}-pipeline/",
                "arn:${data.aws_partition.current.partition}:sts::${data.aws_caller_identity.current.account_id}:assumed-role/${local.project_name}-deploy-instances/",
              ]
            }
          },
        ]
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_by_hand_alert" {
  rule      = aws_cloudwatch_event_rule.watch_by_hand.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: the pipeline, or a part of it, started by somebody else than itself. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}

resource "aws_cloudwatch_event_rule" "watch_artifacts" {
  name        = "${local.project_name}-watch-artifacts"
  description = "An artifact written or removed by somebody else than the pipeline"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["s3.amazonaws.com"]
      eventName   = ["CompleteMultipartUpload", "CopyObject", "DeleteObject", "DeleteObjects", "PutObject"]
      requestParameters = {
        bucketName = ["${local.project_name}-artifacts-${data.aws_caller_identity.current.account_id}"]
      }
      userIdentity = {
        arn = [
          { exists = false },
          {
            anything-but = {
              prefix = [
                "arn:${data.aws_partition.current.partition}:sts::${data.aws_caller_identity.current.account_id}:assumed-role/${local.project_name}-pipeline/",
                "arn:${data.aws_partition.current.partition}:sts::${data.aws_caller_identity.current.account_id}:assumed-role/${local.project_name}-deploy-instances/",
                "arn:${data.aws_partition.current.partition}:sts::${data.aws_caller_identity.current.account_id}:assumed-role/${local.project_name}-build/",
              ]
            }
          },
        ]
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "watch_artifacts_alert" {
  rule      = aws_cloudwatch_event_rule.watch_artifacts.name
  target_id = "alert"
  arn       = aws_sns_topic.alert_topic.arn

  input_transformer {
    input_template = "\"${local.project_name}: an artifact written or removed by somebody else than the pipeline. <event> by <who> from <from>, account <account>, <region>, <time>. Event <id> of CloudTrail. Refused: <error>\""

    input_paths = {
      event   = "$.detail.eventName"
      who     = "$.detail.userIdentity.arn"
      from    = "$.detail.sourceIPAddress"
      account = "$.account"
      region  = "$.region"
      time    = "$.time"
      error   = "$.detail.errorCode"
      id      = "$.detail.eventID"
    }
  }
}
