#include <algorithm>
#include <map>

#include "core/config/sections.hpp"
#include "core/config/words.hpp"

namespace slipway::config {

using nlohmann::json;

namespace {

constexpr std::size_t kLongestHostname = 64;  // sethostname(2): HOST_NAME_MAX

const std::vector<std::string>& known_namespaces() {
  static const std::vector<std::string> kWords = {"mount", "pid", "ipc", "uts", "net", "cgroup", "time"};
  return kWords;
}

std::string manifest_says(const StageUse& use, const std::string& name, bool own) {
  return quote(use.use) + (own ? " needs a " : " keeps the host's ") + quote(name) + " namespace" +
         (own ? " of the container's own" : "");
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const std::vector<std::string>& user_words() {
  static const std::vector<std::string> kWords = {"auto", "none", "single"};
  return kWords;
}

const std::vector<std::string>& ids_words() {
  static const std::vector<std::string> kWords = {"squash", "exact"};
  return kWords;
}

}  // namespace

json to_json(const Isolation& isolation) {
  json value = {{"namespaces", isolation.namespaces},
                {"user", user_words().at(static_cast<std::size_t>(isolation.user))},
                {"ids", ids_words().at(static_cast<std::size_t>(isolation.ids))}};
  if (!isolation.hostname.empty()) value["hostname"] = isolation.hostname;
  return value;
}

nlohmann::ordered_json isolation_properties() {
  return {{"namespaces",
           {{"description", "The namespaces of the container's own; mount is always one of them."},
            {"type", "array"},
            {"uniqueItems", true},
            {"items", {{"enum", known_namespaces()}}}}},
          {"user",
           {{"description",
             "The user namespace. auto: none as root, a subordinate id range as a user, one id without a range; none; "
             "single: one id."},
            {"enum", user_words()}}},
          {"ids",
           {{"description",
             "What becomes of files whose owner has no id in the container. squash: they belong to root there; exact: "
             "that is an error."},
            {"enum", ids_words()}}},
          {"hostname",
           {{"description", "The container's host name."},
            {"type", "string"},
            {"minLength", 1},
            {"maxLength", kLongestHostname}}}};
}

bool Sections::by_user(std::string_view pointer) const {
  const Origin* origin = document_.places.find(pointer);
  return origin != nullptr && document_.places.source(origin->value.source).kind != Place::Source::builtin;
}

Isolation Sections::isolation(const std::vector<StageUse>& stages) {
  std::vector<std::string> keys;
  const nlohmann::ordered_json known = isolation_properties();
  for (const auto& [key, unused] : known.items()) keys.push_back(key);
  Isolation isolation;
  const json& value = document_.value["isolation"];
  if (!value.is_object()) {
    at_value("/isolation", "expected an object, found " + describe(value), "it may have " + one_of(keys));
    return isolation;
  }
  for (const auto& [key, unused] : value.items()) {
    if (!has(keys, key))
      at_key(member("/isolation", key), "unknown key " + quote(key) + " in \"isolation\"", allowed_hint(key, keys));
  }
  // The built-in pipeline has all of them, and merging takes none away.
  isolation.namespaces = namespaces(value.at("namespaces"));
  follow_manifests(stages, isolation.namespaces);

  const auto at = [&](const char* key, const std::vector<std::string>& words, const char* meaning) {
    return word(value.at(key), member("/isolation", key), words, meaning);
  };
  isolation.user = static_cast<Isolation::User>(
      at("user", user_words(), "\"auto\": none as root, a subordinate id range as a user, one id without a range"));
  isolation.ids = static_cast<Isolation::Ids>(
      at("ids", ids_words(),
         "\"squash\": files whose owner has no id in the container belong to root there; \"exact\": that is an error"));

  const json& hostname = value.at("hostname");
  if (!hostname.is_string()) {
    at_value("/isolation/hostname", "expected a string, found " + describe(hostname),
             "the container's host name, of 1 to 64 bytes");
    return isolation;
  }
  isolation.hostname = hostname.get_ref<const std::string&>();
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (isolation.hostname.empty() || isolation.hostname.size() > kLongestHostname) {
    at_value("/isolation/hostname",
             "expected a hostname of 1 to 64 bytes, found one of " + std::to_string(isolation.hostname.size()),
             "longer ones are refused by the kernel");
  } else if (std::any_of(isolation.hostname.begin(), isolation.hostname.end(), control)) {
    at_value("/isolation/hostname", "a hostname has no control characters, found " + describe(hostname),
             "letters, digits, \"-\" and \".\" are what a host name is made of");
  } else if (!has(isolation.namespaces, "uts")) {
    if (by_user("/isolation/hostname")) {
      at_value("/isolation/hostname", "a hostname needs a \"uts\" namespace of the container's own",
               "without one it would be the host that is renamed; add \"uts\" to isolation.namespaces");
    }
    isolation.hostname.clear();
  }
  return isolation;
}

// Its number among those that there are; 0 for another one, which is told of.
std::size_t Sections::word(const json& value, const std::string& pointer, const std::vector<std::string>& words,
                           const char* meaning) {
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string hint = meaning;
  if (value.is_string()) {
    if (const auto near = nearest_word(value.get_ref<const std::string&>(), words))
      hint = "did you mean " + quote(*near) + "?";
  }
  at_value(pointer, "expected " + one_of(words) + ", found " + describe(value), hint);
  return 0;
}

std::vector<std::string> Sections::namespaces(const json& value) {
  std::vector<std::string> chosen;
  const std::string pointer = "/isolation/namespaces";
  if (!value.is_array()) {
    at_value(pointer, "expected a list of namespaces, found " + describe(value), allowed_hint("", known_namespaces()));
    return chosen;
  }
  bool readable = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string at = member(pointer, i);
    if (!value[i].is_string() || !has(known_namespaces(), value[i])) {
      const std::string word = value[i].is_string() ? value[i].get<std::string>() : std::string();
      readable = false;
      at_value(at, "expected a namespace, found " + describe(value[i]),
               word == "user" ? "isolation.user says whether there is a user namespace"
                              : allowed_hint(word, known_namespaces()));
    } else if (has(chosen, value[i])) {
      at_value(at, quote(value[i].get<std::string>()) + " stands twice in the list");
    } else {
      chosen.push_back(value[i]);
    }
  }
  if (readable && !has(chosen, "mount")) {
    at_value(pointer, "\"mount\" is missing, and is always needed",
             "without a mount namespace of its own a container's mounts would be made on the host");
  }
  return chosen;
}

void Sections::follow_manifests(const std::vector<StageUse>& stages, std::vector<std::string>& namespaces) {
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
      } else if (own != has(namespaces, name)) {
        decide_namespace(use, name, own, namespaces);
      }
    }
  }
  std::vector<std::string> ordered;
  for (const std::string& name : known_namespaces()) {
    if (has(namespaces, name)) ordered.push_back(name);
  }
  namespaces = std::move(ordered);
}

// What the user wrote is not changed behind their back.
void Sections::decide_namespace(const StageUse& use, const std::string& name, bool own,
                                std::vector<std::string>& namespaces) {
  const std::string pointer = "/isolation/namespaces";
  if (by_user(pointer)) {
    at_value(use.pointer + "/use",
             manifest_says(use, name, own) +
                 (own ? ", and isolation leaves it out" : ", and isolation asks for one of its own"),
             std::string(own ? "add it to" : "take it out of") + " isolation.namespaces (" +
                 to_text(document_.places.of_value(pointer)) + ")");
  } else if (own) {
    namespaces.push_back(name);
  } else {
    std::erase(namespaces, name);
  }
}

}  // namespace slipway::config
