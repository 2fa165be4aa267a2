package ecs

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

const (
	devGuide  = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
	execPage  = devGuide + "task_execution_IAM_role.html"
	taskPage  = devGuide + "task-iam-roles.html"
	taskAgent = "ecs-tasks.amazonaws.com"
)

// taskJob: a task that something else starts, a schedule or a state machine.
// Where it runs, that says.
var taskJob = service.Job{Type: defType, Rows: startRows}

// startRows: a task that starts, of a service or by itself. A task does not
// run before its image is pulled, its secrets are read and its log is open.
var startRows = []service.Row{
	{
		ID: "ecs.roles", Caller: taskAgent,
		Actions: []string{"sts:AssumeRole"}, Resource: "task execution role, task role",
		Context: "aws:SourceArn = arn:aws:ecs:<region>:<account>:*, aws:SourceAccount = its account",
		Why:     "ECS takes on the roles of the task definition",
		Need:    service.Stops, Basis: service.Documented, Source: taskPage + "#create_task_iam_policy_and_role",
		Targets: roles,
	},
	{
		ID: "ecs.start.login", Caller: "task execution role",
		Actions: []string{"ecr:GetAuthorizationToken"}, Resource: "*",
		Why:  "gets the password of the registry",
		Need: service.Stops, Basis: service.Documented, Source: execPage,
		Targets: func(s *service.Site) []service.Target {
			var ts []service.Target
			for range images(s) {
				return append(ts, service.Target{Caller: exec(s), Resource: "*", At: defAt(s).Prop("ContainerDefinitions").Where(), What: "registry password"})
			}
			return ts
		},
	},
	{
		ID: "ecs.start.image", Caller: "task execution role",
		Actions: script.PullActions, Resource: "repository/<image>",
		Why:  "pulls the image of the container",
		Need: service.Stops, Basis: service.Documented, Source: execPage,
		Targets: images,
	},
	{
		ID: "ecs.start.layers", Caller: "task execution role",
		Actions: []string{"ecr:BatchCheckLayerAvailability"}, Resource: "repository/<image>",
		Why:  "looks for the layers of the image",
		Need: service.Listed, Basis: service.Documented, Source: execPage,
		Targets: images,
	},
	{
		ID: "ecs.start.secrets", Caller: "task execution role",
		Actions: []string{"secretsmanager:GetSecretValue"}, Resource: "secret of Secrets, SecretOptions or RepositoryCredentials",
		Why:  "reads the secrets of the container",
		Need: service.Stops, Basis: service.Documented, Source: execPage + "#task-execution-secrets",
		Targets: func(s *service.Site) []service.Target { return values(s, "secretsmanager") },
	},
	{
		ID: "ecs.start.parameters", Caller: "task execution role",
		Actions: []string{"ssm:GetParameters"}, Resource: "parameter of Secrets or SecretOptions",
		Why:  "reads the parameters of the container",
		Need: service.Stops, Basis: service.Documented, Source: execPage + "#task-execution-secrets",
		Targets: func(s *service.Site) []service.Target { return values(s, "ssm") },
	},
	{
		ID: "ecs.start.files", Caller: "task execution role",
		Actions: []string{"s3:GetObject"}, Resource: "<EnvironmentFiles>",
		Why:  "reads the environment file of the container",
		Need: service.Stops, Basis: service.Documented, Source: devGuide + "taskdef-envfiles.html",
		Targets: files,
	},
	{
		ID: "ecs.start.loggroup", Caller: "task execution role",
		Actions: []string{"logs:CreateLogGroup"}, Resource: "log-group:<awslogs-group>",
		Why:  "makes the log group (awslogs-create-group)",
		Need: service.Stops, Basis: service.Documented, Source: devGuide + "specify-log-config.html",
		Targets: logGroups,
	},
	{
		ID: "ecs.start.log", Caller: "task execution role",
		Actions: []string{"logs:CreateLogStream"}, Resource: "log-group:<awslogs-group>:log-stream:<awslogs-stream-prefix>/<container>/<task>",
		Why:  "opens the log of the container",
		Need: service.Stops, Basis: service.Documented, Source: execPage + "; https://repost.aws/knowledge-center/ecs-resource-initialization-error",
		Targets: logStreams,
	},
	{
		ID: "ecs.start.logevents", Caller: "task execution role",
		Actions: []string{"logs:PutLogEvents"}, Resource: "log-group:<awslogs-group>:log-stream:<awslogs-stream-prefix>/<container>/<task>",
		Why:  "writes the log of the container",
		Need: service.Degrades, Lost: "the container has no log", Basis: service.Documented, Source: execPage,
		Targets: logStreams,
	},
	{
		ID: "ecs.volume", Caller: "task role",
		Actions: []string{"elasticfilesystem:ClientMount"}, Resource: "file-system/<id>",
		Why:  "mounts the file system (AuthorizationConfig.IAM)",
		Need: service.Stops, Basis: service.Documented, Source: devGuide + "tutorial-efs-volumes.html",
		Targets: volumes,
	},
	{
		ID: "ecs.exec", Caller: "task role",
		Actions: []string{
			"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
		},
		Resource: "*", Why: "lets people in (EnableExecuteCommand)",
		Need: service.Degrades, Lost: "execute-command does not reach the container", Basis: service.Documented, Source: taskPage + "#ecs-exec-required-iam-permissions",
		Targets: func(s *service.Site) []service.Target {
			if s.Resource.Prop("EnableExecuteCommand").Str() != "true" {
				return nil
			}
			role := roleOf(s, "TaskRoleArn")
			if role == "" {
				return nil
			}
			return []service.Target{{Caller: iam.Principal{ARN: role}, Resource: "*", At: s.Resource.Prop("EnableExecuteCommand").Where(), What: "execute-command"}}
		},
	},
}

// defAt is the task definition of the site: of its service, or itself; nil
// where no stack declares it.
func defAt(s *service.Site) *cloud.Resource {
	if s.Resource.Type == defType {
		return s.Resource
	}
	return defOf(s)
}

func roleOf(s *service.Site, prop string) string {
	def := defAt(s)
	if def == nil {
		return ""
	}
	return s.RoleARN(cloud.Text(def.Prop(prop)), def.Account)
}

// exec is who starts the containers: the task execution role. Without one the
// instance does, whose role is its own matter.
func exec(s *service.Site) iam.Principal { return iam.Principal{ARN: roleOf(s, "ExecutionRoleArn")} }

// containers yields the containers of a task that has an execution role.
func containers(s *service.Site) []*doc.Node {
	def := defAt(s)
	if def == nil || exec(s).ARN == "" {
		return nil
	}
	return slices.Collect(def.Prop("ContainerDefinitions").Elems())
}

func roles(s *service.Site) []service.Target {
	def := defAt(s)
	if def == nil {
		return nil
	}
	var ts []service.Target
	for _, p := range [...]struct{ prop, what string }{{"ExecutionRoleArn", "task execution role"}, {"TaskRoleArn", "task role"}} {
		role := roleOf(s, p.prop)
		if role == "" || len(ts) > 0 && ts[0].Resource == role {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{Service: taskAgent}, Resource: role, Account: arn.Account(role), At: def.Prop(p.prop).Where(), What: p.what,
		}
		// The page shows both keys in the trust of a task role. What the first
		// holds beyond the region and the account it does not say.
		source := s.ARNIn("ecs", def.Region, def.Account, match.Hole(match.Any, "task"))
		t.Context = service.Context("aws:SourceArn", source, "aws:SourceAccount", def.Account)
		ts = append(ts, t)
	}
	return ts
}

func images(s *service.Site) []service.Target {
	var ts []service.Target
	for _, c := range containers(s) {
		n := c.Get("Image")
		account, region, name, ok := service.ECRImage(cloud.Text(n))
		if !ok {
			continue
		}
		t := script.Repository(s, account, region, name)
		t.Caller, t.At = exec(s), n.Where()
		if !slices.ContainsFunc(ts, func(o service.Target) bool { return o.Resource == t.Resource }) {
			ts = append(ts, t)
		}
	}
	return ts
}

// values: the secrets and parameters that containers are given. A secret is
// named by its ARN, with a json-key, stage and version behind it or without; a
// parameter by name or ARN
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html,
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html).
func values(s *service.Site, svc string) []service.Target {
	var ts []service.Target
	add := func(n *doc.Node) {
		from := cloud.Text(n)
		isSecret := strings.Contains(from, ":secretsmanager:")
		if from == "" || strings.HasPrefix(from, "\x00") || isSecret != (svc == "secretsmanager") {
			return
		}
		t := s.Parameter(s.Region, from)
		if isSecret {
			t = s.Secret(s.Region, from)
			if a, err := arn.Parse(t.Resource); err == nil && a.Region != "" {
				t.Region = a.Region
			}
		}
		t.Caller, t.At = exec(s), n.Where()
		if !slices.ContainsFunc(ts, func(o service.Target) bool { return o.Resource == t.Resource }) {
			ts = append(ts, t)
		}
	}
	for _, c := range containers(s) {
		for x := range c.Get("Secrets").Elems() {
			add(x.Get("ValueFrom"))
		}
		for x := range c.At("LogConfiguration", "SecretOptions").Elems() {
			add(x.Get("ValueFrom"))
		}
		if n := c.At("RepositoryCredentials", "CredentialsParameter"); strings.HasPrefix(cloud.Text(n), "arn:") {
			add(n)
		}
	}
	return ts
}

func files(s *service.Site) []service.Target {
	var ts []service.Target
	for _, c := range containers(s) {
		for f := range c.Get("EnvironmentFiles").Elems() {
			bucket, key := service.Bucket(cloud.Text(f.Get("Value")))
			if key == "" {
				continue
			}
			t := s.Object(bucket, key)
			t.Caller, t.At, t.What = exec(s), f.Where(), "environment file "+key
			ts = append(ts, t)
		}
	}
	return ts
}

// logs yields the containers that log to CloudWatch: the group, what it makes
// of the stream, and where that is said.
func logs(s *service.Site, yield func(group, stream, region string, opts *doc.Node)) {
	for _, c := range containers(s) {
		l := c.Get("LogConfiguration")
		opts := l.Get("Options")
		group := cloud.Text(opts.Get("awslogs-group"))
		if l.Get("LogDriver").Str() != "awslogs" || group == "" {
			continue
		}
		region := cloud.Text(opts.Get("awslogs-region"))
		if region == "" {
			region = s.Region
		}
		stream := match.Hole(match.Key, "the stream of container "+c.Get("Name").Str())
		if p := cloud.Text(opts.Get("awslogs-stream-prefix")); p != "" {
			stream = p + "/" + cloud.Text(c.Get("Name")) + "/" + match.Hole(match.Name, "the task")
		}
		yield(group, stream, region, opts)
	}
}

func logGroups(s *service.Site) []service.Target {
	var ts []service.Target
	logs(s, func(group, _, region string, opts *doc.Node) {
		if opts.Get("awslogs-create-group").Str() != "true" || s.Model.ByRef(group, s.Account, region, "AWS::Logs::LogGroup") != nil {
			return
		}
		ts = append(ts, service.Target{
			Caller: exec(s), Resource: s.ARNIn("logs", region, s.Account, "log-group:"+group), Or: s.ARNIn("logs", region, s.Account, "log-group:"+group+":log-stream:"),
			Region: region, At: opts.Where(), What: "log group " + group,
		})
	})
	return ts
}

func logStreams(s *service.Site) []service.Target {
	var ts []service.Target
	logs(s, func(group, stream, region string, opts *doc.Node) {
		ts = append(ts, service.Target{
			Caller: exec(s), Resource: s.ARNIn("logs", region, s.Account, "log-group:"+group+":log-stream:"+stream), Region: region,
			At: opts.Where(), What: "log of the container",
		})
	})
	return ts
}

// volumes: file systems that ask for IAM.
func volumes(s *service.Site) []service.Target {
	def, role := defAt(s), roleOf(s, "TaskRoleArn")
	if def == nil || role == "" {
		return nil
	}
	var ts []service.Target
	for v := range def.Prop("Volumes").Elems() {
		n := v.Get("EFSVolumeConfiguration")
		id := cloud.Text(n.Get("FilesystemId"))
		// A file system without a policy lets every client mount it that reaches
		// it
		// (https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html#default-filesystempolicy).
		fs := s.Model.ByRef(id, def.Account, def.Region, "AWS::EFS::FileSystem")
		if fs == nil || len(fs.Policies) == 0 || n.At("AuthorizationConfig", "IAM").Str() != "ENABLED" {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{ARN: role}, Resource: s.ARNIn("elasticfilesystem", def.Region, def.Account, "file-system/"+id),
			Account: def.Account, At: n.Where(), What: "file system " + id,
		}
		t.Context.SetUnknown("elasticfilesystem:AccessPointArn")
		t.Context.SetUnknown("elasticfilesystem:AccessedViaMountTarget")
		ts = append(ts, t)
	}
	return ts
}
