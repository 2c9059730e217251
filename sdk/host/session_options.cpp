// Options that a plugin speaks of and its manifest does not describe.
#include <algorithm>
#include <set>
#include <slipway/text.hpp>

#include "sdk/host/problem.hpp"
#include "sdk/host/session.hpp"

namespace slipway::host {
namespace {

constexpr std::string_view kOptions = "/options/";

// The option's name in a pointer below /options/, as the pointer has it.
std::string name_in(std::string_view pointer) {
  return std::string(pointer.substr(kOptions.size(), pointer.find('/', kOptions.size()) - kOptions.size()));
}

bool is_among(const std::vector<std::string>& options, const std::string& name) {
  return std::any_of(options.begin(), options.end(),
                     [&](const std::string& one) { return pointer_token(one) == name; });
}

}  // namespace

void Session::refuse_unknown_options() {
  std::set<std::string> told;  // in one order, whatever the order of the reads
  for (const std::string& read : reads) {
    if (read.starts_with(kOptions) && !is_among(*options, name_in(read))) told.insert(name_in(read));
  }
  for (const std::string& name : told) {
    const std::string nearest = suggest(name, *options);
    if (!nearest.starts_with("did you mean")) continue;  // asked for what is not there, as a word of its own
    say(SLIPWAY_ERROR, "",
        function() + " read the option " + shown_name(name) + ", which its manifest does not describe", nearest);
  }
}

// What a step came from is shown to users as the place of an option of theirs: one that is none would show another.
std::optional<Problem> Session::problem_of_source(const std::string& from) const {
  const bool is_whole = from.empty() || from == "/options" || from == "/facts" || from.starts_with("/facts/");
  if (!options || is_whole) return std::nullopt;
  if (!from.starts_with(kOptions))
    return Problem{"/from", "is " + shown_name(from) + ", which is no place of an option", R"(as in "/options/NAME")"};
  if (is_among(*options, name_in(from))) return std::nullopt;
  return Problem{"/from", "is " + shown_name(from) + ", and the manifest describes no such option",
                 suggest(name_in(from), *options)};
}

}  // namespace slipway::host
