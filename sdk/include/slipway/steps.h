/* Every step type as a struct with named members, and a function that plans it. Written by sdk-bindings from the tables
 * of the step types: `./dev bindings` renews it.
 *
 *   slipway_step_mask step = {.path = path.text};
 *   slipway_common common = {.from = slipway_words("/options/paths/0")};
 *   failed |= slipway_plan_mask(host, &step, &common);
 *
 * Of a member that is all zeros slipway takes the default. `common` may be NULL. Each function yields 0, or what makes
 * the plugin's own function fail: slipway has then said why. */
/* clang-format off */
#ifndef SLIPWAY_STEPS_H
#define SLIPWAY_STEPS_H
#include <slipway/step.h>
#ifdef __cplusplus
extern "C" {
#endif

enum slipway_phase {
  SLIPWAY_PHASE_RESOLVE = 1,
  SLIPWAY_PHASE_PREPARE = 2,
  SLIPWAY_PHASE_ATTACH = 3,
  SLIPWAY_PHASE_MOUNT = 4,
  SLIPWAY_PHASE_SEAL = 5,
  SLIPWAY_PHASE_CONFINE = 6,
  SLIPWAY_PHASE_EXEC = 7,
  SLIPWAY_PHASE_TEARDOWN = 8
};
static inline slipway_text slipway_phase_word(int32_t value) {
  static const char* const words[] = {
      "resolve",
      "prepare",
      "attach",
      "mount",
      "seal",
      "confine",
      "exec",
      "teardown"};
  return slipway_words(value >= 1 && value <= 8 ? words[value - 1] : "");
}

enum slipway_access {
  SLIPWAY_ACCESS_READ_WRITE = 1,
  SLIPWAY_ACCESS_READ_ONLY = 2
};
static inline slipway_text slipway_access_word(int32_t value) {
  static const char* const words[] = {
      "read_write",
      "read_only"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_mount_flag {
  SLIPWAY_MOUNT_FLAG_RO = 1,
  SLIPWAY_MOUNT_FLAG_NOSUID = 2,
  SLIPWAY_MOUNT_FLAG_NODEV = 3,
  SLIPWAY_MOUNT_FLAG_NOEXEC = 4,
  SLIPWAY_MOUNT_FLAG_RELATIME = 5,
  SLIPWAY_MOUNT_FLAG_NOATIME = 6,
  SLIPWAY_MOUNT_FLAG_STRICTATIME = 7,
  SLIPWAY_MOUNT_FLAG_NODIRATIME = 8,
  SLIPWAY_MOUNT_FLAG_NOSYMFOLLOW = 9
};
static inline slipway_text slipway_mount_flag_word(int32_t value) {
  static const char* const words[] = {
      "ro",
      "nosuid",
      "nodev",
      "noexec",
      "relatime",
      "noatime",
      "strictatime",
      "nodiratime",
      "nosymfollow"};
  return slipway_words(value >= 1 && value <= 9 ? words[value - 1] : "");
}

enum slipway_create {
  SLIPWAY_CREATE_NEVER = 1,
  SLIPWAY_CREATE_MISSING = 2
};
static inline slipway_text slipway_create_word(int32_t value) {
  static const char* const words[] = {
      "never",
      "missing"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_submounts {
  SLIPWAY_SUBMOUNTS_LEFT = 1,
  SLIPWAY_SUBMOUNTS_TAKEN = 2
};
static inline slipway_text slipway_submounts_word(int32_t value) {
  static const char* const words[] = {
      "left",
      "taken"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_owners {
  SLIPWAY_OWNERS_HOST = 1,
  SLIPWAY_OWNERS_CONTAINER = 2
};
static inline slipway_text slipway_owners_word(int32_t value) {
  static const char* const words[] = {
      "host",
      "container"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_undo {
  SLIPWAY_UNDO_CALLED = 1,
  SLIPWAY_UNDO_NONE = 2
};
static inline slipway_text slipway_undo_word(int32_t value) {
  static const char* const words[] = {
      "called",
      "none"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_env_defaults {
  SLIPWAY_ENV_DEFAULTS_STANDARD = 1,
  SLIPWAY_ENV_DEFAULTS_NONE = 2
};
static inline slipway_text slipway_env_defaults_word(int32_t value) {
  static const char* const words[] = {
      "standard",
      "none"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_init {
  SLIPWAY_INIT_NONE = 1,
  SLIPWAY_INIT_SLIPWAY = 2
};
static inline slipway_text slipway_init_word(int32_t value) {
  static const char* const words[] = {
      "none",
      "slipway"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_end_with {
  SLIPWAY_END_WITH_TERMINAL = 1,
  SLIPWAY_END_WITH_PARENT = 2
};
static inline slipway_text slipway_end_with_word(int32_t value) {
  static const char* const words[] = {
      "terminal",
      "parent"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_absent {
  SLIPWAY_ABSENT_REFUSED = 1,
  SLIPWAY_ABSENT_EMPTY = 2
};
static inline slipway_text slipway_absent_word(int32_t value) {
  static const char* const words[] = {
      "refused",
      "empty"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_name_source {
  SLIPWAY_NAME_SOURCE_NAME = 1,
  SLIPWAY_NAME_SOURCE_IMAGE = 2
};
static inline slipway_text slipway_name_source_word(int32_t value) {
  static const char* const words[] = {
      "name",
      "image"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_node_kind {
  SLIPWAY_NODE_KIND_CHARACTER = 1,
  SLIPWAY_NODE_KIND_BLOCK = 2,
  SLIPWAY_NODE_KIND_FIFO = 3
};
static inline slipway_text slipway_node_kind_word(int32_t value) {
  static const char* const words[] = {
      "character",
      "block",
      "fifo"};
  return slipway_words(value >= 1 && value <= 3 ? words[value - 1] : "");
}

enum slipway_scope {
  SLIPWAY_SCOPE_INHERITED = 1,
  SLIPWAY_SCOPE_ROOT = 2
};
static inline slipway_text slipway_scope_word(int32_t value) {
  static const char* const words[] = {
      "inherited",
      "root"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

enum slipway_spread {
  SLIPWAY_SPREAD_SLAVE = 1,
  SLIPWAY_SPREAD_PRIVATE = 2,
  SLIPWAY_SPREAD_SHARED = 3,
  SLIPWAY_SPREAD_UNBINDABLE = 4
};
static inline slipway_text slipway_spread_word(int32_t value) {
  static const char* const words[] = {
      "slave",
      "private",
      "shared",
      "unbindable"};
  return slipway_words(value >= 1 && value <= 4 ? words[value - 1] : "");
}

enum slipway_afterwards {
  SLIPWAY_AFTERWARDS_REMOVED = 1,
  SLIPWAY_AFTERWARDS_KEPT = 2
};
static inline slipway_text slipway_afterwards_word(int32_t value) {
  static const char* const words[] = {
      "removed",
      "kept"};
  return slipway_words(value >= 1 && value <= 2 ? words[value - 1] : "");
}

/* Adds what every step may carry, hands it over and frees it. */
static inline int32_t slipway_step_hand_over(const slipway_host* host, slipway_json* step,
                                             const slipway_common* common) {
  if (common != NULL) {
    if (common->phase != 0) slipway_json_text(step, "phase", slipway_phase_word(common->phase));
    slipway_step_text(step, "as", common->as);
    slipway_step_text(step, "from", common->from);
    slipway_step_texts(step, "after", common->after);
    slipway_step_texts(step, "replaces", common->replaces);
  }
  return slipway_json_step(host, step);
}

/* bind: shows a file or directory of the host inside the container; mount */
typedef struct slipway_step_bind {
  /* absolute path on the host, or the reference of a result */
  slipway_text source;
  /* the file or directory to cover */
  slipway_text target;
  /* enum slipway_access: whether the container may write there; for the mounts below too; read_write when absent */
  int32_t access;
  /* enum slipway_mount_flag: mount flags by their mount(8) names, for the mounts below too; absent: as the host has
   * them */
  slipway_choices flags;
  /* enum slipway_create: whether the target is made where it is missing; never when absent */
  int32_t create;
  /* enum slipway_submounts: whether mounts below the source come along; left when absent */
  int32_t submounts;
  /* enum slipway_owners: container: the source is the result of an open step with the same word; host when absent */
  int32_t owners;
} slipway_step_bind;
static inline int32_t slipway_plan_bind(const slipway_host* host, const slipway_step_bind* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("bind"));
  slipway_json_text(&json, "source", step->source);
  slipway_json_text(&json, "target", step->target);
  slipway_step_choice(&json, "access", step->access, &slipway_access_word);
  slipway_step_choices(&json, "flags", step->flags, &slipway_mount_flag_word);
  slipway_step_choice(&json, "create", step->create, &slipway_create_word);
  slipway_step_choice(&json, "submounts", step->submounts, &slipway_submounts_word);
  slipway_step_choice(&json, "owners", step->owners, &slipway_owners_word);
  return slipway_step_hand_over(host, &json, common);
}

/* call: has a function of the plugin's own run; mount, prepare, attach, seal */
typedef struct slipway_step_call {
  /* which of its functions; the plugin's own word of at most 64 bytes */
  slipway_text function;
  /* JSON: what the function reads as /arguments; at most 64 KiB */
  slipway_text arguments;
  /* "@name": results of earlier steps, handed over as descriptors; also @pidfd, @userns, @netns and @mntns of the
   * container in attach, @root in mount and seal; at most 64 */
  slipway_texts inputs;
  /* how long it may take, and its undo; 1 to 3600 */
  slipway_number timeout;
  /* enum slipway_undo: called: taken back at the end; none: it leaves nothing to take back; called when absent */
  int32_t undo;
} slipway_step_call;
static inline int32_t slipway_plan_call(const slipway_host* host, const slipway_step_call* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("call"));
  slipway_json_text(&json, "function", step->function);
  slipway_step_value(&json, "arguments", step->arguments);
  slipway_step_texts(&json, "inputs", step->inputs);
  slipway_step_number(&json, "timeout", step->timeout);
  slipway_step_choice(&json, "undo", step->undo, &slipway_undo_word);
  return slipway_step_hand_over(host, &json, common);
}

/* copy: copies the tree that layers make into a directory of the run's own; prepare */
typedef struct slipway_step_copy {
  /* "@name": the layers' directories, the top one first; at least one */
  slipway_texts layers;
  /* "@name": the result of a scratch step */
  slipway_text into;
} slipway_step_copy;
static inline int32_t slipway_plan_copy(const slipway_host* host, const slipway_step_copy* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("copy"));
  slipway_step_list(&json, "layers", step->layers);
  slipway_json_text(&json, "into", step->into);
  return slipway_step_hand_over(host, &json, common);
}

/* environment: sets the program's environment; confine */
typedef struct slipway_step_environment {
  /* each NAME=VALUE, or NAME alone, which takes the variable away */
  slipway_texts variables;
  /* enum slipway_env_defaults: whether PATH, HOME and TERM are there where nothing says otherwise; standard when
   * absent */
  int32_t defaults;
  /* what the files and the variables go over; written alike */
  slipway_texts base;
  /* absolute paths of files of the host with variables, read at each start */
  slipway_texts files;
} slipway_step_environment;
static inline int32_t slipway_plan_environment(const slipway_host* host, const slipway_step_environment* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("environment"));
  slipway_step_texts(&json, "variables", step->variables);
  slipway_step_choice(&json, "defaults", step->defaults, &slipway_env_defaults_word);
  slipway_step_texts(&json, "base", step->base);
  slipway_step_texts(&json, "files", step->files);
  return slipway_step_hand_over(host, &json, common);
}

/* exec: becomes the program; exec */
typedef struct slipway_step_exec {
  /* the program and its arguments; at least one */
  slipway_texts args;
  /* enum slipway_init: slipway: a first process that reaps, and passes signals on; none: the program is the
   * container's first process; none when absent */
  int32_t init;
  /* the number of the signal that asks the program to end; 1 to 64, 15 is TERM */
  slipway_number stop_signal;
  /* from that signal to SIGKILL; 0 to 86400 */
  slipway_number stop_timeout;
  /* enum slipway_end_with: whose end is the container's, too: the terminal that slipway was started at, the process
   * that started it */
  slipway_choices end_with;
  /* how many of the caller's descriptors, from 3 on, it keeps; 0 to 1024 */
  slipway_number preserve_fds;
} slipway_step_exec;
static inline int32_t slipway_plan_exec(const slipway_host* host, const slipway_step_exec* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("exec"));
  slipway_step_list(&json, "args", step->args);
  slipway_step_choice(&json, "init", step->init, &slipway_init_word);
  slipway_step_number(&json, "stop_signal", step->stop_signal);
  slipway_step_number(&json, "stop_timeout", step->stop_timeout);
  slipway_step_choices(&json, "end_with", step->end_with, &slipway_end_with_word);
  slipway_step_number(&json, "preserve_fds", step->preserve_fds);
  return slipway_step_hand_over(host, &json, common);
}

/* file: covers a path with a file of the container's own; mount */
typedef struct slipway_step_file {
  /* the path */
  slipway_text target;
  /* the file's content; absent: empty */
  slipway_text text;
  /* absolute path of a regular file on the host whose content is taken instead, as it is at the start; at most 1 MiB */
  slipway_text copy_of;
  /* enum slipway_absent: what a missing copy_of means: an error, or an empty file; refused when absent */
  int32_t absent;
  /* permission bits, umask not applied */
  slipway_number mode;
} slipway_step_file;
static inline int32_t slipway_plan_file(const slipway_host* host, const slipway_step_file* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("file"));
  slipway_json_text(&json, "target", step->target);
  slipway_step_text(&json, "text", step->text);
  slipway_step_text(&json, "copy_of", step->copy_of);
  slipway_step_choice(&json, "absent", step->absent, &slipway_absent_word);
  slipway_step_mode(&json, "mode", step->mode);
  return slipway_step_hand_over(host, &json, common);
}

/* hostname: sets the host name; mount */
typedef struct slipway_step_hostname {
  /* 1 to 64 bytes; absent where the image says it */
  slipway_text name;
  /* enum slipway_name_source: name: as name says; image: as the image's /etc/hostname says; name when absent */
  int32_t source;
} slipway_step_hostname;
static inline int32_t slipway_plan_hostname(const slipway_host* host, const slipway_step_hostname* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("hostname"));
  slipway_step_text(&json, "name", step->name);
  slipway_step_choice(&json, "source", step->source, &slipway_name_source_word);
  return slipway_step_hand_over(host, &json, common);
}

/* link_up: brings a network interface up; mount */
typedef struct slipway_step_link_up {
  /* its name, 1 to 15 bytes: lo */
  slipway_text interface;
} slipway_step_link_up;
static inline int32_t slipway_plan_link_up(const slipway_host* host, const slipway_step_link_up* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("link_up"));
  slipway_json_text(&json, "interface", step->interface);
  return slipway_step_hand_over(host, &json, common);
}

/* mask: hides a path from the container; seal */
typedef struct slipway_step_mask {
  /* what is hidden */
  slipway_text path;
} slipway_step_mask;
static inline int32_t slipway_plan_mask(const slipway_host* host, const slipway_step_mask* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("mask"));
  slipway_json_text(&json, "path", step->path);
  return slipway_step_hand_over(host, &json, common);
}

/* mkdir: makes a directory inside the container; mount */
typedef struct slipway_step_mkdir {
  /* the directory */
  slipway_text target;
  /* permission bits of a new one, umask not applied */
  slipway_number mode;
} slipway_step_mkdir;
static inline int32_t slipway_plan_mkdir(const slipway_host* host, const slipway_step_mkdir* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("mkdir"));
  slipway_json_text(&json, "target", step->target);
  slipway_step_mode(&json, "mode", step->mode);
  return slipway_step_hand_over(host, &json, common);
}

/* mknod: makes a device node; mount */
typedef struct slipway_step_mknod {
  /* the node */
  slipway_text target;
  /* enum slipway_node_kind: what is made; character when absent */
  int32_t kind;
  /* major device number */
  slipway_number major;
  /* minor device number */
  slipway_number minor;
  /* permission bits, umask not applied */
  slipway_number mode;
} slipway_step_mknod;
static inline int32_t slipway_plan_mknod(const slipway_host* host, const slipway_step_mknod* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("mknod"));
  slipway_json_text(&json, "target", step->target);
  slipway_step_choice(&json, "kind", step->kind, &slipway_node_kind_word);
  slipway_step_number(&json, "major", step->major);
  slipway_step_number(&json, "minor", step->minor);
  slipway_step_mode(&json, "mode", step->mode);
  return slipway_step_hand_over(host, &json, common);
}

/* mount: mounts a new instance of a file system; mount */
typedef struct slipway_step_mount {
  /* the file system's type: proc, sysfs, tmpfs, devpts … */
  slipway_text fstype;
  /* the directory to mount on */
  slipway_text target;
  /* what mountinfo shows as the source; absent: the type */
  slipway_text source;
  /* enum slipway_mount_flag: mount flags by their mount(8) names; absent: none */
  slipway_choices flags;
  /* the file system's own options, each NAME or NAME=VALUE, at most 255 bytes */
  slipway_texts options;
} slipway_step_mount;
static inline int32_t slipway_plan_mount(const slipway_host* host, const slipway_step_mount* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("mount"));
  slipway_json_text(&json, "fstype", step->fstype);
  slipway_json_text(&json, "target", step->target);
  slipway_step_text(&json, "source", step->source);
  slipway_step_choices(&json, "flags", step->flags, &slipway_mount_flag_word);
  slipway_step_texts(&json, "options", step->options);
  return slipway_step_hand_over(host, &json, common);
}

/* open: opens a file or directory of the host for a bind; prepare */
typedef struct slipway_step_open {
  /* absolute path on the host; its links are followed */
  slipway_text path;
  /* enum slipway_owners: host: as the host has them; container: the same numbers inside; host when absent */
  int32_t owners;
} slipway_step_open;
static inline int32_t slipway_plan_open(const slipway_host* host, const slipway_step_open* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("open"));
  slipway_json_text(&json, "path", step->path);
  slipway_step_choice(&json, "owners", step->owners, &slipway_owners_word);
  return slipway_step_hand_over(host, &json, common);
}

/* overlay: mounts an overlay of layers; mount */
typedef struct slipway_step_overlay {
  /* "@name": the layers' directories, the top one first; at least one */
  slipway_texts lower;
  /* "@name": the result of a scratch step that takes the writes; absent: a tmpfs that vanishes with the container */
  slipway_text upper;
  /* the most that the tmpfs may hold, not 0 and not beside upper; absent: the kernel's default, half of the memory */
  slipway_number size;
  /* where; / makes it the container's root */
  slipway_text target;
} slipway_step_overlay;
static inline int32_t slipway_plan_overlay(const slipway_host* host, const slipway_step_overlay* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("overlay"));
  slipway_step_list(&json, "lower", step->lower);
  slipway_step_text(&json, "upper", step->upper);
  slipway_step_number(&json, "size", step->size);
  slipway_json_text(&json, "target", step->target);
  return slipway_step_hand_over(host, &json, common);
}

/* propagation: sets how mounts travel between namespaces; mount, seal */
typedef struct slipway_step_propagation {
  /* enum slipway_scope: inherited: all that the new namespace has from the host; root: the container's own mounts;
   * inherited when absent */
  int32_t scope;
  /* enum slipway_spread: how, for all mounts below as well; slave when absent */
  int32_t spread;
} slipway_step_propagation;
static inline int32_t slipway_plan_propagation(const slipway_host* host, const slipway_step_propagation* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("propagation"));
  slipway_step_choice(&json, "scope", step->scope, &slipway_scope_word);
  slipway_step_choice(&json, "spread", step->spread, &slipway_spread_word);
  return slipway_step_hand_over(host, &json, common);
}

/* readonly: makes a path read-only; seal */
typedef struct slipway_step_readonly {
  /* what is made read-only */
  slipway_text path;
} slipway_step_readonly;
static inline int32_t slipway_plan_readonly(const slipway_host* host, const slipway_step_readonly* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("readonly"));
  slipway_json_text(&json, "path", step->path);
  return slipway_step_hand_over(host, &json, common);
}

/* scratch: makes a directory of this run's own in the store; prepare */
typedef struct slipway_step_scratch {
  /* what it is for, as shown to people: upper; one file name of at most 64 bytes */
  slipway_text name;
  /* enum slipway_afterwards: removed with the run, or kept: moved to where no run and no cleaning removes it, and
   * people are told; removed when absent */
  int32_t afterwards;
} slipway_step_scratch;
static inline int32_t slipway_plan_scratch(const slipway_host* host, const slipway_step_scratch* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("scratch"));
  slipway_json_text(&json, "name", step->name);
  slipway_step_choice(&json, "afterwards", step->afterwards, &slipway_afterwards_word);
  return slipway_step_hand_over(host, &json, common);
}

/* symlink: makes a symbolic link inside the container; mount */
typedef struct slipway_step_symlink {
  /* what the link says; not looked up */
  slipway_text target;
  /* where the link is made */
  slipway_text link;
} slipway_step_symlink;
static inline int32_t slipway_plan_symlink(const slipway_host* host, const slipway_step_symlink* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("symlink"));
  slipway_json_text(&json, "target", step->target);
  slipway_json_text(&json, "link", step->link);
  return slipway_step_hand_over(host, &json, common);
}

/* unpack: has a layer of the image unpacked in the store; prepare */
typedef struct slipway_step_unpack {
  /* which layer: the digest of its uncompressed tar as the image fact gives it, sha256:… */
  slipway_text diff_id;
} slipway_step_unpack;
static inline int32_t slipway_plan_unpack(const slipway_host* host, const slipway_step_unpack* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("unpack"));
  slipway_json_text(&json, "diff_id", step->diff_id);
  return slipway_step_hand_over(host, &json, common);
}

/* user: becomes the program's user; confine */
typedef struct slipway_step_user {
  /* USER[:GROUP], each by name or number; empty: root */
  slipway_text user;
  /* further groups, each by name or number; absent: none */
  slipway_texts groups;
} slipway_step_user;
static inline int32_t slipway_plan_user(const slipway_host* host, const slipway_step_user* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("user"));
  slipway_json_text(&json, "user", step->user);
  slipway_step_texts(&json, "groups", step->groups);
  return slipway_step_hand_over(host, &json, common);
}

/* workdir: changes to the working directory; confine */
typedef struct slipway_step_workdir {
  /* the directory */
  slipway_text path;
} slipway_step_workdir;
static inline int32_t slipway_plan_workdir(const slipway_host* host, const slipway_step_workdir* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("workdir"));
  slipway_json_text(&json, "path", step->path);
  return slipway_step_hand_over(host, &json, common);
}

/* write: makes a file inside the container; mount */
typedef struct slipway_step_write {
  /* the file */
  slipway_text target;
  /* its content; absent: empty */
  slipway_text text;
  /* permission bits, umask not applied */
  slipway_number mode;
} slipway_step_write;
static inline int32_t slipway_plan_write(const slipway_host* host, const slipway_step_write* step,
    const slipway_common* common) {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "type", slipway_words("write"));
  slipway_json_text(&json, "target", step->target);
  slipway_step_text(&json, "text", step->text);
  slipway_step_mode(&json, "mode", step->mode);
  return slipway_step_hand_over(host, &json, common);
}

#ifdef __cplusplus
}
#endif
#endif
