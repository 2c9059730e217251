#include "core/script/variables.hpp"

#include <algorithm>
#include <array>

namespace slipway::script {
namespace {

constexpr std::array<std::string_view, 4> kBeginnings = {"LD_", "MALLOC_", "RESOLV_", "GLIBC_"};

// ld.so(8), "secure-execution mode", has those that glibc itself takes from a set-user-ID program; gettext(3) the last.
constexpr std::array<std::string_view, 11> kNames = {"GCONV_PATH", "GETCONF_DIR", "HOSTALIASES",   "LOCALDOMAIN",
                                                     "LOCPATH",    "NIS_PATH",    "NLSPATH",       "RES_OPTIONS",
                                                     "TMPDIR",     "TZDIR",       "OUTPUT_CHARSET"};

// They name a language, or a file with what is to be said in it.
bool is_of_language(std::string_view name) { return name == "LANG" || name == "LANGUAGE" || name.starts_with("LC_"); }

}  // namespace

bool acts_on_any_program(std::string_view variable) {
  const std::size_t end = std::min(variable.find('='), variable.size());
  const std::string_view name = variable.substr(0, end);
  if (is_of_language(name)) return variable.substr(end).find('/') != std::string_view::npos;
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

}  // namespace slipway::script
