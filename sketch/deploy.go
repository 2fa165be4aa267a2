package sketch

import (
	"strings"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/source"
)

// parse returns the tree of a file of the folder, nil where there is none.
func parse(in Input, names ...string) (*source.File, *doc.Node) {
	for _, name := range names {
		if f := read(in, name); f != nil {
			if n, _, err := load.Parse(f); err == nil && n != nil && n.Kind == doc.Map {
				return f, n
			}
		}
	}
	return nil, nil
}

// deployment takes how it is deployed from the files that tell: the AppSpec
// file, which is for nothing else, then a template, then an image.
func (d *Draft) deployment(in Input, b *built) {
	if f, n := parse(in, "appspec.yml", "appspec.yaml", "appspec.json"); n != nil {
		d.appspec(in, f, n)
		return
	}
	if f, n := parse(in, "template.yaml", "template.yml", "template.json"); n != nil && n.Get("Resources") != nil {
		d.template(f, n, b)
		return
	}
	image := b != nil && strings.Contains(b.text, "imagedefinitions.json")
	switch {
	case image:
		d.found("buildspec.yml", "a rolling deployment to ECS, by imagedefinitions.json")
	case read(in, "imagedefinitions.json") != nil:
		d.found("imagedefinitions.json", "a rolling deployment to ECS")
	case read(in, "Dockerfile") != nil:
		d.found("Dockerfile", "a rolling deployment to ECS")
	default:
		return
	}
	d.Deploys = append(d.Deploys, Deploy{Kind: "ecs", Lacks: "the cluster and the service"})
}

// appspec tells the platform of CodeDeploy
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html).
func (d *Draft) appspec(in Input, f *source.File, n *doc.Node) {
	if n.Get("os") != nil || n.Get("files") != nil {
		d.found(f.Name, "a deployment to EC2 instances by CodeDeploy")
		d.Deploys = append(d.Deploys, Deploy{Kind: "ec2", Lacks: "the Auto Scaling group"})
		return
	}
	for r := range n.Get("Resources").Elems() {
		if r.Kind != doc.Map {
			continue
		}
		for _, x := range r.Fields {
			props := x.Value.Get("Properties")
			switch x.Value.Get("Type").Str() {
			case "AWS::ECS::Service":
				dep := Deploy{Kind: "ecs", Lacks: "the cluster and the service"}
				bg := []string{}
				if f.Name != "appspec.yaml" {
					bg = append(bg, "appspec: "+f.Name)
				}
				if read(in, "taskdef.json") == nil {
					d.note("%s deploys a task definition, and there is no taskdef.json to make it of", f.Name)
				}
				dep.Fields = []string{"blueGreen: {" + strings.Join(append(bg, "application: "+d.Project, "group: "+d.Project), ", ") + "}"}
				d.note("blue/green takes the CodeDeploy application and deployment group %q: name yours, or write listener and targetGroups to have them made", d.Project)
				d.found(f.Name, "a blue/green deployment to ECS by CodeDeploy")
				d.Deploys = append(d.Deploys, dep)
				return
			case "AWS::Lambda::Function":
				dep := Deploy{Kind: "lambda"}
				if name := props.Get("Name").Str(); name != "" {
					dep.Fields = append(dep.Fields, "function: "+scalar(name))
				} else {
					dep.Lacks = "the function"
				}
				if alias := props.Get("Alias").Str(); alias != "" && alias != "live" {
					dep.Fields = append(dep.Fields, "alias: "+scalar(alias))
				}
				if f.Name != "appspec.yaml" {
					dep.Fields = append(dep.Fields, "appspec: "+f.Name)
				}
				d.found(f.Name, "a deployment of a function by CodeDeploy")
				d.Deploys = append(d.Deploys, dep)
				return
			}
		}
	}
	d.note("%s is of no platform that CodeDeploy has", f.Name)
}

// template tells a deployment by CloudFormation, and what it has to
// acknowledge
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html).
func (d *Draft) template(f *source.File, n *doc.Node, b *built) {
	dep := Deploy{Kind: "cloudformation"}
	sam, macro := false, false
	for t := range n.Get("Transform").Elems() {
		if strings.HasPrefix(t.Str(), "AWS::Serverless-") {
			sam = true
		} else {
			macro = true
		}
	}
	iam, named := false, false
	if r := n.Get("Resources"); r.Kind == doc.Map {
		for _, x := range r.Fields {
			t := x.Value.Get("Type").Str()
			if !strings.HasPrefix(t, "AWS::IAM::") {
				continue
			}
			iam = true
			for _, k := range []string{"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"} {
				named = named || x.Value.Get("Properties").Get(k) != nil
			}
		}
	}
	name := f.Name
	if b != nil && b.packaged != "" {
		name = b.packaged
	}
	if sam {
		dep.Fields = append(dep.Fields, "sam: true")
		if b == nil || b.packaged == "" {
			d.note("%s is a SAM template, and no command of the buildspec packages it: sam package --output-template-file packaged.yaml", f.Name)
			name = "packaged.yaml"
		}
	}
	if sam && name != "packaged.yaml" || !sam && name != "template.yaml" {
		dep.Fields = append(dep.Fields, "template: "+scalar(name))
	}
	switch {
	case named && (sam || macro):
		dep.Fields = append(dep.Fields, "capabilities: [CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]")
	case named:
		dep.Fields = append(dep.Fields, "capabilities: [CAPABILITY_NAMED_IAM]")
	case iam && macro && !sam:
		dep.Fields = append(dep.Fields, "capabilities: [CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND]")
	case iam && !sam:
		dep.Fields = append(dep.Fields, "capabilities: [CAPABILITY_IAM]")
	case macro && !sam:
		dep.Fields = append(dep.Fields, "capabilities: [CAPABILITY_AUTO_EXPAND]")
	}
	what := "a deployment by CloudFormation"
	if sam {
		what = "a deployment by CloudFormation, of a SAM template"
	}
	d.found(f.Name, "%s", what)
	d.Deploys = append(d.Deploys, dep)
}

// ParseDeploy reads what --deploy says: [ALIAS=]KIND[:NAME].
func ParseDeploy(s string) (Deploy, error) {
	var dep Deploy
	rest := s
	if alias, r, ok := strings.Cut(s, "="); ok {
		dep.Account, rest = alias, r
	}
	kind, name, _ := strings.Cut(rest, ":")
	dep.Kind = kind
	switch kind {
	case "ecs":
		cluster, service, ok := strings.Cut(name, "/")
		if !ok || cluster == "" || service == "" {
			return dep, wrongDeploy(s, kind)
		}
		dep.Fields = []string{"cluster: " + scalar(cluster), "service: " + scalar(service)}
	case "lambda", "ec2", "s3":
		if name == "" {
			return dep, wrongDeploy(s, kind)
		}
		key := map[string]string{"lambda": "function", "ec2": "autoScalingGroup", "s3": "bucket"}[kind]
		dep.Fields = []string{key + ": " + scalar(name)}
	case "cloudformation":
		if name != "" {
			dep.Fields = []string{"stack: " + scalar(name)}
		}
	default:
		return dep, &kindError{s}
	}
	return dep, nil
}

// Add takes a deployment that somebody gave: it goes before what was found, of
// which it keeps what it says nothing of.
func (d *Draft) Add(dep Deploy) {
	for _, old := range d.Deploys {
		if old.Account == "" && old.Kind == dep.Kind {
			for _, f := range old.Fields {
				key, _, _ := strings.Cut(f, ":")
				if !hasField(dep.Fields, key) {
					dep.Fields = append(dep.Fields, f)
				}
			}
		}
	}
	d.Deploys = append([]Deploy{dep}, d.Deploys...)
}

func hasField(fields []string, key string) bool {
	for _, f := range fields {
		if strings.HasPrefix(f, key+":") {
			return true
		}
	}
	return false
}
