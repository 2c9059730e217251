#include "core/plugins/new_plugin.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/program.hpp"
#include "sdk/host/stages.hpp"

namespace slipway::plugins {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDoing = "make a plugin";
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLargestTemplate = std::size_t{1} << 20U;

/// "NAME" -> what stands for "@NAME@" in a template.
using Words = std::map<std::string, std::string>;

bool is_word(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'); }

// As SlipwayManifest.cmake wants it: lower-case words joined by "-".
bool is_name(const std::string& name) {
  if (name.empty() || name.size() > kLongestName || name[0] < 'a' || name[0] > 'z' || name.back() == '-') return false;
  if (name.find("--") != std::string::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char letter) { return is_word(letter) || letter == '-'; });
}

Result<void> check_name(const std::string& name) {
  constexpr std::size_t kReadable = 80;
  if (!is_name(name)) {
    return failure(0, kDoing, "\"" + printable(name, kReadable) + "\" is no name for a plugin",
                   "lower-case words joined by \"-\", like fs-overlay, of at most " + std::to_string(kLongestName) +
                       " characters");
  }
  if (name == "slipway") return failure(0, kDoing, "in plans, \"slipway\" is slipway itself", "give it another name");
  auto builtin = linux::in_prefix("lib/slipway/plugins/" + name + ".so");
  if (!builtin) return tl::unexpected(builtin.error());
  if (::access(builtin->c_str(), F_OK) == 0) {
    return failure(0, kDoing, "there is a plugin " + name + " already, " + *builtin + ", which would be found first",
                   "give it another name");
  }
  return {};
}

Result<void> check_word(const std::string& what, const std::string& word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return {};
  std::string all;
  for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
  const auto nearest = nearest_word(word, known);
  return failure(0, kDoing, "there is no " + what + " \"" + printable(word, kLongestName) + "\"",
                 nearest ? "did you mean " + *nearest + "?" : "one of " + all);
}

Result<std::string> text_of(const fs::path& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "read", path.string());
  return linux::read_all(file, kLargestTemplate);
}

// "@NAME@" and the like; a word's own text may have others in it.
std::string filled(const std::string& text, const Words& words) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '@' ? text.find('@', at + 1) : std::string::npos;
    const auto word = end == std::string::npos ? words.end() : words.find(text.substr(at + 1, end - at - 1));
    if (word == words.end()) {
      result += text[at++];
      continue;
    }
    result += filled(word->second, words);
    at = end + 1;
  }
  return result;
}

// "fs-mine" as FsMine. A single word might be a name that the SDK has as well, such as Options.
std::string class_of(const std::string& name) {
  std::string text;
  bool is_first = true;
  for (const char letter : name) {
    if (letter != '-') text += is_first && letter >= 'a' ? static_cast<char>(letter - 'a' + 'A') : letter;
    is_first = letter == '-';
  }
  return name.find('-') == std::string::npos ? text + "Plugin" : text;
}

std::string identifier_of(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

Result<Words> words_for(const NewPlugin& wanted, const fs::path& templates) {
  const fs::path path = templates / "words.json";
  auto text = text_of(path);
  if (!text) {
    if (text.error().code != ENOENT) return tl::unexpected(text.error());
    return failure(0, kDoing, "the templates are not there: " + templates.string(),
                   "install the package slipway-dev, or all of slipway with cmake --install");
  }
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  Words words;
  try {
    words = json.at("languages").at(wanted.language).get<Words>();
    words.merge(json.at("stages").at(wanted.stage).get<Words>());
  } catch (const nlohmann::json::exception& thrown) {
    return failure(0, "read", path.string() + ": " + thrown.what(), "install slipway-dev of this slipway's version");
  }
  auto crate = linux::in_prefix("share/slipway/rust");
  if (!crate) return tl::unexpected(crate.error());
  auto schema = linux::in_prefix("share/slipway/plugin.schema.json");
  if (!schema) return tl::unexpected(schema.error());
  words["SCHEMA"] = *schema;
  words["NAME"] = wanted.name;
  words["STAGE"] = wanted.stage;
  words["CLASS"] = class_of(wanted.name);
  words["IDENTIFIER"] = identifier_of(wanted.name);
  words["RUST_DIR"] = *crate;
  return words;
}

Result<void> write_file(const fs::path& path, const std::string& text) {
  const mode_t mode = text.starts_with("#!") ? 0777 : 0666;  // less the umask, as for any file that one writes
  const linux::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return failure(errno, "write", path.string());
  return linux::write_all(file, text);
}

// All files below a folder of templates; one that is there already is replaced.
Result<void> fill(const fs::path& to, const fs::path& from, const Words& words) {
  std::error_code code;
  for (auto each = fs::recursive_directory_iterator(from, code); !code && each != fs::recursive_directory_iterator();
       each.increment(code)) {
    const fs::path target = to / fs::relative(each->path(), from, code);
    if (!code && each->is_directory(code)) fs::create_directories(target, code);
    if (code) break;
    if (each->is_directory(code)) continue;
    auto text = text_of(each->path());
    if (!text) return tl::unexpected(text.error());
    if (auto written = write_file(target, filled(*text, words)); !written) return written;
  }
  if (code) return failure(code.value(), "copy the templates in", from.string());
  return {};
}

/// The folder while it is being made, beside the place where it will be; goes with this unless it was renamed.
class Aside {
 public:
  explicit Aside(std::string path) : path_(std::move(path)) {}
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  Aside(Aside&&) = delete;
  Aside& operator=(Aside&&) = delete;
  ~Aside() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  // Never over something that has come there in the meantime.
  Result<void> become(const std::string& directory) {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, directory.c_str(), RENAME_NOREPLACE) != 0)
      return failure(errno, kDoing, directory);
    path_.clear();
    return {};
  }

 private:
  std::string path_;
};

Result<void> make(const std::string& directory, const NewPlugin& wanted, const fs::path& templates,
                  const Words& words) {
  std::string pattern = directory + ".XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return failure(errno, kDoing, directory, errno == ENOENT ? "the directory that it is to lie in must be there" : "");
  }
  Aside aside(pattern);
  // mkdtemp(3) makes it for its owner alone.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::chmod(aside.path().c_str(), 0777 & ~mask) != 0) return failure(errno, kDoing, aside.path());
  std::vector<fs::path> parts = {"every"};
  if (wanted.stage != "image") parts.emplace_back("planning");  // an image plugin resolves
  parts.insert(parts.end(), {"stages" / fs::path(wanted.stage), fs::path(wanted.language) / "every",
                             fs::path(wanted.language) / wanted.stage});
  for (const fs::path& part : parts) {  // the later one has the last word
    if (auto done = fill(aside.path(), templates / part, words); !done) return done;
  }
  return aside.become(directory);
}

}  // namespace

Result<NewFolder> make_plugin_folder(const NewPlugin& wanted) {
  if (auto fine = check_name(wanted.name); !fine) return tl::unexpected(fine.error());
  if (auto fine = check_word("stage", wanted.stage, {host::kStageWords.begin(), host::kStageWords.end()}); !fine)
    return tl::unexpected(fine.error());
  if (auto fine = check_word("language", wanted.language, {"c++", "c", "rust"}); !fine)
    return tl::unexpected(fine.error());
  std::string directory = wanted.directory.empty() ? wanted.name : wanted.directory;
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  struct stat status {};
  if (::lstat(directory.c_str(), &status) == 0)
    return failure(0, kDoing, directory + " is there already", "remove it, or give another folder: --dir DIR");
  auto templates = linux::in_prefix("share/slipway/templates");
  if (!templates) return tl::unexpected(templates.error());
  auto words = words_for(wanted, *templates);
  if (!words) return tl::unexpected(words.error());
  if (auto made = make(directory, wanted, *templates, *words); !made) return tl::unexpected(made.error());
  return NewFolder{words->at("LANGUAGE"), words->at("SOURCE"),
                   "cd " + directory + "\n" + filled("@BUILD@\n@TEST@\n", *words)};
}

}  // namespace slipway::plugins
