#!/usr/bin/env bash
# Runs every target of tests/fuzz under libFuzzer with the address and undefined-behaviour sanitizers.
#   tools/fuzz.sh [MINUTES]      minutes for each target, one after the other [180: 24 hours for the eight of them]
# Needs Debian's clang-14 and libclang-rt-14-dev. What it finds is kept in build/fuzz/found/; a mended input goes into
# tests/fuzz/corpus/NAME, which every ./verify replays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/setup.sh

minutes=${1:-180}
install_packages clang-14 libclang-rt-14-dev
cmake --preset fuzz >/dev/null
targets=(csv formula period config succession sheet contrast hdf5 tree)
cmake --build build/fuzz --target "${targets[@]/#/fuzz_}"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$PWD/tools/leaks.supp

failed=0
for name in "${targets[@]}"; do
  say "$name, $minutes minutes"
  mkdir -p "build/fuzz/grown/$name" "build/fuzz/found/$name"
  build/fuzz/tests/fuzz/fuzz_"$name" -max_total_time=$((60 * minutes)) -timeout=20 -rss_limit_mb=3000 -max_len=65536 \
    -artifact_prefix="build/fuzz/found/$name/" -print_final_stats=1 "build/fuzz/grown/$name" "tests/fuzz/corpus/$name" \
    >"build/fuzz/$name.log" 2>&1 || failed=1
  grep -E 'stat::|ERROR|SUMMARY|were taken' "build/fuzz/$name.log" || true
done
exit $failed
