package schema_test

import (
	"fmt"

	"penstock/service/schema"
)

func ExampleType() {
	t := schema.Type("AWS::Kinesis::Stream")
	fmt.Println(t.Ref)
	fmt.Println(t.ARN)
	// Output:
	// ${Name}
	// arn:${Partition}:kinesis:${Region}:${Account}:stream/${Name}
}
