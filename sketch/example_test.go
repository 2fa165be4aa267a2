package sketch_test

import (
	"fmt"
	"testing/fstest"

	"penstock/sketch"
)

func Example() {
	d := sketch.Look(sketch.Input{
		Folder: fstest.MapFS{"buildspec.yml": {Data: []byte("version: 0.2\nphases: {build: {commands: [make]}}\n")}},
		Name:   "site", GitConfig: "[remote \"origin\"]\n\turl = git@github.com:example/site.git\n", GitHead: "ref: refs/heads/main\n",
	})
	for _, x := range [][2]string{{"region", "eu-west-1"}, {"account", "tools=111111111111"}, {"deploy", "s3:example-site"}, {"approvers", "editors"}, {"alerts", "none"}} {
		if err := d.Set(x[0], x[1]); err != nil {
			panic(err)
		}
	}
	fmt.Printf("%d gaps\n%s", len(d.Gaps()), d.YAML())
	// Output:
	// 0 gaps
	// project: site
	// region: eu-west-1
	// accounts: {tools: "111111111111"}
	// source: {github: example/site, branch: main}
	// build:
	//   buildspec: buildspec.yml
	// stages:
	//   - approve: {by: [editors], need: 1, within: 24h, never: [author, starter]}
	//   - deploy: tools
	//     s3: {bucket: example-site}
	// audit: false
}
