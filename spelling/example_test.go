package spelling_test

import (
	"fmt"

	"penstock/spelling"
)

func ExampleNearest() {
	fmt.Println(spelling.Nearest("StringEqual", []string{"StringEquals", "StringLike", "NumericEquals"}))
	// Output: [StringEquals]
}
