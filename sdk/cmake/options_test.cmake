# cmake -D CXX=compiler;... -P: options.hpp for each row of options_test.json. What would be no C++, or another value than the
# manifest says, is refused by the option's name; all else compiles without a warning and has each default as written.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayPlugin.cmake)

if(CASE) # a run of its own, because FATAL_ERROR ends it
  file(READ ${CASE} text)
  slipway_check_manifest(plugin.json "${text}" fs-x rootfs)
  string(JSON options GET "${text}" options)
  slipway_generate_options(${CASE}.hpp fs-x "${options}")
  return()
endif()

set(work $ENV{TMPDIR})
if(NOT work)
  set(work /tmp)
endif()
string(RANDOM LENGTH 12 suffix)
set(work ${work}/slipway-options-${suffix})
file(MAKE_DIRECTORY ${work})
file(READ ${CMAKE_CURRENT_LIST_DIR}/options_test.json table)
set(failed FALSE)
# The headers of a C++ library that a plugin may have included before, with their macros.
set(program "#include <slipway/plugin.hpp>\n#include <array>\n#include <cmath>\n#include <cstdint>\n#include <cstdio>\n")
set(main "int main() {\n  int wrong = 0;\n")

string(JSON count LENGTH "${table}")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON what GET "${table}" ${i} what)
  string(JSON properties GET "${table}" ${i} properties)
  # Every option has a description, which the rows leave out.
  string(REGEX REPLACE "\"(type|enum)\" : ([\"[])" "\"description\" : \"d\", \"\\1\" : \\2" described "${properties}")
  set(case ${work}/${i}.json)
  file(WRITE ${case} "{\"name\": \"fs-x\", \"version\": \"1\", \"stage\": \"rootfs\", \"abi\": \"1.0\", \"description\": \"d\",
    \"options\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": ${described}}}")
  execute_process(COMMAND ${CMAKE_COMMAND} -D CASE=${case} -P ${CMAKE_CURRENT_LIST_FILE}
                  ERROR_VARIABLE told RESULT_VARIABLE status OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " told "${told}")
  string(JSON refused ERROR_VARIABLE is_good GET "${table}" ${i} refused)
  if(is_good)
    if(NOT status EQUAL 0)
      message(NOTICE "FAILED: ${what}\n  told: ${told}")
      set(failed TRUE)
      continue()
    endif()
    string(JSON truth GET "${table}" ${i} true)
    string(APPEND program "namespace row${i} {\n#undef SLIPWAY_OPTIONS_HPP\n#include \"${i}.json.hpp\"\n"
                          "inline bool holds(const Options& o) { return ${truth}; }\n}  // namespace row${i}\n")
    string(APPEND main "  if (!row${i}::holds(row${i}::Options())) wrong += std::puts(R\"(${what})\");\n")
  else()
    string(FIND "${told}" "plugin.json: ${refused}" found)
    if(status EQUAL 0 OR found EQUAL -1)
      message(NOTICE "FAILED: ${what}\n  expected: ${refused}\n  told: ${told}")
      set(failed TRUE)
    endif()
  endif()
endforeach()

file(WRITE ${work}/all.cpp "${program}${main}  return wrong == 0 ? 0 : 1;\n}\n")
foreach(compiler IN LISTS CXX)
  if(NOT compiler) # one that is not here
    continue()
  endif()
  execute_process(COMMAND ${compiler} -std=gnu++20 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
                          -I ${CMAKE_CURRENT_LIST_DIR}/../include ${work}/all.cpp -o ${work}/all
                  RESULT_VARIABLE status OUTPUT_VARIABLE told ERROR_VARIABLE told)
  if(status EQUAL 0)
    execute_process(COMMAND ${work}/all RESULT_VARIABLE status OUTPUT_VARIABLE told)
  endif()
  if(NOT status EQUAL 0)
    message(NOTICE "FAILED: ${compiler}: ${told}")
    set(failed TRUE)
  endif()
endforeach()
file(REMOVE_RECURSE ${work})
if(failed)
  message(FATAL_ERROR "some options are not as expected")
endif()
