#include <algorithm>
#include <map>

#include "core/config/isolation_words.hpp"
#include "core/config/sections.hpp"
#include "core/config/words.hpp"

namespace slipway::config {

using nlohmann::json;

namespace {

constexpr const char* kAt = "/isolation/namespaces";

std::string manifest_says(const StageUse& use, const std::string& name, bool own) {
  return quote(use.use) + (own ? " needs a " : " keeps the host's ") + quote(name) + " namespace" +
         (own ? " of the container's own" : "");
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const Join* join_of(const Isolation& isolation, const std::string& name) {
  const auto found = std::find_if(isolation.joins.begin(), isolation.joins.end(),
                                  [&](const Join& join) { return join.space == name; });
  return found == isolation.joins.end() ? nullptr : &*found;
}

}  // namespace

bool Sections::by_user(std::string_view pointer) const {
  const Origin* origin = document_.places.find(pointer);
  return origin != nullptr && document_.places.source(origin->value.source).kind != Place::Source::builtin;
}

void Sections::namespaces(const json& value, Isolation& isolation) {
  if (value.is_object()) return each_namespace(value, isolation);
  std::vector<std::string>& chosen = isolation.namespaces;
  if (!value.is_array())
    return at_value(kAt, "expected a list of namespaces or an object, found " + describe(value),
                    allowed_hint("", namespace_words()));
  bool readable = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string at = member(kAt, i);
    if (!value[i].is_string() || !has(namespace_words(), value[i])) {
      const std::string word = value[i].is_string() ? value[i].get<std::string>() : std::string();
      readable = false;
      at_value(at, "expected a namespace, found " + describe(value[i]),
               word == "user" ? "isolation.user says whether there is a user namespace"
                              : allowed_hint(word, namespace_words()));
    } else if (has(chosen, value[i])) {
      at_value(at, quote(value[i].get<std::string>()) + " stands twice in the list");
    } else {
      chosen.push_back(value[i]);
    }
  }
  if (readable && !has(chosen, "mount")) {
    at_value(kAt, "\"mount\" is missing, and is always needed",
             "without a mount namespace of its own a container's mounts would be made on the host");
  }
}

// What it does not speak of is as usual.
void Sections::each_namespace(const json& value, Isolation& isolation) {
  for (const auto& [name, unused] : value.items()) {
    if (has(namespace_words(), name)) continue;
    at_key(member(kAt, name), "expected a namespace, found " + quote(name),
           name == "user" ? "isolation.user says whether there is a user namespace"
                          : allowed_hint(name, namespace_words()));
  }
  for (const std::string& name : namespace_words()) {
    const auto said = value.find(name);
    const bool usual = std::find(kUsualNamespaces.begin(), kUsualNamespaces.end(), name) != kUsualNamespaces.end();
    if (said == value.end() ? usual : *said == "new") {
      isolation.namespaces.push_back(name);
    } else if (said != value.end() && *said != "host") {
      join(name, *said, isolation);
    } else if (name == "mount") {
      at_value(member(kAt, name), "the mount namespace is always a new one",
               "in another one a container's mounts would be made where they do not belong");
    }
  }
}

void Sections::join(const std::string& name, const json& value, Isolation& isolation) {
  const std::string pointer = member(kAt, name);
  const Joined joined = value.is_string() ? joined_from(value) : Joined{};
  if (!joined.any())
    return at_value(pointer, "expected \"new\", \"host\", a file or \"process:PID\", found " + describe(value),
                    kJoinHint);
  if (name == "mount")
    return at_value(pointer, "the mount namespace is always a new one",
                    "in another one a container's mounts would be made where they do not belong");
  isolation.joins.push_back({name, joined.path, joined.process});
}

void Sections::follow_manifests(const std::vector<StageUse>& stages, Isolation& isolation) {
  std::map<std::string, const StageUse*> decided;
  for (const StageUse& use : stages) {
    if (use.manifest == nullptr) continue;
    for (const auto& [name, whose] : use.manifest->namespaces) {
      const bool own = whose != "host";
      const auto [other, first] = decided.try_emplace(name, &use);
      if (!first && (other->second->manifest->namespaces.at(name) != "host") != own) {
        at_value(use.pointer + "/use",
                 manifest_says(use, name, own) + ", and " + manifest_says(*other->second, name, !own));
      } else if (name == "mount" && !own) {
        at_value(use.pointer + "/use", manifest_says(use, name, own) + ", and a container always has one of its own");
      } else if (own != has(isolation.namespaces, name) || join_of(isolation, name) != nullptr) {
        decide_namespace(use, name, own, isolation);
      }
    }
  }
  std::vector<std::string> ordered;
  for (const std::string& name : namespace_words()) {
    if (has(isolation.namespaces, name)) ordered.push_back(name);
  }
  isolation.namespaces = std::move(ordered);
}

// What the user wrote is not changed behind their back.
void Sections::decide_namespace(const StageUse& use, const std::string& name, bool own, Isolation& isolation) {
  const bool joins = join_of(isolation, name) != nullptr;
  const bool is_object = document_.value["isolation"]["namespaces"].is_object();
  const std::string pointer = is_object ? member(kAt, name) : std::string(kAt);
  if (by_user(pointer)) {
    const char* asked = joins ? ", and isolation joins another one"
                        : own ? ", and isolation leaves it out"
                              : ", and isolation asks for one of its own";
    at_value(use.pointer + "/use", manifest_says(use, name, own) + asked,
             std::string(own && !joins ? "add it to" : "take it out of") + " isolation.namespaces (" +
                 to_text(document_.places.of_value(pointer)) + ")");
  } else if (own) {
    isolation.namespaces.push_back(name);
  } else {
    std::erase(isolation.namespaces, name);
  }
}

}  // namespace slipway::config
