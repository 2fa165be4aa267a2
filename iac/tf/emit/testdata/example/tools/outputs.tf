output "artifact_key_arn" {
  description = "The key of the artifacts"
  value       = aws_kms_key.artifact_key.arn
}
