/* An image out of one tar of a root filesystem, with a command of its own. It runs in slipway's sandboxed worker. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>
#include <string.h>

static int32_t refuse(const slipway_host* host, const char* message, const char* hint) {
  host->report(host, SLIPWAY_ERROR, slipway_words("/options/source"), slipway_words(message), slipway_words(hint));
  return 1;
}

static int32_t resolve(const slipway_host* host) {
  const slipway_source* source = (const slipway_source*)host->ability(host, slipway_words("slipway.source.1"));
  slipway_value type, size, command, word;
  slipway_entry first;
  slipway_json image;
  if (source == NULL) return refuse(host, "slipway shows no image source (slipway.source.1)", "");
  if (host->get(host, slipway_words("/facts/source/type"), &type) != 0 ||
      host->get(host, slipway_words("/facts/source/size"), &size) != 0 ||
      host->get(host, slipway_words("/options/command"), &command) != 0)
    return 1;
  if (type.kind == SLIPWAY_TEXT && type.text.size == 9 && memcmp(type.text.data, "directory", 9) == 0)
    return refuse(host, "the source is a directory, not a tar", "use image-directory");
  if (source->entry(host, 0, &first) != 0) return refuse(host, "the archive holds no file", "");

  image = slipway_json_object();
  slipway_json_text(&image, "kind", slipway_words("tar with a command"));
  slipway_json_text(&image, "name", slipway_words(""));
  slipway_json_open(&image, "settings", "{");
  slipway_json_open(&image, "cmd", "[");
  for (uint64_t i = 0; i < command.count; ++i) {
    char at[64];
    (void)snprintf(at, sizeof at, "/options/command/%llu", (unsigned long long)i);
    if (host->get(host, slipway_words(at), &word) == 0) slipway_json_text(&image, NULL, word.text);
  }
  slipway_json_close(&image, "]");
  slipway_json_close(&image, "}");
  /* The whole archive is one layer. Whose digest is told nowhere, slipway finds out. */
  slipway_json_open(&image, "layers", "[");
  slipway_json_open(&image, NULL, "{");
  slipway_json_text(&image, "compression", slipway_words("none"));
  slipway_json_integer(&image, "offset", 0);
  slipway_json_integer(&image, "size", size.integer);
  slipway_json_close(&image, "}");
  slipway_json_close(&image, "]");
  return slipway_json_fact(host, "image", &image);
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, NULL, resolve, NULL};
