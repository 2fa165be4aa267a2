package cloudwatch

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-"

// types are the resources of CloudWatch.
var types = []service.Type{
	{
		Name: "AWS::CloudWatch::Alarm", Source: page + "alarm.html",
		NameProp: "AlarmName",
		ARN:      "arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${Name}",
		Props: []string{
			"ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator",
			"DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationCriteria",
			"EvaluationInterval", "EvaluationPeriods", "EvaluationWindow", "ExtendedStatistic",
			"InsufficientDataActions", "MetricName", "Metrics", "Namespace", "OKActions", "Period", "Statistic",
			"Tags", "Threshold", "ThresholdMetricId", "TreatMissingData", "Unit", "WarmUpConfiguration",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudWatch::CompositeAlarm", Source: page + "compositealarm.html",
		NameProp: "AlarmName",
		ARN:      "arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${Name}",
		Props: []string{
			"ActionsEnabled", "ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod",
			"AlarmActions", "AlarmDescription", "AlarmName", "AlarmRule", "InsufficientDataActions", "OKActions",
			"Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudWatch::Dashboard", Source: page + "dashboard.html",
		NameProp: "DashboardName",
		ARN:      "arn:${Partition}:cloudwatch::${Account}:dashboard/${Name}",
		Props: []string{
			"DashboardBody", "DashboardName", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudWatch::MetricStream", Source: page + "metricstream.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:cloudwatch:${Region}:${Account}:metric-stream/${Name}",
		Props: []string{
			"ExcludeFilters", "FirehoseArn", "IncludeFilters", "IncludeLinkedAccountsMetrics", "Name",
			"OutputFormat", "RoleArn", "StatisticsConfigurations", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudWatch::InsightRule", Source: page + "insightrule.html",
		NameProp: "RuleName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:cloudwatch:${Region}:${Account}:insight-rule/${Name}",
		Attrs:    map[string]string{"RuleName": "${Name}"},
		Props: []string{
			"ApplyOnTransformedLogs", "RuleBody", "RuleName", "RuleState", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudWatch::AnomalyDetector", Source: page + "anomalydetector.html",
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Configuration", "Dimensions", "MetricCharacteristics", "MetricMathAnomalyDetector", "MetricName",
			"Namespace", "SingleMetricAnomalyDetector", "Stat",
		},
	},
}
