// Why the kernel refused something: its bare errno told apart by read-only looks afterwards.
// The same words explain a failed run and stand in what `slipway doctor` says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"

namespace slipway::doctor {

struct Cause {
  std::string what{};
  std::string remedy{};
};
/// "WHAT: REMEDY", for an error's hint.
std::string to_hint(const Cause& cause);
/// `error` with the cause as its hint, where there is one.
Error with_cause(Error error, const std::optional<Cause>& cause);

/// What to do instead, for remedies.
inline constexpr const char* kOtherStore = "choose another place with --store DIR";
inline constexpr const char* kOtherRuntimeDirectory = "set XDG_RUNTIME_DIR to a directory of your own";
/// What a run says, and `slipway doctor` beforehand, of what stands in the runtime directory's place and cannot be
/// used: no directory, another's, or one open to others. Nothing of one that is missing.
std::optional<Error> wrong_runtime_directory(const std::string& path);

enum class UserNamespace { none, wanted };
/// clone(2) or unshare(2) refused to make namespaces.
std::optional<Cause> why_no_namespaces(int code, UserNamespace user);
/// A new user namespace came into being, but its root is refused what root may do in it.
std::optional<Cause> why_no_power_inside(int code);
/// A further process cannot be made (EAGAIN), or a further descriptor (EMFILE, ENFILE).
std::optional<Cause> why_no_more(int code);
/// memfd_create(2) made no file that can be executed.
std::optional<Cause> why_no_program_in_memory(int code);

/// The map cannot be written for a new user namespace.
std::optional<Cause> why_no_id_map(const linux::IdMap& map);
/// newuidmap or newgidmap cannot do its work, or is not there.
std::optional<Cause> why_no_map_helpers();

/// A new instance of a file system is refused.
std::optional<Cause> why_no_filesystem(std::string_view type, int code);
/// A copy of the mount that `source` lies on, or flags for it, are refused to an ordinary user's container.
std::optional<Cause> why_no_bind(const std::string& source, int code);
/// Directories of the host's are refused as layers of an overlay, beside those of the store.
std::optional<Cause> why_no_layers(const std::vector<std::string>& directories, const std::string& store,
                                   UserNamespace user, int code);
/// Nothing can be written at `path`, which need not be there.
std::optional<Cause> why_not_written(const std::string& path, int code, std::string_view elsewhere);

}  // namespace slipway::doctor
