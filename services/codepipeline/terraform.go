package codepipeline

// terraform is how CodePipeline is written for Terraform: the page codepipeline
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
//
// What the provider does not have is an error of the writer: commands,
// environment variables and files of the action Commands, disabled transitions,
// RestartExecutionOnUpdate. A store with a region is one of several.
const terraform = `
AWS::CodePipeline::Pipeline aws_codepipeline
  ref name id
  att Arn arn
  Name name
  PipelineType pipeline_type
  ExecutionMode execution_mode
  RoleArn role_arn
  ArtifactStore artifact_store block without=region {
    Type type
    Location location
    EncryptionKey.Id encryption_key.id
    EncryptionKey.Type encryption_key.type
  }
  ArtifactStores artifact_store blocks with=region {
    Region region
    ArtifactStore.Type type
    ArtifactStore.Location location
    ArtifactStore.EncryptionKey.Id encryption_key.id
    ArtifactStore.EncryptionKey.Type encryption_key.type
  }
  Variables variable blocks {
    Name name
    DefaultValue default_value
    Description description
  }
  Triggers trigger blocks {
    ProviderType provider_type
    GitConfiguration.SourceActionName git_configuration.source_action_name
    GitConfiguration.Push git_configuration.push blocks {
      Branches.Includes branches.includes
      Branches.Excludes branches.excludes
      FilePaths.Includes file_paths.includes
      FilePaths.Excludes file_paths.excludes
      Tags.Includes tags.includes
      Tags.Excludes tags.excludes
    }
    GitConfiguration.PullRequest git_configuration.pull_request blocks {
      Events events
      Branches.Includes branches.includes
      Branches.Excludes branches.excludes
      FilePaths.Includes file_paths.includes
      FilePaths.Excludes file_paths.excludes
    }
  }
  Stages stage blocks {
    Name name
    BeforeEntry.Conditions before_entry.condition blocks {
      Result result
      Rules rule blocks {
        Name name
        RuleTypeId.Category rule_type_id.category
        RuleTypeId.Owner rule_type_id.owner
        RuleTypeId.Provider rule_type_id.provider
        RuleTypeId.Version rule_type_id.version
        Commands commands
        Configuration configuration
        InputArtifacts input_artifacts pluck=Name
        Region region
        RoleArn role_arn
      }
    }
    Actions action blocks {
      Name name
      ActionTypeId.Category category
      ActionTypeId.Owner owner
      ActionTypeId.Provider provider
      ActionTypeId.Version version
      RunOrder run_order
      Region region
      RoleArn role_arn
      Namespace namespace
      TimeoutInMinutes timeout_in_minutes
      InputArtifacts input_artifacts pluck=Name
      OutputArtifacts output_artifacts pluck=Name
      Configuration configuration
    }
    OnSuccess.Conditions on_success.condition blocks {
      Result result
      Rules rule blocks {
        Name name
        RuleTypeId.Category rule_type_id.category
        RuleTypeId.Owner rule_type_id.owner
        RuleTypeId.Provider rule_type_id.provider
        RuleTypeId.Version rule_type_id.version
        Commands commands
        Configuration configuration
        InputArtifacts input_artifacts pluck=Name
        Region region
        RoleArn role_arn
      }
    }
    OnFailure.Result on_failure.result
    OnFailure.RetryConfiguration.RetryMode on_failure.retry_configuration.retry_mode
    OnFailure.Conditions on_failure.condition blocks {
      Result result
      Rules rule blocks {
        Name name
        RuleTypeId.Category rule_type_id.category
        RuleTypeId.Owner rule_type_id.owner
        RuleTypeId.Provider rule_type_id.provider
        RuleTypeId.Version rule_type_id.version
        Commands commands
        Configuration configuration
        InputArtifacts input_artifacts pluck=Name
        Region region
        RoleArn role_arn
      }
    }
  }
  Tags tags tags
`
