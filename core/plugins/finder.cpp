#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <optional>

#include "core/linux/program.hpp"
#include "core/plugins/owners.hpp"
#include "core/plugins/plugins.hpp"
#include "sdk/host/dependencies.hpp"

namespace slipway::plugins {
namespace {

constexpr std::string_view kSuffix = ".so";
constexpr std::size_t kReadable = 64;  // bytes of a name that a message shows

// Both times: who copies another build over it may keep the one of its content (cp -p), but not the other.
std::string identity_of(const struct stat& status) {
  const auto in_ns = [](const struct timespec& time) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return std::to_string(std::int64_t{time.tv_sec} * kSecond + time.tv_nsec);
  };
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) +
         ":" + in_ns(status.st_mtim) + ":" + in_ns(status.st_ctim);
}

// Several problems as one sentence and one hint.
Error joined(std::string doing, const std::string& path, const host::Problems& problems) {
  Error error{0, std::move(doing), path + ": ", ""};
  for (const host::Problem& problem : problems) {
    if (&problem != &problems.front()) error.subject += "; ";
    error.subject += (problem.at.empty() ? "" : problem.at + " ") + problem.message;
    if (!problem.hint.empty()) error.hint += (error.hint.empty() ? "" : "; ") + problem.hint;
  }
  return error;
}

std::string abi_text(unsigned major, unsigned minor) { return std::to_string(major) + "." + std::to_string(minor); }

// What a manifest says against the file that it stands in, and against this slipway.
Result<void> check_manifest(const host::Manifest& manifest, std::string_view name, const std::string& path,
                            const host::Vocabulary& vocabulary) {
  const std::string doing = "use plugin " + std::string(name);
  if (manifest.name != name) {
    return failure(0, doing, path + ": its manifest says that it is \"" + manifest.name + "\"",
                   "a plugin's file is named like the plugin: rename it to " + manifest.name + ".so");
  }
  if (manifest.abi_major != SLIPWAY_ABI_MAJOR) {
    return failure(
        0, doing,
        path + ": is built for plugin ABI " + abi_text(manifest.abi_major, manifest.abi_minor) + "; this slipway has " +
            abi_text(SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR),
        "build it with this slipway's SDK, or use a slipway with plugin ABI " + std::to_string(manifest.abi_major));
  }
  host::Problems missing = host::missing_needs(manifest, vocabulary);
  if (!missing.empty()) {
    for (host::Problem& problem : missing) problem.at.clear();  // the word itself says which
    return tl::unexpected<Error>(joined(doing, path, missing));
  }
  return {};
}

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Names of the plugins in a directory, sorted; none where it can't be read.
std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(directory.c_str()));
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    const std::string_view name = entry->d_name;
    if (name.size() > kSuffix.size() && name.front() != '.' && name.ends_with(kSuffix)) {
      names.emplace_back(name.substr(0, name.size() - kSuffix.size()));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<Directory> builtin_directory() {
  auto path = linux::in_prefix("lib/slipway/plugins");
  if (!path) return tl::unexpected<Error>(std::move(path.error()));
  return Directory{std::move(*path), true};
}

Finder::Finder(std::vector<Directory> directories, host::Vocabulary vocabulary, Ownership ownership)
    : directories_(std::move(directories)),
      vocabulary_(std::move(vocabulary)),
      trusts_caller_(ownership == Ownership::own),
      check_owners_(ownership == Ownership::on || trusts_caller_ ||
                    (ownership == Ownership::automatic && ::geteuid() == 0)) {}

Result<Found> Finder::find(std::string_view name, std::string_view stage) {
  auto found = find(name);
  if (found && found->manifest.stage != stage) {
    return failure(0, "use plugin " + std::string(name),
                   found->path + ": serves the stage \"" + found->manifest.stage + "\", but is asked to serve \"" +
                       std::string(stage) + "\"",
                   "name it in \"" + found->manifest.stage + "\"");
  }
  return found;
}

// A name becomes a part of a path. With a slash or a dot in it, a configuration could name any file.
bool Finder::is_file_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view("/.\0", 3)) == std::string_view::npos;
}

Result<Finder::Candidate> Finder::candidate_for(std::string_view name) {
  // What is longer than a file's name may be cannot be there.
  if (name.size() > NAME_MAX - kSuffix.size()) return tl::unexpected<Error>(not_found(name));
  if (!is_file_name(name)) {
    return failure(0, "find plugin \"" + printable(name, kReadable) + "\"",
                   "a plugin is named without a slash and without a dot",
                   R"(name it alone, "fs-overlay", and its directory in "plugin_dirs" or with --plugin-dir)");
  }
  for (const Directory& directory : directories_) {
    Candidate candidate{directory.path + "/" + std::string(name) + ".so", &directory};
    struct stat status {};
    // lstat: a link that leads nowhere is told as such by open() and not passed over.
    if (::lstat(candidate.path.c_str(), &status) == 0) return candidate;
    if (errno != ENOENT && errno != ENOTDIR) return failure(errno, "find plugin " + std::string(name), candidate.path);
  }
  return tl::unexpected<Error>(not_found(name));
}

Result<Found> Finder::find(std::string_view name) {
  auto candidate = candidate_for(name);
  if (!candidate) return tl::unexpected<Error>(std::move(candidate.error()));
  return open(name, *candidate);
}

Result<Finder::Whereabouts> Finder::locate(std::string_view name) {
  auto candidate = candidate_for(name);
  if (!candidate) return tl::unexpected<Error>(std::move(candidate.error()));
  if (check_owners_) {
    if (auto fine = check_owners(name, *candidate); !fine) return tl::unexpected<Error>(std::move(fine.error()));
  }
  struct stat status {};
  if (::stat(candidate->path.c_str(), &status) != 0) {
    return failure(errno, "find plugin " + std::string(name), candidate->path);
  }
  return Whereabouts{std::move(candidate->path), identity_of(status)};
}

Result<Found> Finder::open(std::string_view name, const Candidate& candidate) {
  const std::string doing = "use plugin " + std::string(name);
  Found found;
  found.path = candidate.path;
  // O_NONBLOCK: what stands there may be a FIFO, and a FIFO would wait for a writer.
  found.file = linux::Fd(::open(candidate.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!found.file) return failure(errno, doing, candidate.path);
  struct stat status {};
  if (::fstat(found.file.get(), &status) != 0) return failure(errno, doing, candidate.path);
  if (check_owners_) {
    // Behind the opening: what the path leads to now must be what was opened.
    if (auto fine = check_owners(name, candidate, &status); !fine)
      return tl::unexpected<Error>(std::move(fine.error()));
  }
  found.identity = identity_of(status);
  const auto text = host::read_manifest_note(found.file.get());
  if (!text) {
    const host::Problem& problem = text.error().problem;
    return failure(0, doing, candidate.path + ": " + problem.message, problem.hint);
  }
  auto manifest = host::parse_manifest(*text);
  if (!manifest) {
    Error error = joined(doing, candidate.path + ": its manifest", manifest.error());
    return tl::unexpected<Error>(std::move(error));
  }
  found.manifest = std::move(*manifest);
  const auto dependencies = host::read_dependencies(found.file.get());
  const auto danger = dependencies ? host::depends_on_directory(*dependencies) : dependencies.error().problem;
  if (danger) return failure(0, doing, candidate.path + ": " + danger->message, danger->hint);
  if (auto fine = check_manifest(found.manifest, name, candidate.path, vocabulary_); !fine) {
    return tl::unexpected<Error>(std::move(fine.error()));
  }
  return found;
}

Result<void> Finder::check_owners(std::string_view name, const Candidate& candidate, const struct stat* opened) {
  std::vector<uid_t> trusted;
  if (trusts_caller_) trusted.push_back(::geteuid());
  if (candidate.directory->builtin) {
    // Whoever owns the program that root runs could have changed that program as well.
    if (!program_owner_) {
      struct stat status {};
      if (::stat("/proc/self/exe", &status) != 0) return failure(errno, "find slipway's own file", "/proc/self/exe");
      program_owner_ = status.st_uid;
    }
    trusted.push_back(*program_owner_);
  }
  std::string path = candidate.path;
  if (!path.starts_with('/')) {
    std::array<char, PATH_MAX> current{};
    if (::getcwd(current.data(), current.size()) == nullptr) return failure(errno, "find the current directory");
    path = std::string(current.data()) + "/" + path;
  }
  // The built-in directory is held against another rule, so what it proved counts for it alone.
  auto fine = check_owners_along(path, trusted, candidate.directory->builtin ? safe_builtin_ : safe_, opened);
  if (!fine) fine.error().doing = "use plugin " + std::string(name);
  return fine;
}

Error Finder::not_found(std::string_view name) const {
  const std::string file = printable(name, kReadable) + ".so";
  Error error{0, "find plugin " + printable(name, kReadable), "there is no " + file + " in ", ""};
  std::vector<std::string> known;
  for (const Directory& directory : directories_) {
    if (&directory != &directories_.front()) error.subject += ", ";
    error.subject += directory.path + (directory.builtin ? " (built-in)" : "");
    if (::access(directory.path.c_str(), R_OK | X_OK) != 0) error.subject += " (" + errno_words(errno) + ")";
    for (std::string& each : names_in(directory.path)) known.push_back(std::move(each));
  }
  if (directories_.empty()) error.subject += "any directory, for none is given";
  // "host" for "net-host": the stage's word in front is what is left out most.
  const auto whole = std::find_if(known.begin(), known.end(),
                                  [&](const std::string& each) { return each.ends_with("-" + std::string(name)); });
  const auto nearest = whole != known.end() ? std::optional(*whole) : nearest_word(name, known);
  const auto builtin =
      std::find_if(directories_.begin(), directories_.end(), [](const auto& one) { return one.builtin; });
  if (builtin != directories_.end() && ::access(builtin->path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return {0, "find plugin " + printable(name, kReadable), "there is no directory " + builtin->path,
            linux::kBesideItself};
  }
  if (nearest) error.hint = "did you mean \"" + *nearest + "\"? ";
  error.hint +=
      "one of your own is found in a directory that --plugin-dir or the pipeline's \"plugin_dirs\" names; slipway "
      "plugin "
      "explain " +
      printable(name, kReadable) + " tells where it is looked for, slipway plugin list which there are";
  return error;
}

std::vector<Listed> Finder::list() {
  std::vector<Listed> all;
  std::set<std::string> seen;
  for (const Directory& directory : directories_) {
    for (const std::string& name : names_in(directory.path)) {
      Listed listed;
      listed.name = name;
      listed.path = directory.path + "/" + name + ".so";
      listed.builtin = directory.builtin;
      listed.hidden = !seen.insert(name).second;
      if (auto found = open(name, {listed.path, &directory})) {
        listed.manifest = std::move(found->manifest);
      } else {
        listed.problem = std::move(found.error());
      }
      all.push_back(std::move(listed));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) { return a.name < b.name; });
  return all;
}

}  // namespace slipway::plugins
