/* Root filesystem from an overlay of the image's layers; writes go to memory, or nowhere. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>

/* Has a layer unpacked into slipway's store, once for all runs. Its directory is called layer0, layer1 ... */
static int32_t unpack(const slipway_host* host, uint64_t index) {
  char at[64], name[32];
  slipway_value digest;
  slipway_json step = slipway_json_object();
  (void)snprintf(at, sizeof at, "/facts/image/layers/%llu/diff_id", (unsigned long long)index);
  (void)snprintf(name, sizeof name, "layer%llu", (unsigned long long)index);
  if (host->get(host, slipway_words(at), &digest) != 0) digest.text = slipway_words("");
  slipway_json_text(&step, "type", slipway_words("unpack"));
  slipway_json_text(&step, "diff_id", digest.text);
  slipway_json_text(&step, "as", slipway_words(name));
  return slipway_json_step(host, &step);
}

static int32_t plan(const slipway_host* host) {
  slipway_value layers, writable;
  slipway_json step;
  int32_t failed = 0;
  if (host->get(host, slipway_words("/facts/image/layers"), &layers) != 0 ||
      host->get(host, slipway_words("/options/writable"), &writable) != 0)
    return 1;
  if (layers.count == 0) {
    host->report(host, SLIPWAY_ERROR, slipway_words("/facts/image/layers"), slipway_words("the image has no layer"),
                 slipway_words(""));
    return 1;
  }
  for (uint64_t i = 0; i < layers.count; ++i) failed |= unpack(host, i);

  step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("overlay"));
  slipway_json_open(&step, "lower", "[");
  /* The fact has the lowest layer first, an overlay the top one. */
  for (uint64_t i = layers.count; i-- > 0;) {
    char reference[32];
    (void)snprintf(reference, sizeof reference, "@layer%llu", (unsigned long long)i);
    slipway_json_text(&step, NULL, slipway_words(reference));
  }
  slipway_json_close(&step, "]");
  slipway_json_text(&step, "target", slipway_words("/"));
  failed |= slipway_json_step(host, &step);

  if (writable.integer == 0) { /* carried out at the end, when all mount points have been made */
    step = slipway_json_object();
    slipway_json_text(&step, "type", slipway_words("readonly"));
    slipway_json_text(&step, "path", slipway_words("/"));
    slipway_json_text(&step, "from", slipway_words("/options/writable"));
    failed |= slipway_json_step(host, &step);
  }
  return failed;
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
