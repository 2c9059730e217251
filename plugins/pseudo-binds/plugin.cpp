// The user's own binds. slipway opens the sources itself; this says only what is to be seen where.
#include <array>
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Access;
using slipway::steps::Common;
using slipway::steps::Create;
using slipway::steps::MountFlag;
using slipway::steps::Owners;
using slipway::steps::Submounts;

struct PseudoBinds {
  Options options;

  void plan(slipway::Plan& plan) const {
    for (std::size_t i = 0; i < options.binds.size(); ++i) {
      const Options::Binds& bind = options.binds[i];
      const std::string at = "/options/binds/" + std::to_string(i);
      const bool maps = bind.owners == Options::Binds::Owners::container;
      const Owners owners = maps ? Owners::container : Owners::host;
      const slipway::Handle source =
          plan.open({.path = {bind.source}, .owners = owners}, {.as = name_of(bind, i), .from = at + "/source"});
      plan.bind({.source = source,
                 .target = {bind.target},
                 .access = bind.access == Options::Binds::Access::read_only ? Access::read_only : Access::read_write,
                 .flags = flags_of(bind),
                 .create = Create::missing,
                 .submounts = maps ? Submounts::left : Submounts::taken,
                 .owners = owners},
                {.from = at + "/target"});
    }
  }

 private:
  // The target with letters that a result's name may have, to be read by people; and what tells apart all entries of a
  // plan, which may hold this plugin twice: the number of the entry and a fingerprint (FNV-1a).
  static std::string name_of(const Options::Binds& bind, std::size_t number) {
    constexpr std::size_t kLongest = 32;
    constexpr std::uint32_t kBasis = 0x811c9dc5;
    constexpr std::uint32_t kPrime = 0x01000193;
    std::uint32_t sum = kBasis;
    for (const char letter : bind.source + '\0' + bind.target)
      sum = (sum ^ static_cast<unsigned char>(letter)) * kPrime;
    std::string name;
    for (const char letter : bind.target.substr(1, kLongest)) {
      const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
      name += plain ? letter : '.';
    }
    return name + "-" + std::to_string(number) + "-" + std::to_string(sum % 10000);
  }

  static std::vector<MountFlag> flags_of(const Options::Binds& bind) {
    constexpr auto& kWords = slipway::steps::Words<MountFlag>::words;
    std::vector<MountFlag> flags;
    for (const Options::Binds::Flags flag : bind.flags) {
      const std::string_view word = words_of(flag).at(static_cast<std::size_t>(flag));
      for (std::size_t i = 0; i < kWords.size(); ++i) {
        if (kWords[i] == word) flags.push_back(static_cast<MountFlag>(i));
      }
    }
    return flags;
  }
};

}  // namespace

SLIPWAY_PLUGIN(PseudoBinds)
