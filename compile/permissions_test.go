package compile

import (
	"bufio"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
	"penstock/spec"
)

// A listed row is a permission that one of AWS's pages lists for a provider.
type listed struct {
	line                                int
	provider, who, action, page, remark string
}

// listedRows reads the table of what AWS's pages list.
func listedRows(t *testing.T) []listed {
	t.Helper()
	f, err := os.Open("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	guides := map[string]string{}
	var rows []listed
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if def, ok := strings.CutPrefix(line, "guide "); ok {
			name, url, _ := strings.Cut(def, " ")
			guides[name] = url
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			t.Fatalf("testdata/permissions.txt:%d has %d columns, not 5", n, len(cells))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		guide, page, _ := strings.Cut(cells[3], ":")
		if guides[guide] == "" || page == "" {
			t.Errorf("testdata/permissions.txt:%d names the page %q of no guide", n, cells[3])
		}
		rows = append(rows, listed{n, cells[0], cells[1], cells[2], guides[guide] + page, cells[4]})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// What each spec of permissionSpecs begins with.
const permissionHead = `project: shop
region: eu-west-1
accounts: {tools: "111111111111", prod: "333333333333"}
`

const makeInline = `"version: 0.2\nphases: {build: {commands: [make]}}\nartifacts: {files: ['**/*']}\n"`

// permissionSpecs use every provider. Roles say of which providers, as the table
// names them, the statements of a role are.
var permissionSpecs = []struct {
	name, text string
	roles      map[string][]string
}{
	{"CodeCommit", `source: {codecommit: shop, branch: main}
build: {buildspec: ` + makeInline + `, push: {ecr: shop}}
stages:
  - deploy: prod
    name: web
    ecs: {cluster: main, service: web, create: true, subnets: [subnet-0a1b2c3d4e5f60001]}
audit: {alerts: [security@example.com]}
`, map[string][]string{
		"shop-pipeline":      {"artifact store, written", "another account", "CodeCommit source", "CodeBuild action"},
		"shop-trigger":       {"EventBridge"},
		"shop-build":         {"CodeBuild project", "CodeBuild, push to ECR"},
		"shop-deploy-web":    {"artifact store, read", "ECS"},
		"shop-web-execution": {"ECS task execution"},
		"shop-trail":         {"CloudTrail"},
	}},
	{"clone of CodeCommit", `source: {codecommit: shop, branch: main, fullClone: true}
build: {buildspec: ` + makeInline + `, push: {ecr: shop}, pull: [base], vpc: true, secrets: {P: "ssm:/shop/p", S: "secretsmanager:shop/s#k"}}
stages:
  - approve: {native: true, notify: [release@example.com]}
  - deploy: prod
    name: web
    ecs: {cluster: main, service: web, blueGreen: {listener: "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65", targetGroups: [blue, green]}}
seal: false
network: true
audit: false
`, map[string][]string{
		"shop-pipeline":       {"artifact store, written", "another account", "CodeCommit source, full clone", "CodeBuild action", "manual approval"},
		"shop-build":          {"CodeBuild project", "CodeBuild, clone of CodeCommit", "CodeBuild, push to ECR", "CodeBuild, image of ECR", "CodeBuild, VPC", "CodeBuild, parameters", "CodeBuild, secrets"},
		"shop-approver":       {"manual approval, people"},
		"shop-deploy-web":     {"artifact store, read", "ECS blue/green"},
		"shop-web-codedeploy": {"CodeDeploy, ECS"},
	}},
	{"S3", `source: {s3: acme-source, object: source.zip, create: true}
build: {buildspec: ` + makeInline + `, batch: true, reports: true, image: {ecr: tools, tag: "1"}}
stages:
  - approve: {by: [security, platform], need: 2}
  - deploy: prod
    name: site
    s3: {bucket: acme-site, prefix: www/}
  - deploy: prod
    name: docs
    s3: {bucket: acme-docs, key: "arn:aws:kms:eu-west-1:333333333333:key/00000000-0000-4000-8000-000000000001"}
audit: false
`, map[string][]string{
		"shop-pipeline":    {"artifact store, written", "another account", "S3 source", "CodeBuild action, batch", "Step Functions"},
		"shop-build":       {"CodeBuild project", "CodeBuild, image of ECR", "CodeBuild, test reports"},
		"shop-build-batch": {"CodeBuild batch"},
		"shop-deploy-site": {"artifact store, read", "S3"},
		"shop-deploy-docs": {"artifact store, read", "S3"},
	}},
	{"ECR", `source: {ecr: base, tag: stable}
build: {buildspec: ` + makeInline + `}
stages:
  - deploy: prod
    name: group
    ec2: {autoScalingGroup: workers}
  - deploy: prod
    name: tagged
    ec2: {tags: {Role: worker}}
audit: false
`, map[string][]string{
		"shop-pipeline":          {"artifact store, written", "another account", "ECR source", "CodeBuild action"},
		"shop-deploy-group":      {"artifact store, read", "CodeDeploy"},
		"shop-group-codedeploy":  {"CodeDeploy, Auto Scaling group"},
		"shop-group-instance":    {"CodeDeploy, instances"},
		"shop-deploy-tagged":     {"artifact store, read", "CodeDeploy"},
		"shop-tagged-codedeploy": {"CodeDeploy, tagged instances"},
		"shop-tagged-instance":   {"CodeDeploy, instances"},
	}},
	{"connection", `source: {github: acme/shop, branch: main, fullClone: true}
build: {buildspec: ` + makeInline + `}
stages:
  - deploy: prod
    name: infra
    cloudformation: {stack: infra, template: template.yaml}
  - deploy: prod
    name: direct
    cloudformation: {stack: direct, template: template.yaml, changeSet: false}
  - deploy: prod
    name: function
    lambda: {function: shop, create: true}
audit: false
`, map[string][]string{
		"shop-pipeline":          {"artifact store, written", "another account", "connection source", "CodeBuild action"},
		"shop-build":             {"CodeBuild project", "CodeBuild, clone of a connection"},
		"shop-deploy-infra":      {"artifact store, read", "CloudFormation, change set"},
		"shop-deploy-direct":     {"artifact store, read", "CloudFormation, at once"},
		"shop-deploy-function":   {"artifact store, read", "Lambda"},
		"shop-function-function": {"Lambda function"},
	}},
}

// TestPermissions holds what compile grants, which it derives from the call
// catalogue, against what AWS's pages list, which the table has from those pages:
// compile and prove share the catalogue, so neither would find it wrong.
func TestPermissions(t *testing.T) {
	rows := listedRows(t)
	form := regexp.MustCompile(`^((optional|left out|superseded|beside): .|$)`)
	for _, r := range rows {
		if !form.MatchString(r.remark) {
			t.Errorf("testdata/permissions.txt:%d: the note %q begins with none of its words", r.line, r.remark)
		}
	}
	used := map[string]bool{}
	for _, test := range permissionSpecs {
		t.Run(test.name, func(t *testing.T) {
			s, found := spec.Read(source.NewFile("penstock.yaml", []byte(permissionHead+test.text)))
			for _, f := range found {
				if f.Severity == diag.Error {
					t.Fatalf("%s: %s", f.At, f.Message)
				}
			}
			r, err := Compile(s, testOptions())
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range slices.Sorted(maps.Keys(test.roles)) {
				i := slices.IndexFunc(r.Roles, func(role Role) bool { return role.Name == name })
				if i < 0 {
					t.Errorf("there is no role %s", name)
					continue
				}
				asListed(t, rows, r.Roles[i], test.roles[name], used)
			}
		})
	}
	for _, r := range rows {
		if !used[r.provider] {
			t.Errorf("testdata/permissions.txt:%d: no spec uses %q", r.line, r.provider)
			used[r.provider] = true
		}
	}
}

// asListed fails where a role does not have what the table says of its providers, or
// has what it does not say.
func asListed(t *testing.T, rows []listed, role Role, providers []string, used map[string]bool) {
	t.Helper()
	granted := map[string]bool{}
	for _, s := range role.Statements {
		if s.Effect == "Deny" {
			continue
		}
		for _, a := range s.Actions {
			granted[a] = true
		}
	}
	// An action may be needed for one provider and left out for another.
	told, needed := map[string]bool{}, map[string]bool{}
	var of []listed
	for _, r := range rows {
		if !slices.Contains(providers, r.provider) {
			continue
		}
		of = append(of, r)
		used[r.provider] = true
		told[r.action] = true
		if r.remark == "" || strings.HasPrefix(r.remark, "optional") || strings.HasPrefix(r.remark, "beside") {
			needed[r.action] = true
		}
	}
	for _, p := range providers {
		if !used[p] {
			t.Errorf("the table has no provider %q", p)
		}
	}
	for _, r := range of {
		switch word, _, _ := strings.Cut(r.remark, ":"); word {
		case "", "beside":
			if !granted[r.action] {
				t.Errorf("%s: %s is not granted to %s, and %s lists it (testdata/permissions.txt:%d)", r.provider, r.action, role.Name, r.page, r.line)
			}
		case "left out", "superseded":
			if granted[r.action] && !needed[r.action] {
				t.Errorf("%s: %s is granted to %s, and the table says it is left out (testdata/permissions.txt:%d)", r.provider, r.action, role.Name, r.line)
			}
		}
	}
	for _, a := range slices.Sorted(maps.Keys(granted)) {
		if !told[a] {
			t.Errorf("%s is granted to %s, and no page of %s lists it", a, role.Name, strings.Join(providers, "; "))
		}
	}
}
