#include "core/store/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

#include "core/store/copied_links.hpp"
#include "core/store/copy_file.hpp"

namespace slipway::store {
namespace {

// Each level holds a descriptor and one for each layer that has the directory. Names in archives are less deep; only
// links that lead down can bring a layer beyond this.
constexpr std::size_t kDeepestTree = 320;
// Files that one thread copies without looking whether another has nothing to do.
constexpr std::size_t kBatch = 64;

struct Directory {
  LayerStack from{};
  linux::Fd to{};
  std::string path{};  // below the tree; its own is ""
  std::size_t depth = 0;
  std::vector<StackEntry> files{};    // all that is no directory
  std::atomic<std::size_t> left = 0;  // parts of it that are not copied yet

  [[nodiscard]] std::string path_of(const std::string& name) const { return path.empty() ? name : path + "/" + name; }
};

// A directory, or some of its files.
struct Task {
  std::shared_ptr<Directory> directory{};
  std::optional<std::pair<std::size_t, std::size_t>> files{};
};

// What went wrong, with the path that it was about.
tl::unexpected<Error> at(Error error, const std::string& path) {
  error.subject = printable(path.empty() ? "/" : path, 300);
  return tl::unexpected(std::move(error));
}

/// Who has nothing to do gets what others would do later: no thread waits while there is work, and where all are busy
/// each goes down its own part of the tree, so that few directories are open at once.
class TreeCopy {
 public:
  Result<Losses> copy(LayerStack layers, linux::Fd into, unsigned threads) {
    auto top = std::make_shared<Directory>();
    top->from = std::move(layers);
    top->to = std::move(into);
    queue_.push_back({top, std::nullopt});
    std::vector<std::thread> others = start(threads - 1);
    work();
    for (std::thread& other : others) other.join();
    if (error_) return tl::unexpected(*error_);
    if (auto linked = links_.make(top->to); !linked) return tl::unexpected(linked.error());
    return std::move(state_.losses);
  }

 private:
  std::vector<std::thread> start(unsigned count) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) {
      {
        const std::scoped_lock lock(mutex_);
        ++workers_;
      }
      try {
        threads.emplace_back([this] { work(); });
      } catch (const std::system_error&) {  // a limit of processes: those that there are will do
        const std::scoped_lock lock(mutex_);
        --workers_;
        break;
      }
    }
    return threads;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      if (queue_.empty() && idle_ == workers_) {
        ready_.notify_all();
        return;
      }
      ready_.wait(lock, [this] { return !queue_.empty() || idle_ == workers_; });
      if (queue_.empty()) return;
      --idle_;
      const Task task = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      carry_out(task);
      lock.lock();
    }
  }

  // False: nobody waits for work.
  bool offer(Task task) {
    if (idle_ == 0) return false;
    const std::scoped_lock lock(mutex_);
    if (idle_ <= queue_.size()) return false;
    queue_.push_back(std::move(task));
    ready_.notify_one();
    return true;
  }

  void carry_out(const Task& task) {
    try {
      auto done = task.files ? copy_files(*task.directory, task.files->first, task.files->second)
                             : copy_directory(task.directory);
      if (!done) fail(std::move(done.error()));
    } catch (const std::bad_alloc&) {
      fail({ENOMEM, "copy the layers", "", ""});
    }
  }

  void fail(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::move(error);
    failed_ = true;
  }

  Result<void> copy_directory(const std::shared_ptr<Directory>& directory) {
    if (directory->depth > kDeepestTree)
      return at({0, "copy the layers: the tree is too deep", "", ""}, directory->path);
    auto entries = entries_of(directory->from);
    if (!entries) return at(entries.error(), directory->path);
    std::vector<StackEntry> below;
    for (StackEntry& entry : *entries) (entry.is_directory ? below : directory->files).push_back(std::move(entry));
    for (const StackEntry& entry : below) {
      if (::mkdirat(directory->to.get(), entry.name.c_str(), S_IRWXU) != 0)
        return at({errno, "make directory", "", ""}, directory->path_of(entry.name));
    }
    if (auto copied = copy_all_files(directory); !copied) return copied;
    for (const StackEntry& entry : below) {
      if (failed_) return {};
      auto child = open_child(*directory, entry);
      if (!child) return tl::unexpected(child.error());
      if (offer({*child, std::nullopt})) continue;
      if (auto copied = copy_directory(*child); !copied) return copied;
    }
    return {};
  }

  Result<void> copy_all_files(const std::shared_ptr<Directory>& directory) {
    const std::size_t count = directory->files.size();
    const std::size_t parts = (count + kBatch - 1) / kBatch;
    directory->left = parts;
    if (parts == 0) return finish(*directory);
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t begin = part * kBatch;
      const std::size_t end = std::min(begin + kBatch, count);
      if (part + 1 < parts && offer({directory, std::pair{begin, end}})) continue;
      if (auto copied = copy_files(*directory, begin, end); !copied) return copied;
    }
    return {};
  }

  Result<void> copy_files(Directory& directory, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (failed_) return {};
      const StackEntry& file = directory.files[i];
      FileToCopy one{directory.from[file.layer], directory.to, file.name, directory.path_of(file.name), {}};
      if (::fstatat(one.from.get(), file.name.c_str(), &one.status, AT_SYMLINK_NOFOLLOW) != 0)
        return at({errno, "look at", "", ""}, one.path);
      if (!links_.is_first(one.status, directory.path, file.name)) continue;
      if (auto copied = copy_file(one, state_); !copied) return copied;
    }
    // Whoever copies the last part: what is written into a directory changes its times.
    if (--directory.left == 0) return finish(directory);
    return {};
  }

  Result<void> finish(const Directory& directory) {
    return finish_directory(directory.from.front(), directory.to, directory.path, state_);
  }

  static Result<std::shared_ptr<Directory>> open_child(const Directory& above, const StackEntry& entry) {
    auto child = std::make_shared<Directory>();
    child->path = above.path_of(entry.name);
    child->depth = above.depth + 1;
    auto from = open_entry(above.from, entry);
    if (!from) return at(from.error(), child->path);
    child->from = std::move(*from);
    child->to =
        linux::Fd(::openat(above.to.get(), entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!child->to) return at({errno, "open directory", "", ""}, child->path);
    return child;
  }

  CopyState state_{};
  CopiedLinks links_{};
  std::mutex mutex_{};
  std::condition_variable ready_{};
  std::deque<Task> queue_{};
  std::size_t workers_ = 1;
  std::atomic<std::size_t> idle_ = 0;
  std::atomic<bool> failed_ = false;
  std::optional<Error> error_{};
};

}  // namespace

Result<Losses> copy_tree(LayerStack layers, linux::Fd into, unsigned threads) {
  return TreeCopy().copy(std::move(layers), std::move(into), std::max(threads, 1U));
}

}  // namespace slipway::store
