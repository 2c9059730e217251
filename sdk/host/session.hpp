// One call into a plugin, seen from the host: what it reads comes out of one JSON document, and what it says is kept.
#pragma once

#include <slipway/plugin.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sdk/host/codec.hpp"

namespace slipway::host {

/// What a plugin, or the host about a plugin's call, has to tell.
struct Report {
  int severity = SLIPWAY_ERROR;  ///< slipway_severity
  std::string at{};              ///< pointer into the document ("/options/upper"); may be empty
  std::string message{};
  std::string hint{};
};

/// A name as messages have it: whole where it is of a name's length.
std::string shown_name(std::string_view name);

/// Serves the callbacks of slipway_host. Whatever a plugin does with them, no exception leaves one, and what grows is
/// bounded. Memory handed out lives as long as the session and the document. The callbacks belong to the thread that
/// made the session: from another one, and after the session's end, they fail and touch nothing.
class Session {
 public:
  enum class Entry : std::uint8_t { plan, resolve, call, undo };

  /// `document` is {"options": …, "facts": {…}}, of a call and its undo {"arguments": {…}}, and outlives the session.
  explicit Session(const nlohmann::json& document, Entry entry = Entry::plan);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session();

  /// What the plugin's function is entered with.
  [[nodiscard]] const slipway_host* abi() const;

  /// Whether the call went well: status 0 and no error reported. A failure of which the plugin said nothing, calls from
  /// another thread, and how many reports were too many are reported here.
  bool finish(std::int32_t status);

  std::vector<DecodedStep> steps{};                             ///< in the order of emission
  std::vector<std::pair<std::string, nlohmann::json>> facts{};  ///< in the order of emission
  std::vector<Report> reports{};
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> reads{};  ///< every pointer that was read, there or not

  /// Words of the manifest's `needs`; a step whose type is not among them ("step:mask") is refused. Unset: all are
  /// taken.
  std::optional<std::vector<std::string>> needs{};
  /// Facts that the manifest says it provides; another one is refused. Unset: all are taken.
  std::optional<std::vector<std::string>> provides{};
  /// Names of the options that the manifest describes. To have read one that is nearly called so fails the call: such a
  /// slip of the pen would leave what was wished for out without a word. Unset: all may be read.
  std::optional<std::vector<std::string>> options{};
  /// Answers the plugin's `ability`; unset: there are none.
  std::function<const void*(std::string_view)> ability{};

 private:
  struct Callbacks;
  struct Seat;

  void refuse_unknown_options();
  std::optional<Problem> problem_of_source(const std::string& from) const;
  void say(int severity, std::string_view at, std::string_view message, std::string_view hint = {});
  bool refuse_once(bool& told, const std::string& message);
  bool may_read(std::string_view at);
  bool add_step(std::string_view text);
  bool add_fact(std::string_view name, std::string_view text);
  const nlohmann::json* look_up(std::string_view at);
  void fill(const nlohmann::json& value, slipway_value& out);
  std::string_view keep(std::string text);
  [[nodiscard]] std::string function() const;

  const nlohmann::json& document_;
  Entry entry_;
  std::string last_at_{};  // the pointer to what holds the value read last: a list is read entry by entry
  const nlohmann::json* last_holder_ = nullptr;
  Seat& seat_;
  std::deque<std::string> kept_{};  // a deque: what was handed out must not move
  std::size_t kept_bytes_ = 0, step_bytes_ = 0;
  std::size_t reports_dropped_ = 0;
  std::string refused_step_{};        ///< the last one
  std::size_t refused_problems_ = 0;  ///< that it had
  bool has_failed_ = false;           ///< an error was reported, kept or not
  bool told_steps_ = false, told_reads_ = false, told_kept_ = false;
};

}  // namespace slipway::host
