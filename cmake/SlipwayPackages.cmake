# `cpack` makes two Debian packages: slipway, to run containers, and slipway-dev, to write plugins.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/slipway RENAME copyright)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/slipway-dev RENAME copyright COMPONENT development)
# Laid out as they are in the sources, so that their links lead somewhere.
set(doc_dir share/doc/slipway-dev)
foreach(page plugin-guide testing-plugins abi)
  install(FILES ${PROJECT_SOURCE_DIR}/docs/${page}.md DESTINATION ${doc_dir}/docs COMPONENT development)
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/reference DESTINATION ${doc_dir}/docs COMPONENT development OPTIONAL
        FILES_MATCHING PATTERN *.md)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/plugins DESTINATION ${doc_dir}/examples COMPONENT development
        USE_SOURCE_PERMISSIONS # what is made by following a page is no part of it
        PATTERN build EXCLUDE PATTERN target EXCLUDE PATTERN image.tar EXCLUDE PATTERN Cargo.lock EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME slipway)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "container runtime framework of swappable stage plugins")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
if(NOT CPACK_PACKAGE_CONTACT) # whoever hands packages on says their own name and address: cmake -D CPACK_PACKAGE_CONTACT=
  set(CPACK_PACKAGE_CONTACT "The slipway authors")
endif()
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/SlipwayDebian.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS # whatever the builder's umask is
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME slipway)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "slipway turns a pipeline file or an image into a plan of steps, shows it, and
carries it out. Every decision about how a container is made is a plugin's.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS uidmap)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME slipway-dev)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "What stage plugins are written with: headers for C and C++, a crate for
Rust, what CMake and pkg-config need to find them, a harness for tests, and
the templates of slipway plugin new.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# `slipway plugin new` is of the other one, and writes folders that these templates are made for.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "slipway (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "cmake, g++ | c++-compiler")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "cargo, pkg-config")

include(CPack)
