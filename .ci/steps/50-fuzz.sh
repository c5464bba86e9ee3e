#!/usr/bin/env bash
# A short look for inputs that the decoders cannot cope with. Those that are known are tests of the Maven build.
set -euo pipefail
cd "$(dirname "$0")/../.."

conformance/fuzz/run 8
