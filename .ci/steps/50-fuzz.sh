#!/usr/bin/env bash
# A short look for inputs that the decoders cannot cope with: the same ones with each run of the same code, as far as
# the fuzzer can, so that a failure is one of the change. Look for others by hand. Those that are known are tests of the
# Maven build.
set -euo pipefail
cd "$(dirname "$0")/../.."

rm -rf conformance/target/fuzz
JAZZER_OPTS="-seed=1 -runs=20000 -reload=0" conformance/fuzz/run 120
