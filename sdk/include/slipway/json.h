/* JSON text in C: the steps and facts that a plugin hands over, quoted as JSON wants it. All of it is inline; a plugin
 * in C needs this and plugin.h, and a parser for nothing.
 *
 *   slipway_json step = slipway_json_object();
 *   slipway_json_text(&step, "type", slipway_words("mask"));
 *   slipway_json_text(&step, "path", path.text);
 *   failed |= slipway_json_step(host, &step);
 *
 * An object grows as needed, and is freed where it is handed over. Where memory ends, handing over fails. */
#ifndef SLIPWAY_JSON_H
#define SLIPWAY_JSON_H
#include <slipway/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct slipway_json {
  char* data;
  size_t size, room;
  int failed;
} slipway_json;

static inline slipway_text slipway_words(const char* words) {
  slipway_text text;
  text.data = words;
  text.size = strlen(words);
  return text;
}

static inline void slipway_json_append(slipway_json* json, const char* bytes, size_t size) {
  if (json->failed) return;
  if (json->room - json->size < size) {
    size_t room = json->room + size + 256;
    char* data = (char*)realloc(json->data, room);
    if (data == NULL) {
      json->failed = 1;
      return;
    }
    json->data = data;
    json->room = room;
  }
  memcpy(json->data + json->size, bytes, size);
  json->size += size;
}

/* Bytes of the well-formed UTF-8 sequence (RFC 3629, section 4) that `left` bytes begin with, or 0. */
static inline size_t slipway_utf8_length(const unsigned char* at, uint64_t left) {
  size_t size, i;
  unsigned char low = 0x80, high = 0xBF;
  if (at[0] < 0x80) return 1;
  if (at[0] < 0xC2 || at[0] > 0xF4) return 0;
  size = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
  if (at[0] == 0xE0) low = 0xA0; /* overlong, surrogates, beyond U+10FFFF */
  if (at[0] == 0xED) high = 0x9F;
  if (at[0] == 0xF0) low = 0x90;
  if (at[0] == 0xF4) high = 0x8F;
  if (left < size || at[1] < low || at[1] > high) return 0;
  for (i = 2; i < size; ++i)
    if (at[i] < 0x80 || at[i] > 0xBF) return 0;
  return size;
}

static inline void slipway_json_base64(slipway_json* json, const unsigned char* at, uint64_t size) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t i;
  slipway_json_append(json, "{\"base64\":\"", 11);
  for (i = 0; i < size; i += 3) {
    uint64_t left = size - i;
    uint32_t group = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) | (left > 2 ? at[i + 2] : 0U);
    char four[4];
    four[0] = letters[group >> 18];
    four[1] = letters[group >> 12 & 63];
    four[2] = left > 1 ? letters[group >> 6 & 63] : '=';
    four[3] = left > 2 ? letters[group & 63] : '=';
    slipway_json_append(json, four, 4);
  }
  slipway_json_append(json, "\"}", 2);
}

/* A JSON string; {"base64": "..."} for what is not UTF-8, as paths and arguments need not be. */
static inline void slipway_json_quoted(slipway_json* json, slipway_text text) {
  const unsigned char* at = (const unsigned char*)text.data;
  uint64_t i;
  size_t length;
  for (i = 0; i < text.size; i += length) {
    length = slipway_utf8_length(at + i, text.size - i);
    if (length == 0) {
      slipway_json_base64(json, at, text.size);
      return;
    }
  }
  slipway_json_append(json, "\"", 1);
  for (i = 0; i < text.size; ++i) {
    char escaped[8];
    if (at[i] == '"' || at[i] == '\\') slipway_json_append(json, "\\", 1);
    if (at[i] < 0x20) {
      (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)at[i]);
      slipway_json_append(json, escaped, 6);
    } else {
      slipway_json_append(json, text.data + i, 1);
    }
  }
  slipway_json_append(json, "\"", 1);
}

/* What stands before a value: a comma but at a beginning, and the member's name; in a list the name is NULL. */
static inline void slipway_json_name(slipway_json* json, const char* name) {
  if (json->size > 0 && json->data[json->size - 1] != '{' && json->data[json->size - 1] != '[')
    slipway_json_append(json, ",", 1);
  if (name == NULL) return;
  slipway_json_quoted(json, slipway_words(name));
  slipway_json_append(json, ":", 1);
}

static inline slipway_json slipway_json_object(void) {
  slipway_json json = {NULL, 0, 0, 0};
  slipway_json_append(&json, "{", 1);
  return json;
}

static inline void slipway_json_text(slipway_json* json, const char* name, slipway_text text) {
  slipway_json_name(json, name);
  slipway_json_quoted(json, text);
}

static inline void slipway_json_integer(slipway_json* json, const char* name, int64_t value) {
  char digits[24];
  slipway_json_name(json, name);
  slipway_json_append(json, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)value));
}

static inline void slipway_json_boolean(slipway_json* json, const char* name, int value) {
  slipway_json_name(json, name);
  slipway_json_append(json, value ? "true" : "false", value ? 4 : 5);
}

/* Begins a list or an object inside, "[" or "{"; slipway_json_close ends it, "]" or "}". */
static inline void slipway_json_open(slipway_json* json, const char* name, const char* bracket) {
  slipway_json_name(json, name);
  slipway_json_append(json, bracket, 1);
}
static inline void slipway_json_close(slipway_json* json, const char* bracket) {
  slipway_json_append(json, bracket, 1);
}

static inline slipway_text slipway_json_end(slipway_json* json) {
  slipway_text text;
  slipway_json_append(json, "}", 1);
  text.data = json->data;
  text.size = json->failed ? 0 : json->size;
  return text;
}

static inline void slipway_json_free(slipway_json* json) {
  free(json->data);
  json->data = NULL;
  json->size = json->room = 0;
}

/* Each hands the object over and frees it; 0, or what makes the plugin's function fail. */
static inline int32_t slipway_json_step(const slipway_host* host, slipway_json* step) {
  int32_t status = host->step(host, slipway_json_end(step));
  slipway_json_free(step);
  return status;
}
static inline int32_t slipway_json_fact(const slipway_host* host, const char* name, slipway_json* fact) {
  int32_t status = host->fact(host, slipway_words(name), slipway_json_end(fact));
  slipway_json_free(fact);
  return status;
}

#ifdef __cplusplus
}
#endif
#endif
