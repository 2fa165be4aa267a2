package doc_test

import (
	"fmt"

	"penstock/doc"
)

func ExampleNode_Elems() {
	// AWS takes one value for a list of one.
	one := &doc.Node{Kind: doc.String, Text: "s3:GetObject"}
	many := &doc.Node{Kind: doc.List, Items: []*doc.Node{one, {Kind: doc.String, Text: "s3:PutObject"}}}
	for _, n := range []*doc.Node{one, many} {
		for e := range n.Elems() {
			fmt.Println(n.Kind, e.Text)
		}
	}
	// Output:
	// string s3:GetObject
	// list s3:GetObject
	// list s3:PutObject
}
