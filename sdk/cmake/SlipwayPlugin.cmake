# slipway_add_plugin(NAME fs-overlay STAGE rootfs MANIFEST plugin.json SOURCES plugin.cpp
#                    [LINK library...] [OUTPUT_DIRECTORY dir] [NO_INSTALL])
#
# Builds NAME.so, a plugin, from C or C++ sources, with the manifest inside of it. For C++ it makes "options.hpp" with a
# `struct Options` after the manifest's schema (SlipwayOptions.cmake). The manifest is checked here, so that what is
# wrong with it is told by the build and not by the first run. `cmake --install` puts it into lib/slipway-plugins of the
# prefix, or where SLIPWAY_PLUGIN_DIR says.
cmake_policy(VERSION 3.25) # for this file only, whatever its user has
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayManifest.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SlipwayOptions.cmake)

function(slipway_add_plugin)
  cmake_parse_arguments(ARG "NO_INSTALL" "NAME;STAGE;MANIFEST;OUTPUT_DIRECTORY" "SOURCES;LINK" ${ARGN})
  foreach(word NAME STAGE MANIFEST SOURCES)
    if(NOT ARG_${word})
      message(FATAL_ERROR "slipway_add_plugin: ${word} is missing")
    endif()
  endforeach()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "slipway_add_plugin: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  cmake_path(ABSOLUTE_PATH ARG_MANIFEST BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_MANIFEST})
  file(READ ${ARG_MANIFEST} manifest)
  slipway_check_manifest("${ARG_MANIFEST}" "${manifest}" "${ARG_NAME}" "${ARG_STAGE}")

  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME})
  string(JSON options GET "${manifest}" options)
  slipway_generate_options(${generated}/options.hpp "${ARG_NAME}" "${options}")
  # The note is C; a project without that language compiles the same text as C++.
  set(note ${generated}/manifest.c)
  if(NOT CMAKE_C_COMPILER)
    set(note ${generated}/manifest.cpp)
  endif()
  slipway_generate_note(${note} ${ARG_MANIFEST})
  slipway_write_if_changed(${generated}/exports.map "{ global: slipway_plugin_1; local: *; };\n")

  set(target plugin-${ARG_NAME})
  add_library(${target} MODULE ${ARG_SOURCES} ${note})
  target_include_directories(${target} PRIVATE ${generated})
  # A project need not have both languages, and may have said a later standard.
  target_compile_features(${target} PRIVATE
    $<$<BOOL:${CMAKE_C_COMPILER}>:c_std_11> $<$<BOOL:${CMAKE_CXX_COMPILER}>:cxx_std_20>)
  target_link_libraries(${target} PRIVATE slipway::sdk $<TARGET_NAME_IF_EXISTS:slipway-build> ${ARG_LINK})
  # One symbol leaves the library. -fno-gnu-unique: a unique symbol would be shared with other plugins in the process.
  target_compile_options(${target} PRIVATE
    -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  if(NOT DEFINED SLIPWAY_STATIC_RUNTIME)
    set(SLIPWAY_STATIC_RUNTIME -static-libstdc++ -static-libgcc)
  endif()
  # relro, now, noexecstack: what `slipway plugin check` asks for, as slipway's own libraries have it. A compiler's own
  # defaults differ between distributions.
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${generated}/exports.map -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--build-id
    -Wl,-z,relro,-z,now,-z,noexecstack
    $<$<LINK_LANGUAGE:CXX>:${SLIPWAY_STATIC_RUNTIME}>)
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/slipway/plugins)
  endif()
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${ARG_NAME} PREFIX "" SUFFIX .so POSITION_INDEPENDENT_CODE ON
    LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY} LINK_DEPENDS ${generated}/exports.map)
  if(NOT ARG_NO_INSTALL)
    # Not among slipway's own, which are looked for in slipway's prefix alone.
    if(NOT DEFINED SLIPWAY_PLUGIN_DIR)
      set(SLIPWAY_PLUGIN_DIR lib/slipway-plugins)
    endif()
    install(TARGETS ${target} LIBRARY DESTINATION ${SLIPWAY_PLUGIN_DIR})
  endif()
endfunction()

# Leaves an unchanged file alone, so that a new configuration rebuilds nothing.
function(slipway_write_if_changed path content)
  if(EXISTS ${path})
    file(READ ${path} before)
    if(before STREQUAL content)
      return()
    endif()
  endif()
  file(WRITE ${path} "${content}")
endfunction()

# The manifest as an ELF note (elf(5)): section .note.slipway, owner "slipway", type 1, the JSON as its description.
# It stands in a PT_NOTE segment, so it survives strip and is found without section headers.
function(slipway_generate_note path manifest)
  # Without its indentation, which is half of a manifest and has to be read at each start. A string of JSON has no line
  # break in it (RFC 8259, section 7), so no string changes.
  file(READ ${manifest} text)
  string(REGEX REPLACE "\n[ \t]+" "\n" text "${text}")
  set(short ${path}.json)
  slipway_write_if_changed(${short} "${text}")
  file(READ ${short} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  slipway_write_if_changed(${path} "/* Made from ${manifest}. */
#include <stdint.h>
#ifdef __cplusplus
extern \"C\" {
#endif
typedef struct slipway_note {
  uint32_t name_size, description_size, type;
  char name[8];
  unsigned char description[(${size} + 3) / 4 * 4];
} slipway_note;
extern const slipway_note slipway_manifest_note;
__attribute__((section(\".note.slipway\"), used, aligned(4))) const slipway_note slipway_manifest_note = {
    8, ${size}, 1, \"slipway\", {${bytes}}};
#ifdef __cplusplus
}
#endif
")
endfunction()
