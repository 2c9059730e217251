/* What the step types of steps.h are written with, in C. A text, list, number or choice that is all zeros is left out:
 * slipway then takes the default. */
#ifndef SLIPWAY_STEP_H
#define SLIPWAY_STEP_H
#include <slipway/json.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct slipway_number {
  int is_set;
  int64_t value;
} slipway_number;

typedef struct slipway_texts {
  const slipway_text* items;
  uint64_t count;
} slipway_texts;

typedef struct slipway_choices { /* each of an enumeration of steps.h */
  const int32_t* items;
  uint64_t count;
} slipway_choices;

/* What every step may carry beside its own members. */
typedef struct slipway_common {
  int32_t phase;          /* enum slipway_phase, where its type may stand in several */
  slipway_text as;        /* names the step's result, "secrets"; later steps refer to it as "@secrets" */
  slipway_text from;      /* JSON pointer to the option that asked for it: the place that messages and plans name */
  slipway_texts after;    /* owner:label of steps that it comes after */
  slipway_texts replaces; /* owner:label of steps that it replaces */
} slipway_common;

static inline slipway_number slipway_number_of(int64_t value) {
  slipway_number number;
  number.is_set = 1;
  number.value = value;
  return number;
}

static inline void slipway_step_text(slipway_json* step, const char* name, slipway_text text) {
  if (text.size > 0) slipway_json_text(step, name, text);
}

static inline void slipway_step_list(slipway_json* step, const char* name, slipway_texts list) {
  uint64_t i;
  slipway_json_open(step, name, "[");
  for (i = 0; i < list.count; ++i) slipway_json_text(step, NULL, list.items[i]);
  slipway_json_close(step, "]");
}
static inline void slipway_step_texts(slipway_json* step, const char* name, slipway_texts list) {
  if (list.count > 0) slipway_step_list(step, name, list);
}

static inline void slipway_step_number(slipway_json* step, const char* name, slipway_number number) {
  if (number.is_set) slipway_json_integer(step, name, number.value);
}

/* Permission bits, which cross as octal text. */
static inline void slipway_step_mode(slipway_json* step, const char* name, slipway_number mode) {
  char digits[32];
  if (!mode.is_set) return;
  (void)snprintf(digits, sizeof digits, "%04llo", (unsigned long long)mode.value);
  slipway_json_text(step, name, slipway_words(digits));
}

static inline void slipway_step_choice(slipway_json* step, const char* name, int32_t value,
                                       slipway_text (*word)(int32_t)) {
  if (value != 0) slipway_json_text(step, name, word(value));
}
static inline void slipway_step_choices(slipway_json* step, const char* name, slipway_choices choices,
                                        slipway_text (*word)(int32_t)) {
  uint64_t i;
  if (choices.count == 0) return;
  slipway_json_open(step, name, "[");
  for (i = 0; i < choices.count; ++i) slipway_json_text(step, NULL, word(choices.items[i]));
  slipway_json_close(step, "]");
}

/* A value that is JSON already, such as slipway_json_end gives it. */
static inline void slipway_step_value(slipway_json* step, const char* name, slipway_text json) {
  if (json.size == 0) return;
  slipway_json_name(step, name);
  slipway_json_append(step, json.data, (size_t)json.size);
}

#ifdef __cplusplus
}
#endif
#endif
