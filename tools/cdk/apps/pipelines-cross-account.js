// CDK Pipelines over three accounts: a self-mutating pipeline in the tools account, a wave for staging and one for
// production behind a manual approval. What it teaches the prover: the self-mutation project, file assets published
// with bootstrap roles, cross-account deploys by the bootstrap deploy role and its CloudFormation execution role.
const cdk = require('aws-cdk-lib');
const codecommit = require('aws-cdk-lib/aws-codecommit');
const lambda = require('aws-cdk-lib/aws-lambda');
const s3 = require('aws-cdk-lib/aws-s3');
const pipelines = require('aws-cdk-lib/pipelines');

const region = 'ap-northeast-1';
const tools = { account: '111111111111', region };
const staging = { account: '222222222222', region };
const prod = { account: '333333333333', region };

// ServiceStack is what is delivered: one function and one bucket that it may write.
class ServiceStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const bucket = new s3.Bucket(this, 'Data', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: cdk.RemovalPolicy.RETAIN,
    });
    const handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
      environment: { BUCKET: bucket.bucketName },
    });
    bucket.grantPut(handler);
  }
}

class ServiceStage extends cdk.Stage {
  constructor(scope, id, props) {
    super(scope, id, props);
    new ServiceStack(this, 'Service');
  }
}

class PipelineStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const repository = new codecommit.Repository(this, 'Repository', { repositoryName: 'mfmsapp' });
    const pipeline = new pipelines.CodePipeline(this, 'Pipeline', {
      pipelineName: 'mfmsapp',
      crossAccountKeys: true,
      enableKeyRotation: true,
      synth: new pipelines.ShellStep('Synth', {
        input: pipelines.CodePipelineSource.codeCommit(repository, 'main'),
        commands: ['npm ci', 'npx cdk synth'],
      }),
    });
    pipeline.addStage(new ServiceStage(this, 'Staging', { env: staging }));
    pipeline.addStage(new ServiceStage(this, 'Production', { env: prod }), {
      pre: [new pipelines.ManualApprovalStep('Approve', { comment: 'Deploy to production?' })],
    });
  }
}

const app = new cdk.App();
new PipelineStack(app, 'Pipeline', { env: tools });
app.synth();
