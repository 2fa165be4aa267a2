locals {
  # Names everything that the pipeline is made of
  project_name = "robot"
  # Tags everything that the pipeline is made of
  environment = "prod"
  # Alias of the key of the artifacts, without alias/
  kms_key_alias = "robot-cicd"
}
