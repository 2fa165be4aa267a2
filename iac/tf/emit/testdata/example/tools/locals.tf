locals {
  # Names everything
  project_name    = "shop"
  staging_account = "222222222222"
}
