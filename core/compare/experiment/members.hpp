// What an experiment file may hold: its members, with the schema of each. For the reader and the schema alone.
#pragma once

#include <array>
#include <string_view>

namespace slipway::compare {

struct Member {
  std::string_view name;
  std::string_view schema;  ///< JSON
};

inline constexpr std::array kMembers = {
    Member{"$schema", R"j({"type": "string", "description": "where this schema lies, for editors"})j"},
    Member{"target", R"j({"type": "string", "minLength": 1,
        "description": "a pipeline file or an image's source; relative to this file"})j"},
    Member{"command", R"j({"type": "array", "items": {"type": "string"},
        "description": "what runs inside (default: what the pipeline or the image says)"})j"},
    Member{"options", R"j({"type": "array", "items": {"type": "string"},
        "description": "further options of slipway run, for every variant of the pipeline"})j"},
    Member{"factors", R"j({"type": "object", 
        "additionalProperties": {"oneOf": [{"type": "array", "minItems": 1}, {"type": "object", "minProperties": 1}]},
        "description": "what is varied: a configuration key as --set takes it, or a stage for its plugin, and its levels: a list, or an object of names and what they stand for"})j"},
    Member{"excluded", R"j({"type": "array", "items": {"type": "object", "minProperties": 1},
        "description": "combinations that are left out: {\"rootfs\": \"fs-copy\", \"network\": \"net-none\"}"})j"},
    Member{"variants", R"j({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}},
        "description": "pipelines beside the factors, by name: further options of slipway run"})j"},
    Member{"against", R"j({"type": "object",
        "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "description": "other programs, by name: their words, or one line of them"})j"},
    Member{"baseline", R"j({"oneOf": [{"type": "string"}, {"type": "object"}],
        "description": "what all is compared with: the name of a variant, or levels of factors (default: the first ones)"})j"},
    Member{"treatments", R"j({"type": "array", "minItems": 1, "items": {"enum": ["cold", "store-warm", "warm"]},
        "description": "states of the caches before a run, as a factor"})j"},
    Member{"parallel", R"j({"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1},
        "description": "how many runs go on at once, as a factor"})j"},
    Member{"measures", R"j({"type": "array", "minItems": 1, "items": {"type": "string"},
        "description": "what verdicts are given on, the first one before all others (default: wall)"})j"},
    Member{"details", R"j({"enum": ["none", "some", "all"],
        "description": "in which blocks a further run tells its steps and memory: the first 10 (some, the default), all"})j"},
    Member{"values", R"j({"type": "boolean",
        "description": "lines name=value of the output are measures: value.name"})j"},
    Member{"ready", R"j({"type": "string", "description": "what the output holds once the program is ready"})j"},
    Member{"rounds",
           R"j({"type": "integer", "minimum": 1, "description": "ends after so many blocks (default: 30)"})j"},
    Member{"time", R"j({"type": ["string", "number"], "description": "ends before so long, as in \"2m\""})j"},
    Member{"precision", R"j({"type": ["string", "number"],
        "description": "ends once the widest interval is no wider to either side, as in \"1%\""})j"},
    Member{"seed",
           R"j({"type": "integer", "minimum": 0, "description": "of the order of runs (default: a random one)"})j"},
    Member{"differ", R"j({"type": "array", "items": {"enum": ["status", "output", "tree"]},
        "description": "in what variants may differ and be compared all the same"})j"},
    Member{"status", R"j({"type": "integer", "minimum": 0, "maximum": 255,
        "description": "what every run is to end with (default: 0)"})j"},
    Member{"timeout", R"j({"type": ["string", "number"], "description": "of one run (default: 5m)"})j"},
    Member{"level", R"j({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
        "description": "the chance of even one false verdict in a measure (default: 0.05)"})j"},
    Member{"confidence", R"j({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
        "description": "of each interval (default: 0.95)"})j"},
    Member{"same_within", R"j({"type": ["string", "number"],
        "description": "differences up to this part do not matter (default: 1%)"})j"},
    Member{"power", R"j({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
        "description": "the chance that the further blocks told of are enough (default: 0.8)"})j"},
};

}  // namespace slipway::compare
