#include "core/compare/outcome/environment.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace slipway::compare {
namespace {

namespace fs = std::filesystem;

using Facts = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kLoad = "load before";

void put(Facts& facts, const std::string& name, const std::string& value) {
  if (!value.empty()) facts[name] = value;
}

/// The first line without what surrounds it; empty where there is none.
std::string line_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  const std::size_t begin = line.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of(" \t\r\n") - begin + 1);
}

/// The value behind "name :" of the first such line of /proc/cpuinfo or /proc/meminfo.
std::string value_of(const fs::path& file, std::string_view name) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t colon = line.find(':');
    const std::size_t begin = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    if (begin != std::string::npos) return line.substr(begin);
  }
  return {};
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code none;
  for (auto i = fs::directory_iterator(folder, none); !none && i != fs::directory_iterator(); i.increment(none))
    entries.push_back(i->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// The alternative of "always [madvise] never" that is in use.
std::string chosen(const std::string& line) {
  const std::size_t begin = line.find('['), end = line.find(']');
  return begin == std::string::npos || end == std::string::npos || end < begin
             ? line
             : line.substr(begin + 1, end - begin - 1);
}

void look_at_kernel(Facts& facts, const fs::path& root) {
  utsname names{};
  if (::uname(&names) == 0) {
    put(facts, "kernel", names.release);
    put(facts, "kernel build", names.version);
    put(facts, "machine", names.machine);
  }
  for (const fs::path& file : entries_of(root / "sys/devices/system/cpu/vulnerabilities"))
    put(facts, "mitigation " + file.filename().string(), line_of(file));
  put(facts, "huge pages", chosen(line_of(root / "sys/kernel/mm/transparent_hugepage/enabled")));
  put(facts, "security modules", line_of(root / "sys/kernel/security/lsm"));
}

void look_at_processor(Facts& facts, const fs::path& root) {
  put(facts, "processor", value_of(root / "proc/cpuinfo", "model name"));
  put(facts, "cores", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)));
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) put(facts, "cores allowed", std::to_string(CPU_COUNT(&set)));
  std::set<std::string> governors;
  for (const fs::path& cpu : entries_of(root / "sys/devices/system/cpu")) {
    const std::string governor = line_of(cpu / "cpufreq/scaling_governor");
    if (!governor.empty()) governors.insert(governor);
  }
  std::string words;
  for (const std::string& governor : governors) words += (words.empty() ? "" : ", ") + governor;
  put(facts, "governor", words.empty() ? "none" : words);
  put(facts, "boost", line_of(root / "sys/devices/system/cpu/cpufreq/boost"));
  const std::string no_turbo = line_of(root / "sys/devices/system/cpu/intel_pstate/no_turbo");
  if (!no_turbo.empty()) facts["boost"] = no_turbo == "0" ? "1" : "0";
  std::istringstream flags(value_of(root / "proc/cpuinfo", "flags"));
  const bool is_guest =
      std::find(std::istream_iterator<std::string>(flags), {}, "hypervisor") != std::istream_iterator<std::string>();
  const std::string product = line_of(root / "sys/class/dmi/id/product_name");
  facts["virtual"] = !is_guest ? "no sign of it" : product.empty() ? "yes" : "yes, " + product;
}

/// From "16308908 kB".
std::string mebibytes(const std::string& words) {
  const std::uint64_t kibibytes = std::strtoull(words.c_str(), nullptr, 10);
  return words.empty() ? "" : std::to_string(kibibytes / 1024) + " MiB";
}

void look_at_memory(Facts& facts, const fs::path& root) {
  put(facts, "memory", mebibytes(value_of(root / "proc/meminfo", "MemTotal")));
  put(facts, "swap", mebibytes(value_of(root / "proc/meminfo", "SwapTotal")));
  const std::string load = line_of(root / "proc/loadavg");
  put(facts, std::string(kLoad), load.substr(0, load.find(' ')));
}

/// The file system's type by the mount that the path lies on, as /proc/self/mountinfo has it (proc(5)): the words
/// behind the lone "-" are type, source and options.
std::string type_of_mount(std::uint64_t id, const fs::path& root) {
  std::ifstream stream(root / "proc/self/mountinfo");
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::uint64_t number = 0;
    words >> number;
    const std::size_t dash = line.find(" - ");
    if (number != id || dash == std::string::npos) continue;
    const std::string rest = line.substr(dash + 3);
    return rest.substr(0, rest.find(' '));
  }
  return {};
}

std::string file_system_of(const std::string& place, const fs::path& root) {
  if (place.empty()) return {};
  fs::path path = fs::path(place).lexically_normal();
  struct statx status {};
  // A directory that slipway makes only when it is needed will lie on the file system of the nearest one that is there.
  while (::statx(AT_FDCWD, path.c_str(), 0, STATX_MNT_ID, &status) != 0) {
    if (path == path.parent_path() || path.empty()) return {};
    path = path.parent_path();
  }
  return (status.stx_mask & STATX_MNT_ID) == 0 ? "" : type_of_mount(status.stx_mnt_id, root);
}

std::string cgroups(const fs::path& root) {
  std::error_code none;
  const fs::path top = root / "sys/fs/cgroup";
  if (fs::exists(top / "cgroup.controllers", none)) return "version 2";
  if (fs::exists(top / "unified/cgroup.controllers", none)) return "version 1, and 2 beside it";
  return entries_of(top).empty() ? "none" : "version 1";
}

std::string libc() {
  std::string words(64, '\0');
  const std::size_t size = ::confstr(_CS_GNU_LIBC_VERSION, words.data(), words.size());
  words.resize(size == 0 || size > words.size() ? 0 : size - 1);
  return words;
}

/// Loads of an idle and of a busy machine differ by more.
bool is_alike(std::string_view what, const std::string& first, const std::string& second) {
  if (first == second) return true;
  constexpr double kSmall = 0.5;
  return what == kLoad && !first.empty() && !second.empty() &&
         std::fabs(std::strtod(first.c_str(), nullptr) - std::strtod(second.c_str(), nullptr)) < kSmall;
}

}  // namespace

Host look_at_host(const Places& places) {
  const fs::path root = places.root.empty() ? "/" : places.root;
  Host host;
  look_at_kernel(host.facts, root);
  look_at_processor(host.facts, root);
  look_at_memory(host.facts, root);
  put(host.facts, "store's file system", file_system_of(places.store, root));
  put(host.facts, "runtime directory's file system", file_system_of(places.runtime, root));
  put(host.facts, "cgroups", cgroups(root));
  put(host.facts, "libc", libc());
  put(host.facts, "slipway", places.slipway);
  put(host.facts, "run by", ::geteuid() == 0 ? "root" : "an ordinary user");
  return host;
}

std::vector<Difference> differences(const Facts& first, const Facts& second) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : first) names.insert(name);
  for (const auto& [name, value] : second) names.insert(name);
  std::vector<Difference> found;
  const auto value_in = [](const Facts& facts, std::string_view name) {
    const auto fact = facts.find(name);
    return fact == facts.end() ? std::string() : fact->second;
  };
  for (const std::string_view name : names) {
    Difference difference{.what = std::string(name), .first = value_in(first, name), .second = value_in(second, name)};
    if (!is_alike(name, difference.first, difference.second)) found.push_back(std::move(difference));
  }
  return found;
}

std::vector<Difference> differences(const Host& first, const Host& second) {
  return differences(first.facts, second.facts);
}

std::string in_words(const Difference& difference) {
  const auto word = [](const std::string& text) { return text.empty() ? std::string("nothing") : text; };
  return difference.what + ": " + word(difference.first) + " and " + word(difference.second);
}

}  // namespace slipway::compare
