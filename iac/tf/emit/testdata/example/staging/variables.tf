variable "stage" {
  type    = string
  default = "production"

  validation {
    condition     = contains(["staging", "production"], var.stage)
    error_message = "Write one of staging, production."
  }
}

variable "artifact_key_arn" {
  type        = string
  description = "The key of the artifacts"
}
