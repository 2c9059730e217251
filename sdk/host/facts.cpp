#include "sdk/host/facts.hpp"

#include <array>

namespace slipway::host {
namespace {

constexpr auto kSourceTypes = std::to_array<std::string_view>({"file", "directory"});
constexpr auto kCompressions = std::to_array<std::string_view>({"none", "gzip", "zstd", "xz", "bzip2"});
constexpr auto kUsers = std::to_array<std::string_view>({"root", "ordinary"});
constexpr auto kIds = std::to_array<std::string_view>({"host", "single", "range"});
constexpr auto kNamespaces =
    std::to_array<std::string_view>({"mount", "pid", "ipc", "uts", "net", "cgroup", "user", "time"});

constexpr std::string_view kNotSaid = "the image does not say";
constexpr std::string_view kInPlace = "the source is a directory that is used in place";

constexpr auto kSource = std::to_array<FactMember>({
    {.path = "type", .type = "text", .meaning = "what the source is", .absent = "", .words = kSourceTypes},
    {.path = "size",
     .type = "integer",
     .meaning = "how long the source is, as the worker shows it: decompressed",
     .absent = "the source is a directory",
     .unit = "bytes"},
});

constexpr auto kImage = std::to_array<FactMember>({
    {.path = "id",
     .type = "text",
     .meaning = "sha256:… of the image's configuration, or of the one layer of a flat tar; directory, of a directory",
     .absent = ""},
    {.path = "kind",
     .type = "text",
     .meaning = "what the source turned out to be; an image plugin of a third party may say another word",
     .absent = "the image plugin does not say it"},
    {.path = "name",
     .type = "text",
     .meaning = "NAME:TAG of the chosen image; empty where it has none",
     .absent = "the image plugin does not say it"},
    {.path = "tags",
     .type = "list",
     .meaning = "the names of all images of the source",
     .absent = "the source has one image and no place for names"},
    {.path = "tags/*", .type = "text", .meaning = "NAME:TAG", .absent = ""},
    {.path = "layers", .type = "list", .meaning = "the layers, the lowest first", .absent = "", .word = "image.layers"},
    {.path = "layers/*", .type = "object", .meaning = "one layer", .absent = ""},
    {.path = "layers/*/diff_id",
     .type = "text",
     .meaning = "sha256:… of the layer's uncompressed tar, which an unpack step takes; in-place, of a directory",
     .absent = ""},
    {.path = "layers/*/compression",
     .type = "text",
     .meaning = "how its bytes are compressed",
     .absent = "it is not compressed, or a directory",
     .words = kCompressions},
    {.path = "layers/*/source",
     .type = "integer",
     .meaning = "in which file of the source its bytes are, counted from 0",
     .absent = "it is the first, or the layer is a directory"},
    {.path = "layers/*/offset",
     .type = "integer",
     .meaning = "where in it they begin",
     .absent = kInPlace,
     .unit = "bytes"},
    {.path = "layers/*/size", .type = "integer", .meaning = "how many they are", .absent = kInPlace, .unit = "bytes"},
    {.path = "settings",
     .type = "object",
     .meaning = "how the image wants its program started",
     .absent = "the image plugin does not say it",
     .word = "image.settings"},
    {.path = "settings/entrypoint",
     .type = "list",
     .meaning = "the program and its first arguments",
     .absent = kNotSaid},
    {.path = "settings/entrypoint/*", .type = "text", .meaning = "a word", .absent = ""},
    {.path = "settings/cmd",
     .type = "list",
     .meaning = "further arguments, or the program where there is no entrypoint",
     .absent = kNotSaid},
    {.path = "settings/cmd/*", .type = "text", .meaning = "a word", .absent = ""},
    {.path = "settings/env", .type = "list", .meaning = "the program's environment", .absent = kNotSaid},
    {.path = "settings/env/*", .type = "text", .meaning = "NAME=VALUE", .absent = ""},
    {.path = "settings/user",
     .type = "text",
     .meaning = "USER[:GROUP], each a name of the image's or a number, as a user step takes it",
     .absent = kNotSaid},
    {.path = "settings/workdir", .type = "text", .meaning = "the program's working directory", .absent = kNotSaid},
    {.path = "settings/labels", .type = "object", .meaning = "what the image says of itself", .absent = kNotSaid},
    {.path = "settings/labels/*", .type = "text", .meaning = "a label's value", .absent = ""},
    {.path = "settings/stop_signal",
     .type = "text",
     .meaning = "the signal that asks the program to end, by name or number: SIGQUIT",
     .absent = kNotSaid},
    {.path = "config",
     .type = "object",
     .meaning = "where in the source the configuration is whose digest the id is",
     .absent = "the id is no digest of a configuration"},
    {.path = "config/source", .type = "integer", .meaning = "as of a layer", .absent = "it is the first"},
    {.path = "config/offset", .type = "integer", .meaning = "as of a layer", .absent = "", .unit = "bytes"},
    {.path = "config/size", .type = "integer", .meaning = "as of a layer", .absent = "", .unit = "bytes"},
    {.path = "digested",
     .type = "list",
     .meaning = "what else of the source slipway is to hold against a digest",
     .absent = "there is nothing else"},
    {.path = "digested/*", .type = "object", .meaning = "one range", .absent = ""},
    {.path = "digested/*/digest", .type = "text", .meaning = "sha256:… that it must have", .absent = ""},
    {.path = "digested/*/source", .type = "integer", .meaning = "as of a layer", .absent = "it is the first"},
    {.path = "digested/*/offset", .type = "integer", .meaning = "as of a layer", .absent = "", .unit = "bytes"},
    {.path = "digested/*/size", .type = "integer", .meaning = "as of a layer", .absent = "", .unit = "bytes"},
    {.path = "unfolded",
     .type = "integer",
     .meaning = "how long the source is when it is decompressed; slipway's own",
     .absent = "the source is not compressed as a whole",
     .unit = "bytes"},
    {.path = "files",
     .type = "list",
     .meaning = "the files of the source; slipway's own",
     .absent = "the source is a file"},
    {.path = "files/*", .type = "object", .meaning = "one file", .absent = ""},
    {.path = "files/*/name", .type = "text", .meaning = "its path below the source", .absent = ""},
    {.path = "files/*/size", .type = "integer", .meaning = "its length", .absent = "", .unit = "bytes"},
});

constexpr auto kHost = std::to_array<FactMember>({
    {.path = "user",
     .type = "text",
     .meaning = "who starts slipway: root of the host, or not; root of another user namespace is an ordinary user",
     .absent = "",
     .words = kUsers},
    {.path = "kernel", .type = "text", .meaning = "the release of the kernel, as uname(2) has it: 6.1.0", .absent = ""},
    {.path = "tmpfs_user_xattr",
     .type = "boolean",
     .meaning = "whether a tmpfs takes user.* attributes (Linux 6.6), and so the writes of an overlay",
     .absent = ""},
    {.path = "filesystems",
     .type = "list",
     .meaning = "the types of file systems that the kernel has, modules where they are loaded; empty where that cannot "
                "be read",
     .absent = ""},
    {.path = "filesystems/*", .type = "text", .meaning = "a type: mqueue", .absent = ""},
    {.path = "cgroup2",
     .type = "boolean",
     .meaning = "whether version 2 of control groups is in use, alone or beside version 1",
     .absent = ""},
    {.path = "terminal",
     .type = "boolean",
     .meaning = "whether the container gets a terminal of its own",
     .absent = ""},
});

constexpr auto kIsolation = std::to_array<FactMember>({
    {.path = "namespaces",
     .type = "list",
     .meaning = "the namespaces that the container has of its own or joins",
     .absent = ""},
    {.path = "namespaces/*", .type = "text", .meaning = "a namespace", .absent = "", .words = kNamespaces},
    {.path = "joined",
     .type = "list",
     .meaning = "those that it shares with somebody else than the host; what is in them is theirs to set up",
     .absent = ""},
    {.path = "joined/*", .type = "text", .meaning = "a namespace", .absent = "", .words = kNamespaces},
    {.path = "ids",
     .type = "text",
     .meaning = "the ids inside: the host's, one of each kind, or a range",
     .absent = "",
     .words = kIds},
    {.path = "maps_gid_5",
     .type = "boolean",
     .meaning = "whether group 5 (tty) is one of them, which devpts can then be told",
     .absent = ""},
    {.path = "hostname",
     .type = "text",
     .meaning = "the container's host name; empty where it has none of its own, or the image's /etc/hostname says it",
     .absent = ""},
    {.path = "hostname_of_image",
     .type = "boolean",
     .meaning = "whether it is the first line of the container's own /etc/hostname",
     .absent = ""},
});

constexpr auto kFacts = std::to_array<Fact>({
    {"source", "what the image's source is: a file, a directory", "slipway, to image plugins in resolve", kSource},
    {"image", "the image's layers and settings",
     "the image plugin; slipway checks it, works out digests that are missing, and adds what is its own", kImage},
    {"host", "what the kernel and the user who starts slipway can do", "slipway", kHost},
    {"isolation", "the container's namespaces, ids and host name", "slipway, out of the pipeline and the manifests",
     kIsolation},
});

constexpr auto kAbilities = std::to_array<Ability>({
    {"slipway.source.1", "image", "reads the image's source",
     "The source as the sandboxed worker shows it: always seekable and decompressed; a directory shows its files by "
     "relative name. entry(index) and find(name) tell of an entry its name, link, type, size and the place of its "
     "bytes; read(source, offset, size) reads bytes. In C it is a struct slipway_source, which host->ability() gives.",
     "slipway::Resolve: entry(), find(), read_bytes(), read_text()"},
});

constexpr std::size_t kWords = [] {
  std::size_t count = kFacts.size();
  for (const Fact& fact : kFacts) {
    for (const FactMember& member : fact.members) count += member.word.empty() ? 0U : 1U;
  }
  return count;
}();

constexpr auto kFactWords = [] {
  std::array<std::string_view, kWords> words{};
  std::size_t next = 0;
  for (const Fact& fact : kFacts) {
    words.at(next++) = fact.name;
    for (const FactMember& member : fact.members) {
      if (!member.word.empty()) words.at(next++) = member.word;
    }
  }
  return words;
}();

constexpr auto kAbilityWords = [] {
  std::array<std::string_view, kAbilities.size()> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words.at(i) = kAbilities.at(i).name;
  return words;
}();

}  // namespace

std::span<const std::string_view> fact_words() { return kFactWords; }
std::span<const std::string_view> ability_words() { return kAbilityWords; }
std::span<const Fact> facts() { return kFacts; }
std::span<const Ability> abilities() { return kAbilities; }

}  // namespace slipway::host
