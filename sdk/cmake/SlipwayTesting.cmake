# slipway_test_plugin(NAME fs-mine CASES test/cases...): a test NAME-cases, which has the plugin that slipway_add_plugin
# made of that name called with each case of these directories, and compares what comes of it (docs/testing-plugins.md).
#
# Where slipway is installed, this file also tells of slipway::testing, the library of <slipway/testing.hpp>.
include_guard(GLOBAL)
cmake_policy(VERSION 3.25) # for this file only, whatever its user has

if(NOT TARGET slipway-testing)
  # From where this file is, so that the whole prefix may move; links resolved, as /lib may be one to /usr/lib.
  get_filename_component(_slipway_here "${CMAKE_CURRENT_LIST_DIR}" REALPATH)
  get_filename_component(_slipway_lib "${_slipway_here}/../.." ABSOLUTE)
  set(SLIPWAY_PLUGIN_TEST "${_slipway_lib}/../bin/slipway-plugin-test")
  if(NOT TARGET slipway::testing AND CMAKE_CXX_COMPILER)
    add_library(slipway::testing STATIC IMPORTED)
    set_target_properties(slipway::testing PROPERTIES
      IMPORTED_LOCATION "${_slipway_lib}/libslipway-testing.a"
      INTERFACE_LINK_LIBRARIES "slipway::sdk;${CMAKE_DL_LIBS}" INTERFACE_COMPILE_FEATURES cxx_std_20)
  endif()
  unset(_slipway_here)
  unset(_slipway_lib)
else()
  set(SLIPWAY_PLUGIN_TEST slipway-plugin-test) # the target
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
  add_test(NAME ${ARG_NAME}-cases
           COMMAND ${SLIPWAY_PLUGIN_TEST} $<TARGET_FILE:plugin-${ARG_NAME}> ${cases})
endfunction()
