# What plugins are built against: headers, what find_package and pkg-config look for, templates, the Rust crate. The
# build tree has all of it at the same places, so that plugins can be built against either.
set(SLIPWAY_SHARE_DIR share/slipway)
set(SLIPWAY_RUST_DIR ${SLIPWAY_SHARE_DIR}/rust)
set(cmake_dir lib/cmake/slipway)
set(pkgconfig_dir lib/pkgconfig)

file(STRINGS include/slipway/plugin.h abi_lines REGEX "^#define SLIPWAY_ABI_(MAJOR|MINOR) ")
string(REGEX MATCHALL "[0-9]+" abi "${abi_lines}")
list(GET abi 0 SLIPWAY_ABI_MAJOR)
list(JOIN abi . SLIPWAY_ABI_VERSION)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS include/slipway/plugin.h)

include(CMakePackageConfigHelpers)
configure_file(cmake/slipway-config.cmake.in ${PROJECT_BINARY_DIR}/${cmake_dir}/slipway-config.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/${cmake_dir}/slipway-config-version.cmake
  VERSION ${SLIPWAY_ABI_VERSION} COMPATIBILITY SameMajorVersion)
configure_file(cmake/slipway.pc.in ${PROJECT_BINARY_DIR}/${pkgconfig_dir}/slipway.pc @ONLY)
set(scripts SlipwayPlugin.cmake SlipwayManifest.cmake SlipwayOptions.cmake SlipwayOptionComments.cmake
    SlipwayNames.cmake SlipwayDefaults.cmake SlipwayTesting.cmake)

# In the build tree links into the sources do.
function(slipway_link_to from to)
  get_filename_component(directory ${PROJECT_BINARY_DIR}/${to} DIRECTORY)
  file(MAKE_DIRECTORY ${directory})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${from} ${PROJECT_BINARY_DIR}/${to} SYMBOLIC)
endfunction()
foreach(script IN LISTS scripts)
  slipway_link_to(cmake/${script} ${cmake_dir}/${script})
endforeach()
slipway_link_to(include/slipway include/slipway)
slipway_link_to(templates ${SLIPWAY_SHARE_DIR}/templates)
slipway_link_to(rust ${SLIPWAY_RUST_DIR})
slipway_link_to(plugin.schema.json ${SLIPWAY_SHARE_DIR}/plugin.schema.json)

list(TRANSFORM scripts PREPEND cmake/)
install(FILES ${scripts} ${PROJECT_BINARY_DIR}/${cmake_dir}/slipway-config.cmake
              ${PROJECT_BINARY_DIR}/${cmake_dir}/slipway-config-version.cmake
        DESTINATION ${cmake_dir} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/${pkgconfig_dir}/slipway.pc DESTINATION ${pkgconfig_dir} COMPONENT development)
install(DIRECTORY include/slipway DESTINATION include COMPONENT development)
install(DIRECTORY templates rust DESTINATION ${SLIPWAY_SHARE_DIR} COMPONENT development
        PATTERN .clang-format EXCLUDE PATTERN Cargo.lock EXCLUDE PATTERN target EXCLUDE)
install(FILES plugin.schema.json DESTINATION ${SLIPWAY_SHARE_DIR} COMPONENT development)
