#include "core/compare/running/notes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "core/compare/outcome/outcome_json.hpp"

namespace slipway::compare {
namespace {

constexpr const char* kHint = "make room, or name a file elsewhere with --notes FILE; what was measured is told";
constexpr std::size_t kLargest = std::size_t{2} << 30U;
constexpr mode_t kMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;

/// How many runs make a block whole.
std::size_t comparable(const Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.variants.begin(), outcome.variants.end(),
                                                [](const RunVariant& one) { return one.not_comparable.empty(); }));
}

}  // namespace

Result<Notes> Notes::create(const std::string& path) {
  if (!path.empty()) {
    linux::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kMode));
    if (!file) return failure(errno, "write notes of the comparison", path);
    struct stat found {};
    if (::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0) {
      return failure(0, "write notes of the comparison", path + ": there is something in it",
                     "--resume " + path + " goes on with notes; remove the file, or name another one");
    }
    return Notes(path, std::move(file));
  }
  const char* elsewhere = ::secure_getenv("TMPDIR");
  std::string own = std::string(elsewhere != nullptr ? elsewhere : "/tmp") + "/slipway-compare-XXXXXX";
  linux::Fd file(::mkostemp(own.data(), O_CLOEXEC));
  if (!file) return failure(errno, "write notes of the comparison", own, "--notes FILE names another place");
  return Notes(own, std::move(file));
}

Result<Notes> Notes::go_on(const std::string& path, const Outcome& outcome) {
  const std::string aside = path + ".new";
  (void)::unlink(aside.c_str());
  linux::Fd file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
  if (!file) return failure(errno, "write notes of the comparison", aside);
  Result<Notes> notes = Notes(aside, std::move(file));
  auto written = notes->begin(outcome);
  for (std::size_t run = 0; written && run < outcome.runs.size(); ++run) written = notes->add(outcome.runs[run]);
  if (written) written = notes->sync();
  if (!written) {
    notes->remove();
    return tl::unexpected(written.error());
  }
  if (::rename(aside.c_str(), path.c_str()) != 0) return failure(errno, "write notes of the comparison", path);
  notes->path_ = path;
  return notes;
}

Result<void> Notes::begin(const Outcome& outcome) { return write_line(head_to_json(outcome)); }

Result<void> Notes::add(const Run& run) { return write_line(to_json(run)); }

Result<void> Notes::sync() {
  // Files that cannot be synced (pipes, /dev/null) need not be.
  if (::fdatasync(file_.get()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return failure(errno, "write notes of the comparison", path_, kHint);
}

void Notes::remove() { (void)::unlink(path_.c_str()); }

Result<void> Notes::write_line(const std::string& line) {
  if (auto written = linux::write_all(file_, line + "\n"); !written) {
    // Half a line in the middle of a file that goes on would make all of it unreadable.
    if (::ftruncate(file_.get(), size_) == 0) (void)::lseek(file_.get(), size_, SEEK_SET);
    return failure(written.error().code, "write notes of the comparison", path_, kHint);
  }
  size_ += static_cast<std::int64_t>(line.size() + 1);
  return {};
}

Result<Outcome> outcome_of_notes(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "read notes of a comparison", path);
  const auto text = linux::read_all(file, kLargest);
  if (!text) return failure(text.error().code, "read notes of a comparison", path);
  auto outcome = read_notes(*text, path);
  if (!outcome) return outcome;
  std::vector<Run>& runs = outcome->runs;
  if (runs.empty()) return outcome;
  const std::size_t last = runs.back().block;
  const auto in_last = [&](const Run& run) { return run.block == last; };
  const auto count = static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), in_last));
  if (count < comparable(*outcome)) std::erase_if(runs, in_last);
  return outcome;
}

}  // namespace slipway::compare
