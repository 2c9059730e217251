/* What a plugin's `call` function in C is written with: which of the plugin's functions is meant, its arguments, its
 * inputs and its result.
 *
 *   static int32_t call(const slipway_host* host, const slipway_call* call) {
 *     if (slipway_call_is(call, "make")) return make(host, call);
 *     return slipway_call_unknown(host, call);
 *   }
 */
#ifndef SLIPWAY_CALL_H
#define SLIPWAY_CALL_H
#include <slipway/json.h>
#ifdef __cplusplus
extern "C" {
#endif

static inline int slipway_call_is(const slipway_call* call, const char* function) {
  const size_t size = strlen(function);
  return call->function.size == size && memcmp(call->function.data, function, size) == 0;
}

/* Text at a pointer, "/arguments/path", that lives as long as the call; one of size 0 where there is no text. It does
 * not end with a NUL. */
static inline slipway_text slipway_call_text(const slipway_host* host, const char* at) {
  slipway_value value;
  if (host->get(host, slipway_words(at), &value) != 0 || value.kind != SLIPWAY_TEXT) return slipway_words("");
  return value.text;
}

/* A borrowed descriptor, in the step's order; -1 where there is none, as in an undo. */
static inline int slipway_call_input(const slipway_call* call, uint64_t index) {
  return index < call->input_count ? call->inputs[index] : -1;
}

/* Makes a descriptor the result that the step names by "as". It becomes slipway's: do not close it. */
static inline void slipway_call_give(const slipway_call* call, int descriptor) { *call->result = descriptor; }

/* Says why the call fails; `hint` may be NULL. Yields what the function then returns. */
static inline int32_t slipway_call_fail(const slipway_host* host, const char* message, const char* hint) {
  host->report(host, SLIPWAY_ERROR, slipway_words(""), slipway_words(message), slipway_words(hint != NULL ? hint : ""));
  return 1;
}

static inline int32_t slipway_call_unknown(const slipway_host* host, const slipway_call* call) {
  char message[160];
  const int size = call->function.size > 64 ? 64 : (int)call->function.size;
  (void)snprintf(message, sizeof message, "the plugin has no function %.*s", size, call->function.data);
  return slipway_call_fail(host, message, NULL);
}

#ifdef __cplusplus
}
#endif
#endif
