/* A network of the container's own, with or without its loopback interface. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>
#include <string.h>

/* Whether the list at `list` has the word. */
static int has_word(const slipway_host* host, const char* list, const char* word) {
  slipway_value words, one;
  if (host->get(host, slipway_words(list), &words) != 0) return 0;
  for (uint64_t i = 0; i < words.count; ++i) {
    char at[64];
    (void)snprintf(at, sizeof at, "%s/%llu", list, (unsigned long long)i);
    if (host->get(host, slipway_words(at), &one) == 0 && one.kind == SLIPWAY_TEXT && one.text.size == strlen(word) &&
        memcmp(one.text.data, word, strlen(word)) == 0)
      return 1;
  }
  return 0;
}

static int32_t plan(const slipway_host* host) {
  slipway_value loopback;
  slipway_json step;
  if (host->get(host, slipway_words("/options/loopback"), &loopback) != 0) return 1;
  if (loopback.integer == 0) return 0;
  /* One that others have made is theirs to set up. */
  if (has_word(host, "/facts/isolation/joined", "net")) return 0;
  if (!has_word(host, "/facts/isolation/namespaces", "net")) {
    host->report(host, SLIPWAY_ERROR, slipway_words("/options/loopback"),
                 slipway_words("there is no network of the container's own to bring an interface up in"),
                 slipway_words("add \"net\" to isolation.namespaces"));
    return 1;
  }
  step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("link_up"));
  slipway_json_text(&step, "interface", slipway_words("lo"));
  slipway_json_text(&step, "from", slipway_words("/options/loopback"));
  return slipway_json_step(host, &step);
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
