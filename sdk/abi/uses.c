/* Uses every type of plugin.h, so that its debug information tells the whole ABI; tests/lint/abi compares it. */
#include <slipway/plugin.h>

SLIPWAY_EXPORT void slipway_uses(const slipway_host* host, const slipway_source* source, const slipway_call* call,
                                 const slipway_entry* entry, const slipway_value* value, slipway_text text,
                                 enum slipway_kind kind, enum slipway_severity severity);

void slipway_uses(const slipway_host* host, const slipway_source* source, const slipway_call* call,
                  const slipway_entry* entry, const slipway_value* value, slipway_text text, enum slipway_kind kind,
                  enum slipway_severity severity) {
  (void)host, (void)source, (void)call, (void)entry, (void)value, (void)text, (void)kind, (void)severity;
}

const slipway_plugin slipway_plugin_1 = {sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, 0, 0, 0};
