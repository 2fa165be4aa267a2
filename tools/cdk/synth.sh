#!/bin/sh
# Installs the pinned CDK outside the repository and synthesises the apps in apps/ with it.
#
#   tools/cdk/synth.sh [DIR]        DIR defaults to ${TMPDIR:-/tmp}/penstock-cdk
#
# Leaves in DIR:
#   bootstrap.yaml                                   the bootstrap template of the pinned CDK CLI
#   <app>/bootstrap.yaml                             the same, beside the stacks file that names it
#   <app>/penstock.stacks.yaml                       what goes where: the assembly, and the bootstrap in each account
#   <app>/cdk.out/                                   the cloud assembly (manifest.json, templates, assets)
#
# Needs node and npm; talks to nothing but the package registry. No AWS credentials, no docker.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-${TMPDIR:-/tmp}/penstock-cdk}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)
repo=$(CDPATH='' cd -- "$here/../.." && pwd)
case "$out/" in
"$repo"/*)
	echo "synth.sh: $out is inside the repository; name a directory outside it" >&2
	exit 2
	;;
esac

# A synthesis depends on the pinned packages, the apps and nothing else: no lookups, notices, telemetry or user settings.
export CDK_DISABLE_VERSION_CHECK=1 CDK_DISABLE_CLI_TELEMETRY=1 JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1
unset CDK_DEFAULT_ACCOUNT CDK_DEFAULT_REGION CDK_CONTEXT_JSON AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION 2>/dev/null || :

if ! cmp -s "$here/package-lock.json" "$out/package-lock.json" || [ ! -x "$out/node_modules/.bin/cdk" ]; then
	cp "$here/package.json" "$here/package-lock.json" "$out/"
	(cd "$out" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
fi

for app in "$here"/apps/*.js; do
	name=$(basename "$app" .js)
	mkdir -p "$out/$name"
	rm -rf "$out/$name/cdk.out"
	cp "$app" "$out/$name/app.js"
	cp "$here/stacks/$name.stacks.yaml" "$out/$name/penstock.stacks.yaml"
	# The feature flags that `cdk init` gives a new app, so that the output is what a new user's would be.
	printf '{"app": "node app.js", "context": %s}\n' "$(cat "$out/node_modules/aws-cdk-lib/recommended-feature-flags.json")" \
		>"$out/$name/cdk.json"
	(cd "$out/$name" && "$out/node_modules/.bin/cdk" synth --quiet --no-notices) >&2
done

(cd "$out" && ./node_modules/.bin/cdk bootstrap --show-template --no-notices) >"$out/bootstrap.yaml.new"
mv "$out/bootstrap.yaml.new" "$out/bootstrap.yaml"
# A stacks file names files of its own folder only.
for app in "$here"/apps/*.js; do
	cp "$out/bootstrap.yaml" "$out/$(basename "$app" .js)/bootstrap.yaml"
done

echo "$out"
