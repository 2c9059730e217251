# slipway_test_plugin(NAME fs-mine CASES test/cases...): a test NAME-cases, which has the plugin that slipway_add_plugin
# made of that name called with each case of these directories, and compares what comes of it (docs/testing-plugins.md).
#
# Where slipway is installed, this file also tells of slipway::testing, the library of <slipway/testing.hpp>.
cmake_policy(VERSION 3.25) # for this file only, whatever its user has

if(NOT TARGET slipway-testing AND NOT TARGET slipway::testing AND CMAKE_CXX_COMPILER)
  # From where this file is, so that the whole prefix may move; links resolved, as /lib may be one to /usr/lib.
  get_filename_component(_slipway_lib "${CMAKE_CURRENT_LIST_DIR}" REALPATH)
  get_filename_component(_slipway_lib "${_slipway_lib}/../.." ABSOLUTE)
  add_library(slipway::testing STATIC IMPORTED)
  set_target_properties(slipway::testing PROPERTIES
    IMPORTED_LOCATION "${_slipway_lib}/libslipway-testing.a"
    INTERFACE_LINK_LIBRARIES "slipway::sdk;${CMAKE_DL_LIBS}" INTERFACE_COMPILE_FEATURES cxx_std_20)
  unset(_slipway_lib)
endif()

function(slipway_test_plugin)
  cmake_parse_arguments(ARG "" "NAME" "CASES" ${ARGN})
  if(NOT ARG_NAME OR NOT ARG_CASES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "slipway_test_plugin: expected NAME plugin and CASES directory...")
  endif()
  set(cases "")
  foreach(directory IN LISTS ARG_CASES)
    cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    list(APPEND cases ${directory})
  endforeach()
  # A target of slipway's own build; else the program that is installed beside this file.
  set(program slipway-plugin-test)
  if(NOT TARGET slipway-plugin-test)
    get_filename_component(here "${CMAKE_CURRENT_FUNCTION_LIST_DIR}" REALPATH)
    get_filename_component(program "${here}/../../../bin/slipway-plugin-test" ABSOLUTE)
  endif()
  add_test(NAME ${ARG_NAME}-cases
           COMMAND ${program} $<TARGET_FILE:plugin-${ARG_NAME}> ${cases})
endfunction()
