# alarms

resource "aws_cloudwatch_log_metric_filter" "root_use" {
  name           = "${local.project_name}-root-use"
  log_group_name = aws_cloudwatch_log_group.trail_logs.name
  pattern        = "{ ($.userIdentity.type = \"Root\") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != \"AwsServiceEvent\") }"

  metric_transformation {
    name          = "RootUse"
    namespace     = "${local.project_name}/audit"
    value         = "1"
    default_value = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "root_use_alarm" {
  alarm_name          = "${local.project_name}-root-use"
  alarm_description   = "The root user of the account did something"
  namespace           = "${local.project_name}/audit"
  metric_name         = "RootUse"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert_topic.arn]
}

# Of users only: whoever comes from an identity provider has shown a second factor there, and the event does not say.
resource "aws_cloudwatch_log_metric_filter" "sign_in_without_MFA" {
  name           = "${local.project_name}-sign-in-without-mfa"
  log_group_name = aws_cloudwatch_log_group.trail_logs.name
  pattern        = "{ ($.eventName = \"ConsoleLogin\") && ($.userIdentity.type = \"IAMUser\") && ($.additionalEventData.MFAUsed != \"Yes\") && ($.responseElements.ConsoleLogin = \"Success\") }"

  metric_transformation {
    name          = "SignInWithoutMFA"
    namespace     = "${local.project_name}/audit"
    value         = "1"
    default_value = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "sign_in_without_MFA_alarm" {
  alarm_name          = "${local.project_name}-sign-in-without-mfa"
  alarm_description   = "A user signed in to the console without MFA"
  namespace           = "${local.project_name}/audit"
  metric_name         = "SignInWithoutMFA"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert_topic.arn]
}

# What a role of the pipeline needs is proved: five refusals in five minutes are somebody who tries what else it can do.
resource "aws_cloudwatch_log_metric_filter" "denied_calls" {
  name           = "${local.project_name}-denied"
  log_group_name = aws_cloudwatch_log_group.trail_logs.name
  pattern        = "{ (($.errorCode = \"AccessDenied*\") || ($.errorCode = \"*UnauthorizedOperation\")) && ($.userIdentity.sessionContext.sessionIssuer.userName = \"${local.project_name}-*\") }"

  metric_transformation {
    name          = "DeniedCalls"
    namespace     = "${local.project_name}/audit"
    value         = "1"
    default_value = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "denied_calls_alarm" {
  alarm_name          = "${local.project_name}-denied"
  alarm_description   = "A role of the pipeline was refused again and again"
  namespace           = "${local.project_name}/audit"
  metric_name         = "DeniedCalls"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert_topic.arn]
}
