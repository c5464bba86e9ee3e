#!/usr/bin/env bash
# What JavaScript clients see: raw HTTP and WebSocket, and the official client.
set -euo pipefail
cd "$(dirname "$0")/../../conformance/js"
source ../../.ci/steps/lib/node.sh

# Lost buffers are reported by the server; lib/server.mjs fails the tests of a server that complains.
export PARLEY_JAVA_OPTS="${PARLEY_JAVA_OPTS:--Dio.netty.leakDetection.level=paranoid}"
node --test --test-concurrency=1 --test-reporter=spec test/*.test.mjs
