package cloudwatch

// terraform is how CloudWatch is written for Terraform: the pages
// cloudwatch_metric_alarm, cloudwatch_composite_alarm and cloudwatch_dashboard
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::CloudWatch::Alarm aws_cloudwatch_metric_alarm
  ref alarm_name id
  att Arn arn
  AlarmName alarm_name
  AlarmDescription alarm_description
  ActionsEnabled actions_enabled
  Namespace namespace
  MetricName metric_name
  Dimensions dimensions pairs=Name,Value
  Statistic statistic
  ExtendedStatistic extended_statistic
  Unit unit
  Period period
  EvaluationPeriods evaluation_periods
  DatapointsToAlarm datapoints_to_alarm
  ComparisonOperator comparison_operator
  Threshold threshold
  ThresholdMetricId threshold_metric_id
  TreatMissingData treat_missing_data
  EvaluateLowSampleCountPercentile evaluate_low_sample_count_percentiles
  AlarmActions alarm_actions
  OKActions ok_actions
  InsufficientDataActions insufficient_data_actions
  Metrics metric_query blocks {
    Id id
    Expression expression
    Label label
    Period period
    ReturnData return_data
    AccountId account_id
    MetricStat.Metric.Namespace metric.namespace
    MetricStat.Metric.MetricName metric.metric_name
    MetricStat.Metric.Dimensions metric.dimensions pairs=Name,Value
    MetricStat.Period metric.period
    MetricStat.Stat metric.stat
    MetricStat.Unit metric.unit
  }
  Tags tags tags

AWS::CloudWatch::CompositeAlarm aws_cloudwatch_composite_alarm
  ref alarm_name id
  att Arn arn
  AlarmName alarm_name
  AlarmDescription alarm_description
  AlarmRule alarm_rule
  ActionsEnabled actions_enabled
  AlarmActions alarm_actions
  OKActions ok_actions
  InsufficientDataActions insufficient_data_actions
  Tags tags tags

AWS::CloudWatch::Dashboard aws_cloudwatch_dashboard
  ref dashboard_name
  DashboardName dashboard_name
  DashboardBody dashboard_body jsontext
`
