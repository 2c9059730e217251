#include "core/config/extends.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/config/merge.hpp"
#include "core/config/parse.hpp"
#include "core/config/words.hpp"
#include "core/linux/fd.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestChain = 16;
constexpr std::size_t kMostFiles = 64;
constexpr const char* kExtends = R"("extends": FILE or [FILE, ...], each relative to the file that says so)";

using Identity = std::pair<dev_t, ino_t>;

struct Text {
  std::string text{};
  Identity identity{};
};

Result<Text> read_file(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failure(errno, "read", path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(errno, "read", path);
  auto text = linux::read_all(file, kLargestText);
  if (!text) return tl::unexpected(text.error());
  return Text{std::move(*text), {status.st_dev, status.st_ino}};
}

Identity identity_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? Identity{status.st_dev, status.st_ino} : Identity{};
}

std::string beside(const std::string& file, const std::string& name) {
  if (name.front() == '/') return name;
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
}

// Where a file was named, in another file.
struct Asked {
  std::string pointer{};
  Spot at{};
};

class Files {
 public:
  Files(Value& document, Collector& collector, std::vector<ExtendedFile>& extended)
      : document_(document), collector_(collector), extended_(extended) {}

  // `asked` is where the file was named, if in another file.
  bool lay_over(const std::string& path, const std::optional<std::string>& given, const std::optional<Asked>& asked) {
    Text read;
    if (given) {
      read = {*given, identity_of(path)};
    } else if (auto found = read_file(path)) {
      read = std::move(*found);
    } else {
      return unreadable(path, found.error(), asked);
    }
    if (std::find(chain_.begin(), chain_.end(), read.identity) != chain_.end())
      return refuse(*asked, quote(path) + " extends itself", "a file may extend others, and they others, in no circle");
    if (asked) extended_.push_back({path, read.text});
    const std::uint32_t source = document_.places.add({Place::Source::file, path, {}});
    Parsed parsed = parse(document_.places.set_text(source, std::move(read.text)), source, collector_);
    if (!parsed.complete) return false;
    if (!parsed.value.is_object()) {
      collector_.at(parsed.origins.at("").value, {},
                    "a pipeline is an object in braces, found " + describe(parsed.value));
      return false;
    }
    chain_.push_back(read.identity);
    const bool laid = lay_bases_over(path, parsed);
    chain_.pop_back();
    if (laid) merge(document_, std::move(parsed.value), std::move(parsed.origins));
    return laid;
  }

 private:
  bool refuse(const Asked& asked, const std::string& message, const std::string& hint) {
    collector_.at(asked.at, asked.pointer, message, hint);
    return false;
  }

  bool unreadable(const std::string& path, const Error& error, const std::optional<Asked>& asked) {
    const std::string why = error.code == EFBIG ? "the text is larger than 1 MiB" : errno_words(error.code);
    if (asked) return refuse(*asked, quote(path) + " cannot be read: " + why, kExtends);
    collector_.at({document_.places.add({Place::Source::file, path, {}}), 0}, {},
                  "the pipeline cannot be read: " + why);
    return false;
  }

  bool lay_bases_over(const std::string& path, Parsed& parsed) {
    const auto found = parsed.value.find("extends");
    if (found == parsed.value.end()) return true;
    const json extends = found->is_array() ? *found : json::array({*found});
    const bool is_list = found->is_array();
    bool laid = true;
    for (std::size_t i = 0; i < extends.size(); ++i) {
      const std::string pointer = is_list ? member("/extends", i) : "/extends";
      const Asked asked{pointer, parsed.origins.at(pointer).value};
      if (extends[i].is_string() && extends[i] != "") {
        laid = lay_base_over(path, extends[i].get_ref<const std::string&>(), asked) && laid;
      } else {
        laid = refuse(asked, "expected a file, found " + describe(extends[i]), kExtends);
      }
    }
    parsed.value.erase(found);
    std::erase_if(parsed.origins,
                  [](const auto& entry) { return entry.first == "/extends" || entry.first.starts_with("/extends/"); });
    return laid;
  }

  bool lay_base_over(const std::string& path, const std::string& text, const Asked& asked) {
    if (text.find("${") != std::string::npos)
      return refuse(asked, "a variable cannot choose the file that is extended, found " + describe(text),
                    "files come first, and then the variables that they declare");
    if (chain_.size() >= kLongestChain)
      return refuse(asked, "files extend one another more than " + std::to_string(kLongestChain) + " deep",
                    "have this file say what the innermost ones say");
    if (extended_.size() >= kMostFiles)
      return refuse(asked, "more than " + std::to_string(kMostFiles) + " files are extended",
                    "have one file say what several of them say");
    return lay_over(beside(path, text), std::nullopt, asked);
  }

  Value& document_;
  Collector& collector_;
  std::vector<ExtendedFile>& extended_;
  std::vector<Identity> chain_;  // of the files that are being read, the request's own first
};

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  auto read = read_file(path);
  if (!read) return tl::unexpected(read.error());
  return std::move(read->text);
}

bool lay_files_over(Value& document, const Request& request, Collector& collector,
                    std::vector<ExtendedFile>& extended) {
  if (!request.file) return true;
  return Files(document, collector, extended).lay_over(*request.file, request.file_text, std::nullopt);
}

}  // namespace slipway::config
