/* The image's program, started by another one. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>

static slipway_json step_of(const char* type) {
  slipway_json step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words(type));
  return step;
}

/* A text, or `otherwise` where it is absent or empty. */
static slipway_text text_at(const slipway_host* host, const char* at, const char* otherwise) {
  slipway_value value;
  if (host->get(host, slipway_words(at), &value) != 0 || value.kind != SLIPWAY_TEXT || value.text.size == 0)
    return slipway_words(otherwise);
  return value.text;
}

static int is_there(const slipway_host* host, const char* at) {
  slipway_value value;
  return host->get(host, slipway_words(at), &value) == 0 && value.kind != SLIPWAY_MISSING;
}

/* Appends a list's texts, and tells how many there are. */
static uint64_t append_texts(slipway_json* step, const slipway_host* host, const char* list) {
  slipway_value texts;
  if (host->get(host, slipway_words(list), &texts) != 0) return 0;
  for (uint64_t i = 0; i < texts.count; ++i) {
    char at[64];
    (void)snprintf(at, sizeof at, "%s/%llu", list, (unsigned long long)i);
    slipway_json_text(step, NULL, text_at(host, at, ""));
  }
  return texts.count;
}

static int32_t plan(const slipway_host* host) {
  int32_t failed;
  uint64_t words;
  slipway_json step = step_of("user");
  slipway_json_text(&step, "user", text_at(host, "/facts/image/settings/user", ""));
  failed = slipway_json_step(host, &step);

  step = step_of("environment");
  slipway_json_open(&step, "variables", "[");
  (void)append_texts(&step, host, "/facts/image/settings/env");
  slipway_json_close(&step, "]");
  failed |= slipway_json_step(host, &step);

  step = step_of("workdir");
  slipway_json_text(&step, "path", text_at(host, "/facts/image/settings/workdir", "/"));
  failed |= slipway_json_step(host, &step);

  step = step_of("exec");
  slipway_json_open(&step, "args", "[");
  (void)append_texts(&step, host, "/options/before");
  /* As everywhere in slipway, a command replaces the image's and keeps its entrypoint. */
  words = append_texts(&step, host, "/facts/image/settings/entrypoint");
  words += append_texts(&step, host, is_there(host, "/options/args") ? "/options/args" : "/facts/image/settings/cmd");
  if (words == 0) slipway_json_text(&step, NULL, slipway_words("/bin/sh"));
  slipway_json_close(&step, "]");
  slipway_json_text(&step, "from", slipway_words("/options/before"));
  return failed | slipway_json_step(host, &step);
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
