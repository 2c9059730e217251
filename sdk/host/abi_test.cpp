// The layout of what crosses the border, held by the compiler: a member may be added at an end, and nothing else.
#include <slipway/plugin.h>

#include <cstddef>

static_assert(sizeof(void*) != 8 || sizeof(slipway_text) == 16);
static_assert(sizeof(void*) != 8 || sizeof(slipway_value) == 48);
static_assert(sizeof(void*) != 8 || (offsetof(slipway_value, integer) == 8 && offsetof(slipway_value, real) == 16 &&
                                     offsetof(slipway_value, count) == 24 && offsetof(slipway_value, text) == 32));
static_assert(sizeof(void*) != 8 || sizeof(slipway_host) >= 72);
static_assert(sizeof(void*) != 8 || (offsetof(slipway_host, context) == 8 && offsetof(slipway_host, get) == 16 &&
                                     offsetof(slipway_host, key) == 24 && offsetof(slipway_host, json) == 32 &&
                                     offsetof(slipway_host, step) == 40 && offsetof(slipway_host, fact) == 48 &&
                                     offsetof(slipway_host, report) == 56 && offsetof(slipway_host, ability) == 64));
static_assert(sizeof(void*) != 8 || (sizeof(slipway_entry) == 56 && offsetof(slipway_entry, offset) == 32 &&
                                     offsetof(slipway_entry, type) == 48 && offsetof(slipway_entry, source) == 52));
static_assert(sizeof(void*) != 8 || (sizeof(slipway_source) >= 32 && offsetof(slipway_source, read) == 24));
static_assert(sizeof(void*) != 8 || (sizeof(slipway_call) >= 64 && offsetof(slipway_call, result) == 56));
static_assert(sizeof(void*) != 8 || (sizeof(slipway_plugin) >= 32 && offsetof(slipway_plugin, plan) == 8 &&
                                     offsetof(slipway_plugin, resolve) == 16 && offsetof(slipway_plugin, call) == 24));
static_assert(SLIPWAY_MISSING == 0 && SLIPWAY_NULL == 1 && SLIPWAY_BOOLEAN == 2 && SLIPWAY_INTEGER == 3 &&
              SLIPWAY_REAL == 4 && SLIPWAY_TEXT == 5 && SLIPWAY_ARRAY == 6 && SLIPWAY_OBJECT == 7);
static_assert(SLIPWAY_ERROR == 0 && SLIPWAY_WARNING == 1 && SLIPWAY_INFO == 2 && SLIPWAY_DEBUG == 3);
static_assert(SLIPWAY_ABI_MAJOR == 1);
