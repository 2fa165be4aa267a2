package seal_test

import (
	"fmt"
	"testing/fstest"

	"penstock/seal"
)

func ExampleDigest() {
	digest, err := seal.Digest(fstest.MapFS{"a.txt": {Data: []byte("a")}})
	fmt.Println(digest, err)
	// Output: sha256:ec0d466ca3955026c004d027285c28fab7a8132c12e2244126184a1b51c6dec6 <nil>
}

func ExampleRecognise() {
	code, ok := seal.Recognise(seal.Latest(seal.Promotes).Text)
	fmt.Println(code.Kind, code.Version, ok)
	// Output: promotes 1 true
}
