#!/usr/bin/env bash
# What JavaScript clients see: raw HTTP and WebSocket, and the official client.
set -euo pipefail
cd "$(dirname "$0")/../../conformance/js"

node_is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 18 || (major == 18 && minor >= 19) ? 0 : 1)'
}

if ! node_is_new_enough; then
  apt-get update -q
  apt-get install -yq --no-install-recommends nodejs npm
  node_is_new_enough
fi

npm ci --no-audit --no-fund --loglevel=error

# Lost buffers are reported by the server; lib/server.mjs fails the tests of a server that complains.
export PARLEY_JAVA_OPTS="${PARLEY_JAVA_OPTS:--Dio.netty.leakDetection.level=paranoid}"
node --test --test-concurrency=1 --test-reporter=spec test/*.test.mjs
