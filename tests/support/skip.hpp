// How a test says that it cannot run here. CI reads the line and fails: all rings run there.
#pragma once

#include <catch2/catch.hpp>

/// Warns "SKIPPED: reason" (tests/lint/no_skips counts these) and leaves the test case.
#define SLIPWAY_SKIP(reason)     \
  do {                           \
    WARN("SKIPPED: " << reason); \
    return;                      \
  } while (false)
