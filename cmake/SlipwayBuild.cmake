# Compiler and linker settings shared by every target, and the two functions that declare targets.
find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout, so that a second checkout of the same sources finds what the first one compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
# Line tables are enough for a backtrace and halve the time to assemble and link.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

add_library(slipway-build INTERFACE)
target_include_directories(slipway-build INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(slipway-build INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2 -Wundef
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wextra-semi>
  -ffunction-sections -fdata-sections -Werror -fvisibility=hidden -fstack-protector-strong -fno-plt)
target_compile_definitions(slipway-build INTERFACE _GNU_SOURCE)

if(SLIPWAY_SANITIZE)
  # Sanitizer runtimes interpose symbols, so everything links shared here.
  target_compile_options(slipway-build INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1
    # GCC documents false positives of this warning under sanitizers; std::regex inside Catch2 is one.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  target_link_options(slipway-build INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(slipway-build INTERFACE SLIPWAY_SANITIZED=1)
  set(SLIPWAY_STATIC_RUNTIME "")
else()
  target_compile_options(slipway-build INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3>
    -fstack-clash-protection $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fcf-protection>)
  target_link_options(slipway-build INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
  # A start spends 0.6 ms less in the dynamic linker this way.
  set(SLIPWAY_STATIC_RUNTIME -static-libstdc++ -static-libgcc)
endif()

# slipway_core_library(NAME folder SOURCES a.cpp... DEPENDS other... TESTS a_test.cpp...)
# One static library a folder of core/, so that a dependency that is not allowed fails to link.
# Its tests stand beside it and become one program, core-<folder>-tests.
function(slipway_core_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPENDS;TESTS;TEST_DEPENDS" ${ARGN})
  add_library(core-${ARG_NAME} STATIC ${ARG_SOURCES})
  target_link_libraries(core-${ARG_NAME} PUBLIC slipway-build ${ARG_DEPENDS})
  if(SLIPWAY_TESTS AND ARG_TESTS)
    slipway_test(NAME core-${ARG_NAME}-tests SOURCES ${ARG_TESTS}
                 DEPENDS core-${ARG_NAME} ${ARG_TEST_DEPENDS})
  endif()
endfunction()

# All tests of the unit ring, and what they need: what the sanitizer run builds.
add_custom_target(unit-tests)

# slipway_test(NAME n SOURCES ... DEPENDS ... [RING unit])
function(slipway_test)
  cmake_parse_arguments(ARG "" "NAME;RING;TIMEOUT" "SOURCES;DEPENDS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_RING)
    set(ARG_RING unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  # Catch2's macros compile in half the time without optimisation, and a test spends its own in what it tests.
  set_source_files_properties(${ARG_SOURCES} PROPERTIES COMPILE_OPTIONS "-O0;-U_FORTIFY_SOURCE")
  target_link_libraries(${ARG_NAME} PRIVATE slipway-test-main ${ARG_DEPENDS})
  if(ARG_RING STREQUAL "unit")
    add_dependencies(unit-tests ${ARG_NAME})
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_RING} TIMEOUT ${ARG_TIMEOUT}
                       ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()

include(SlipwayFuzz)
