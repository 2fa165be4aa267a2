locals {
  project_name = "shop"
}
