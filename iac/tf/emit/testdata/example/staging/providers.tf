provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["222222222222"]
}
