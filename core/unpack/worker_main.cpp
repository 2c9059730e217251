// slipway-worker: reads a stranger's archive in a cage and does the jobs that its supervisor sends on descriptor 3.
// Started by slipway alone (core/run/worker.hpp); prints nothing.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <csignal>
#include <new>

#include "core/linux/id_map.hpp"
#include "core/plugins/plugins.hpp"
#include "core/store/job.hpp"
#include "core/unpack/cage.hpp"
#include "core/unpack/digest.hpp"
#include "core/unpack/jobs.hpp"
#include "core/unpack/resolve.hpp"
#include "core/unpack/unfold.hpp"

namespace slipway::unpack {
namespace {

using linux::Fd;
using store::Answer;
using store::Failed;

constexpr int kPluginsFault = 125;

struct Worker {
  Fd socket{store::kWorkerSocket}, staging{store::kWorkerStaging}, source{store::kWorkerSource},
      target{store::kWorkerTarget}, spool{store::kWorkerSpool};
  bool is_folded = false;  ///< what the source holds is yet to be unfolded into the spool
  bool has_spool = false;
  Ids ids{};
  plugins::Loaded plugin{};
  std::vector<std::string> plugin_options{};
};

// Where the supervisor is gone the next answer ends this process.
void tell(const Worker& worker, store::InPlugin now) {
  (void)store::send_message(worker.socket, store::encode(Answer{now}));
}

// The supervisor has checked the file, its owners and its manifest; this is the same descriptor.
Result<plugins::Loaded> load_plugin(const Worker& worker, const std::string& name) {
  plugins::Found found;
  found.manifest.name = name;
  found.manifest.stage = "image";
  found.path = name + ".so";
  found.file = Fd(store::kWorkerPlugin);
  tell(worker, {true});
  auto loaded = plugins::load(found, kPluginsFault);
  tell(worker, {false});
  return loaded;
}

bool is_same(int a, int b) {
  struct stat left {
  }, right{};
  return ::fstat(a, &left) == 0 && ::fstat(b, &right) == 0 && left.st_dev == right.st_dev &&
         left.st_ino == right.st_ino;
}

// In this order: what opens files (the plugin, OpenSSL's providers and configuration) before the files are gone.
Result<void> begin(Worker& worker, const store::Begin& job) {
  auto map = linux::IdMap::from_text(job.id_map);
  if (!map) return tl::unexpected(map.error());
  worker.ids = {std::move(*map), job.owners};
  worker.has_spool = worker.is_folded = job.has_spool;
  worker.plugin_options = job.options;
  (void)Digest().finish();
  if (auto entered = enter_cage(); !entered) return entered;
  if (!job.plugin.empty()) {
    auto loaded = load_plugin(worker, job.plugin);
    if (!loaded) return tl::unexpected(loaded.error());
    worker.plugin = *loaded;
    // The loader keeps it, lest another plugin's descriptor gets its number; no other is loaded here.
    ::close(store::kWorkerPlugin);
  }
  struct stat status {};
  const bool is_directory = ::fstat(store::kWorkerSource, &status) == 0 && S_ISDIR(status.st_mode);
  const int source = is_directory ? store::kWorkerSource : -1;
  if (!job.has_staging && !job.has_target) return close_cage(-1, source);
  const int directory = job.has_staging ? store::kWorkerStaging : store::kWorkerTarget;
  auto own = detach_working_directory();
  if (!own) return tl::unexpected(own.error());
  if (!is_same(own->get(), directory)) return failure(ESTALE, "enter the worker's directory");
  if (::dup3(own->get(), directory, O_CLOEXEC) < 0) return failure(errno, "enter the worker's directory");
  own->reset();
  // The supervisor's lock goes with the supervisor; as long as this process may write, the directory is in use.
  if (job.has_staging && ::flock(directory, LOCK_SH | LOCK_NB) != 0)
    return failure(errno, "lock the worker's directory");
  return close_cage(directory, source);
}

Answer to_answer(Result<store::Unpacked> result) {
  if (result) return *result;
  return Failed{result.error(), {}};
}

// What jobs read: the source, or what it unfolds to.
Result<const Fd*> readable_source(Worker& worker) {
  if (!worker.has_spool) return &worker.source;
  if (worker.is_folded) {
    if (auto done = unfold(worker.source, worker.spool); !done) return tl::unexpected(done.error());
    worker.is_folded = false;
  }
  return &worker.spool;
}

Answer carry_out(Worker& worker, const store::Job& job) {
  if (const auto* first = std::get_if<store::Begin>(&job)) {
    if (auto begun = begin(worker, *first); !begun) return Failed{begun.error(), {}};
    return store::Ready{};
  }
  const auto source = readable_source(worker);
  if (!source) return Failed{source.error(), {}};
  if (const auto* resolve = std::get_if<store::Resolve>(&job)) {
    if (worker.plugin.plugin == nullptr) return Failed{{0, "resolve the image", "no plugin was given", ""}, {}};
    return resolve_image({worker.plugin.name, worker.plugin.resolve(), worker.plugin_options}, resolve->document,
                         {**source, worker.has_spool, resolve->lint},
                         [&worker](store::InPlugin now) { tell(worker, now); });
  }
  if (const auto* unpack = std::get_if<store::Unpack>(&job)) {
    return to_answer(unpack_apart(*unpack, **source, worker.staging, worker.ids));
  }
  return to_answer(unpack_merged(std::get<store::Merge>(job), **source, worker.target, worker.ids));
}

Answer carry_out_safely(Worker& worker, const store::Job& job) {
  try {
    return carry_out(worker, job);
  } catch (const std::bad_alloc&) {
    return Failed{{ENOMEM, "unpack the image", "", "the archive needs more memory than the worker may use"}, {}};
  } catch (const std::exception& problem) {
    return Failed{{0, "unpack the image", printable(problem.what()), ""}, {}};
  }
}

int serve() {
  Worker worker;
  bool begun = false;
  while (true) {
    auto text = store::receive_message(worker.socket);
    if (!text) return 0;  // the supervisor has what it wanted, or is gone
    auto job = store::decode_job(*text);
    if (!job) return 1;
    if (begun == std::holds_alternative<store::Begin>(*job)) return 1;
    const Answer answer = carry_out_safely(worker, *job);
    begun = true;
    if (!store::send_message(worker.socket, store::encode(answer))) return 0;
    if (!std::holds_alternative<store::Begin>(*job)) continue;
    if (std::holds_alternative<Failed>(answer)) return 1;  // never a job without a cage
  }
}

}  // namespace
}  // namespace slipway::unpack

int main() {
  // Names are bytes, but pax calls them UTF-8, and libarchive converts to the locale's: with this one nothing changes.
  std::setlocale(LC_ALL, "C.UTF-8");
  ::umask(0);
  ::signal(SIGXFSZ, SIG_IGN);  // EFBIG says the same and names the file
  ::_exit(slipway::unpack::serve());
}
