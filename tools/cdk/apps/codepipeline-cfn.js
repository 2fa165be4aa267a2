// A plain CodePipeline that deploys one template over two other accounts with CloudFormation change sets. What it
// teaches the prover: support stacks with action roles in the target accounts, change set create and execute as
// separate actions, the deployment role that CloudFormation assumes, source by a connection.
const cdk = require('aws-cdk-lib');
const codebuild = require('aws-cdk-lib/aws-codebuild');
const codepipeline = require('aws-cdk-lib/aws-codepipeline');
const actions = require('aws-cdk-lib/aws-codepipeline-actions');

const region = 'ap-northeast-1';
const tools = { account: '111111111111', region };
const targets = { Staging: '222222222222', Production: '333333333333' };

class PipelineStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const source = new codepipeline.Artifact('Source');
    const built = new codepipeline.Artifact('Built');

    const project = new codebuild.PipelineProject(this, 'Build', {
      projectName: 'orders-build',
      environment: { buildImage: codebuild.LinuxBuildImage.STANDARD_7_0 },
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: { build: { commands: ['make template.yaml'] } },
        artifacts: { files: ['template.yaml'] },
      }),
    });

    const pipeline = new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: 'orders',
      pipelineType: codepipeline.PipelineType.V2,
      crossAccountKeys: true,
      enableKeyRotation: true,
    });
    pipeline.addStage({
      stageName: 'Source',
      actions: [
        new actions.CodeStarConnectionsSourceAction({
          actionName: 'Source',
          connectionArn: `arn:aws:codeconnections:${region}:${tools.account}:connection/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
          owner: 'example-org',
          repo: 'orders',
          branch: 'main',
          output: source,
        }),
      ],
    });
    pipeline.addStage({
      stageName: 'Build',
      actions: [new actions.CodeBuildAction({ actionName: 'Build', project, input: source, outputs: [built] })],
    });
    for (const [name, account] of Object.entries(targets)) {
      const stage = [];
      if (name === 'Production') {
        stage.push(new actions.ManualApprovalAction({ actionName: 'Approve', runOrder: 1 }));
      }
      stage.push(
        new actions.CloudFormationCreateReplaceChangeSetAction({
          actionName: 'Prepare',
          stackName: 'orders',
          changeSetName: 'pipeline',
          adminPermissions: true,
          templatePath: built.atPath('template.yaml'),
          account,
          region,
          runOrder: 2,
        }),
        new actions.CloudFormationExecuteChangeSetAction({
          actionName: 'Execute',
          stackName: 'orders',
          changeSetName: 'pipeline',
          account,
          region,
          runOrder: 3,
        }),
      );
      pipeline.addStage({ stageName: name, actions: stage });
    }
  }
}

const app = new cdk.App();
new PipelineStack(app, 'Orders', { env: tools });
app.synth();
