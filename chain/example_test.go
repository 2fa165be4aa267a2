package chain_test

import (
	"fmt"

	"penstock/chain"
	"penstock/cloud"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/services/all"
)

// Without principals nobody becomes anybody.
func Example() {
	g := chain.New(cloud.New(), all.Services(), reach.New(authz.New(authz.Options{}), reach.Options{}))
	t := g.From("arn:aws:iam::111111111111:role/build")
	fmt.Println(len(t.Nodes), t.Nodes[0].Declared, len(g.WhoCan("s3:GetObject", "arn:aws:s3:::b/k")))
	// Output: 1 false 0
}
