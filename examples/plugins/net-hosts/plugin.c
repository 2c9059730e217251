/* A network of the container's own with loopback, and names for addresses in /etc/hosts: what docker run --add-host
 * does, and what a program that is tested against a fake service needs. */
#include <slipway/json.h>
#include <slipway/plugin.h>
#include <stdio.h>
#include <string.h>

/* The file while it is written; what does not fit any more is told by `full`. */
typedef struct hosts_file {
  char text[16384];
  size_t size;
  int full;
} hosts_file;

static void add_line(hosts_file* file, slipway_text address, slipway_text name) {
  const size_t room = sizeof file->text - file->size;
  const int written = snprintf(file->text + file->size, room, "%.*s\t%.*s\n", (int)address.size, address.data,
                               (int)name.size, name.data);
  if (written < 0 || (size_t)written >= room) {
    file->full = 1;
  } else {
    file->size += (size_t)written;
  }
}

static int32_t refuse(const slipway_host* host, const char* message, const char* hint) {
  host->report(host, SLIPWAY_ERROR, slipway_words("/options/hosts"), slipway_words(message), slipway_words(hint));
  return 1;
}

/* Adds each NAME=ADDRESS of the option; that they have this form, slipway has checked by the manifest. */
static int32_t add_hosts(const slipway_host* host, hosts_file* file) {
  slipway_value hosts, entry;
  if (host->get(host, slipway_words("/options/hosts"), &hosts) != 0) return 1;
  for (uint64_t i = 0; i < hosts.count; ++i) {
    char at[64];
    slipway_text name, address;
    const char* equals;
    (void)snprintf(at, sizeof at, "/options/hosts/%llu", (unsigned long long)i);
    if (host->get(host, slipway_words(at), &entry) != 0) return 1;
    equals = (const char*)memchr(entry.text.data, '=', (size_t)entry.text.size);
    if (equals == NULL) return refuse(host, "an entry has no \"=\"", "NAME=ADDRESS");
    name.data = entry.text.data;
    name.size = (uint64_t)(equals - entry.text.data);
    address.data = equals + 1;
    address.size = entry.text.size - name.size - 1;
    add_line(file, address, name);
  }
  return file->full ? refuse(host, "these are more than fit into 16 KiB", "name fewer hosts") : 0;
}

static int32_t plan(const slipway_host* host) {
  slipway_value own_name;
  slipway_json step;
  int32_t failed;
  hosts_file file = {"", 0, 0};
  add_line(&file, slipway_words("127.0.0.1"), slipway_words("localhost"));
  add_line(&file, slipway_words("::1"), slipway_words("localhost ip6-localhost ip6-loopback"));
  if (host->get(host, slipway_words("/facts/isolation/hostname"), &own_name) == 0 && own_name.kind == SLIPWAY_TEXT &&
      own_name.text.size > 0)
    add_line(&file, slipway_words("127.0.1.1"), own_name.text);
  if (add_hosts(host, &file) != 0) return 1;

  step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("link_up"));
  slipway_json_text(&step, "interface", slipway_words("lo"));
  failed = slipway_json_step(host, &step);

  step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("file"));
  slipway_json_text(&step, "target", slipway_words("/etc/hosts"));
  slipway_json_text(&step, "text", slipway_words(file.text));
  slipway_json_text(&step, "from", slipway_words("/options/hosts"));
  /* pseudo-etc makes this file, too. Two owners of one path are a conflict unless one says that it means it. */
  slipway_json_open(&step, "replaces", "[");
  slipway_json_text(&step, NULL, slipway_words("pseudo-etc:/etc/hosts"));
  slipway_json_close(&step, "]");
  return failed | slipway_json_step(host, &step);
}

const slipway_plugin slipway_plugin_1 = {
    sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, plan, NULL, NULL};
