#include "core/config/isolation_words.hpp"

#include <charconv>

#include "core/linux/host_name.hpp"

namespace slipway::config {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string join_text(const Join& join) {
  return join.path.empty() ? "process:" + std::to_string(join.process) : join.path;
}

json ranges_json(const std::vector<linux::IdRange>& ranges) {
  json list = json::array();
  for (const linux::IdRange& range : ranges) {
    list.push_back(std::to_string(range.inside) + ":" + std::to_string(range.outside) + ":" +
                   std::to_string(range.count));
  }
  return list;
}

// A list where nothing is joined, as most write it; else an object that says all of each.
json namespaces_json(const Isolation& isolation) {
  json object = json::object();
  for (const Join& join : isolation.joins) {
    if (join.space != "user") object[join.space] = join_text(join);
  }
  if (object.empty()) return isolation.namespaces;
  for (const std::string& name : namespace_words()) {
    if (!object.contains(name)) object[name] = "host";
  }
  for (const std::string& name : isolation.namespaces) object[name] = "new";
  return object;
}

json user_json(const Isolation& isolation) {
  if (isolation.user == Isolation::User::ranges)
    return {{"uids", ranges_json(isolation.ranges.uids)}, {"gids", ranges_json(isolation.ranges.gids)}};
  if (isolation.user == Isolation::User::joined) return join_text(isolation.joins.at(0));
  return user_words().at(static_cast<std::size_t>(isolation.user));
}

ordered_json of_each_namespace() {
  ordered_json object = {{"type", "object"}, {"additionalProperties", false}};
  for (const std::string& name : namespace_words()) {
    object["properties"][name] = {{"type", "string"}, {"pattern", R"(^(new|host|/.+|process:[1-9][0-9]*)$)"}};
  }
  object["properties"]["mount"] = {{"enum", {"new"}}};
  return object;
}

ordered_json ranges_schema(const char* description) {
  return {{"description", description},
          {"type", "array"},
          {"items", {{"type", "string"}, {"pattern", "^[0-9]+:[0-9]+:[0-9]+$"}}}};
}

ordered_json user_schema() {
  ordered_json ranges = {{"type", "object"}, {"additionalProperties", false}, {"required", {"uids"}}};
  ranges["properties"]["uids"] = ranges_schema("INSIDE:OUTSIDE:COUNT, a line of uid_map each.");
  ranges["properties"]["gids"] = ranges_schema("The same for groups; default: as uids.");
  return {{"description",
           "The user namespace. auto: none as root, a subordinate id range as a user, one id without a range; none; "
           "single: one id; an object: these ranges; /proc/PID/ns/user or process:PID: the one that is there."},
          {"oneOf", ordered_json::array({{{"enum", user_words()}},
                                         std::move(ranges),
                                         {{"type", "string"}, {"pattern", "^(/.+|process:[1-9][0-9]*)$"}}})}};
}

}  // namespace

const std::vector<std::string>& namespace_words() {
  static const std::vector<std::string> kWords = {"mount", "pid", "ipc", "uts", "net", "cgroup", "time"};
  return kWords;
}

const std::vector<std::string>& user_words() {
  static const std::vector<std::string> kWords = {"auto", "none", "single"};
  return kWords;
}

const std::vector<std::string>& ids_words() {
  static const std::vector<std::string> kWords = {"squash", "exact"};
  return kWords;
}

const std::vector<std::string>& propagation_words() {
  static const std::vector<std::string> kWords = {"slave", "private", "shared"};
  return kWords;
}

Joined joined_from(const std::string& text) {
  constexpr std::string_view kProcess = "process:";
  if (text.starts_with('/') && text.size() > 1) return {text, 0};
  Joined joined;
  if (!text.starts_with(kProcess)) return joined;
  const char* const end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data() + kProcess.size(), end, joined.process);
  if (problem != std::errc{} || stopped != end || joined.process <= 0) return {};
  return joined;
}

ordered_json isolation_properties() {
  return {
      {"namespaces",
       {{"description",
         "The namespaces of the container's own, as a list; or an object that says of each new, host, a file of one "
         "that is there, or process:PID. mount is always new."},
        {"oneOf",
         ordered_json::array({{{"type", "array"}, {"uniqueItems", true}, {"items", {{"enum", namespace_words()}}}},
                              of_each_namespace()})}}},
      {"user", user_schema()},
      {"ids",
       {{"description",
         "What becomes of files whose owner has no id in the container. squash: they belong to root there; exact: "
         "that is an error."},
        {"enum", ids_words()}}},
      {"hostname",
       {{"description", "The container's host name; image: what its own /etc/hostname says; or {\"file\": PATH}."},
        {"oneOf", ordered_json::array({{{"type", "string"},
                                        {"minLength", 1},
                                        {"maxLength", linux::kLongestHostName},
                                        {"pattern", linux::kHostNamePattern}},
                                       {{"type", "object"},
                                        {"additionalProperties", false},
                                        {"required", {"file"}},
                                        {"properties", {{"file", {{"type", "string"}, {"minLength", 1}}}}}}})}}},
      {"propagation",
       {{"description",
         "How mounts travel. slave: those made later on the host below a bind show up inside; private: none does; "
         "shared: as slave, and the container's own mounts travel to namespaces made inside."},
        {"enum", propagation_words()}}}};
}

json to_json(const Isolation& isolation) {
  json value = {{"namespaces", namespaces_json(isolation)},
                {"user", user_json(isolation)},
                {"ids", ids_words().at(static_cast<std::size_t>(isolation.ids))},
                {"propagation", propagation_words().at(static_cast<std::size_t>(isolation.propagation))}};
  if (isolation.hostname_of_image) {
    value["hostname"] = "image";
  } else if (!isolation.hostname.empty()) {
    value["hostname"] = isolation.hostname;
  }
  return value;
}

}  // namespace slipway::config
