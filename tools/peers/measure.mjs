// Asks penstock decide and iam-simulate the same questions, in turn, in one
// run, and prints a table. See README.md.
//
//	node measure.mjs [PENSTOCK-BINARY [QUESTIONS]]
import { runSimulation, anonymousPrincipal } from '@cloud-copilot/iam-simulate'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'

const binary = process.argv[2] ?? 'penstock'
const peerQuestions = Number(process.argv[3] ?? 400)
const ourQuestions = 100 * peerQuestions
const rounds = 5

const V = '2012-10-17'
const allow = (Action, Resource, more) => ({ Effect: 'Allow', Action, Resource, ...more })
const deny = (Action, Resource, more) => ({ Effect: 'Deny', Action, Resource, ...more })
const doc = (...Statement) => ({ Version: V, Statement })
const A = '111111111111'
const B = '222222222222'
const objects = 'arn:aws:s3:::artifacts/*'

// The questions, in the form of a line of penstock decide. The first is that
// of BenchmarkDecideCrossAccount (iam/authz/bench_test.go).
const questions = [
  {
    name: 'another account: boundary, two SCP levels, RCP, bucket policy',
    want: 'allow',
    request: {
      principal: `arn:aws:sts::${A}:assumed-role/build/run-17`, action: 's3:GetObject',
      resource: 'arn:aws:s3:::artifacts/web/source.zip', resourceAccount: B,
      context: { 'aws:RequestedRegion': 'eu-west-1', 'aws:PrincipalOrgID': 'o-example', 'aws:SecureTransport': 'true', 'aws:SourceIp': '203.0.113.7' }
    },
    policies: {
      identity: [doc(
        allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], `arn:aws:logs:eu-west-1:${A}:log-group:/aws/codebuild/*`),
        allow(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], objects),
        allow(['kms:Decrypt', 'kms:GenerateDataKey*'], `arn:aws:kms:eu-west-1:${B}:key/0b0b0b0b-1111-4222-8333-444455556666`))],
      boundary: [doc(allow(['s3:*', 'logs:*', 'kms:*', 'codebuild:*'], '*'))],
      scp: [
        [doc(allow('*', '*'))],
        [doc(allow('*', '*'), { Effect: 'Deny', NotAction: ['iam:*', 'sts:*'], Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } } })]],
      rcp: [[doc(deny('s3:*', '*', { Principal: '*', Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example' }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } } }))]],
      resource: doc(
        allow(['s3:GetObject', 's3:GetObjectVersion'], objects, { Principal: { AWS: `arn:aws:iam::${A}:role/build` } }),
        deny('s3:*', ['arn:aws:s3:::artifacts', objects], { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }))
    }
  },
  {
    name: 'one account, one identity policy',
    want: 'allow',
    request: {
      principal: `arn:aws:iam::${A}:user/dev`, action: 's3:GetObject',
      resource: 'arn:aws:s3:::artifacts/dev/source.zip', resourceAccount: A, context: { 'aws:username': 'dev' }
    },
    policies: { identity: [doc(allow('s3:GetObject', 'arn:aws:s3:::artifacts/${aws:username}/*'))] }
  },
  {
    name: 'one account, an explicit deny in a bucket policy',
    want: 'deny',
    request: {
      principal: `arn:aws:iam::${A}:user/dev`, action: 's3:GetObject',
      resource: 'arn:aws:s3:::artifacts/dev/source.zip', resourceAccount: A, context: { 'aws:SecureTransport': 'false' }
    },
    policies: {
      identity: [doc(allow('s3:*', '*'))],
      resource: doc(deny('s3:*', ['arn:aws:s3:::artifacts', objects], { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }))
    }
  }
]

// simulation is a question as iam-simulate's README wants it.
function simulation(q) {
  const named = (docs, name) => (docs ?? []).map((policy, i) => ({ name: `${name}${i}`, policy }))
  const levels = (list, name) => (list ?? []).map((docs, i) => ({ orgIdentifier: `${name}${i}`, policies: named(docs, name) }))
  const p = q.policies
  return {
    request: {
      principal: q.request.principal === '*' ? anonymousPrincipal : q.request.principal,
      action: q.request.action,
      resource: { resource: q.request.resource, accountId: q.request.resourceAccount },
      contextVariables: q.request.context
    },
    identityPolicies: named(p.identity, 'identity'),
    serviceControlPolicies: levels(p.scp, 'scp'),
    resourceControlPolicies: levels(p.rcp, 'rcp'),
    ...(p.boundary ? { permissionBoundaryPolicies: named(p.boundary, 'boundary') } : {}),
    ...(p.resource ? { resourcePolicy: p.resource } : {})
  }
}

const verdicts = { Allowed: 'allow', ExplicitlyDenied: 'deny', ImplicitlyDenied: 'deny' }

async function peer(q, n) {
  const s = simulation(q)
  let verdict
  const start = process.cpuUsage()
  for (let i = 0; i < n; i++) {
    const r = await runSimulation(s, {})
    if (r.resultType === 'error') throw new Error(JSON.stringify(r.errors))
    verdict = verdicts[r.overallResult]
  }
  const used = process.cpuUsage(start)
  return { verdict, us: (used.user + used.system) / n }
}

// ours asks one process on one processor; reading the lines, and the start of
// the process, are part of what it takes.
function ours(q, n) {
  const { request, policies } = q
  const input = Array.from({ length: n }, (_, id) => JSON.stringify({ id, request, policies })).join('\n') + '\n'
  const before = childTime()
  const r = spawnSync(binary, ['decide'], { input, env: { ...process.env, GOMAXPROCS: '1' }, maxBuffer: 1 << 30 })
  if (r.status !== 0) throw new Error(r.stderr?.toString() ?? String(r.error))
  const verdict = JSON.parse(r.stdout.toString().split('\n', 1)[0]).verdict
  return { verdict, us: (childTime() - before) / n }
}

// childTime is the processor time of all children so far, in microseconds, as
// /proc tells it.
const tick = Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString()) || 100
const fs = createRequire(import.meta.url)('node:fs')
function childTime() {
  const f = fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')
  return ((Number(f[13]) + Number(f[14])) * 1e6) / tick
}

const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)]
const version = (name) => JSON.parse(fs.readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version

console.log(`${cpus()[0].model}, node ${process.version}, ${spawnSync(binary, ['version']).stdout.toString().split('\n', 1)[0]}, iam-simulate ${version('@cloud-copilot/iam-simulate')}`)
console.log(`median of ${rounds} rounds in turn, ${ourQuestions} and ${peerQuestions} questions a round, processor time of one question\n`)
console.log('| question | penstock decide | iam-simulate | ratio |\n|---|---|---|---|')
for (const q of questions) {
  await peer(q, peerQuestions) // what it compiles and loads at first use
  const us = []
  const them = []
  for (let i = 0; i < rounds; i++) {
    const a = ours(q, ourQuestions)
    const b = await peer(q, peerQuestions)
    for (const [who, v] of [['penstock', a.verdict], ['iam-simulate', b.verdict]]) {
      if (v !== q.want) console.error(`${who} says ${v} to: ${q.name}`)
    }
    us.push(a.us)
    them.push(b.us)
  }
  const [a, b] = [median(us), median(them)]
  console.log(`| ${q.name} | ${a.toFixed(1)} µs | ${b.toFixed(0)} µs | ${(b / a).toFixed(0)} |`)
}
