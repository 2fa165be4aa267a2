# dashboard

resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = "${local.project_name}-audit"

  dashboard_body = <<EOT
{
  "widgets": [
    {
      "type": "metric",
      "width": 8,
      "height": 6,
      "properties": {
        "metrics": [
          [
            "AWS/CodePipeline",
            "FailedPipelineExecutions",
            "PipelineName",
            "${local.project_name}"
          ]
        ],
        "period": 3600,
        "region": "${data.aws_region.current.region}",
        "stat": "Sum",
        "title": "Failed executions"
      }
    },
    {
      "type": "metric",
      "width": 8,
      "height": 6,
      "properties": {
        "metrics": [
          [
            "AWS/CodePipeline",
            "PipelineDuration",
            "PipelineName",
            "${local.project_name}"
          ]
        ],
        "period": 3600,
        "region": "${data.aws_region.current.region}",
        "stat": "Average",
        "title": "Duration of executions"
      }
    },
    {
      "type": "metric",
      "width": 8,
      "height": 6,
      "properties": {
        "metrics": [
          [
            {
              "expression": "SEARCH('{AWS/CodeBuild,ProjectName} MetricName=\"FailedBuilds\" ${local.project_name}', 'Sum', 3600)",
              "label": ""
            }
          ]
        ],
        "period": 3600,
        "region": "${data.aws_region.current.region}",
        "stat": "Sum",
        "title": "Failed builds"
      }
    },
    {
      "type": "metric",
      "width": 8,
      "height": 6,
      "properties": {
        "metrics": [
          [
            {
              "expression": "SEARCH('{AWS/Events,RuleName} MetricName=\"TriggeredRules\" ${local.project_name}', 'Sum', 3600)",
              "label": "told "
            }
          ],
          [
            {
              "expression": "SEARCH('{AWS/Events,RuleName} MetricName=\"FailedInvocations\" ${local.project_name}', 'Sum', 3600)",
              "label": "lost "
            }
          ]
        ],
        "period": 3600,
        "region": "${data.aws_region.current.region}",
        "stat": "Sum",
        "title": "Alerts, and those that did not arrive"
      }
    },
    {
      "type": "alarm",
      "width": 8,
      "height": 6,
      "properties": {
        "alarms": [
          "arn:${data.aws_partition.current.partition}:cloudwatch:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:alarm:${local.project_name}-root-use",
          "arn:${data.aws_partition.current.partition}:cloudwatch:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:alarm:${local.project_name}-sign-in-without-mfa",
          "arn:${data.aws_partition.current.partition}:cloudwatch:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:alarm:${local.project_name}-denied"
        ],
        "title": "Alarms"
      }
    },
    {
      "type": "log",
      "width": 12,
      "height": 6,
      "properties": {
        "query": "SOURCE '/aws/cloudtrail/${local.project_name}-trail' | filter eventSource = 'codepipeline.amazonaws.com' | stats count(*) as calls by eventName, userIdentity.arn | sort calls desc | limit 50",
        "region": "${data.aws_region.current.region}",
        "title": "Calls of CodePipeline",
        "view": "table"
      }
    },
    {
      "type": "log",
      "width": 12,
      "height": 6,
      "properties": {
        "query": "SOURCE '/aws/cloudtrail/${local.project_name}-trail' | filter ispresent(errorCode) and userIdentity.sessionContext.sessionIssuer.userName like /^${local.project_name}-/ | stats count(*) as calls by userIdentity.sessionContext.sessionIssuer.userName, eventSource, eventName, errorCode | sort calls desc | limit 50",
        "region": "${data.aws_region.current.region}",
        "title": "Refused calls of the pipeline's roles",
        "view": "table"
      }
    },
    {
      "type": "log",
      "width": 12,
      "height": 6,
      "properties": {
        "query": "SOURCE '/aws/cloudtrail/${local.project_name}-trail' | filter eventSource = 'iam.amazonaws.com' and readOnly = 0 | stats count(*) as calls by eventName, userIdentity.arn | sort calls desc | limit 50",
        "region": "${data.aws_region.current.region}",
        "title": "Changes of roles and policies",
        "view": "table"
      }
    }
  ]
}
EOT
}
