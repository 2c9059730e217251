#!/bin/sh
# What has to hold before a change lands; the workflow calls it, and so can you. Needs slipway-dev and a compiler.
set -eux
cd "$(dirname "$0")"
cmake -B build
cmake --build build
ctest --test-dir build --output-on-failure
slipway plugin info --plugin-dir build pseudo-keyring
slipway plugin check build/pseudo-keyring.so
