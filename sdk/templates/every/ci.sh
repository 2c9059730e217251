#!/bin/sh
# What has to hold before a change lands; the workflow calls it, and so can you. Needs slipway-dev and a compiler.
set -eux
cd "$(dirname "$0")"
@BUILD@
@TEST@
slipway plugin info --plugin-dir build @NAME@
slipway plugin check build/@NAME@.so
