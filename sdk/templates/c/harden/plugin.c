/* Hides paths from the container. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>

static int32_t plan(const slipway_host* host) {
  slipway_value paths, path;
  int32_t failed = 0;
  if (host->get(host, slipway_words("/options/paths"), &paths) != 0) return 1;
  for (uint64_t i = 0; i < paths.count; ++i) {
    char at[64];
    slipway_json step = slipway_json_object();
    (void)snprintf(at, sizeof at, "/options/paths/%llu", (unsigned long long)i);
    if (host->get(host, slipway_words(at), &path) != 0) path.text = slipway_words("");
    slipway_json_text(&step, "type", slipway_words("mask"));
    slipway_json_text(&step, "path", path.text);
    /* Tells slipway which option asked for the step: plans and errors name its place in the user's file. */
    slipway_json_text(&step, "from", slipway_words(at));
    failed |= slipway_json_step(host, &step);
  }
  return failed;
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
