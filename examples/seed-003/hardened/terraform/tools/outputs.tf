output "artifact_key_arn" {
  description = "For stack audit"
  value       = aws_kms_key.artifact_key.arn
}

output "connection_connection_arn" {
  description = "For stack audit"
  value       = aws_codeconnections_connection.connection.arn
}

output "instances_application_id" {
  description = "For stack audit"
  value       = aws_codedeploy_app.instances_application.name
}
