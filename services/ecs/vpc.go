package ecs

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

const (
	serviceType = "AWS::ECS::Service"
	defType     = "AWS::ECS::TaskDefinition"
	fargatePage = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html"
)

// serviceJob: a service starts tasks by itself, when its stack is made and
// whenever one ends.
var serviceJob = service.Job{
	Type:    serviceType,
	Alone:   func(s *service.Site) bool { return defOf(s) != nil || network(s) != nil },
	Network: network,
	Rows:    startRows,
}

// network is where a task on Fargate runs. From platform version 1.4.0 on all
// its traffic goes through the task's network interface: image, secrets, log
// (fargatePage). On EC2 the instance fetches all that, and its network is not
// the task's.
func network(s *service.Site) *service.Network {
	vpc := s.Resource.Prop("NetworkConfiguration", "AwsvpcConfiguration")
	if vpc.Get("Subnets") == nil {
		return nil
	}
	def := defOf(s)
	if !fargate(s.Resource, def) {
		return nil
	}
	return &service.Network{
		What: "service " + s.Resource.Name, Subnets: vpc.Get("Subnets"), Groups: vpc.Get("SecurityGroups"),
		PublicIP: publicIP(vpc.Get("AssignPublicIp")), At: vpc.Where(),
		Through: func(c *service.Call) (bool, service.Basis) {
			return strings.HasPrefix(c.Row.ID, "ecs.start."), service.Documented
		},
		Hosts: hosts(s, def),
		Address: func() ([]diag.Edit, error) {
			return splice.SetField(vpc, "AssignPublicIp", splice.String("ENABLED"))
		},
		Shows: shows,
	}
}

// publicIP: AWS's pages give both values as the default.
func publicIP(n *doc.Node) truth.Value {
	switch n.Str() {
	case "ENABLED":
		return truth.Yes
	case "DISABLED":
		return truth.No
	default:
		return truth.Maybe
	}
}

// defOf returns the task definition of a service, nil where no stack declares
// it. It is named by ARN, by family, or by family and revision.
func defOf(s *service.Site) *cloud.Resource {
	td := s.Resource.Prop("TaskDefinition").Str()
	if def := s.Model.ByRef(td, s.Account, s.Region, defType); def != nil {
		return def
	}
	family, _, _ := strings.Cut(short(td), ":")
	for r := range s.Model.OfType(defType) {
		if r.Account == s.Account && r.Region == s.Region && family != "" && r.Prop("Family").Str() == family {
			return r
		}
	}
	return nil
}

// fargate reports whether the tasks surely run on Fargate.
func fargate(svc, def *cloud.Resource) bool {
	if t := svc.Prop("LaunchType").Str(); t != "" {
		return t == "FARGATE"
	}
	if n := svc.Prop("CapacityProviderStrategy"); n != nil {
		for p := range n.Elems() {
			if !strings.HasPrefix(p.Get("CapacityProvider").Str(), "FARGATE") {
				return false
			}
		}
		return true
	}
	if def == nil {
		return false
	}
	var compat []string
	for c := range def.Prop("RequiresCompatibilities").Elems() {
		compat = append(compat, c.Str())
	}
	return len(compat) == 1 && compat[0] == "FARGATE"
}

// hosts are what a task fetches before it runs, and where its log goes
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html#fargate-ecs-vpc-endpoint-considerations,
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).
// Tasks on Fargate need no endpoint of ECS itself.
func hosts(s *service.Site, def *cloud.Resource) []service.Host {
	if def == nil {
		return nil
	}
	var hs []service.Host
	add := func(svc, region, name, why string, at *doc.Node) {
		h := service.Host{Service: svc, Region: region, Name: name, Why: why, At: at.Where(), Need: service.Stops, Basis: service.Documented}
		if !slices.ContainsFunc(hs, func(o service.Host) bool { return o.Service == svc && o.Region == region && o.Name == name }) {
			hs = append(hs, h)
		}
	}
	for c := range def.Prop("ContainerDefinitions").Elems() {
		image := c.Get("Image")
		if region, ok := ecrRegion(image.Str()); ok {
			add("ecr.api", region, "", "gets the password of the registry", image)
			add("ecr.dkr", region, "", "pulls the image of the container", image)
			add("s3", region, "", "downloads the layers of images, which ECR keeps in S3", image)
		} else if service.PublicImage(image.Str()) {
			add("", "", "the registry of "+image.Str(), "pulls the image of the container", image)
		}
		log := c.Get("LogConfiguration")
		if log.Get("LogDriver").Str() == "awslogs" {
			add("logs", log.At("Options", "awslogs-region").Str(), "", "writes the log of the container", log)
		}
		secrets := slices.Collect(c.Get("Secrets").Elems())
		for o := range log.Get("SecretOptions").Elems() {
			secrets = append(secrets, o)
		}
		for _, x := range secrets {
			v := x.Get("ValueFrom")
			switch from := v.Str(); {
			case strings.Contains(from, ":secretsmanager:"):
				add("secretsmanager", "", "", "reads the secrets of the container", v)
			case strings.Contains(from, ":ssm:") || from != "" && !match.HasHole(from) && !strings.HasPrefix(from, "arn:"):
				add("ssm", "", "", "reads the parameters of the container", v)
			}
		}
		if n := c.At("RepositoryCredentials", "CredentialsParameter"); n.Str() != "" {
			add("secretsmanager", "", "", "reads the password of the registry", n)
		}
		for f := range c.Get("EnvironmentFiles").Elems() {
			add("s3", "", "", "reads the environment file of the container", f)
		}
	}
	return hs
}

// ecrRegion returns the region of an image of ECR, ok false for any other.
func ecrRegion(image string) (region string, ok bool) {
	_, rest, ok := strings.Cut(image, ".dkr.ecr.")
	region, _, _ = strings.Cut(rest, ".amazonaws.com")
	return region, ok
}

// shows is why ECS says that a task was stopped
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html,
// https://gist.github.com/bradleybeddoes/7b568d87d20c5e4ebfe31de9a8dc08c7 for
// the log).
func shows(svc string) string {
	switch svc {
	case "ecr.api", "secretsmanager", "ssm":
		return "ResourceInitializationError: unable to pull secrets or registry auth: …"
	case "logs":
		return "ResourceInitializationError: failed to validate logger args: : signal: killed"
	default:
		return "CannotPullContainerError: … i/o timeout"
	}
}
