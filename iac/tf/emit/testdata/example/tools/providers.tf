provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "us_east_1"
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}
