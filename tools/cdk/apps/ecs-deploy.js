// A plain CodePipeline in one account that builds a container image and deploys it to an ECS service with the standard
// ECS action. What it teaches the prover: a privileged docker build that pushes to ECR, imagedefinitions.json, the ECS
// action's calls and the pass of the task roles, all roles made by the generator.
const cdk = require('aws-cdk-lib');
const codebuild = require('aws-cdk-lib/aws-codebuild');
const codecommit = require('aws-cdk-lib/aws-codecommit');
const codepipeline = require('aws-cdk-lib/aws-codepipeline');
const actions = require('aws-cdk-lib/aws-codepipeline-actions');
const ec2 = require('aws-cdk-lib/aws-ec2');
const ecr = require('aws-cdk-lib/aws-ecr');
const ecs = require('aws-cdk-lib/aws-ecs');
const sns = require('aws-cdk-lib/aws-sns');

const env = { account: '111111111111', region: 'ap-northeast-1' };

class DeliveryStack extends cdk.Stack {
  // Fixed, so that synthesis asks no account for its zones.
  get availabilityZones() {
    return [`${env.region}a`, `${env.region}c`];
  }

  constructor(scope, id, props) {
    super(scope, id, props);
    const repository = new codecommit.Repository(this, 'Source', { repositoryName: 'web' });
    const images = new ecr.Repository(this, 'Images', { repositoryName: 'web', imageScanOnPush: true });

    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { clusterName: 'web', vpc });
    const task = new ecs.FargateTaskDefinition(this, 'Task', { family: 'web', cpu: 256, memoryLimitMiB: 512 });
    task.addContainer('web', {
      image: ecs.ContainerImage.fromEcrRepository(images),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'web' }),
      portMappings: [{ containerPort: 8080 }],
    });
    const service = new ecs.FargateService(this, 'Service', {
      serviceName: 'web',
      cluster,
      taskDefinition: task,
      desiredCount: 2,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });

    const project = new codebuild.PipelineProject(this, 'Build', {
      projectName: 'web-build',
      environment: { buildImage: codebuild.LinuxBuildImage.STANDARD_7_0, privileged: true },
      environmentVariables: { IMAGE: { value: images.repositoryUri } },
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: {
          pre_build: {
            commands: [
              `aws ecr get-login-password --region ${env.region} | docker login --username AWS --password-stdin ${env.account}.dkr.ecr.${env.region}.amazonaws.com`,
            ],
          },
          build: { commands: ['docker build --tag $IMAGE:$CODEBUILD_RESOLVED_SOURCE_VERSION .'] },
          post_build: {
            commands: [
              'docker push $IMAGE:$CODEBUILD_RESOLVED_SOURCE_VERSION',
              'printf \'[{"name":"web","imageUri":"%s"}]\' $IMAGE:$CODEBUILD_RESOLVED_SOURCE_VERSION > imagedefinitions.json',
            ],
          },
        },
        artifacts: { files: ['imagedefinitions.json'] },
      }),
    });
    images.grantPullPush(project);

    const source = new codepipeline.Artifact('Source');
    const built = new codepipeline.Artifact('Built');
    new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: 'web',
      pipelineType: codepipeline.PipelineType.V2,
      crossAccountKeys: true,
      enableKeyRotation: true,
      stages: [
        {
          stageName: 'Source',
          actions: [new actions.CodeCommitSourceAction({ actionName: 'Source', repository, branch: 'main', output: source })],
        },
        {
          stageName: 'Build',
          actions: [new actions.CodeBuildAction({ actionName: 'Build', project, input: source, outputs: [built] })],
        },
        {
          stageName: 'Approve',
          actions: [
            new actions.ManualApprovalAction({
              actionName: 'Approve',
              notificationTopic: new sns.Topic(this, 'Approvals', { topicName: 'web-approvals' }),
            }),
          ],
        },
        {
          stageName: 'Deploy',
          actions: [new actions.EcsDeployAction({ actionName: 'Deploy', service, input: built })],
        },
      ],
    });
  }
}

const app = new cdk.App();
new DeliveryStack(app, 'Delivery', { env });
app.synth();
