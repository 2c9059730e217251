#include "core/run/warm_start.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "core/run/ids.hpp"
#include "core/run/losses.hpp"

namespace slipway::run {
namespace {

constexpr std::size_t kChecksumSize = 32;  // of store::fingerprint()

// Passwords are given to programs by what changes exec.env, and a record of the start would keep them on disk. The
// values of -e are in no record (given_environment.hpp), nor is what environment files hold (env_files.hpp).
bool may_be_secret(const config::Override& change) {
  return change.path == "exec" || change.path == "exec.env" || change.path.starts_with("exec.env.");
}

// By their text: a file that was changed back is what it was.
bool extended_unchanged(const plan::StartRecord& record) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;  // as the reader of pipelines has it
  return std::all_of(record.extended.begin(), record.extended.end(), [](const plan::KnownFile& known) {
    const linux::Fd file(::open(known.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const auto text = file ? linux::read_all(file, kLargest) : failure(errno, "");
    return text && store::fingerprint(*text) == known.fingerprint;
  });
}

}  // namespace

bool may_be_recorded(const std::vector<config::Override>& overrides) {
  return std::none_of(overrides.begin(), overrides.end(), may_be_secret);
}

std::optional<std::string> start_key(const config::Request& request, const linux::HostAbilities& host) {
  auto text = plan::text_of(request);
  if (!text) return std::nullopt;
  return store::fingerprint(*text + (host.terminal ? "terminal" : "streams") + (host.root ? "" : "ordinary"));
}

std::string facts_fingerprint(const std::string& image, const linux::HostAbilities& host, const linux::IdMap& ids) {
  const auto yes = [](bool value) { return value ? "1" : "0"; };
  return store::fingerprint(std::string(yes(host.root)) + yes(host.terminal) + yes(host.cgroup2) + host.build + "\n" +
                            host.around + "\n" + ids.to_text() + "\n" + image);
}

std::optional<plan::StartRecord> find_start(const store::Store& store, const std::string& key) {
  auto text = store.find_start(key);
  if (!text || !*text) return std::nullopt;
  // What a disk or a crash made of it is not to be carried out.
  if ((*text)->substr(0, kChecksumSize) !=
      store::fingerprint(std::string_view(**text).substr(std::min(kChecksumSize, (*text)->size()))))
    return std::nullopt;
  auto record = plan::start_record_from(std::string_view(**text).substr(kChecksumSize));
  if (!record || !plan::plugins_unchanged(*record) || !extended_unchanged(*record)) return std::nullopt;
  return std::move(*record);
}

std::optional<WarmImage> warm_image(const store::Store& store, const plan::StartRecord& record,
                                    const linux::HostAbilities& host, const linux::IdMap& ids) {
  auto image = recorded_image(store, record.image);
  if (!image || facts_fingerprint(image->text, host, ids) != record.facts) return std::nullopt;
  WarmImage warm{std::move(*image), {}, {}};
  if (!record.losses.empty()) {
    auto losses = store::losses_from(record.losses);
    if (!losses) return std::nullopt;
    warm.losses = std::move(*losses);
  }
  const std::string form = layer_form(record.isolation, ids);
  for (const store::LayerSource& source : warm.image.fact.layers) {
    if (source.is_in_place()) {
      auto directory = layer_in_place(warm.image);
      if (!directory) return std::nullopt;
      warm.layers.push_back(std::move(*directory));
      break;  // it is the only one
    }
    auto layer = store.find_layer(source.diff_id, form);
    if (!layer || !*layer) return std::nullopt;
    warm.layers.push_back(std::move(**layer));
  }
  return warm;
}

void keep_start(const store::Store& store, const std::string& key, const plan::StartRecord& record) {
  const std::string bytes = plan::to_bytes(record);
  (void)store.keep_start(key, store::fingerprint(bytes) + bytes);
}

}  // namespace slipway::run
