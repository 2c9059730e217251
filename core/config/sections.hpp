// The parts of a merged document, checked and taken out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/collector.hpp"
#include "core/config/config.hpp"
#include "core/config/options.hpp"

namespace slipway::config {

class Sections {
 public:
  Sections(Value& document, Collector& collector) : document_(document), collector_(collector) {}

  /// Unknown keys at the top.
  void check_keys();
  std::vector<std::string> plugin_dirs(const Catalogue& catalogue);
  /// Takes the stages out of the document.
  std::vector<StageUse> stages(const Catalogue& catalogue, Check check);
  Isolation isolation(const std::vector<StageUse>& stages);
  /// Files whose text went into the pipeline.
  std::vector<ExtendedFile>& read_files() { return read_files_; }

 private:
  void stage(const std::string& name, std::vector<StageUse>& uses);
  void missing_use(const std::string& stage, const std::string& pointer);
  void entry(const std::string& stage, nlohmann::json& value, const std::string& pointer, std::vector<StageUse>& uses);
  bool text_member(nlohmann::json& value, const std::string& pointer, std::string& into, const char* hint);
  void labels(nlohmann::json& value, const std::string& pointer, std::vector<std::string>& into);
  void check_names(const std::vector<StageUse>& uses);
  /// False where no further plugin can be found either, because a limit is reached.
  bool resolve(StageUse& use, const Catalogue& catalogue, Check check);
  void options(StageUse& use, Check check);
  void tell_option(const StageUse& use, const OptionProblem& problem);

  std::size_t word(const nlohmann::json& value, const std::string& pointer, const std::vector<std::string>& words,
                   const char* meaning);
  void user(const nlohmann::json& value, Isolation& isolation);
  void ranges(const nlohmann::json& value, linux::IdMap& map);
  std::vector<linux::IdRange> ranges(const nlohmann::json& value, const std::string& pointer);
  void granted(const nlohmann::json& value, const linux::IdMap& map);
  void known_here(const nlohmann::json& value, const linux::IdMap& map);
  void hostname(const nlohmann::json& value, Isolation& isolation);
  std::optional<std::string> text_of_file(const std::string& path, const std::string& pointer);
  void namespaces(const nlohmann::json& value, Isolation& isolation);
  void each_namespace(const nlohmann::json& value, Isolation& isolation);
  void join(const std::string& name, const nlohmann::json& value, Isolation& isolation);
  void follow_manifests(const std::vector<StageUse>& stages, Isolation& isolation);
  void decide_namespace(const StageUse& use, const std::string& name, bool own, Isolation& isolation);
  bool by_user(std::string_view pointer) const;

  void at_value(std::string_view pointer, std::string_view message, std::string_view hint = {}) {
    collector_.at_value(document_.places, pointer, message, hint);
  }
  void at_key(std::string_view pointer, std::string_view message, std::string_view hint = {}) {
    collector_.at_key(document_.places, pointer, message, hint);
  }

  Value& document_;
  Collector& collector_;
  std::vector<ExtendedFile> read_files_{};
  bool lacks_plugin_dir_ = false;  ///< one that cannot be looked in: what lies there is told as missing by nobody
};

}  // namespace slipway::config
