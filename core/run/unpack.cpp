#include "core/run/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/listing.hpp"
#include "core/run/container.hpp"
#include "core/run/image.hpp"

namespace slipway::run {
namespace {

Findings as_findings(const Error& error) { return {{Severity::error, {}, "", sentence(error), error.hint}}; }

struct Target {
  linux::Fd directory{};
  bool is_new = false;
};

Result<Target> open_target(const std::string& path) {
  constexpr mode_t kUsualMode = 0755;
  const bool is_new = ::mkdir(path.c_str(), kUsualMode) == 0;
  if (!is_new && errno != EEXIST) return failure(errno, "make directory", path);
  linux::Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", path);
  auto empty = linux::is_empty(directory);
  if (!empty) return failure(empty.error().code, "read the directory", path);
  if (!*empty) return failure(ENOTEMPTY, "unpack into", path, "name a directory that is empty or does not exist");
  return Target{std::move(directory), is_new};
}

}  // namespace

tl::expected<void, Findings> unpack_image(const plan::Blueprint& blueprint, const std::string& store_path,
                                          const std::string& path, Findings& notes) {
  const auto failed = [](const Error& error) { return tl::unexpected(as_findings(error)); };
  auto ids = ids_of(blueprint.isolation());
  if (!ids) return failed(ids.error());
  auto store = open_store(store_path);
  if (!store) return failed(store.error());
  auto image = resolve_image(*store, blueprint, *ids, {});
  if (!image) return tl::unexpected(image.error());
  auto target = open_target(path);
  if (!target) return failed(target.error());
  auto merged = merge_image(blueprint, *image, target->directory, *ids, notes);
  if (!merged) {
    // The worker has emptied it again; a directory that was not there before goes as well.
    if (target->is_new) (void)::rmdir(path.c_str());
    return failed(merged.error().error);
  }
  return {};
}

}  // namespace slipway::run
