# source

# Somebody confirms it in the console once, after which it is AVAILABLE.
resource "aws_codeconnections_connection" "connection" {
  name          = local.project_name
  provider_type = "GitHub"

  tags = {
    Project     = local.project_name
    Environment = local.environment
  }
}
