# options.hpp: a struct with one member for each option of the manifest's schema, so that name, type and default are
# written down once.
#
#   "type": "string"               std::string          "type": "integer"   std::int64_t
#   "enum": ["auto", "tmpfs"]      enum class (Options::Upper for "upper"; Upper::auto_, as auto is a keyword)
#   "type": "boolean"              bool                 "type": "number"    double
#   "type": "array"                std::vector of its items
#   "type": "object"               a struct of its own (Options::Limits for "limits")
#   neither required nor with a default: std::optional of these
#   anything else (oneOf, several types): no member; the plugin reads /options/NAME itself
include_guard(GLOBAL)
cmake_policy(VERSION 3.25) # for this file only, whatever its user has
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayOptionComments.cmake)

set(_SLIPWAY_KEYWORDS alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
    char32_t class compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield
    decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline
    int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq read)

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

# A word as a name of C++.
function(_slipway_identifier out word)
  string(REGEX REPLACE "[^A-Za-z0-9_]" "_" name "${word}")
  if(name MATCHES "^[0-9]" OR name STREQUAL "")
    string(PREPEND name "_")
  endif()
  if(name IN_LIST _SLIPWAY_KEYWORDS)
    string(APPEND name "_")
  endif()
  set(${out} ${name} PARENT_SCOPE)
endfunction()

# "read-only" as ReadOnly.
function(_slipway_type_name out word)
  string(REGEX MATCHALL "[A-Za-z0-9]+" parts "${word}")
  set(name "")
  foreach(part IN LISTS parts)
    string(SUBSTRING ${part} 0 1 first)
    string(SUBSTRING ${part} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND name ${first}${rest})
  endforeach()
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(_slipway_literal out text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n" text "${text}")
  string(REPLACE "\t" "\\t" text "${text}")
  string(REPLACE "\r" "\\r" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
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
  set(${out} "${indent}enum class ${name} : std::uint8_t { ${names} };
${indent}friend constexpr std::array<std::string_view, ${count}> words_of(${name} /*kind*/) {
${indent}  return {${words}};
${indent}}
" PARENT_SCOPE)
endfunction()

# The C++ type of a schema, and the declarations that it needs before it; an empty type where there is none.
function(_slipway_type out_type out_declarations name schema indent)
  set(type "")
  set(declarations "")
  string(JSON kind ERROR_VARIABLE ignored TYPE "${schema}" type)
  set(word "")
  if(kind STREQUAL STRING)
    string(JSON word GET "${schema}" type)
  endif()
  string(JSON enum ERROR_VARIABLE ignored TYPE "${schema}" enum)
  if(enum STREQUAL ARRAY AND (word STREQUAL string OR kind MATCHES NOTFOUND))
    _slipway_type_name(type "${name}")
    _slipway_enum(declarations ${type} "${schema}" "${indent}")
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
      _slipway_type(item declarations "${name}" "${items}" "${indent}")
      if(item)
        set(type "std::vector<${item}>")
      endif()
    endif()
  elseif(word STREQUAL object)
    _slipway_type_name(type "${name}")
    _slipway_struct(declarations ${type} "${schema}" "${indent}")
  endif()
  set(${out_type} "${type}" PARENT_SCOPE)
  set(${out_declarations} "${declarations}" PARENT_SCOPE)
endfunction()

# A JSON value as a C++ initialiser of the type.
function(_slipway_initialiser out type schema)
  string(JSON kind TYPE "${schema}" default)
  set(value "")
  if(kind STREQUAL ARRAY)
    string(JSON count LENGTH "${schema}" default)
    string(JSON items GET "${schema}" items)
    string(REGEX REPLACE "^std::vector<(.*)>$" "\\1" item "${type}")
    set(i 0)
    while(i LESS count)
      string(JSON one GET "${schema}" default ${i})
      string(JSON one_kind TYPE "${schema}" default ${i})
      if(one_kind STREQUAL STRING)
        _slipway_literal(one "${one}")
      elseif(one_kind STREQUAL BOOLEAN)
        string(REPLACE "ON" "true" one "${one}")
        string(REPLACE "OFF" "false" one "${one}")
      endif()
      string(JSON with_default SET "${items}" default "${one}")
      _slipway_initialiser(one "${item}" "${with_default}")
      string(REGEX REPLACE "^{(.+)}$" "\\1" one "${one}")
      if(i GREATER 0)
        string(APPEND value ", ")
      endif()
      string(APPEND value "${one}")
      math(EXPR i "${i} + 1")
    endwhile()
  elseif(kind STREQUAL STRING)
    string(JSON value GET "${schema}" default)
    if(type STREQUAL std::string)
      _slipway_literal(value "${value}")
    else()
      _slipway_identifier(value "${value}")
      set(value "${type}::${value}")
    endif()
  elseif(kind STREQUAL BOOLEAN)
    string(JSON value GET "${schema}" default)
    string(REPLACE "ON" "true" value "${value}")
    string(REPLACE "OFF" "false" value "${value}")
  elseif(kind STREQUAL NUMBER)
    string(JSON value GET "${schema}" default)
  endif()
  if(kind STREQUAL ARRAY OR NOT value STREQUAL "")
    set(value "{${value}}")
  else()
    set(value "{}") # an object: its members have their own defaults
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
    _slipway_identifier(identifier "${property}")
    _slipway_type(type declarations "${property}" "${inner}" "${indent}  ")
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
