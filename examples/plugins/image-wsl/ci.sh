#!/bin/sh
# What has to hold before a change lands; the workflow calls it, and so can you. Needs slipway-dev and a compiler.
set -eux
cd "$(dirname "$0")"
cargo build --release
install -D -m 0644 target/release/libplugin_image_wsl.so build/image-wsl.so
cargo test
slipway plugin info --plugin-dir build image-wsl
slipway plugin check build/image-wsl.so
