package all_test

import (
	"fmt"

	"penstock/services/all"
)

func ExampleServices() {
	for _, s := range all.Services() {
		for _, a := range s.Actions {
			if a.Category == "Deploy" {
				fmt.Println(s.Title, "implements the provider", a.Provider)
			}
		}
	}
	// Output:
	// AWS CodeDeploy implements the provider CodeDeploy
	// AWS CloudFormation implements the provider CloudFormation
	// Amazon Elastic Container Service implements the provider ECS
}
