#!/usr/bin/env bash
# The chat example in a real browser: two tabs that talk to each other. Pictures: conformance/js/target/*.png
set -euo pipefail
cd "$(dirname "$0")/../../conformance/js"
source ../../.ci/steps/lib/node.sh

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [[ -z $CHROMIUM ]]; then
  apt-get update -q
  apt-get install -yq --no-install-recommends chromium fonts-liberation
  CHROMIUM=$(command -v chromium)
fi
export CHROMIUM

# The example runs inside Maven's JVM.
export MAVEN_OPTS="${MAVEN_OPTS:-} -Dio.netty.leakDetection.level=paranoid"
node --test --test-reporter=spec browser.mjs
