// How the shape of a step type is written down: one struct with named members and one table that tells each member's
// name on the wire, whether it must be given, its meaning and its unit, and of the step what it gives, needs and fails
// with. The codec, the C++ face of the SDK and `slipway reference` read that table; `./dev pages` writes it as comments
// above the struct and its members, where editors look.
#ifndef SLIPWAY_STEPS_SHAPE_HPP
#define SLIPWAY_STEPS_SHAPE_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace slipway::steps {

/// Where and when a step is carried out, in this order.
enum class Phase : std::uint8_t { resolve, prepare, attach, mount, seal, confine, exec, teardown };

/// Refers to the result of an earlier step (`"as": "layer0"` is used as `"@layer0"`). Empty: nothing meant.
struct Reference {
  std::string name{};  ///< without the "@"
  friend bool operator==(const Reference&, const Reference&) = default;
};

/// A number of bytes; on the wire an integer, or text with a unit: "64K", "64M", "2G" (powers of 1024).
struct Size {
  std::uint64_t bytes = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

/// Permission bits (chmod(2)); on the wire octal text: "0755".
struct Mode {
  std::uint32_t bits = 0;
  friend bool operator==(const Mode&, const Mode&) = default;
};

/// A JSON object, kept as text.
struct Object {
  std::string text = "{}";
  friend bool operator==(const Object&, const Object&) = default;
};

/// A path inside the container: absolute, no ".." component, never followed through a link at its end.
struct Path {
  std::string text{};
  friend bool operator==(const Path&, const Path&) = default;
};

/// An absolute path on the host, or "@name": the result of an earlier step.
struct HostPath {
  std::string text{};
  [[nodiscard]] bool is_reference() const { return text.starts_with('@'); }
  [[nodiscard]] std::string_view reference() const { return std::string_view(text).substr(1); }
  friend bool operator==(const HostPath&, const HostPath&) = default;
};

enum class Access : std::uint8_t { read_write, read_only };

/// Whom files of the host belong to inside: whom the host says, or whom the same numbers name in the container.
enum class Owners : std::uint8_t { host, container };

/// mount(8)'s words for the flags of one mount; see mount_setattr(2).
enum class MountFlag : std::uint8_t {
  ro,
  nosuid,
  nodev,
  noexec,
  relatime,
  noatime,
  strictatime,
  nodiratime,
  nosymfollow
};

enum class Need : std::uint8_t { required, optional };

template <class S, class M>
struct Field {
  std::string_view name;
  M S::*member;
  Need need;
  std::string_view meaning;  ///< without its default, which is the member's own in the struct
  std::string_view unit;     ///< of a number: "seconds"; empty where its type or its meaning says it
};
template <class S, class M>
constexpr Field<S, M> required(std::string_view name, M S::*member, std::string_view meaning,
                               std::string_view unit = {}) {
  return {name, member, Need::required, meaning, unit};
}
template <class S, class M>
constexpr Field<S, M> optional(std::string_view name, M S::*member, std::string_view meaning,
                               std::string_view unit = {}) {
  return {name, member, Need::optional, meaning, unit};
}

/// One way in which a step fails when it is carried out, beside those that every step has (ENOMEM, EIO).
struct Refusal {
  std::string_view code;  ///< the errno's name as the message has it; empty where it has none
  std::string_view when;
};

/// Specialised for each step type:
///   static constexpr std::string_view type;      the word on the wire
///   static constexpr std::string_view meaning;   one sentence, without its full stop
///   static constexpr std::string_view details;   what else is to be known, in whole sentences
///   static constexpr std::array phases;          where it may stand; the first is the default
///   static constexpr std::tuple fields;          of Field
///   static constexpr std::array sources;         manual pages and kernel documents: "open_tree(2)"
/// and where there is something to say:
///   static constexpr std::string_view result;    what "as" names
///   static constexpr std::string_view rights;    what it needs beyond the rights of its phase
///   static constexpr std::array errors;          of Refusal
template <class S>
struct Shape;

/// Specialised for each enum that a step has: `static constexpr std::array<std::string_view, N> words`, in the
/// order of the enum's values from 0.
template <class E>
struct Words;

template <>
struct Words<Access> {
  static constexpr std::array<std::string_view, 2> words{"read_write", "read_only"};
};
template <>
struct Words<Owners> {
  static constexpr std::array<std::string_view, 2> words{"host", "container"};
};
template <>
struct Words<MountFlag> {
  static constexpr std::array<std::string_view, 9> words{
      "ro", "nosuid", "nodev", "noexec", "relatime", "noatime", "strictatime", "nodiratime", "nosymfollow"};
};
template <>
struct Words<Phase> {
  static constexpr std::array<std::string_view, 8> words{"resolve", "prepare", "attach", "mount",
                                                         "seal",    "confine", "exec",   "teardown"};
};

}  // namespace slipway::steps

#endif
