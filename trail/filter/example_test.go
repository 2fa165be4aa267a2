package filter_test

import (
	"fmt"

	"penstock/trail"
	"penstock/trail/filter"
)

func ExampleParse() {
	f := filter.Parse(`{ $.eventName = "StopLogging" && $.userIdentity.type = "Root" }`)
	fmt.Println(f.Match(trail.Tree(true, "eventName", "StopLogging")))
	fmt.Println(f.Match(trail.Tree(true, "eventName", "StartLogging")))
	// Output:
	// maybe
	// no
}
