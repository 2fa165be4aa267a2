package lambda

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/sdk"
	"penstock/source"
	"penstock/truth"
)

const (
	guide     = "https://docs.aws.amazon.com/lambda/latest/dg/"
	caller    = "lambda.amazonaws.com"
	rolePage  = guide + "lambda-intro-execution-role.html"
	vpcPage   = guide + "configuration-vpc.html#configuration-vpc-permissions"
	imagePage = guide + "images-create.html#gettingstarted-images-permissions"
	invokeT   = "AWS::Lambda::EventInvokeConfig"
	mappingT  = "AWS::Lambda::EventSourceMapping"
)

// jobs: a function that is invoked; what polls for it; where its results go.
var jobs = []service.Job{
	{
		Type: functionType, Role: functionRole, Principal: caller,
		AssumeSource: rolePage + " (the trust policy names lambda.amazonaws.com)",
		Alone:        func(*service.Site) bool { return true },
		Network:      network,
		Rows:         functionRows,
	},
	{Type: mappingT, Alone: enabled, Rows: mappingRows},
	{Type: invokeT, Alone: func(*service.Site) bool { return true }, Rows: destinationRows},
}

var functionRows = []service.Row{
	{
		ID: "lambda.image", Caller: caller,
		Actions: []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, Resource: "<repository of Code.ImageUri>",
		Context: "aws:SourceArn = the function",
		Why:     "Lambda fetches the image of the function from another account",
		Need:    service.Stops, Basis: service.Documented, Source: imagePage,
		Targets: image,
	},
	{
		ID: "lambda.vpc.interface", Caller: "function role",
		Actions: []string{"ec2:CreateNetworkInterface"}, Resource: "network interface, subnet, security group",
		Why:  "Lambda makes the network interface of the function with its role",
		Made: true, Need: service.Stops, Basis: service.Documented, Source: vpcPage,
		Targets: interfaces,
	},
	{
		// The error when the function is made names each of them: "The provided
		// execution role does not have permissions to call
		// DescribeNetworkInterfaces on EC2".
		ID: "lambda.vpc", Caller: "function role",
		Actions: []string{"ec2:DescribeNetworkInterfaces"}, Resource: "*",
		Why:  "Lambda looks after the network interface of the function with its role",
		Made: true, Need: service.Stops, Basis: service.Documented, Source: vpcPage,
		Targets: func(s *service.Site) []service.Target { return inVPC(s, "*") },
	},
	{
		ID: "lambda.vpc.delete", Caller: "function role",
		Actions: []string{"ec2:DeleteNetworkInterface"}, Resource: "network interface",
		Why:  "Lambda takes the network interface of the function away with its role",
		Need: service.Stops, Basis: service.Documented, Source: vpcPage,
		Targets: func(s *service.Site) []service.Target {
			// Whether it is asked for one interface or for any is not documented.
			ts := inVPC(s, s.ARN("ec2", "network-interface/"+match.Hole(match.Name, "the network interface of the function")))
			for i := range ts {
				ts[i].Or = "*"
			}
			return ts
		},
	},
	{
		ID: "lambda.vpc.more", Caller: "function role",
		Actions: []string{"ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"}, Resource: "*",
		Why:  "Lambda looks at the subnets and hands out addresses",
		Need: service.Listed, Basis: service.Documented, Source: vpcPage,
		Targets: func(s *service.Site) []service.Target { return inVPC(s, "*") },
	},
	{
		// A log group that no stack declares is taken to be there, or to be
		// made by somebody else: that a role may not make it is often meant.
		ID: "lambda.logs", Caller: "function role",
		Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "log-group:/aws/lambda/<function>:log-stream:*",
		Why:  "writes the log of the function",
		Need: service.Degrades, Lost: "the function has no log", Basis: service.Documented, Source: guide + "monitoring-cloudwatchlogs.html",
		Targets: logStream,
	},
	{
		// Whoever sets the variables grants the role the use of the key
		// (kms:CreateGrant), so that the role needs no policy for it.
		ID: "lambda.env", Caller: "function role",
		Actions: []string{"kms:Decrypt"}, Resource: "<KmsKeyArn>",
		Why:  "Lambda decrypts the environment variables with the role, for which it makes a grant",
		Need: service.Listed, Basis: service.Documented, Source: guide + "configuration-envvars-encryption.html",
		Targets: variables,
	},
	{
		ID: "lambda.trace", Caller: "function role",
		Actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, Resource: "*",
		Why:  "sends the traces of the function (TracingConfig)",
		Need: service.Degrades, Lost: "there are no traces", Basis: service.Documented, Source: guide + "services-xray.html",
		Targets: func(s *service.Site) []service.Target {
			n := s.Resource.Prop("TracingConfig", "Mode")
			if n.Str() != "Active" {
				return nil
			}
			return []service.Target{{Resource: "*", At: n.Where(), What: "traces"}}
		},
	},
	{
		ID: "lambda.dlq", Caller: "function role",
		Resource: "<DeadLetterConfig.TargetArn>",
		Why:      "keeps events that failed; asked when the function is made",
		Made:     true, Need: service.Stops, Basis: service.Documented, Source: guide + "invocation-async-retain-records.html#invocation-dlq",
		Targets: func(s *service.Site) []service.Target {
			return destination(s, "", s.Resource.Prop("DeadLetterConfig", "TargetArn"), "dead-letter queue of the function")
		},
	},
	{
		ID: "lambda.efs", Caller: "function role",
		Actions: []string{"elasticfilesystem:ClientMount"}, Resource: "<file system of FileSystemConfigs>",
		Why:  "mounts the file system",
		Need: service.Stops, Basis: service.Documented, Source: guide + "configuration-filesystem.html#configuration-filesystem-permissions",
		Targets: mounts,
	},
	{
		ID: "lambda.code", Caller: "function role",
		Resource: "what the code names",
		Why:      "the code of the function calls it",
		Need:     service.Stops, Basis: service.Reasoned,
		Source:  guide + "lambda-intro-execution-role.html (the code acts with the execution role)",
		Targets: coded,
	},
}

func functionRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("Role")
	name := cloud.Text(n)
	if name == "" {
		name = match.Hole(match.Path, "the role of "+s.Resource.ID()) // CloudFormation requires one
	}
	return s.RoleARN(name, s.Resource.Account), n.Where()
}

// network: a function in a VPC reaches nothing but by its subnets, and has no
// public address
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
// What Lambda itself does with the role, it does from its own network.
func network(s *service.Site) *service.Network {
	n := s.Resource.Prop("VpcConfig")
	if !hasSubnets(n) {
		return nil
	}
	return &service.Network{
		What: "function " + s.Resource.Name, Subnets: n.Get("SubnetIds"), Groups: n.Get("SecurityGroupIds"),
		PublicIP: truth.No, At: n.Where(),
		Through: func(c *service.Call) (bool, service.Basis) { return c.Row.ID == "lambda.code", service.Documented },
		Shows:   func(string) string { return "Task timed out after … seconds" },
	}
}

func hasSubnets(n *doc.Node) bool {
	for range n.Get("SubnetIds").Elems() {
		return true
	}
	return false
}

func inVPC(s *service.Site, resource string) []service.Target {
	n := s.Resource.Prop("VpcConfig")
	if !hasSubnets(n) {
		return nil
	}
	t := service.Target{Resource: resource, At: n.Where(), What: "network interface of the function"}
	t.Context.Open = true // the interface is not there yet, or is Lambda's
	return []service.Target{t}
}

func interfaces(s *service.Site) []service.Target {
	n := s.Resource.Prop("VpcConfig")
	var ts []service.Target
	add := func(resource string) {
		ts = append(ts, inVPC(s, s.ARN("ec2", resource))...)
	}
	add("network-interface/" + match.Hole(match.Name, "the network interface of the function"))
	for id := range n.Get("SubnetIds").Elems() {
		add("subnet/" + cloud.Text(id))
	}
	for id := range n.Get("SecurityGroupIds").Elems() {
		add("security-group/" + cloud.Text(id))
	}
	return ts
}

// group is the function's log group
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html).
func group(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("LoggingConfig", "LogGroup")
	if v := cloud.Text(n); v != "" {
		return v, n.Where()
	}
	return "/aws/lambda/" + s.Resource.Name, s.Resource.Span
}

func logStream(s *service.Site) []service.Target {
	g, at := group(s)
	return []service.Target{{
		Resource: s.ARN("logs", "log-group:"+g+":log-stream:"+match.Hole(match.Key, "the stream of the function")), At: at, What: "log of the function",
	}}
}

func variables(s *service.Site) []service.Target {
	e := s.Resource.Encryption
	if e == nil || e.Mode != cloud.Customer || s.Resource.Prop("Environment", "Variables") == nil {
		return nil
	}
	t := service.Target{Resource: e.Key, Account: arn.Account(e.Key), At: e.Span, What: "key of the environment variables"}
	t.Context.Open = true
	return []service.Target{t}
}

// image: within one account the policy of the repository is Lambda's own
// doing, where whoever makes the function may set it; from another account
// nobody but its owner can.
func image(s *service.Site) []service.Target {
	n := s.Resource.Prop("Code", "ImageUri")
	account, region, name, ok := service.ECRImage(cloud.Text(n))
	if !ok || account == s.Resource.Account || match.HasHole(account) {
		return nil
	}
	t := service.Target{
		Caller:   iam.Principal{Service: caller},
		Resource: s.ARNIn("ecr", region, account, "repository/"+name), Account: account, Region: region, At: n.Where(), What: "image repository " + name,
		Context: service.Context("aws:SourceArn", s.Resource.ARN),
	}
	return []service.Target{t}
}

// guarded reports whether a file system has a policy. One without lets every
// client mount it that reaches it
// (https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html#default-filesystempolicy).
func guarded(s *service.Site, id, account, region string) bool {
	r := s.Model.ByRef(id, account, region, "AWS::EFS::FileSystem")
	return r != nil && len(r.Policies) > 0
}

func mounts(s *service.Site) []service.Target {
	var ts []service.Target
	for n := range s.Resource.Prop("FileSystemConfigs").Elems() {
		// The ARN is that of an access point; the action is on its file system.
		point := s.Model.Resource(cloud.Text(n.Get("Arn")))
		if point == nil {
			continue
		}
		id := cloud.Text(point.Prop("FileSystemId"))
		if id == "" || !guarded(s, id, point.Account, point.Region) {
			continue
		}
		t := service.Target{Resource: s.ARNIn("elasticfilesystem", point.Region, point.Account, "file-system/"+id), At: n.Where(), What: "file system " + id}
		t.Context.Set("elasticfilesystem:AccessPointArn", point.ARN)
		t.Context.SetUnknown("elasticfilesystem:AccessedViaMountTarget")
		ts = append(ts, t)
	}
	return ts
}

// destination is a queue, topic, function or bus that results are sent to with
// a role ("": the site's).
func destination(s *service.Site, role string, n *doc.Node, what string) []service.Target {
	text := cloud.Text(n)
	a, err := arn.Parse(text)
	if err != nil {
		return nil
	}
	action := map[string]string{"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction", "events": "events:PutEvents", "s3": "s3:PutObject"}[a.Service]
	if action == "" {
		return nil
	}
	t := service.Target{Resource: text, Account: a.Account, At: n.Where(), What: what, Only: []string{action}}
	if a.Service == "s3" {
		t.Resource += "/" + match.Hole(match.Key, "the record of a failure")
	}
	if role != "" {
		t.Caller = iam.Principal{ARN: role}
	}
	return []service.Target{t}
}

// coded: what the inline code calls. Of code that lies in a bucket or an image
// nothing is known.
func coded(s *service.Site) []service.Target {
	n := s.Resource.Prop("Code", "ZipFile")
	src := n.Str()
	if src == "" {
		return nil
	}
	vars := s.Resource.Prop("Environment", "Variables")
	env := func(name string) (string, bool) {
		switch name {
		case "AWS_REGION", "AWS_DEFAULT_REGION":
			return s.Region, true
		case "AWS_LAMBDA_FUNCTION_NAME":
			return s.Resource.Name, true
		}
		v := vars.Get(name)
		return cloud.Text(v), v != nil
	}
	var calls []sdkCall
	switch rt := s.Resource.Prop("Runtime").Str(); {
	case strings.HasPrefix(rt, "python"):
		calls = python(src, env)
	case strings.HasPrefix(rt, "nodejs"):
		calls = javascript(src, env)
	}
	var ts []service.Target
	for _, c := range calls {
		prefix, ok := sdk.Prefix(c.service)
		if !ok {
			continue
		}
		action, ok := sdk.Action(prefix, c.op)
		if !ok {
			continue
		}
		t := sdk.Target(s, action, c.param)
		t.At, t.Only = n.Where(), []string{action}
		t.What = c.service + "." + c.op + " in the code"
		same := func(o service.Target) bool { return o.Resource == t.Resource && o.Only[0] == action }
		if !slices.ContainsFunc(ts, same) {
			ts = append(ts, t)
		}
	}
	return ts
}

// param gives an argument by its name in the API.
func (c sdkCall) param(name string) (string, bool) {
	for k, v := range c.args {
		if len(k) == len(name) && strings.EqualFold(k[:1], name[:1]) && k[1:] == name[1:] {
			return c.code.value(v, 0), true
		}
	}
	return "", false
}
