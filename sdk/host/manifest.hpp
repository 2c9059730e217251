// A plugin's manifest: read out of its library without running any of its code, and understood.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sdk/host/problem.hpp"

namespace slipway::host {

struct Manifest {
  std::string name{};
  std::string version{};
  std::string stage{};        ///< image, rootfs, pseudo, harden, network or exec
  std::string description{};  ///< one sentence; may be empty
  std::uint16_t abi_major = 0;
  std::uint16_t abi_minor = 0;
  std::vector<std::string> needs{};  ///< "step:overlay", "step:bind.access", "fact:image", "ability:slipway.source.1"
  std::vector<std::string> provides{};              ///< names of facts: "image"
  std::vector<std::string> privileges{};            ///< what its calls need of the caller, told alone: "root"
  std::map<std::string, std::string> namespaces{};  ///< {"net": "host"}
  std::shared_ptr<const nlohmann::json> options{};  ///< the JSON Schema of its options; an object's
  std::string text{};                               ///< the whole manifest
};

/// Why a file has no readable manifest.
enum class NoteError {
  unreadable,          ///< the kernel gave an errno
  not_elf,             ///< a text file, an archive, an empty file …
  other_architecture,  ///< an ELF file for another machine, word size or byte order
  not_a_library,       ///< a program or an object file
  no_note,             ///< a shared object of something else
  damaged,             ///< headers or note lead outside of the file
};

struct NoteProblem {
  NoteError kind = NoteError::damaged;
  Problem problem{};  ///< in words, without the file's name
};

/// The text of the note with owner "slipway" and type 1, found by program headers (PT_NOTE; elf(5)). Reads by pread
/// within bounds; runs no code of the file.
tl::expected<std::string, NoteProblem> read_manifest_note(int fd);

/// The build id that the linker gave the file (ld(1), --build-id), in hexadecimal digits; empty where it has none, or
/// is no ELF file of this machine. Two builds that differ have different ones.
std::string read_build_id(int fd);

/// The names of the options that a manifest describes.
std::vector<std::string> option_names(const Manifest& manifest);

/// Understands a manifest's text. All problems are told, not only the first. Of a manifest of another major version no
/// more than its name and version come back: what else it says is not for this slipway.
tl::expected<Manifest, Problems> parse_manifest(std::string_view text);

/// The words of `needs` that this slipway does not have, each with a hint. Step types and their members are known here;
/// which facts and abilities there are, the caller says.
struct Vocabulary {
  std::vector<std::string> facts{};
  std::vector<std::string> abilities{};
};
/// The facts that slipway itself and the image stage hand out, and the abilities of this ABI.
Vocabulary standard_vocabulary();
Problems missing_needs(const Manifest& manifest, const Vocabulary& vocabulary);

/// The words of `needs` that this slipway has, but not for plugins of the manifest's stage. Such a plugin loads, and
/// finds the fact missing or its step refused.
Problems needs_of_other_stages(const Manifest& manifest);

}  // namespace slipway::host
