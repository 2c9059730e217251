#!/bin/sh
# Each header of the SDK compiles alone, with no warning: the C one as C11 and C++20, the others as C++20, by every
# compiler that is there.
set -eu
include=$1
status=0

try() {
  if ! printf '#include <slipway/%s>\n' "$header" | "$@" -Wall -Wextra -pedantic -Wshadow -Wconversion -Wsign-conversion \
      -Werror -I "$include" -fsyntax-only -; then
    echo "FAILED: $header with $*"
    status=1
  fi
}

compilers=""
for pair in gcc:g++ clang:clang++; do
  if command -v "${pair%:*}" >/dev/null && command -v "${pair#*:}" >/dev/null; then
    compilers="$compilers $pair"
  else
    echo "SKIPPED: there is no $pair"
  fi
done
[ -n "$compilers" ] || exit 1

cd "$include/slipway"
for header in *.h *.hpp steps/*.hpp; do
  for pair in $compilers; do
    case $header in *.h) try "${pair%:*}" -std=c11 -x c ;; esac
    try "${pair#*:}" -std=c++20 -x c++
  done
done
exit "$status"
