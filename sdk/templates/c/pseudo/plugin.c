/* An empty directory in memory, of a limited size, for what a program leaves behind. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>

/* What both steps have in common. "from" tells slipway which option asked for a step: plans and errors name its place
 * in the user's file. */
static slipway_json step_at(const char* type, slipway_text target) {
  slipway_json step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words(type));
  slipway_json_text(&step, "target", target);
  slipway_json_text(&step, "from", slipway_words("/options/target"));
  return step;
}

static int32_t plan(const slipway_host* host) {
  slipway_value target, size;
  slipway_json step;
  char size_option[64];
  int32_t failed;
  if (host->get(host, slipway_words("/options/target"), &target) != 0 ||
      host->get(host, slipway_words("/options/size"), &size) != 0)
    return 1;
  if (size.text.size > 32) {
    host->report(host, SLIPWAY_ERROR, slipway_words("/options/size"), slipway_words("is too long for a size"),
                 slipway_words("\"64M\""));
    return 1;
  }
  (void)snprintf(size_option, sizeof size_option, "size=%.*s", (int)size.text.size, size.text.data);

  step = step_at("mkdir", target.text);
  failed = slipway_json_step(host, &step);

  step = step_at("mount", target.text);
  slipway_json_text(&step, "fstype", slipway_words("tmpfs"));
  slipway_json_open(&step, "flags", "[");
  slipway_json_text(&step, NULL, slipway_words("nosuid"));
  slipway_json_text(&step, NULL, slipway_words("nodev"));
  slipway_json_close(&step, "]");
  slipway_json_open(&step, "options", "[");
  slipway_json_text(&step, NULL, slipway_words("mode=1777"));
  slipway_json_text(&step, NULL, slipway_words(size_option));
  slipway_json_close(&step, "]");
  return failed | slipway_json_step(host, &step);
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
