#include "core/plan/facts.hpp"

#include <nlohmann/json.hpp>

namespace slipway::plan {
namespace {

const char* ids_word(const linux::IdMap& ids) {
  if (ids.none()) return "host";
  return ids.single() ? "single" : "range";
}

}  // namespace

nlohmann::json facts_json(const Facts& facts, const config::Isolation& isolation) {
  constexpr std::uint32_t kTtyGroup = 5;
  // Without a user namespace of its own a container has the ids of the one that slipway is in.
  const linux::IdMap ids =
      facts.ids.none() ? linux::IdMap::from_text(facts.host.around).value_or(linux::IdMap{}) : facts.ids;
  std::vector<std::string> namespaces = isolation.namespaces;
  std::vector<std::string> joined;
  for (const config::Join& join : isolation.joins) joined.push_back(join.space);
  if (!facts.ids.none() && isolation.user != config::Isolation::User::joined) namespaces.emplace_back("user");
  nlohmann::json image = nlohmann::json::parse(facts.image, nullptr, false);
  return {{"image", std::move(image)},
          {"host",
           {{"user", facts.host.root ? "root" : "ordinary"},
            {"kernel", facts.host.kernel},
            {"tmpfs_user_xattr", facts.host.tmpfs_user_xattr},
            {"filesystems", facts.filesystems},
            {"cgroup2", facts.host.cgroup2},
            {"terminal", facts.host.terminal}}},
          {"isolation",
           {{"namespaces", std::move(namespaces)},
            {"joined", std::move(joined)},
            {"ids", ids_word(facts.ids)},
            {"maps_gid_5", ids.maps_gid(kTtyGroup)},
            {"hostname", isolation.hostname},
            {"hostname_of_image", isolation.hostname_of_image}}}};
}

nlohmann::json recorded_facts(const std::string& text) {
  nlohmann::json facts = nlohmann::json::parse(text, nullptr, false, true);
  if (!facts.is_object() || !facts.contains("facts")) return facts;
  nlohmann::json inner = std::move(facts["facts"]);
  return inner;
}

host::Vocabulary vocabulary() { return host::standard_vocabulary(); }

}  // namespace slipway::plan
