package truth_test

import (
	"fmt"

	"penstock/truth"
)

func Example() {
	matches := truth.Maybe // the resource has a name that nobody gave us
	fmt.Println(matches.And(truth.No), matches.And(truth.Yes), matches.Or(truth.Yes))
	// Output: no maybe yes
}
