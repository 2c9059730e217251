# Words of a manifest as names and literals of C++.
cmake_policy(VERSION 3.25) # for this file only, whatever its user has

# Words that cannot be names: C++'s own, `read` of the structs that are made, and macros in lower case.
function(_slipway_taken_words out)
  set(${out} alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class
      compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default
      delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long
      mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
      reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this
      thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
      xor_eq read errno linux unix i386 PARENT_SCOPE)
endfunction()

# "read-only" as read_only. What is all capitals may be a macro, EOF or NULL, and what begins with an underscore is the
# compiler's: both get another one at the end, as keywords do.
function(_slipway_identifier out word)
  _slipway_taken_words(taken)
  string(REGEX REPLACE "[^A-Za-z0-9_]" "_" name "${word}")
  if(name MATCHES "^[0-9]" OR name STREQUAL "")
    string(PREPEND name "_")
  endif()
  if(name IN_LIST taken OR name MATCHES "^[A-Z][A-Z0-9_]*$" OR name MATCHES "^_[_A-Z]")
    string(APPEND name "_")
  endif()
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

# "read-only" as ReadOnly, in the struct `around`, whose own name it cannot have: that becomes OptionsType.
function(_slipway_type_name out word around)
  string(REGEX MATCHALL "[A-Za-z0-9]+" parts "${word}")
  set(name "")
  foreach(part IN LISTS parts)
    string(SUBSTRING "${part}" 0 1 first)
    string(SUBSTRING "${part}" 1 -1 rest)
    string(TOUPPER "${first}" first)
    if(NOT part MATCHES "[a-z]")
      string(TOLOWER "${rest}" rest) # NULL
    endif()
    string(APPEND name "${first}${rest}")
  endforeach()
  if(name STREQUAL around)
    string(APPEND name "Type")
  elseif(name MATCHES "^[A-Z][A-Z0-9]+$")
    string(APPEND name "_")
  endif()
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

# The name of an option as a member of the struct `around`.
function(_slipway_member_name out word around)
  _slipway_identifier(name "${word}")
  if(name STREQUAL around)
    string(APPEND name "_")
  endif()
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

function(_slipway_literal out text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n" text "${text}")
  string(REPLACE "\t" "\\t" text "${text}")
  string(REPLACE "\r" "\\r" text "${text}")
  string(REPLACE "??" "?\\?" text "${text}") # no trigraph
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

# One line of words for a comment.
function(_slipway_one_line out text)
  string(REGEX REPLACE "[\n\r\\]+" " " text "${text}")
  string(REPLACE "??" "? ?" text "${text}") # no trigraph, which at its end would continue the comment
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# Whether the schema is a list of words: strings, whatever else it says of its type.
function(_slipway_is_enum out schema)
  set(${out} FALSE PARENT_SCOPE)
  string(JSON kind ERROR_VARIABLE ignored TYPE "${schema}" enum)
  string(JSON type ERROR_VARIABLE problem GET "${schema}" type)
  if(NOT kind STREQUAL ARRAY OR NOT (problem OR type STREQUAL string))
    return()
  endif()
  string(JSON count LENGTH "${schema}" enum)
  set(i 0)
  while(i LESS count)
    string(JSON kind TYPE "${schema}" enum ${i})
    if(NOT kind STREQUAL STRING)
      return()
    endif()
    math(EXPR i "${i} + 1")
  endwhile()
  set(${out} TRUE PARENT_SCOPE)
endfunction()

# Whether the word is one of the schema's enum.
function(_slipway_has_word out schema word)
  set(${out} FALSE PARENT_SCOPE)
  string(JSON count LENGTH "${schema}" enum)
  set(i 0)
  while(i LESS count)
    string(JSON one GET "${schema}" enum ${i})
    if(one STREQUAL "${word}")
      set(${out} TRUE PARENT_SCOPE)
    endif()
    math(EXPR i "${i} + 1")
  endwhile()
endfunction()

# Stops where two of what a struct `around` is made of would have one name: members, and types of objects and enums.
function(_slipway_check_names file at schema around)
  set(names "") # and who has them; a function sees its caller's variables, so both begin anew
  set(owners "")
  string(JSON count ERROR_VARIABLE problem LENGTH "${schema}" properties)
  set(i 0)
  while(NOT problem AND i LESS count)
    string(JSON word MEMBER "${schema}" properties ${i})
    string(JSON inner GET "${schema}" properties "${word}")
    math(EXPR i "${i} + 1")
    set(here "${at}/properties/${word}")
    _slipway_member_name(name "${word}" "${around}")
    _slipway_claim("${name}" "the option \"${word}\"")
    _slipway_named_schema(named "${inner}")
    if(named)
      _slipway_type_name(type "${word}" "${around}")
      _slipway_claim("${type}" "the type of \"${word}\"")
      _slipway_is_enum(is_enum "${named}")
      if(is_enum)
        _slipway_check_enum("${file}" "${here}" "${named}")
      else()
        _slipway_check_names("${file}" "${here}" "${named}" "${type}")
      endif()
    endif()
  endwhile()
endfunction()

# In its caller: notes who has the name, or stops.
macro(_slipway_claim name owner)
  list(FIND names "${name}" taken)
  if(NOT taken EQUAL -1)
    list(GET owners ${taken} other)
    message(FATAL_ERROR "${file}: ${here}: ${other} and ${owner} would both be ${name} in C++; call one of them otherwise")
  endif()
  list(APPEND names "${name}")
  list(APPEND owners "${owner}")
endmacro()

# The enum or object that a type is made for: the schema, or what its lists are lists of; empty where there is none. An
# object whose members the schema does not tell is none.
function(_slipway_named_schema out schema)
  set(${out} "" PARENT_SCOPE)
  string(JSON type ERROR_VARIABLE ignored GET "${schema}" type)
  _slipway_is_enum(is_enum "${schema}")
  string(JSON count ERROR_VARIABLE ignored LENGTH "${schema}" properties)
  if(is_enum OR (type STREQUAL object AND count GREATER 0))
    set(${out} "${schema}" PARENT_SCOPE)
  elseif(type STREQUAL array)
    string(JSON items ERROR_VARIABLE problem GET "${schema}" items)
    if(NOT problem)
      _slipway_named_schema(inner "${items}")
      set(${out} "${inner}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(_slipway_check_enum file at schema)
  string(JSON count LENGTH "${schema}" enum)
  if(count EQUAL 0)
    message(FATAL_ERROR "${file}: ${at}/enum: has no word")
  endif()
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON word GET "${schema}" enum ${i})
    _slipway_identifier(name "${word}")
    if(DEFINED word_${name})
      message(FATAL_ERROR "${file}: ${at}/enum: \"${word_${name}}\" and \"${word}\" would both be ${name} in C++; call one "
                          "of them otherwise")
    endif()
    set(word_${name} "${word}")
  endforeach()
endfunction()
