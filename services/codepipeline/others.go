package codepipeline

import (
	"strings"

	"penstock/match"
	"penstock/service"
)

// others are the calls of providers whose service has no room of its own
// (rows 20 and 21 of the provider list). AWS's pages give most of them on "*".
var others = []service.Action{
	{
		Category: "Invoke", Owner: "AWS", Provider: "InspectorScan", Artifacts: "action",
		Rows: []service.Row{
			{
				ID: "codepipeline.inspector.scan", Caller: "pipeline or action role",
				Actions: []string{"inspector-scan:ScanSbom"}, Resource: "*",
				Why:  "has the list of components scanned",
				Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-InspectorScan.html#edit-role-InspectorScan",
				Targets: anything,
			},
			{
				ID: "codepipeline.inspector.token", Caller: "pipeline or action role",
				Actions: []string{"ecr:GetAuthorizationToken"}, Resource: "*",
				Why:  "logs in to pull the image (InspectorRunMode ECRImageScan)",
				Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-InspectorScan.html#edit-role-InspectorScan",
				Targets: func(s *service.Site) []service.Target {
					if scanned(s) == nil {
						return nil
					}
					return anything(s)
				},
			},
			{
				ID: "codepipeline.inspector.pull", Caller: "pipeline or action role",
				Actions: []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, Resource: "repository/<ECRRepositoryName>",
				Why:  "pulls the image that is scanned",
				Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-InspectorScan.html#edit-role-InspectorScan",
				Targets: scanned,
			},
		},
	},
	{
		Category: "Deploy", Owner: "AWS", Provider: "EKS", Artifacts: "action",
		Rows: []service.Row{{
			// The action needs an access entry of the cluster besides, which is
			// Kubernetes' own and no call of IAM.
			ID: "codepipeline.eks.cluster", Caller: "pipeline or action role",
			Actions: []string{"eks:DescribeCluster"}, Resource: "cluster/<ClusterName>",
			Why:  "finds the cluster's endpoint",
			Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-EKS.html#action-reference-EKS-service-role",
			Targets: func(s *service.Site) []service.Target {
				name := s.Action.Get("ClusterName")
				if name == "" {
					return nil
				}
				return []service.Target{{Resource: s.ARN("eks", "cluster/"+name), At: s.Action.Config.Get("ClusterName").Where(), What: "cluster " + match.Render(name)}}
			},
		}},
	},
	{
		Category: "Deploy", Owner: "AWS", Provider: "ElasticBeanstalk", Artifacts: "action",
		Rows: []service.Row{
			{
				ID: "codepipeline.beanstalk.version", Caller: "pipeline or action role",
				Actions: []string{"elasticbeanstalk:CreateApplicationVersion"}, Resource: "application/<ApplicationName>, applicationversion/<ApplicationName>/*",
				Why:  "makes a version of the artifact",
				Need: service.Stops, Basis: service.Documented, Source: customRole,
				Targets: beanstalk("applicationversion", "application"),
			},
			{
				ID: "codepipeline.beanstalk.update", Caller: "pipeline or action role",
				Actions: []string{"elasticbeanstalk:UpdateEnvironment"}, Resource: "environment/<ApplicationName>/<EnvironmentName>",
				Why:  "puts the version into the environment",
				Need: service.Stops, Basis: service.Documented, Source: customRole,
				Targets: beanstalk("environment"),
			},
			{
				// "Without this permission, AWS Elastic Beanstalk deploy actions hang
				// without failing".
				ID: "codepipeline.beanstalk.events", Caller: "pipeline or action role",
				Actions: []string{"elasticbeanstalk:DescribeEvents"}, Resource: "environment/<ApplicationName>/<EnvironmentName>",
				Why:  "follows the update; without it the action hangs",
				Need: service.Stops, Basis: service.Documented, Source: customRole + " (note)",
				Targets: beanstalk("environment"),
			},
			{
				ID: "codepipeline.beanstalk.look", Caller: "pipeline or action role",
				Actions: []string{"elasticbeanstalk:DescribeEnvironments"}, Resource: "environment/<ApplicationName>/<EnvironmentName>",
				Why:  "looks at the environment",
				Need: service.Listed, Basis: service.Documented, Source: customRole,
				Targets: beanstalk("environment"),
			},
		},
	},
	{
		Category: "Deploy", Owner: "AWS", Provider: "AppConfig", Artifacts: "action",
		Rows: []service.Row{{
			ID: "codepipeline.appconfig", Caller: "pipeline or action role",
			Actions: []string{"appconfig:StartDeployment", "appconfig:GetDeployment"}, Resource: "application/<Application>/*",
			Why:  "starts the deployment of the configuration and follows it",
			Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-AppConfig.html",
			Targets: func(s *service.Site) []service.Target {
				app := s.Action.Get("Application")
				if app == "" {
					return nil
				}
				name := app + "/environment/" + s.Action.Get("Environment")
				return []service.Target{{Resource: s.ARN("appconfig", "application/"+name), Or: s.ARN("appconfig", "application/"+app), At: s.Action.Span, What: "configuration of application " + match.Render(app)}}
			},
		}},
	},
	{
		Category: "Deploy", Owner: "AWS", Provider: "ServiceCatalog", Artifacts: "action",
		Rows: []service.Row{
			{
				ID: "codepipeline.catalog", Caller: "pipeline or action role",
				Actions: []string{
					"servicecatalog:ListProvisioningArtifacts", "servicecatalog:CreateProvisioningArtifact", "servicecatalog:DescribeProvisioningArtifact",
					"servicecatalog:DeleteProvisioningArtifact", "servicecatalog:UpdateProduct",
				},
				Resource: "product/<ProductId>", Why: "makes a version of the product",
				Need: service.Stops, Basis: service.Documented, Source: customRole,
				Targets: func(s *service.Site) []service.Target {
					id := s.Action.Get("ProductId")
					if id == "" {
						return nil
					}
					return []service.Target{{Resource: s.ARN("catalog", "product/"+id), At: s.Action.Config.Get("ProductId").Where(), What: "product " + match.Render(id)}}
				},
			},
			{
				ID: "codepipeline.catalog.validate", Caller: "pipeline or action role",
				Actions: []string{"cloudformation:ValidateTemplate"}, Resource: "*",
				Why:  "checks the template of the product",
				Need: service.Stops, Basis: service.Documented, Source: customRole,
				Targets: anything,
			},
		},
	},
	{
		Category: "Test", Owner: "AWS", Provider: "DeviceFarm", Artifacts: "action",
		Rows: []service.Row{{
			ID: "codepipeline.devicefarm", Caller: "pipeline or action role",
			Actions: []string{
				"devicefarm:ListDevicePools", "devicefarm:GetRun", "devicefarm:GetUpload", "devicefarm:CreateUpload", "devicefarm:ScheduleRun",
			},
			Resource: "project:<ProjectId>, run, upload", Why: "uploads the application and its tests and runs them",
			Need: service.Stops, Basis: service.Documented, Source: customRole,
			Targets: func(s *service.Site) []service.Target {
				id := s.Action.Get("ProjectId")
				t := func(kind, id string, only ...string) service.Target {
					return service.Target{Resource: s.ARNIn("devicefarm", "us-west-2", s.Account, kind+":"+id), Region: "us-west-2", At: s.Action.Span, What: "project " + match.Render(id), Only: only}
				}
				made := func(what string) string { return match.Hole(match.Path, what+" of action "+s.Action.Name) }
				return []service.Target{
					t("project", id, "devicefarm:ListDevicePools", "devicefarm:CreateUpload", "devicefarm:ScheduleRun"),
					t("upload", made("the upload"), "devicefarm:GetUpload"),
					t("run", made("the run"), "devicefarm:GetRun"),
				}
			},
		}},
	},
}

const customRole = guide + "how-to-custom-role.html#how-to-update-role-new-services"

func anything(s *service.Site) []service.Target {
	return []service.Target{{Resource: "*", At: here(s)}}
}

// scanned is the image repository that an InspectorScan action scans, nil
// where it scans the source.
func scanned(s *service.Site) []service.Target {
	name := s.Action.Get("ECRRepositoryName")
	if name == "" || s.Action.Get("InspectorRunMode") == "SourceCodeScan" {
		return nil
	}
	return []service.Target{{Resource: s.ARN("ecr", "repository/"+name), At: s.Action.Config.Get("ECRRepositoryName").Where(), What: "image repository " + match.Render(name)}}
}

func beanstalk(kinds ...string) func(*service.Site) []service.Target {
	return func(s *service.Site) []service.Target {
		app, env := s.Action.Get("ApplicationName"), s.Action.Get("EnvironmentName")
		if app == "" || env == "" {
			return nil
		}
		var ts []service.Target
		for _, kind := range kinds {
			name := kind + "/" + app
			switch kind {
			case "environment":
				name += "/" + env
			case "applicationversion":
				name += "/" + match.Hole(match.Name, "the version of action "+s.Action.Name)
			}
			t := service.Target{Resource: s.ARN("elasticbeanstalk", name), At: s.Action.Span, What: strings.ReplaceAll(name, "/", " ")}
			t.Context.Open = true // what the environment is made from
			ts = append(ts, t)
		}
		return ts
	}
}
