/* slipway plugin ABI 1.0: all that crosses the border between slipway and a stage plugin.
 *
 * Text      UTF-8, {data, size}, no NUL inside, not NUL-terminated. Where a path or an argument is not
 *           UTF-8 its JSON form is {"base64": "..."}; slipway_value.text holds the plain bytes.
 * Memory    Nobody frees what another made. What slipway hands in lives until the plugin's function
 *           returns; what the plugin hands in is copied before the callback returns.
 * Threads   A function is entered by one thread at a time and calls back on that thread only, while it
 *           runs; at any other time, and from any other thread, the host's functions fail. There is no
 *           state between calls: plan, resolve, call and undo happen in different processes, so nothing
 *           that a plugin keeps in memory would be there.
 * Status    0 is success, anything else failure; errno-like values have no meaning. Failure without a
 *           report() is called the plugin's bug. No exception, panic, longjmp or exit crosses the border.
 * Growth    Structs only grow at the end; read a member only where SLIPWAY_HAS says it is there. Words
 *           (steps, facts, phases, abilities) are added by name and stay. Draft words begin with "x-". */
#ifndef SLIPWAY_PLUGIN_H
#define SLIPWAY_PLUGIN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define SLIPWAY_ABI_MAJOR 1
#define SLIPWAY_ABI_MINOR 0
#define SLIPWAY_HAS(object, type, member) ((object)->struct_size >= offsetof(type, member) + sizeof((object)->member))
#define SLIPWAY_EXPORT __attribute__((visibility("default")))

typedef struct slipway_text {
  const char* data;
  uint64_t size;
} slipway_text;

enum slipway_kind { /* int32_t on the border, as are all enums here */
                    SLIPWAY_MISSING = 0,
                    SLIPWAY_NULL = 1,
                    SLIPWAY_BOOLEAN = 2,
                    SLIPWAY_INTEGER = 3,
                    SLIPWAY_REAL = 4,
                    SLIPWAY_TEXT = 5,
                    SLIPWAY_ARRAY = 6,
                    SLIPWAY_OBJECT = 7
};
enum slipway_severity { SLIPWAY_ERROR = 0, SLIPWAY_WARNING = 1, SLIPWAY_INFO = 2, SLIPWAY_DEBUG = 3 };

typedef struct slipway_value { /* fixed for all of major 1: 48 bytes */
  int32_t kind;
  uint32_t reserved;
  int64_t integer;   /* BOOLEAN (0, 1) and INTEGER */
  double real;       /* REAL and INTEGER */
  uint64_t count;    /* members of ARRAY and OBJECT */
  slipway_text text; /* TEXT, decoded */
} slipway_value;

typedef struct slipway_host slipway_host;
struct slipway_host {
  uint32_t struct_size; /* what this slipway has; set by slipway */
  uint16_t abi_major, abi_minor;
  void* context; /* slipway's own */

  /* Reading. `at` is a JSON pointer into {"options": ..., "facts": {...}} (in call and undo:
   * {"arguments": ...}); options have their defaults filled in and fit the manifest's schema. Each read
   * is noted: a cached plan is valid as long as what it read has not changed.
   * get: an absent value is success with kind MISSING. key: name of an object's member by index.
   * json: the whole value as JSON text, for plugins that bring a parser. */
  int32_t (*get)(const slipway_host*, slipway_text at, slipway_value* out);
  int32_t (*key)(const slipway_host*, slipway_text at, uint64_t index, slipway_text* out);
  int32_t (*json)(const slipway_host*, slipway_text at, slipway_text* out);

  /* plan: adds one step, a JSON object: {"type": T, arguments..., and optionally "phase", "as",
   * "from": pointer to the option that asked for it, "after": [...], "replaces": [...]}. Checked at
   * once: non-zero means refused and already reported, go on to find further problems or return. */
  int32_t (*step)(const slipway_host*, slipway_text step_json);
  /* plan, resolve: hands a fact to later stages; its name stands in the manifest's "provides". */
  int32_t (*fact)(const slipway_host*, slipway_text name, slipway_text json);
  /* Any time, any number of times. `at` as for get, or empty; slipway turns it into file:line:column.
   * hint may be empty. In a child process texts are cut at 512 bytes. */
  void (*report)(const slipway_host*, int32_t severity, slipway_text at, slipway_text message, slipway_text hint);
  /* Further abilities by name ("slipway.source.1"); NULL where this slipway or this phase has none. */
  const void* (*ability)(const slipway_host*, slipway_text name);
};

/* "slipway.source.1", in resolve only: the image source as the sandboxed worker shows it. Always
 * seekable and already decompressed; a directory shows its files by relative name. */
typedef struct slipway_entry { /* fixed; more comes as "slipway.source.2" */
  slipway_text name;           /* as the archive has it, bytes; never to be opened as a path */
  slipway_text link;           /* target of a link, else empty */
  uint64_t offset, size;
  int32_t type;    /* 'f' file, 'd' directory, 'l' symlink, 'h' hard link, 'o' other */
  uint32_t source; /* which file of the source `offset` counts in */
} slipway_entry;
typedef struct slipway_source {
  uint32_t struct_size, reserved;
  int32_t (*entry)(const slipway_host*, uint64_t index, slipway_entry* out); /* 1 past the last one */
  int32_t (*find)(const slipway_host*, slipway_text name, slipway_entry* out);
  int32_t (*read)(const slipway_host*, uint32_t source, uint64_t offset, void* to, uint64_t size);
} slipway_source;

/* One `call` step as it is carried out, in a process of its own: with no descriptor but the inputs and the standard
 * streams, the directory "/", umask 022, and of an environment a PATH. Inputs are borrowed, in the step's order. */
typedef struct slipway_call {
  uint32_t struct_size;
  uint32_t undo;         /* 1: take it back; idempotent, from the arguments alone, inputs may be -1 */
  slipway_text function; /* the step's "function" */
  slipway_text phase;
  const int32_t* inputs;
  uint64_t input_count;
  int32_t* result; /* -1; a descriptor stored here (close-on-exec) becomes slipway's: "as" */
} slipway_call;

typedef struct slipway_plugin {
  uint32_t struct_size; /* set by the plugin; slipway never reads past it */
  uint16_t abi_major, abi_minor;
  int32_t (*plan)(const slipway_host*);                      /* every stage but image: pure */
  int32_t (*resolve)(const slipway_host*);                   /* image only; in the worker */
  int32_t (*call)(const slipway_host*, const slipway_call*); /* NULL unless needs has "step:call" */
} slipway_plugin;

/* The one symbol of a plugin: constant data, so finding it runs no code. A major has its own name. */
extern SLIPWAY_EXPORT const slipway_plugin slipway_plugin_1;

#ifdef __cplusplus
}
#endif
#endif
