package compile

import (
	"cmp"
	"fmt"

	"penstock/blueprint"
	"penstock/spec"
)

func init() { deployers[spec.ECS] = (*builder).ecs }

// ecs is the rolling deployment of a service.
func (b *builder) ecs(s *spec.Stage, st *blueprint.Stack, r *role, in string) []blueprint.Map {
	d := s.Deploy
	b.service(s, st, r, nil)
	config := blueprint.KV("ClusterName", blueprint.Lit(d.Cluster), "ServiceName", blueprint.Lit(d.Service), "FileName", cmp.Or(d.Definitions, "imagedefinitions.json"))
	return []blueprint.Map{action("Deploy"+ident(s.Name), "Deploy", "AWS", "ECS", config, []string{in}, nil, "")}
}

// service draws the service that a stage deploys to, its task definition and
// the roles of its tasks; where it is there already it is described. more are
// properties of the service beside.
func (b *builder) service(s *spec.Stage, st *blueprint.Stack, r *role, more blueprint.Map) {
	d := s.Deploy
	in := st
	if !d.Create {
		in = b.existing(d.Account, st.Region)
	}
	execution, task := b.taskRoles(s, st, r)
	id := ident(s.Name)
	family := cmp.Or(d.Family, d.Service)
	container := blueprint.KV("Name", b.container(), "Essential", true)
	if image := b.taskImage(in); image != "" {
		container.Set("Image", image)
	}
	if d.Port != 0 {
		container.Set("PortMappings", blueprint.List{blueprint.KV("ContainerPort", d.Port)})
	}
	logs := blueprint.Sub("/ecs/" + blueprint.Lit(d.Service))
	container.Set("LogConfiguration", blueprint.KV("LogDriver", "awslogs", "Options", blueprint.KV(
		"awslogs-group", logs, "awslogs-region", blueprint.Sub("${AWS::Region}"), "awslogs-stream-prefix", "service")))
	props := blueprint.KV("Family", blueprint.Lit(family), "ExecutionRoleArn", execution, "TaskRoleArn", task)
	if d.Create {
		props = append(props, blueprint.KV("RequiresCompatibilities", blueprint.Strings("FARGATE"), "NetworkMode", "awsvpc",
			"Cpu", fmt.Sprint(cmp.Or(d.CPU, 256)), "Memory", fmt.Sprint(cmp.Or(d.Memory, 512)))...)
		container.Set("ReadonlyRootFilesystem", true)
		b.log(in, id+"Logs", logs, s.Name)
		in.Add(&blueprint.Resource{ID: id + "Cluster", Type: "AWS::ECS::Cluster", Props: blueprint.KV(
			"ClusterName", blueprint.Lit(d.Cluster), "ClusterSettings", blueprint.List{blueprint.KV("Name", "containerInsights", "Value", "enabled")})})
	}
	props.Set("ContainerDefinitions", blueprint.List{container})
	in.Add(&blueprint.Resource{ID: id + "TaskDefinition", Type: "AWS::ECS::TaskDefinition", Props: props})
	svc := blueprint.KV("ServiceName", blueprint.Lit(d.Service), "Cluster", blueprint.Lit(d.Cluster), "TaskDefinition", blueprint.Ref(id+"TaskDefinition"))
	if d.Create {
		svc.Set("LaunchType", "FARGATE")
		svc.Set("Cluster", blueprint.Ref(id+"Cluster"))
		svc.Set("DesiredCount", 1)
		svc.Set("EnableExecuteCommand", false)
		if more == nil {
			svc.Set("DeploymentConfiguration", blueprint.KV("MinimumHealthyPercent", 100, "MaximumPercent", 200,
				"DeploymentCircuitBreaker", blueprint.KV("Enable", true, "Rollback", true)))
		}
		if len(d.Subnets) > 0 {
			vpc := blueprint.KV("AssignPublicIp", "DISABLED", "Subnets", blueprint.Strings(d.Subnets...))
			if len(d.SecurityGroups) > 0 {
				vpc.Set("SecurityGroups", blueprint.Strings(d.SecurityGroups...))
			}
			svc.Set("NetworkConfiguration", blueprint.KV("AwsvpcConfiguration", vpc))
		}
	}
	svc = append(svc, more...)
	in.Add(&blueprint.Resource{ID: id + "Service", Type: "AWS::ECS::Service", Props: svc})
}

// container is the name of the container that an image definitions file names:
// the repository of the image.
func (b *builder) container() string {
	if imgs := b.images(); len(imgs) > 0 {
		return imgs[0].Repository
	}
	return b.spec.Project
}

// taskImage is the image that the task definition begins with; a deployment
// puts another in its place. "" is one that is there already and that nothing
// here makes.
func (b *builder) taskImage(in *blueprint.Stack) blueprint.Sub {
	imgs := b.images()
	if len(imgs) == 0 {
		if in.Exists {
			return ""
		}
		return in.Parameter(blueprint.Parameter{Name: "Image", Value: "public.ecr.aws/nginx/nginx:stable", Description: "The image that the task definition begins with; a deployment puts another in its place"})
	}
	tag := in.Parameter(blueprint.Parameter{Name: "ImageTag", Value: "first", Description: "Tag of the image that the task definition begins with; a deployment puts another in its place"})
	return b.imageURI(in, imgs[0]) + ":" + tag
}

// taskRoles draws the roles of the tasks that a stage deploys, where the spec
// does not name them, and lets the action pass them on.
func (b *builder) taskRoles(s *spec.Stage, st *blueprint.Stack, r *role) (execution, task blueprint.Sub) {
	d := s.Deploy
	byName := func(name string) blueprint.Sub {
		return "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/" + blueprint.Lit(name)
	}
	execution, task = byName(d.ExecutionRole), byName(d.TaskRole)
	home := b.target(d.Account, d.Regions[0])
	if d.ExecutionRole == "" {
		execution = b.arn(b.once(home, s.Name+"-execution", "With this role ECS starts the task: it pulls the image from the tools account and opens the log."), st)
	}
	if d.TaskRole == "" {
		t := b.once(home, s.Name+"-task", "The role of the code itself. It calls nothing in AWS until the spec says so.")
		if st == home {
			for _, p := range d.Allow {
				t.allow(p)
			}
		}
		task = b.arn(t, st)
	}
	return execution, task
}

// once returns the role of an account with a name, drawn where it is not there.
func (b *builder) once(st *blueprint.Stack, name, comment string) *role {
	for _, r := range b.roles {
		if r.name == b.spec.Project+"-"+name && r.stack == st {
			return r
		}
	}
	return b.role(st, name, comment, 0)
}

// images are the repositories that the builds push to: what is deployed comes
// from there.
func (b *builder) images() []spec.Image {
	var out []spec.Image
	for _, d := range b.spec.Builds {
		out = append(out, d.Push...)
	}
	if b.spec.Source.Kind == spec.ECRSource {
		out = append(out, spec.Image{Repository: b.spec.Source.Repository, Create: b.spec.Source.Create})
	}
	return out
}
