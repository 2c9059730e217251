# options.hpp: a struct with one member for each option of the manifest's schema, so that name, type and default are
# written down once.
#
#   "type": "string"               std::string          "type": "integer"   std::int64_t
#   "enum": ["auto", "tmpfs"]      enum class (Options::Upper for "upper"; Upper::auto_, as auto is a keyword)
#   "type": "boolean"              bool                 "type": "number"    double
#   "type": "array"                std::vector of its items
#   "type": "object"               a struct of its own (Options::Limits for "limits"), where it has "properties"
#   neither required nor with a default: std::optional of these
#   anything else (oneOf, several types): no member; the plugin reads /options/NAME itself
#
# Words in capitals alone get a "_", as they may be macros: Options::Signal::TERM_.
cmake_policy(VERSION 3.25) # for this file only, whatever its user has
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayOptionComments.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayNames.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayDefaults.cmake)

# slipway_generate_options(path plugin schema)
function(slipway_generate_options path plugin schema)
  _slipway_struct(body Options "${schema}" "")
  slipway_write_if_changed(${path} "// The options of ${plugin}, made from its manifest.
#ifndef SLIPWAY_OPTIONS_HPP
#define SLIPWAY_OPTIONS_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <slipway/reader.hpp>
#include <string>
#include <string_view>
#include <vector>

${body}
#endif
")
endfunction()

# The enum class for a list of words, with words_of() beside it for the reader.
function(_slipway_enum out name schema indent)
  string(JSON count LENGTH "${schema}" enum)
  math(EXPR last "${count} - 1")
  set(names "")
  set(words "")
  foreach(i RANGE ${last})
    string(JSON word GET "${schema}" enum ${i})
    _slipway_identifier(identifier "${word}")
    _slipway_literal(literal "${word}")
    if(i GREATER 0)
      string(APPEND names ", ")
      string(APPEND words ", ")
    endif()
    string(APPEND names "${identifier}")
    string(APPEND words "${literal}")
  endforeach()
  set(${out} "${indent}enum class ${name} : std::uint16_t { ${names} };
${indent}friend constexpr std::array<std::string_view, ${count}> words_of(${name} /*kind*/) {
${indent}  return {${words}};
${indent}}
" PARENT_SCOPE)
endfunction()

# The C++ type of a schema, and the declarations that it needs before it in the struct `around`; an empty type where there
# is none.
function(_slipway_type out_type out_declarations name schema indent around)
  set(type "")
  set(declarations "")
  _slipway_kind(word "${schema}")
  _slipway_named_schema(named "${schema}")
  if(word STREQUAL enum)
    _slipway_type_name(type "${name}" "${around}")
    _slipway_enum(declarations "${type}" "${schema}" "${indent}")
  elseif(word STREQUAL string)
    set(type std::string)
  elseif(word STREQUAL integer)
    set(type std::int64_t)
  elseif(word STREQUAL number)
    set(type double)
  elseif(word STREQUAL boolean)
    set(type bool)
  elseif(word STREQUAL array)
    string(JSON items ERROR_VARIABLE problem GET "${schema}" items)
    if(NOT problem)
      _slipway_type(item declarations "${name}" "${items}" "${indent}" "${around}")
      if(item)
        set(type "std::vector<${item}>")
      endif()
    endif()
  elseif(word STREQUAL object AND named)
    _slipway_type_name(type "${name}" "${around}")
    _slipway_struct(declarations "${type}" "${schema}" "${indent}")
  endif()
  set(${out_type} "${type}" PARENT_SCOPE)
  set(${out_declarations} "${declarations}" PARENT_SCOPE)
endfunction()

# The schema's default as a C++ initialiser of the type.
function(_slipway_initialiser out type schema)
  _slipway_kind(kind "${schema}")
  if(kind STREQUAL array)
    _slipway_list(value "${type}" "${schema}" "${schema}" default)
  elseif(kind STREQUAL object)
    _slipway_members(value "${type}" "${schema}" "${schema}" default)
  else()
    _slipway_value(value "${type}" "${schema}" "${schema}" default)
    set(value "{${value}}")
  endif()
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

function(_slipway_struct out name schema indent)
  set(members "")
  set(reads "")
  string(JSON count ERROR_VARIABLE problem LENGTH "${schema}" properties)
  if(problem)
    set(count 0)
  endif()
  set(required "")
  string(JSON required_count ERROR_VARIABLE problem LENGTH "${schema}" required)
  if(NOT problem AND required_count GREATER 0)
    math(EXPR last "${required_count} - 1")
    foreach(i RANGE ${last})
      string(JSON word GET "${schema}" required ${i})
      list(APPEND required "${word}")
    endforeach()
  endif()
  set(i 0)
  while(i LESS count)
    string(JSON property MEMBER "${schema}" properties ${i})
    math(EXPR i "${i} + 1")
    string(JSON inner GET "${schema}" properties "${property}")
    _slipway_member_name(identifier "${property}" "${name}")
    _slipway_type(type declarations "${property}" "${inner}" "${indent}  " "${name}")
    _slipway_comment(comment "${property}" "${inner}" "${required}" "${indent}  /// ")
    if(type STREQUAL "")
      string(REPLACE "/// " "// " comment "${comment}")
      string(APPEND members "${indent}  // ${property}:\n${comment}${indent}  // It has no single type: read it by its pointer.\n")
      continue()
    endif()
    string(JSON default ERROR_VARIABLE problem TYPE "${inner}" default)
    set(initialiser "{}")
    if(NOT problem AND NOT default STREQUAL NULL)
      _slipway_initialiser(initialiser "${type}" "${inner}")
    elseif(NOT property IN_LIST required)
      set(type "std::optional<${type}>")
    endif()
    string(APPEND members "${declarations}${comment}${indent}  ${type} ${identifier}${initialiser};\n")
    string(APPEND reads "${indent}    in.into(at + \"/${property}\", options.${identifier});\n")
  endwhile()
  if(reads STREQUAL "")
    set(arguments "const slipway::Reader& /*in*/, const std::string& /*at*/")
    set(body "${indent}    return {};\n")
  else()
    set(arguments "const slipway::Reader& in, const std::string& at")
    set(body "${indent}    ${name} options;\n${reads}${indent}    return options;\n")
  endif()
  set(${out} "${indent}struct ${name} {
${members}
${indent}  static ${name} read(${arguments}) {
${body}${indent}  }
${indent}};
" PARENT_SCOPE)
endfunction()
