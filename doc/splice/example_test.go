package splice_test

import (
	"fmt"

	"penstock/diag"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/source"
)

func ExampleAppendItem() {
	f := source.NewFile("policy.yaml", []byte(`Statement:
  - Effect: Allow
    Action:
      - kms:Decrypt   # reading
    Resource: !GetAtt Key.Arn
`))
	root, _, err := load.Parse(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	statement := root.Get("Statement").Items[0]
	more, err := splice.AppendItem(statement.Get("Action"), splice.String("kms:GenerateDataKey*"))
	if err != nil {
		fmt.Println(err)
		return
	}
	other, err := splice.ListOf(statement.Get("Resource"), splice.Tagged("!Sub", "${Bucket.Arn}/*"))
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := diag.Apply(f, append(more, other...))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(out))
	// Output:
	// Statement:
	//   - Effect: Allow
	//     Action:
	//       - kms:Decrypt   # reading
	//       - kms:GenerateDataKey*
	//     Resource:
	//       - !GetAtt Key.Arn
	//       - !Sub "${Bucket.Arn}/*"
}
