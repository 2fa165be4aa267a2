package stacks_test

import (
	"fmt"
	"os"
	"path/filepath"

	"penstock/stacks"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte("Resources:\n  B: {Type: AWS::S3::Bucket}\n"), 0o644); err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()
	set, err := stacks.Load(root, "app.yaml", stacks.Options{Dir: ".", Account: "111111111111", Region: "eu-west-1"})
	if err != nil {
		panic(err)
	}
	fmt.Println(set.Summary())
	// Output: [app (111111111111 eu-west-1)]
}
