package all_test

import (
	"fmt"

	"penstock/services/all"
)

func ExampleServices() {
	for _, s := range all.Services() {
		for _, a := range s.Actions {
			if a.Category == "Source" {
				fmt.Println(s.Title, "implements the provider", a.Provider)
			}
		}
	}
	// Output:
	// AWS CodePipeline implements the provider GitHub
	// AWS CodeCommit implements the provider CodeCommit
	// AWS CodeConnections implements the provider CodeStarSourceConnection
	// Amazon Elastic Container Registry implements the provider ECR
	// Amazon S3 implements the provider S3
}
