#!/usr/bin/env bash
# tidy.sh BUILD: clang-tidy over the library and the command, two files at a time; the checks are in .clang-tidy. Clang's own
# compiler warnings are shown: the build made those of GCC errors, and the two compilers do not agree on all of them.
set -euo pipefail
git ls-files 'src/headwater/*.cpp' 'src/cli/*.cpp' |
  xargs -P 2 -n 4 clang-tidy --quiet -p "$1" --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-error 2>/dev/null
