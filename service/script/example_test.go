package script_test

import (
	"fmt"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

func ExampleCLI() {
	r := script.NewCLI(&service.Site{Model: cloud.New(), Account: "111111111111", Region: "eu-west-1"}, "a build")
	sh := script.New()
	sh.Set("BUCKET", "site")
	for _, c := range sh.Read("test -d dist && aws s3 sync dist s3://$BUCKET\naws ssm get-parameter --name /app/db") {
		r.Command(c)
	}
	for _, c := range r.Calls() {
		fmt.Println(c.Actions, match.Render(c.Target.Resource), c.Sure == script.Stops)
	}
	// Output:
	// [s3:ListBucket] arn:aws:s3:::site false
	// [s3:PutObject] arn:aws:s3:::site/‹a file of the build› false
	// [ssm:GetParameter] arn:aws:ssm:eu-west-1:111111111111:parameter/app/db true
}
