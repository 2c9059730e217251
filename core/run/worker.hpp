// The supervisor's end of the worker: starts it in its namespaces, hands it its descriptors, and distrusts its answers.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/linux/process.hpp"
#include "core/run/moments.hpp"
#include "core/store/image_fact.hpp"
#include "core/store/job.hpp"

namespace slipway::run {

/// What a worker is given. Everything pointed to is borrowed for the length of start().
struct WorkerContext {
  std::string program{};              ///< the path of slipway-worker
  const linux::Fd* source = nullptr;  ///< the image's archive or directory, open for reading
  bool is_spool = false;              ///< it is one of the store's (store/spool.hpp), not a file of the host's
  /// An empty one: the source is compressed, and is unfolded into this before it is read.
  const linux::Fd* spool = nullptr;
  std::string source_name{};  ///< how errors call it
  // At most one of the two, for it is all that the worker can reach.
  const linux::Fd* staging = nullptr;  ///< for unpack(): store::Staging::directory()
  const linux::Fd* target = nullptr;   ///< for merge(): an empty directory, open for reading
  const linux::Fd* plugin = nullptr;   ///< for resolve(): plugins::Found::file
  std::string plugin_name{};
  std::vector<std::string> plugin_options{};  ///< that its manifest describes
  linux::IdMap map{};                         ///< the ids that layers are written with; none: the host's
  store::Owners owners = store::Owners::squashed;
  /// Becomes readable when the user wants to stop (a signalfd): the job then ends with EINTR.
  const linux::Fd* interruption = nullptr;
  /// Asked when it is readable: whether that means to stop. Has to read what it does not mind. Unset: it does.
  std::function<bool()> is_meant{};
};

/// A failure, with what the image plugin had to say about its options ("/options/source").
using WorkerFailure = store::Failed;
template <class T>
using WorkerResult = tl::expected<T, WorkerFailure>;

struct Resolution {
  store::ImageFact fact{};
  std::string text{};  ///< the fact as JSON, for later stages and for Store::keep_image
  std::vector<store::PluginReport> reports{};
};

/// One worker process. It does one job after the other and ends with its object.
class Worker {
 public:
  /// The calling process has one thread (it forks). Returns when the cage is closed.
  static WorkerResult<Worker> start(const WorkerContext& context);
  Worker(Worker&&) = default;
  Worker& operator=(Worker&&) = delete;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// `document`: {"options": {…}}. `lint`: as in store::Resolve.
  WorkerResult<Resolution> resolve(const std::string& document, bool lint = false);
  /// All of the layers into the staging directory, or none, as when owners must be exact and the losses say that some
  /// cannot be; store::Staging::commit() gives them their names.
  WorkerResult<store::Unpacked> unpack(const std::vector<store::LayerSource>& layers, const std::string& form);
  /// All layers of an image as one tree into the target, which after a failure is empty again.
  WorkerResult<store::Unpacked> merge(const std::vector<store::LayerSource>& layers);

 private:
  Worker() = default;
  WorkerResult<store::Answer> ask(const store::Job& job);
  /// The next message, which has to be there before the deadline; never() is none.
  using Deadline = std::chrono::steady_clock::time_point;
  static constexpr Deadline never() { return Deadline::max(); }
  WorkerResult<store::Answer> hear(Deadline deadline);
  enum class Waited { ready, late };
  /// An interruption ends the worker, and is an error.
  Result<Waited> wait_for_input(const linux::Fd& from, Deadline deadline);
  /// Its ids, and the job that all others come after.
  WorkerResult<void> close_cage(const WorkerContext& context);
  void come_by(Moment moment) const;
  Error ending();

  linux::Process process_{};
  linux::Fd socket_{}, said_{}, interruption_{};
  std::function<bool()> is_meant_{};
  std::string source_name_{}, plugin_name_{};
  const char* doing_ = "unpack the image";  ///< the job that it was given last
  std::uint64_t source_size_ = 0;
  bool is_directory_ = false;
  linux::Fd spool_{};
  bool own_ids_ = false;
  bool is_in_plugin_ = false;  ///< as far as it has told
};

}  // namespace slipway::run
