# Fuzz targets: a source with LLVMFuzzerTestOneInput (https://llvm.org/docs/LibFuzzer.html) and a folder of seeds.
if(SLIPWAY_FUZZ)
  # Coverage counters go into everything, the engine's main only into the targets.
  target_compile_options(slipway-build INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(slipway-build INTERFACE -fsanitize=fuzzer-no-link)
  add_custom_target(fuzz-targets)
endif()

# slipway_fuzz(NAME n SOURCES n_fuzz.cpp DEPENDS ... SEEDS folder)
# With SLIPWAY_FUZZ a program fuzz/n, which `./dev fuzz` runs. Without, a unit test that runs each file of the seeds'
# folder through it once; a file that once crashed it is put there and so replayed for ever.
function(slipway_fuzz)
  cmake_parse_arguments(ARG "" "NAME;SEEDS" "SOURCES;DEPENDS" ${ARGN})
  cmake_path(ABSOLUTE_PATH ARG_SEEDS BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  if(SLIPWAY_FUZZ)
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE slipway-build ${ARG_DEPENDS})
    target_link_options(${ARG_NAME} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    file(WRITE ${PROJECT_BINARY_DIR}/fuzz/${ARG_NAME}.seeds ${ARG_SEEDS})
    add_dependencies(fuzz-targets ${ARG_NAME})
  elseif(SLIPWAY_TESTS)
    add_executable(${ARG_NAME}-replay ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz_replay.cpp)
    target_link_libraries(${ARG_NAME}-replay PRIVATE slipway-build ${ARG_DEPENDS})
    add_dependencies(unit-tests ${ARG_NAME}-replay)
    add_test(NAME ${ARG_NAME}-replay COMMAND ${ARG_NAME}-replay ${ARG_SEEDS})
    set_tests_properties(${ARG_NAME}-replay PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()
