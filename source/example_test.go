package source_test

import (
	"fmt"

	"penstock/source"
)

func ExampleSpan() {
	f := source.NewFile("template.yaml", []byte("Resources:\n  Key: {}\n"))
	s := source.Span{File: f, Start: 13, End: 16}
	fmt.Println(s, s.Text())
	// Output: template.yaml:2:3 Key
}
