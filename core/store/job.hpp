// What a supervisor and its worker say to each other: messages of JSON on a socket, each behind its length.
// One codec for both ends; what comes from the worker is bounded and checked like any stranger's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"
#include "core/store/losses.hpp"

namespace slipway::store {

/// The descriptors that the worker is started with.
enum WorkerDescriptor : int {
  kWorkerSocket = 3,
  kWorkerStaging = 4,
  kWorkerSource = 5,
  kWorkerPlugin = 6,
  kWorkerTarget = 7,
  kWorkerSpool = 8,
};
inline constexpr int kWorkerDescriptorEnd = 9;

/// The first message: what the cage must leave open.
struct Begin {
  std::string id_map{};  ///< linux::IdMap::to_text()
  std::string plugin{};  ///< the image plugin's name; empty: none is needed
  bool has_staging = false, has_target = false;
  Owners owners = Owners::squashed;
  bool has_spool = false;              ///< the source is compressed; before anything else it is unfolded into the spool
  std::vector<std::string> options{};  ///< that the plugin's manifest describes
};
/// Have the image plugin look at the source. `document`: {"options": {…}}. With `lint` what is odd about an archive's
/// entries is reported as well, where they are a root filesystem's.
struct Resolve {
  std::string document{};
  bool lint = false;
};
/// Unpack layers into the staging directory, each as layer_entry()/tree. When owners must be exact and some cannot be,
/// the answer says which, and the directory is empty.
struct Unpack {
  std::vector<LayerSource> layers{};
  std::string form{};
};
/// Unpack all layers, lowest first, into one tree below the target; owners as with Unpack.
struct Merge {
  std::vector<LayerSource> layers{};
};
using Job = std::variant<Begin, Resolve, Unpack, Merge>;

/// One report() of the image plugin.
struct PluginReport {
  Severity severity = Severity::error;
  std::string at{}, message{}, hint{};
};

struct Ready {};
/// No answer yet: code of the image plugin's is entered, or was left. Whether it comes back in its time the supervisor
/// watches, whatever it does to the worker.
struct InPlugin {
  bool is_entered = false;
};
struct Resolved {
  std::string fact{};  ///< JSON; parse_image_fact() it
  std::vector<PluginReport> reports{};
};
struct Unpacked {
  LayerLosses losses{};
  std::uint64_t entries = 0, bytes = 0;
};
struct Failed {
  Error error{};
  std::vector<PluginReport> reports{};
};
using Answer = std::variant<Ready, InPlugin, Resolved, Unpacked, Failed>;

std::string encode(const Job& job);
Result<Job> decode_job(std::string_view text);
std::string encode(const Answer& answer);
Result<Answer> decode_answer(std::string_view text);

/// A fact (4 MiB) and its JSON escapes fit.
inline constexpr std::size_t kLargestMessage = std::size_t{16} << 20U;
Result<void> send_message(const linux::Fd& socket, std::string_view text);
/// An end of the stream before the first byte is ECONNRESET: the other side has gone.
Result<std::string> receive_message(const linux::Fd& socket);

}  // namespace slipway::store
