#!/usr/bin/env bash
# The Autobahn test suite of WebSockets, strict. It gives a connection half a second to end; on a machine that was too
# busy for that it may try once more.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The server runs inside Maven's JVM.
export MAVEN_OPTS="${MAVEN_OPTS:-} -Dio.netty.leakDetection.level=paranoid"
autobahn() {
  timeout 600 mvn -B -ntp -pl conformance -am -Pautobahn -DskipTests integration-test
}
autobahn || autobahn
