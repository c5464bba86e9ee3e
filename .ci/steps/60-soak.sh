#!/usr/bin/env bash
# Clients come and go for three minutes, on all transports and in all ways: nothing may be left of them.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Judged by what is left, not by the time it takes: a slow machine has fewer clients.
benchmarks/soak churn --minutes 2 --rounds 4 --rate 200 --ping 4000 --jvm -Dio.netty.leakDetection.level=paranoid
