// What to run, found out of the words of a request: the pipeline is read, plugins are loaded and asked, the image is
// resolved. A start from a record (warm_start.hpp) needs none of it, and the program that makes only such starts does
// not even contain it: hence the interface.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/run/failure.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// In this order: read(), plan(), then the rest. The plan has words in the places of the values of -e, to be filled in;
/// given_environment.hpp.
class ColdStart {
 public:
  ColdStart() = default;
  ColdStart(const ColdStart&) = delete;
  ColdStart& operator=(const ColdStart&) = delete;
  virtual ~ColdStart() = default;

  virtual tl::expected<config::Isolation, Failure> read() = 0;
  /// Whether standard input is the image's: then read() has put /dev/null in its place, for processes yet to be made.
  [[nodiscard]] virtual bool has_taken_input() const = 0;

  /// Where plugins may have functions to call: loads all plugins, and tells who enters those functions, for as long as
  /// this lives. Else null, and nothing is loaded.
  virtual tl::expected<const plan::Caller*, Failure> load_caller() = 0;

  struct Planned {
    plan::Plan plan{};
    ResolvedImage image{};
    bool may_remember = true;
  };
  /// What plugins warn of is added to `notes`.
  virtual tl::expected<Planned, Failure> plan(const linux::HostAbilities& host, const linux::IdMap& ids,
                                              Findings& notes) = 0;

  /// The image's layers; those that the store lacks are unpacked. `announce` as in bring_in_layers(). What could not be
  /// kept exactly of any of them, now or when it was unpacked, is added to `losses`.
  virtual Result<std::vector<store::Layer>> layers(const ResolvedImage& image, const linux::IdMap& ids,
                                                   const store::Announce& announce, store::Losses& losses) = 0;

  /// Keeps what was found out for the next start with this key. That it could not be kept is no one's problem: the next
  /// start finds it out anew.
  virtual void remember(const std::string& key, const plan::Plan& plan, const std::string& facts,
                        const store::Losses& losses) = 0;
};

/// The status of a Failure without findings: there is no record, and this program makes starts from records only.
inline constexpr int kNeedsColdStart = -1;

/// Makes one of a request; both it and the others outlive it.
using MakeColdStart = std::unique_ptr<ColdStart> (*)(const config::Request& request, const store::Store& store,
                                                     const Interruption& interruption, ImageRecords records);
std::unique_ptr<ColdStart> make_cold_start(const config::Request& request, const store::Store& store,
                                           const Interruption& interruption, ImageRecords records);

}  // namespace slipway::run
