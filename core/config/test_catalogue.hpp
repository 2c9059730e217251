// Plugins as tests describe them: a manifest each, no library.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/config/config.hpp"

namespace slipway::config {

class TestCatalogue {
 public:
  TestCatalogue() {
    for (const char* name : {"image-auto", "image-docker-save"})
      add(name, "image", R"({
      "source": {"type": "string", "x-slipway": "file", "description": "the archive"},
      "tag": {"type": "string", "default": "", "description": "which image of several"}})",
          R"(["source"])");
    add("fs-overlay", "rootfs", R"({
      "upper": {"type": "string", "enum": ["auto", "tmpfs", "disk", "none"], "default": "auto", "description": "where writes go"},
      "size_bytes": {"type": "integer", "minimum": 4096, "maximum": 1099511627776, "description": "size of the tmpfs"}})");
    add("fs-copy", "rootfs", R"({"reflink": {"type": "boolean", "default": true, "description": "share blocks"}})");
    add("pseudo-standard", "pseudo", R"({
      "devices": {"type": "string", "enum": ["bind", "mknod"], "default": "bind", "description": "how devices are made"},
      "shm": {"type": "object", "additionalProperties": false, "description": "/dev/shm", "properties": {
        "size_bytes": {"type": "integer", "minimum": 0, "default": 67108864, "description": "its size"},
        "mode": {"type": "string", "pattern": "^0[0-7]{3}$", "default": "0777", "description": "four octal digits"}}}})");
    add("pseudo-etc", "pseudo", R"({"hosts": {"type": "boolean", "default": true, "description": "/etc/hosts"}})");
    add("pseudo-binds", "pseudo", R"({
      "binds": {"type": "array", "default": [], "description": "what to show", "items": {
        "type": "object", "additionalProperties": false, "required": ["source", "target"], "properties": {
          "source": {"type": "string", "x-slipway": "file-or-directory", "description": "what"},
          "target": {"type": "string", "pattern": "^/", "description": "where"},
          "access": {"type": "string", "enum": ["read_write", "read_only"], "description": "how"}}}}})");
    add("harden-proc", "harden", R"({
      "masked": {"type": "array", "items": {"type": "string", "pattern": "^/"}, "maxItems": 3,
                 "default": ["/proc/kcore"], "description": "absolute paths that read as empty"}})");
    add("harden-seccomp", "harden", R"({
      "profile": {"type": "string", "x-slipway": "text-of-file", "default": "", "description": "the profile"}})");
    add("net-loopback", "network", "{}");
    add("net-host", "network", "{}");
    manifests_["net-host"].namespaces = {{"net", "host"}};
    add("exec-process", "exec", R"({
      "args": {"type": "array", "items": {"type": "string"}, "description": "replaces the image's command"},
      "entrypoint": {"type": "array", "items": {"type": "string"}, "description": "replaces the image's entrypoint"},
      "env": {"type": "array", "items": {"type": "string", "pattern": "^[^=]+="}, "default": [], "description": "NAME=VALUE"},
      "user": {"oneOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}], "description": "name or number"},
      "workdir": {"type": "string", "minLength": 1, "description": "where the program starts"}})");
  }

  void add(const std::string& name, const std::string& stage, const std::string& properties,
           const std::string& required = "[]") {
    host::Manifest& manifest = manifests_[name];
    manifest.name = name;
    manifest.stage = stage;
    manifest.options =
        std::make_shared<const nlohmann::json>(nlohmann::json{{"type", "object"},
                                                              {"additionalProperties", false},
                                                              {"properties", nlohmann::json::parse(properties)},
                                                              {"required", nlohmann::json::parse(required)}});
  }

  host::Manifest& operator[](const std::string& name) { return manifests_[name]; }

  Catalogue catalogue() {
    Catalogue catalogue;
    catalogue.look_in = [this](const std::vector<std::string>& directories) { looked_in = directories; };
    catalogue.find = [this](const std::string& name, const std::string&) -> Result<const host::Manifest*> {
      const auto found = manifests_.find(name);
      if (found == manifests_.end()) return failure(0, "find the plugin", name, "looked in /lib/slipway/plugins");
      return &found->second;
    };
    return catalogue;
  }

  std::vector<std::string> looked_in{};

 private:
  std::map<std::string, host::Manifest> manifests_;
};

/// What a user reads, one line a finding (hints behind " | "); empty when all is right.
inline std::string told(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    std::string line = to_text(finding);
    if (const std::size_t hint = line.find("\n  hint: "); hint != std::string::npos) line.replace(hint, 9, " | ");
    text += line + "\n";
  }
  return text;
}

inline Request request_for(std::string text, std::vector<Override> overrides = {}) {
  Request request;
  request.file = "/etc/box/p.json";
  request.file_text = std::move(text);
  request.overrides = std::move(overrides);
  return request;
}

inline std::string told(const Request& request) {
  TestCatalogue plugins;
  const auto pipeline = read_pipeline(request, plugins.catalogue());
  return pipeline ? "" : told(pipeline.error());
}

inline Override set(std::string_view argument) { return parse_set(argument).value(); }
inline Override use(std::string_view argument) { return parse_use(argument).value(); }

}  // namespace slipway::config
