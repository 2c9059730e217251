# cmake -P: what slipway_check_manifest says of manifests that are wrong in one way each, and what options.hpp they give.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayPlugin.cmake)

set(good [[{"name": "fs-x", "version": "1", "stage": "rootfs", "abi": "1.0", "description": "d", "needs": ["step:bind"],
  "provides": ["image"], "options": {"type": "object", "additionalProperties": false,
  "properties": {"a": {"type": "string", "description": "x"}}}}]])

if(CASE) # a run of its own, because FATAL_ERROR ends it
  file(READ ${CASE} text)
  slipway_check_manifest(plugin.json "${text}" fs-x rootfs)
  return()
endif()

set(work $ENV{TMPDIR})
if(NOT work)
  set(work /tmp)
endif()
string(RANDOM LENGTH 12 suffix)
set(work ${work}/slipway-manifest-${suffix})
file(MAKE_DIRECTORY ${work})
set(failed FALSE)

function(expect from to message)
  string(REPLACE "${from}" "${to}" text "${good}")
  file(WRITE ${work}/case.json "${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -D CASE=${work}/case.json -P ${CMAKE_CURRENT_LIST_FILE}
                  ERROR_VARIABLE told RESULT_VARIABLE status OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " told "${told}")
  string(FIND "${told}" "${message}" found)
  if(message STREQUAL "" AND status EQUAL 0)
    return()
  endif()
  if(status EQUAL 0 OR message STREQUAL "" OR found EQUAL -1)
    message(NOTICE "FAILED: ${to}\n  expected: ${message}\n  told: ${told}")
    set(failed TRUE PARENT_SCOPE)
  endif()
endfunction()

expect("fs-x" "fs-x" "")
expect("{\"name\"" "{,\"name\"" "plugin.json: not JSON")
expect("\"fs-x\"" "\"fs-y\"" "\"name\" is \"fs-y\", but slipway_add_plugin says NAME fs-x")
expect("\"fs-x\"" "5" "\"name\" is NUMBER; expected STRING")
expect("\"version\": \"1\"," "" "\"version\" is missing (STRING)")
expect("rootfs" "harden" "\"stage\" is \"harden\", but slipway_add_plugin says STAGE rootfs")
expect("1.0" "1" "\"abi\" is \"1\"; expected major.minor")
expect("step:bind" "bind" "/needs/0: is \"bind\"; expected step:bind, fact:image or ability:slipway.source.1")
expect("\"image\"" "\"a b\"" "/provides/0: is \"a b\"; expected the name of a fact")
expect("\"provides\"" "\"privileges\": \"root\", \"provides\"" "\"privileges\" is STRING; expected ARRAY")
expect("\"provides\"" "\"privileges\": [\"CAP X\"], \"provides\"" "/privileges/0: is \"CAP X\"; expected a word like root")
expect("\"provides\"" "\"privileges\": [\"cap_net_admin\"], \"provides\"" "")
expect("\"provides\"" "\"$schema\": \"x\", \"provides\"" "")
expect("provides" "provide" "/provide: unknown; expected one of name, version")
expect("false" "true" "/options: expected \"type\": \"object\" and \"additionalProperties\": false")
expect("\"description\": \"x\"" "\"default\": \"x\"" "/options/properties/a: \"description\" is missing")
expect("{\"a\"" "{\"use\"" "/options/properties/use: that word is slipway's own in a pipeline")
expect("{\"a\"" "{\"a b\"" "/options/properties/a b: expected letters, digits")
expect("\"type\": \"string\"" "\"$ref\": \"#\"" "/options/properties/a/$ref: unknown; expected one of type, enum")
expect("\"type\": \"string\"" "\"x-slipway\": \"file\"" "")

# What an editor shows of each member of options.hpp.
slipway_generate_options(${work}/options.hpp fs-x [[{"type": "object", "required": ["source"], "properties": {
  "upper": {"type": "string", "enum": ["auto", "tmpfs"], "default": "auto", "description": "Where writes go."},
  "source": {"type": "string", "minLength": 1, "maxLength": 9, "description": "What is read."},
  "size": {"type": "integer", "minimum": 0, "default": 7, "description": "In bytes."},
  "flag": {"type": "boolean", "default": false, "description": "Whether."},
  "words": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": ["a", "b"]}, "default": [],
            "description": "Which."},
  "paths": {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "Where."},
  "odd": {"oneOf": [{"type": "string"}, {"type": "boolean"}], "default": true, "description": "Either."}}}]])
file(READ ${work}/options.hpp options)
foreach(lines IN ITEMS
    "/// Where writes go.\n  /// One of auto, tmpfs. Default: auto.\n  Upper upper{"
    "/// What is read.\n  /// 1 to 9 characters. Required.\n  std::string source{"
    "/// In bytes.\n  /// At least 0. Default: 7.\n  std::int64_t size{"
    "/// Whether.\n  /// Default: false.\n  bool flag{"
    "/// Which.\n  /// Each one of a, b. At most 3 entries. Default: [].\n  std::vector<Words> words{"
    "/// Where.\n  /// Each: At least 1 characters. Without a default: empty where nobody says it.\n  std::optional<"
    "// odd:\n  // Either.\n  // Default: true.\n  // It has no single type")
  string(FIND "${options}" "${lines}" found)
  if(found EQUAL -1)
    message(NOTICE "FAILED: options.hpp has no\n  ${lines}\nbut\n${options}")
    set(failed TRUE)
  endif()
endforeach()

file(REMOVE_RECURSE ${work})
if(failed)
  message(FATAL_ERROR "some messages are not as expected")
endif()
