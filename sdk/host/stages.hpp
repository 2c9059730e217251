// The stages of a pipeline and what each is held to. Knows nothing of how pipelines are read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace slipway::host {

namespace detail {
inline constexpr auto kFactsOfImage = std::to_array<std::string_view>({"source"});
inline constexpr auto kFactsOfPlans = std::to_array<std::string_view>({"image", "host", "isolation"});
inline constexpr auto kChecksOfImage = std::to_array<std::string_view>({"is-pure", "is-legal", "image-facts"});
inline constexpr auto kChecksOfRootfs =
    std::to_array<std::string_view>({"is-pure", "is-legal", "reference-tree", "failing-steps", "killed-at-steps"});
inline constexpr auto kChecksOfPlans =
    std::to_array<std::string_view>({"is-pure", "is-legal", "failing-steps", "killed-at-steps"});
}  // namespace detail

struct Stage {
  std::string_view name;
  std::string_view meaning;   ///< what its plugins decide
  bool takes_list;            ///< whether a pipeline may name several plugins, which plan one after the other
  bool resolves;              ///< its function is `resolve`, in the worker, and it emits no steps; else `plan`
  std::string_view hands_on;  ///< what must come of it
  std::string_view leaves;    ///< what later stages may count on, and what is not its business
  std::span<const std::string_view> facts;   ///< those that slipway tells it
  std::span<const std::string_view> checks;  ///< what `slipway plugin check` has for it beyond library and load
};

/// In the order in which they plan.
inline constexpr std::array kStages = {
    Stage{"image", "where the image comes from: it reads the source and says what is in it", false, true,
          "the fact image, once: kind, settings, and each layer with its place in the source",
          "Offsets and sizes lie inside the source. A digest that is known is given; what is missing, slipway works "
          "out. The fact is checked as untrusted input: bounds, types, digests.",
          detail::kFactsOfImage, detail::kChecksOfImage},
    Stage{"rootfs", "how the root filesystem is made of the image's layers", false, false,
          "one step whose target is /, an overlay, a bind or a mount",
          "From the same image comes the same tree, whichever plugin serves: owners, modes, times, attributes, links. "
          "It is mounted before any other step of the mount phase that has a target inside.",
          detail::kFactsOfPlans, detail::kChecksOfRootfs},
    Stage{"pseudo", "what lies in /dev, /proc, /sys and /etc, and what of the host shows inside", true, false,
          "nothing: a container without such files is a container",
          "/dev/null is the null device where a later stage masks files.", detail::kFactsOfPlans,
          detail::kChecksOfPlans},
    Stage{"harden", "what is hidden or read-only inside, and what is forbidden to the program", true, false, "nothing",
          "Its steps stand in seal and confine, when the container's root is complete.", detail::kFactsOfPlans,
          detail::kChecksOfPlans},
    Stage{"network", "which network the container has", true, false, "nothing",
          "Whether there is a network namespace of the container's own its manifest says, in namespaces: plans cannot.",
          detail::kFactsOfPlans, detail::kChecksOfPlans},
    Stage{"exec", "which program runs, as whom, where and with what environment", false, false,
          "one exec step; besides it what the program is: user, environment, workdir",
          "What the user's command line says of the program arrives in its options.", detail::kFactsOfPlans,
          detail::kChecksOfPlans},
};

/// nullptr where there is no such stage.
constexpr const Stage* find_stage(std::string_view name) {
  const auto* const found =
      std::find_if(kStages.begin(), kStages.end(), [&](const Stage& one) { return one.name == name; });
  return found == kStages.end() ? nullptr : found;
}

/// The names alone, for who needs no more.
inline constexpr auto kStageWords = [] {
  std::array<std::string_view, kStages.size()> words{};
  std::transform(kStages.begin(), kStages.end(), words.begin(), [](const Stage& stage) { return stage.name; });
  return words;
}();

/// Of those of which a pipeline may name several plugins.
inline constexpr auto kListStageWords = [] {
  constexpr auto kCount = static_cast<std::size_t>(
      std::count_if(kStages.begin(), kStages.end(), [](const Stage& stage) { return stage.takes_list; }));
  std::array<std::string_view, kCount> words{};
  std::size_t next = 0;
  for (const Stage& stage : kStages) {
    if (stage.takes_list) words.at(next++) = stage.name;
  }
  return words;
}();

}  // namespace slipway::host
