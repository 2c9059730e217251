// What is said of each topic and of each of its names, out of the document.
#include <algorithm>

#include "core/reference/document.hpp"

namespace slipway::reference {
namespace {

std::vector<std::string> words_in(const Json& list) {
  std::vector<std::string> words;
  for (const Json& word : list) words.push_back(word.get<std::string>());
  return words;
}

std::string text_in(const Json& object, const char* member) { return object.value(member, std::string()); }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string type_of(const Json& member) {
  std::string type = member.contains("words") ? either(words_in(member["words"])) : text_in(member, "type");
  if (member.value("list", false)) type = "list, each " + type;
  if (const std::string unit = text_in(member, "unit"); !unit.empty()) type += ", " + unit;
  return type;
}

std::string default_of(const Json& member) {
  if (member["required"]) return "required";
  if (!member.contains("default")) return "";
  const Json& value = member["default"];
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Table members_table(const std::string& title, const Json& members) {
  Table table{title, {"member", "type", "default", "meaning"}, {}};
  for (const Json& member : members)
    table.rows.push_back(
        {member["name"].get<std::string>(), type_of(member), default_of(member), member["meaning"].get<std::string>()});
  return table;
}

Section begun(const Json& object) {
  return {object["name"].get<std::string>(), object["meaning"].get<std::string>(), text_in(object, "details"), {}, {}};
}

Section of_step(const Json& step) {
  Section section = begun(step);
  const std::string result = text_in(step, "result");
  section.properties = {{"Phase", either(words_in(step["phases"]))}, {"Result", result.empty() ? "none" : result}};
  if (const std::string rights = text_in(step, "rights"); !rights.empty())
    section.properties.push_back({"Rights beyond the phase's", rights});
  section.tables.push_back(members_table("Members", step["members"]));
  Table errors{"Errors", {"errno", "when"}, {}};
  for (const Json& one : step["errors"]) {
    const std::string code = text_in(one, "errno");
    errors.rows.push_back({code.empty() ? "none" : code, text_in(one, "when")});
  }
  if (!errors.rows.empty()) section.tables.push_back(std::move(errors));
  section.properties.push_back({"See", joined(words_in(step["sources"]))});
  return section;
}

Section of_phase(const Json& phase) {
  Section section = begun(phase);
  const auto steps = words_in(phase["steps"]);
  section.properties = {{"Process", text_in(phase, "process")},
                        {"Rights", text_in(phase, "rights")},
                        {"Steps", steps.empty() ? "none" : joined(steps)}};
  if (phase["gives_results"]) section.properties.push_back({"Results", "its steps may name one with \"as\""});
  if (!phase["last"].empty()) section.properties.push_back({"Last, in this order", joined(words_in(phase["last"]))});
  Table given{"What a call may have as an input", {"reference", "what it is"}, {}};
  for (const Json& one : phase["given"]) given.rows.push_back({"@" + text_in(one, "name"), text_in(one, "meaning")});
  if (!given.rows.empty()) section.tables.push_back(std::move(given));
  return section;
}

Section of_fact(const Json& fact) {
  Section section = begun(fact);
  section.properties = {{"Provided by", text_in(fact, "provider")},
                        {"Told to the stages", joined(words_in(fact["stages"]))},
                        {"In needs", joined(words_in(fact["needs"]))}};
  Table members{"Members", {"pointer", "type", "absent when", "meaning"}, {}};
  for (const Json& member : fact["members"])
    members.rows.push_back({"/facts/" + section.name + "/" + text_in(member, "name"), type_of(member),
                            text_in(member, "absent"), text_in(member, "meaning")});
  section.tables.push_back(std::move(members));
  return section;
}

Section of_stage(const Json& stage) {
  Section section = begun(stage);
  section.properties = {
      {"Plugins", stage["takes_list"] ? "any number, in the order of the list" : "one"},
      {"Function", text_in(stage, "function")},
      {"Facts", joined(words_in(stage["facts"]))},
      {"Hands on", text_in(stage, "hands_on")},
      {"Steps",
       stage["emits_steps"] ? "any type that its manifest needs, in each phase where the type may stand" : "none"},
      {"Checked by slipway plugin check", joined(words_in(stage["checks"]))}};
  return section;
}

Section of_ability(const Json& ability) {
  Section section = begun(ability);
  section.properties = {{"Stage", text_in(ability, "stage")},
                        {"In needs", joined(words_in(ability["needs"]))},
                        {"In C++", text_in(ability, "face")}};
  return section;
}

Page begun_page(std::string_view topic) {
  if (topic == "steps")
    return {"steps",
            "Steps",
            {"What a plugin asks for: one operation as data each, which slipway checks, puts in order, carries out and "
             "takes back.",
             "A step of whose errors one occurs ends the run; the message names the step, its owner and its place. "
             "Those listed are a step's own. Any may fail with ENOMEM, one that makes a mount with ENOSPC where there "
             "are too many (fs.mount-max; proc(5)), and any that reads or writes with EIO. An errno \"none\" is a "
             "refusal of slipway's own, whose message says all.",
             "A plan is checked before anything acts: types, bounds and phases are wrong at planning time."},
            {Table{"Types of members",
                   {"type", "in JSON"},
                   {{"text", "a string without NUL; what is not UTF-8 is {\"base64\": \"…\"}"},
                    {"integer", "a number of 64 bits"},
                    {"size", "a number of bytes, or text with a unit of 1024: \"64K\", \"64M\", \"2G\", \"1T\""},
                    {"permission bits", "octal text from \"0\" to \"7777\": \"0755\""},
                    {"object", "an object, passed on as it is"},
                    {"path inside", "absolute path inside the container, without \"..\"; at most 4095 bytes"},
                    {"path on the host", "absolute path on the host; at most 4095 bytes"},
                    {"reference", "\"@NAME\", the result of an earlier step"},
                    {"list", "a list of these; a required one is not empty"}}},
             members_table("What every step may carry", document()["common"])},
            {}};
  if (topic == "phases")
    return {
        "phases",
        "Phases",
        {"Where and when steps are carried out, in this order. Within a phase they stand in the order of the stages, "
         "of the plugins in a stage's list, and of emission; after and replaces change that.",
         "No step gets more rights than its phase has; what few types need beyond that is told at the type."},
        {},
        {}};
  if (topic == "facts")
    return {
        "facts",
        "Facts",
        {"What plugins are told, to be read by JSON pointer. The same facts and options give the same plan: what was "
         "read is what a recorded start depends on.",
         "A plugin may hand on facts of its own, whose names stand in its manifest's provides: later plugins read "
         "them at /facts/NAME. In a pointer * is any index or name."},
        {},
        {}};
  if (topic == "stages")
    return {
        "stages",
        "Stages",
        {"What the plugins of each stage decide, and what they are held to. They plan in this order; slipway itself "
         "plans before and after them what the pipeline's isolation says: propagation and host name.",
         "Which namespaces a container has comes from the pipeline and from a manifest's namespaces alone, never "
         "from steps."},
        {},
        {}};
  return {"abilities",
          "Abilities",
          {"Further functions of slipway's, which a plugin asks for by name (ability() of slipway/plugin.h)."},
          {},
          {}};
}

}  // namespace

std::string either(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

std::string as_sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text.back() == '.' ? text : text + ".";
}

Page page_of(std::string_view topic) {
  Page page = begun_page(topic);
  for (const Json& object : document()[page.topic]) {
    page.sections.push_back(page.topic == "steps"    ? of_step(object)
                            : page.topic == "phases" ? of_phase(object)
                            : page.topic == "facts"  ? of_fact(object)
                            : page.topic == "stages" ? of_stage(object)
                                                     : of_ability(object));
  }
  return page;
}

}  // namespace slipway::reference
